package main

import (
	"strings"

	"cctoken/core"
)

// systems is what anybody may know of the systems, as the package exports it.
func systems() string {
	var b strings.Builder
	b.WriteString(`/**
 * What is known of one field of an identity.
 * @typedef {object} FieldDescription
 * @property {string} name as the identity has it
 * @property {"text" | "header" | "url" | "choice" | "number" | "flag" | "parameters" | "supplied"} kind a text; a text that is sent in a
 *   header: visible ASCII without a space; an http or https URL; one of ` + "`values`" + `; a whole number from ` + "`minimum` to `maximum`" + `, or one of
 *   ` + "`values`" + `; true or false; an object of texts under names of the caller's choice; or a token, as a text or by a function
 * @property {boolean} secret whether it must not be shown or logged
 * @property {boolean} optional whether it may be left out
 * @property {string} [insteadOf] the field in whose place it stands: one of the two must be given, and not both
 * @property {readonly (string | number)[]} [values] what a choice or a number may be; the first is meant where a choice is left out
 * @property {number} [maxLength] in characters
 * @property {number} [minimum] the least that a number may be
 * @property {number} [maximum] the most that a number may be
 */

/**
 * The identities whose calls carry the token inside their JSON body: those that have the value in the field, or leave it out.
 * @typedef {object} Carrier
 * @property {string} field of the identity
 * @property {string} value of that field
 */

/**
 * What is known of one system.
 * @typedef {object} SystemDescription
 * @property {System} name as an identity's ` + "`system`" + ` has it
 * @property {string} title for people
 * @property {readonly FieldDescription[]} fields of an identity beside ` + "`system`" + `, in the order in which a form shows them
 * @property {boolean | Carrier} bodyCarriesToken whether a business call carries the token inside its JSON body, or where only some do, which
 * @property {boolean} signsIn whether a token comes by a sign-in alone, which somebody asks for (` + "`signIn`" + `)
 * @property {boolean} verifies whether the vendor has an interface that says whether a token is valid
 * @property {boolean} takesToken whether an identity may have the token itself in its ` + "`token`" + `, as a text or by a function, in place of its secrets
 */

`)
	var names []string
	for _, d := range vendors() {
		names = append(names, d.Name)
	}
	b.WriteString("/** The systems that hand out tokens. @typedef {" + union(names) + "} System */\n\n")
	b.WriteString("/** The systems, in the order in which people are shown them. A description, for forms and configurations: what is in it cannot be changed. @type {readonly SystemDescription[]} */\n")
	b.WriteString("export const systems = /* @__PURE__ */ frozen([\n")
	for _, d := range vendors() {
		b.WriteString("\t{\n")
		b.WriteString("\t\tname: " + literal(d.Name) + ",\n")
		b.WriteString("\t\ttitle: " + literal(core.TextsOf(d.Name).Title.English) + ",\n")
		b.WriteString("\t\tbodyCarriesToken: " + carrierLiteral(d) + ",\n")
		b.WriteString("\t\tsignsIn: " + literal(d.SignsIn) + ",\n")
		b.WriteString("\t\tverifies: " + literal(d.Verifies) + ",\n")
		b.WriteString("\t\ttakesToken: " + literal(d.TakesToken()) + ",\n")
		b.WriteString("\t\tfields: [\n")
		b.WriteString("\t\t\t" + fieldLiteral(core.Field{Name: d.Base, Kind: core.URL}) + ",\n")
		for _, f := range d.Fields {
			b.WriteString("\t\t\t" + fieldLiteral(f) + ",\n")
		}
		b.WriteString("\t\t],\n\t},\n")
	}
	b.WriteString("]);\n" + `
/**
 * @template {object} T
 * @param {T} value
 * @returns {T}
 */
function frozen(value) {
	for (const part of Object.values(value)) {
		if (typeof part === "object") {
			frozen(part);
		}
	}
	return Object.freeze(value);
}
`)
	return file("The systems and the fields of their identities.", b.String())
}

func carrierLiteral(d *core.Description) string {
	for _, f := range d.Fields {
		if f.Name == d.InBodyBy {
			return "{ field: " + literal(f.Name) + ", value: " + literal(f.Values[0]) + " }"
		}
	}
	return literal(d.InBody)
}

func fieldLiteral(f core.Field) string {
	parts := []string{
		"name: " + literal(f.Name), "kind: " + literal(f.Kind), "secret: " + literal(f.Secret), "optional: " + literal(f.Optional),
	}
	if f.Instead != "" {
		parts = append(parts, "insteadOf: "+literal(f.Instead))
	}
	switch {
	case f.Kind == core.Number && len(f.Values) > 0:
		parts = append(parts, "values: ["+strings.Join(f.Values, ", ")+"]")
	case f.Kind == core.Number:
		parts = append(parts, "minimum: "+literal(f.Least))
		if f.Most > 0 {
			parts = append(parts, "maximum: "+literal(f.Most))
		}
	case len(f.Values) > 0:
		parts = append(parts, "values: "+literal(f.Values))
	case f.Most > 0:
		parts = append(parts, "maxLength: "+literal(f.Most))
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// texts are for people: the command shows them.
func texts() string {
	type field struct {
		Help    string `json:"help"`
		Example string `json:"example,omitempty"`
	}
	var b strings.Builder
	b.WriteString(`/**
 * What something likely means, why that is thought so, and what to do about it. What is not said is "".
 * @typedef {object} Advice
 * @property {string} found
 * @property {string} because a sentence of its own
 * @property {readonly string[]} try
 */

/**
 * What is said where a system or a part fails.
 * @typedef {object} FailureTexts
 * @property {Advice} refused the likely reason for refused credentials, and what to do about it
 * @property {Advice | null} unclear of a 403 that does not say why; null where it is the credentials
 * @property {Readonly<Record<number, string>>} statuses what the vendor's document calls a status that refuses credentials
 * @property {string} failed what to look at first where the system reports a failure, or ""
 * @property {string} absent where its interface is not found at its base URL, or ""
 * @property {string} page where a page of HTML comes in its place, or ""
 * @property {string} intercepted what it means that such a page comes while the interface that verifies tokens answers, or ""
 */

/**
 * What is said where a system refuses a request that carried the token of the part on which it depends.
 * @typedef {object} RelyingTexts
 * @property {Advice} expired a token that the caller gave
 * @property {Advice} distrusted one that was issued a moment ago
 * @property {Advice} unclearGiven where it is not said that it is the token, which the caller gave
 * @property {Advice} unclearIssued the same, where it was issued a moment ago
 */

/**
 * @typedef {FailureTexts & { fields: Readonly<Record<string, { help: string, example?: string }>>, relying: RelyingTexts | null }} SystemTexts
 *   fields: by name, one line of help, and a value as an example; relying: null where it depends on no part
 */

/** What the systems say to people. @type {Readonly<Record<import("./systems.js").System, SystemTexts>>} */
export const texts = {
`)
	for _, d := range vendors() {
		t := core.TextsOf(d.Name)
		b.WriteString("\t" + d.Name + ": {\n\t\tfields: {\n")
		for _, name := range fieldNames(d) {
			f := t.Fields[name]
			b.WriteString("\t\t\t" + name + ": " + literal(field{f.Help.English, f.Example}) + ",\n")
		}
		b.WriteString("\t\t},\n")
		says := core.CounselOf(d.Name)
		failureTexts(&b, says)
		if r := says.Relying; r == nil {
			b.WriteString("\t\trelying: null,\n")
		} else {
			b.WriteString("\t\trelying: {\n")
			for _, of := range []struct {
				name string
				says core.Advice
			}{{"expired", r.Expired}, {"distrusted", r.Distrusted}, {"unclearGiven", r.UnclearGiven}, {"unclearIssued", r.UnclearIssued}} {
				b.WriteString("\t\t\t" + of.name + ": " + advice(of.says, "\t\t\t") + ",\n")
			}
			b.WriteString("\t\t},\n")
		}
		b.WriteString("\t},\n")
	}
	b.WriteString("};\n\n/** What the parts say on which others depend, by their names. @type {Readonly<Record<string, FailureTexts>>} */\nexport const parts = {\n")
	var names []string
	for _, d := range vendors() {
		if of, _ := d.Needs(); of != nil {
			names = append(names, of.Name)
		}
	}
	for _, name := range distinct(names) {
		b.WriteString("\t" + name + ": {\n")
		failureTexts(&b, core.CounselOf(name))
		b.WriteString("\t},\n")
	}
	b.WriteString("};\n")
	return file("What the systems say to people.", b.String())
}

// failureTexts are members of an object of texts.
func failureTexts(b *strings.Builder, t core.Counsel) {
	b.WriteString("\t\trefused: " + advice(t.Refused, "\t\t") + ",\n")
	unclear := "null"
	if t.Unclear.Because != "" {
		unclear = advice(t.Unclear, "\t\t")
	}
	b.WriteString("\t\tunclear: " + unclear + ",\n")
	statuses := t.Statuses
	if statuses == nil {
		statuses = map[int]string{}
	}
	b.WriteString("\t\tstatuses: " + literal(statuses) + ",\n")
	for _, of := range [][2]string{{"failed", t.Failed}, {"absent", t.Absent}, {"page", t.Page}, {"intercepted", t.Intercepted}} {
		b.WriteString("\t\t" + of[0] + ": " + literal(of[1]) + ",\n")
	}
}

// advice is an object in lines that are indented by indent.
func advice(a core.Advice, indent string) string {
	text := "{\n" + indent + "\tfound: " + literal(a.Found) + ",\n" + indent + "\tbecause: " + literal(a.Because) + ",\n" + indent + "\ttry: [\n"
	for _, line := range a.Try {
		text += indent + "\t\t" + literal(line) + ",\n"
	}
	return text + indent + "\t],\n" + indent + "}"
}

// fieldNames are a system's fields with its base URL, which comes first.
func fieldNames(d *core.Description) []string {
	names := []string{d.Base}
	for _, f := range d.Fields {
		names = append(names, f.Name)
	}
	return names
}

// tokens is where tokens stand, for whoever has to keep them from others.
func tokens() string {
	var b strings.Builder
	b.WriteString(`/**
 * Where a system's tokens stand, and those of what it depends on.
 * @typedef {object} Tokens
 * @property {readonly string[]} paths below a base URL at which tokens are handed out, refreshed or verified, and below each of them
 * @property {readonly string[]} doors such paths below which others lie that are open; "*" stands for any one segment
 * @property {readonly string[]} interfaces names of those that are closed wherever they stand, as gateways put them below other paths
 * @property {readonly string[]} carriers headers, query parameters and members of a body that carry tokens
 * @property {readonly string[]} beside what else belongs to a login or a token: no header of such a name is a caller's
 * @property {readonly string[]} guarded headers that only the app itself may hold
 * @property {readonly string[]} answers members of answers that hold tokens
 * @property {string} rolls the member of a business answer's object that may hold a new token, or ""
 * @property {boolean} signsIn whether a token comes by a sign-in alone
 * @property {boolean} speaks whether the body of a business answer may say what becomes of the token, also under HTTP 200
 * @property {readonly string[]} codes members of answers that hold the system's own code; the first that is there counts
 * @property {readonly string[]} success those of its values that mean success
 * @property {readonly string[]} explains members of refusals whose text may say why
 */

/** @type {Readonly<Record<import("./systems.js").System, Tokens>>} */
export const tokens = {
`)
	for _, d := range vendors() {
		all := []*core.Description{d}
		if of, _ := d.Needs(); of != nil {
			all = append(all, of)
		}
		list := func(of func(*core.Description) []string) string {
			seen := []string{}
			for _, d := range all {
				seen = append(seen, of(d)...)
			}
			return literal(distinct(seen))
		}
		b.WriteString("\t" + d.Name + ": {\n")
		b.WriteString("\t\tpaths: " + list(func(d *core.Description) []string { return d.Paths }) + ",\n")
		b.WriteString("\t\tdoors: " + list(func(d *core.Description) []string { return d.Doors }) + ",\n")
		b.WriteString("\t\tinterfaces: " + list(func(d *core.Description) []string { return d.Interfaces }) + ",\n")
		b.WriteString("\t\tcarriers: " + list(func(d *core.Description) []string { return d.Carriers }) + ",\n")
		b.WriteString("\t\tbeside: " + list(func(d *core.Description) []string { return d.Beside }) + ",\n")
		b.WriteString("\t\tguarded: " + list(func(d *core.Description) []string { return d.Guarded }) + ",\n")
		b.WriteString("\t\tanswers: " + list(func(d *core.Description) []string { return d.Answers }) + ",\n")
		b.WriteString("\t\trolls: " + literal(d.Rolls) + ",\n")
		b.WriteString("\t\tsignsIn: " + literal(d.SignsIn) + ",\n")
		b.WriteString("\t\tspeaks: " + literal(d.Speaks()) + ",\n")
		b.WriteString("\t\tcodes: " + literal(d.Codes) + ",\n")
		b.WriteString("\t\tsuccess: " + literal(d.Success) + ",\n")
		b.WriteString("\t\texplains: " + list(func(d *core.Description) []string { return d.Explains }) + ",\n")
		b.WriteString("\t},\n")
	}
	b.WriteString("};\n\n")

	b.WriteString(`/**
 * A system whose token every request of another one carries too, or its own: one of it serves all identities with the same fields.
 * @typedef {object} Dependency
 * @property {string} system its name
 * @property {readonly string[]} fields
 * @property {string} at the field of the other one with its base URL
 * @property {string} given the field that is the token itself, where the caller gives it
 * @property {import("./words.js").Step} step in which its token is got
 */

/** @type {Readonly<Partial<Record<import("./systems.js").System, Dependency>>>} */
export const dependencies = {
`)
	for _, d := range vendors() {
		if of, at := d.Shares(); of != nil {
			names := []string{}
			for _, f := range of.Fields {
				if !f.Carried {
					names = append(names, f.Name)
				}
			}
			step, given := of.Part()
			b.WriteString("\t" + d.Name + ": { system: " + literal(of.Name) + ", fields: " + literal(names) + ", at: " + literal(at) +
				", given: " + literal(given) + ", step: " + literal(step) + " },\n")
		}
	}
	b.WriteString("};\n")
	return file("Where tokens stand in requests and answers.", b.String())
}

func distinct(names []string) []string {
	out := []string{}
	for _, name := range names {
		known := false
		for _, other := range out {
			known = known || strings.EqualFold(other, name)
		}
		if !known {
			out = append(out, name)
		}
	}
	return out
}

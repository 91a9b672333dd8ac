package main

import (
	"slices"
	"strings"

	"cctoken/core"
)

// identity is the types of identities, and the comparison of two of them, which
// is on the way of every call and therefore names each field.
func identity() string {
	var b strings.Builder
	b.WriteString(`/**
 * What a caller's own function gives: the token, or the token and for how many seconds it lives. Where that is not said,
 * the function is asked again before 10 minutes are over.
 * @typedef {string | { token: string, expiresIn?: number }} Supplied
 */

`)
	var types []string
	for _, d := range vendors() {
		types = append(types, identityTypes(&b, d))
	}
	b.WriteString("/** One of the systems, asked directly. @typedef {" + strings.Join(types, " | ") + "} VendorIdentity */\n\n")

	fields := allFields()
	b.WriteString("/**\n * All fields of all systems.\n * @typedef {object} Fields\n")
	for _, f := range fields {
		b.WriteString(" * @property {" + strings.Join(typesOf(f.Name), " | ") + "} [" + f.Name + "]\n")
	}
	b.WriteString(" */\n\n")

	b.WriteString(`/**
 * Fields that may be a function of the caller's: what it gives belongs to all identities with the same base URL, the first that is
 * there of ` + "`base`" + `, and the same values of the fields ` + "`by`" + `.
 * @type {readonly { field: string, of: string, base: readonly string[], by: readonly string[] }[]}
 */
export const supplied = [
`)
	for _, s := range suppliers() {
		b.WriteString("\t{ field: " + literal(s.field) + ", of: " + literal(s.of) + ", base: " + literal(s.base) + ", by: " + literal(s.by) + " },\n")
	}
	b.WriteString("];\n\n")
	b.WriteString("/** The field that has the token itself, as a text or by a function: all others tell whose it is. @type {\"" + core.OwnToken + "\"} */\nexport const ownToken = " + literal(core.OwnToken) + ";\n\n")
	b.WriteString("/** Fields that are objects of texts. @type {readonly string[]} */\nexport const objects = " + literal(objects(fields)) + ";\n\n")
	signing := []string{}
	for _, d := range vendors() {
		if d.SignsIn {
			signing = append(signing, d.Name)
		}
	}
	b.WriteString("/** Systems in which nothing but a person's act brings a token. @type {readonly unknown[]} */\nexport const signing = " + literal(signing) + ";\n\n")
	b.WriteString(`/**
 * The fields to compare the caller's object with later.
 * @param {Fields} f
 * @returns {Fields}
 */
export function snapshot(f) {
	// Always the same members in the same order, so that the comparison stays one fast shape.
	return {
`)
	for _, f := range fields {
		b.WriteString("\t\t" + f.Name + ": f." + f.Name + ",\n")
	}
	b.WriteString(`	};
}

/**
 * Whether an object still says what it said when the snapshot was taken.
 * @param {Fields} copy
 * @param {Fields} f
 * @param {(a: any, b: any) => boolean} same compares two objects of texts
 */
export function unchanged(copy, f, same) {
	return (
`)
	for i, f := range fields {
		and := " &&\n"
		if i == len(fields)-1 {
			and = "\n"
		}
		if f.Kind == core.Parameters {
			b.WriteString("\t\t(copy." + f.Name + " === f." + f.Name + " || same(copy." + f.Name + ", f." + f.Name + "))" + and)
		} else {
			b.WriteString("\t\tcopy." + f.Name + " === f." + f.Name + and)
		}
	}
	b.WriteString("\t);\n}\n")
	return file("Identities: their types, and the comparison of two of them.", b.String())
}

// supplier is a field that may be a function, and whom what it gives is for.
type supplier struct {
	field, of string
	base, by  []string
}

func suppliers() []supplier {
	var out []supplier
	for _, d := range core.Described() {
		part, at := d.Needs()
		if part == nil {
			continue
		}
		for _, f := range part.Fields {
			if f.Kind != core.Supplied {
				continue
			}
			s := supplier{field: f.Name, of: part.Name, base: []string{part.Base}, by: []string{}}
			if at != "" {
				s.base = append([]string{at}, s.base...)
			}
			for _, other := range part.Fields {
				if other.Name != f.Name && other.Name != f.Instead && !other.Carried {
					s.by = append(s.by, other.Name)
				}
			}
			out = append(out, s)
		}
	}
	return out
}

func objects(fields []core.Field) []string {
	names := []string{}
	for _, f := range fields {
		if f.Kind == core.Parameters {
			names = append(names, f.Name)
		}
	}
	return names
}

// public is what the package exports of all this.
func public() string {
	var b strings.Builder
	b.WriteString("export { systems } from \"./systems.js\";\n\n")
	export := func(file string, names ...string) {
		for _, name := range names {
			b.WriteString("/** @typedef {import(\"./" + file + ".js\")." + name + "} " + name + " */\n")
		}
	}
	export("systems", "System", "SystemDescription", "FieldDescription", "Carrier")
	for _, d := range vendors() {
		export("identity", core.TextsOf(d.Name).Type)
	}
	export("identity", "VendorIdentity", "Supplied")
	export("words", "TokenErrorCode", "Step", "Reason", "EventType")
	return file("What the package exports of its systems and words.", b.String())
}

// identityTypes writes the type of a system's identities, and returns its name.
// Where fields stand in each other's place, it is one type for each.
func identityTypes(b *strings.Builder, d *core.Description) string {
	t := core.TextsOf(d.Name)
	fields := withOwnToken(d)
	either := map[string][]core.Field{} // by the field that others stand in for
	for _, f := range fields {
		if f.Instead != "" {
			either[f.Instead] = append(either[f.Instead], f)
		}
	}
	common := t.Type
	if len(either) > 0 {
		common = strings.TrimSuffix(t.Type, "Identity") + "Fields"
	}
	b.WriteString("/**\n * " + t.Document + "\n * @typedef {object} " + common + "\n * @property {" + literal(d.Name) + "} system\n")
	property := func(f core.Field) {
		name := f.Name
		if f.Optional {
			name = "[" + name + "]"
		}
		b.WriteString(" * @property {" + typeOf(f) + "} " + name + " " + help(t, f) + "\n")
	}
	property(core.Field{Name: d.Base, Kind: core.URL})
	for _, f := range fields {
		if f.Instead == "" && either[f.Name] == nil {
			property(f)
		}
	}
	b.WriteString(" */\n\n")
	if len(either) == 0 {
		return t.Type
	}
	needs, _ := d.Needs()
	var ways []string
	for _, f := range fields {
		group := either[f.Name]
		if group == nil {
			continue
		}
		all := append([]core.Field{f}, group...)
		for _, chosen := range all {
			name := strings.TrimSuffix(t.Type, "Identity") + "By" + strings.ToUpper(chosen.Name[:1]) + chosen.Name[1:]
			ways = append(ways, name)
			b.WriteString("/**\n * " + t.Title.English + ", by its " + chosen.Name + ".\n * @typedef {object} " + name + "\n")
			property(chosen)
			for _, other := range all {
				if other.Name == core.OwnToken && other.Name != chosen.Name && needs != nil {
					other.Optional = true // these get what is carried beside it
					property(other)
				} else if other.Name != chosen.Name {
					b.WriteString(" * @property {undefined} [" + other.Name + "]\n")
				}
			}
			b.WriteString(" */\n\n")
		}
	}
	b.WriteString("/** " + t.Document + " @typedef {" + common + " & (" + strings.Join(ways, " | ") + ")} " + t.Type + " */\n\n")
	return t.Type
}

// withOwnToken are a system's fields, and where it takes one the token itself, in the place of the first
// of its secrets, or beside the parameters that tell whose it is.
func withOwnToken(d *core.Description) []core.Field {
	if !d.TakesToken() {
		return d.Fields
	}
	own := core.Field{Name: core.OwnToken, Kind: core.Supplied, Secret: true, Optional: true}
	for _, f := range d.Fields {
		if f.Secret && f.Kind != core.Parameters {
			own.Instead, own.Optional = f.Name, false
			break
		}
	}
	return append(slices.Clone(d.Fields), own)
}

func help(t core.Texts, f core.Field) string {
	if f.Name == core.OwnToken {
		return "the token itself, where something of your own gets it; or a function that is asked for it whenever one is needed, in place of the vendor. Of several functions for equal identities the one is asked that came with the call that needs it."
	}
	text := t.Fields[f.Name].Help.English
	if example := t.Fields[f.Name].Example; example != "" {
		text += ", such as `" + example + "`"
	}
	if f.Kind == core.Choice {
		text += `. Default ` + literal(f.Values[0])
	}
	if f.Kind == core.Supplied {
		text += ", or a function that is asked for one whenever one is needed. It stands for the app, not for a user: all identities of one app share what it gives, and whether it fails. Of several functions the one is asked that came with the call that needs it. Where each user has a function of their own, each has a client."
	}
	return text
}

func typeOf(f core.Field) string {
	switch f.Kind {
	case core.Choice:
		return union(f.Values)
	case core.Number:
		if len(f.Values) > 0 {
			return strings.Join(f.Values, " | ")
		}
		return "number"
	case core.Flag:
		return "boolean"
	case core.Parameters:
		return "Readonly<Record<string, string>>"
	case core.Supplied:
		return "string | (() => Supplied | Promise<Supplied>)"
	}
	return "string"
}

// typesOf are the types of all fields of a name, which need not be of one kind.
func typesOf(name string) []string {
	types := []string{}
	for _, f := range everyField() {
		if t := typeOf(f); f.Name == name && !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	return types
}

// allFields are the fields of all identities that callers have, each once.
func allFields() []core.Field {
	var out []core.Field
	for _, f := range everyField() {
		if !slices.ContainsFunc(out, func(other core.Field) bool { return other.Name == f.Name }) {
			out = append(out, f)
		}
	}
	return out
}

func everyField() []core.Field {
	out := []core.Field{{Name: "system", Kind: core.Text}}
	for _, d := range core.Described() {
		if d.Vendor || d.Member != "" {
			out = append(append(out, core.Field{Name: d.Base, Kind: core.URL}), withOwnToken(d)...)
		}
	}
	return out
}

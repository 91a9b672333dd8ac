package console

import (
	"slices"
	"strings"

	"cctoken/core"
)

// Target is where a session's requests go.
type Target string

const (
	Sandbox Target = "sandbox" // the vendors of the page's own server
	Edge    Target = "edge"
	Vendor  Target = "vendor" // a real vendor, from the page
)

// EdgeForm is the name of the form that names no system: the edge knows which one a connection is for.
const EdgeForm = "edge"

// Field is one field of a form, and of the identity that the form makes.
type Field struct {
	Name     string // as the identity has it
	Kind     core.Kind
	Secret   bool
	Optional bool     // left out of the identity where it is empty
	Free     bool     // optional, and no other field takes its place
	Instead  string   // the field that this one stands in for
	Values   []string // all that it can be, where it is one of a few
	Label    core.Words
	Help     core.Words
	Example  string // of what is typed, or ""
	Least    int    // of a number
}

// Part is what a system's requests carry of another system, which its sessions share.
type Part struct {
	Step  string // the exchange in which its token is got; "" where the system needs none
	Label core.Words
}

// Form is what an identity is typed into.
type Form struct {
	Name    string // of the system
	Vendor  bool
	SignsIn bool    // a token comes by a sign-in alone, for which the card has buttons
	Fields  []Field // in the order of the page
	Part    Part
	who     string // the field that says whom a session is for, or ""
}

// Forms are those of all systems that a caller's identity can be of, in the order of the page.
var Forms = formsOf(core.Described())

func formsOf(all []*core.Description) []Form {
	var out []Form
	for _, d := range all {
		if d.Vendor || d.Member != "" {
			out = append(out, FormOf(d, core.TextsOf(d.Name)))
		}
	}
	return out
}

// FormNamed finds a form.
func FormNamed(name string) (Form, bool) {
	at := slices.IndexFunc(Forms, func(f Form) bool { return f.Name == name })
	if at < 0 {
		return Form{}, false
	}
	return Forms[at], true
}

// FormOf makes the form of a system that is described so.
func FormOf(d *core.Description, texts core.Texts) Form {
	f := Form{Name: d.Name, Vendor: d.Vendor, SignsIn: d.SignsIn}
	of, _ := d.Needs()
	shared := func(name string) bool {
		return of != nil && slices.ContainsFunc(of.Fields, func(field core.Field) bool { return field.Name == name })
	}
	for _, field := range append([]core.Field{{Name: d.Base, Kind: core.URL}}, d.Fields...) {
		if field.Beside != "" {
			continue // it is asked for beside a function only, and nobody types a function
		}
		said := texts.Fields[field.Name]
		if said.Label == (core.Words{}) {
			said.Label = core.Words{English: field.Name, Chinese: field.Name}
		}
		replaced := slices.ContainsFunc(d.Fields, func(other core.Field) bool { return other.Instead == field.Name })
		f.Fields = append(f.Fields, Field{
			Name: field.Name, Kind: field.Kind, Secret: field.Secret, Optional: field.Optional || field.Instead != "" || replaced, Free: field.Optional && field.Instead == "" && !replaced,
			Instead: field.Instead, Values: field.Values, Label: said.Label, Help: said.Help, Example: said.Example, Least: field.Least,
		})
		if f.who == "" && !field.Secret && !field.Optional && !shared(field.Name) && slices.Contains([]core.Kind{core.Text, core.HeaderText, core.Number}, field.Kind) {
			f.who = field.Name
		}
	}
	if of != nil {
		step, given := of.Part()
		f.Part = Part{string(step), texts.Fields[given].Label}
		if f.Part.Label == (core.Words{}) {
			f.Part.Label = core.Words{English: of.Name, Chinese: of.Name}
		}
	}
	return f
}

// fewOptional is how many optional fields stand in a form as they are: more would put its button out of sight.
const fewOptional = 3

// fold parts the fields into those that are in sight, and optional ones that are folded away.
func (f Form) fold() (sight, folded []Field) {
	for _, field := range f.Fields {
		if field.Free {
			folded = append(folded, field)
		} else {
			sight = append(sight, field)
		}
	}
	if len(folded) <= fewOptional {
		return f.Fields, nil
	}
	return sight, folded
}

// Initial is what stands in a field at first.
func (f Field) Initial() string {
	switch {
	case f.Kind == core.Choice, len(f.Values) > 0 && !f.Optional:
		return f.Values[0]
	case f.Kind == core.Flag && !f.Optional:
		return "false"
	}
	return ""
}

// good is a value that the core has nothing against.
func (f Field) good() string {
	switch {
	case f.Kind == core.URL:
		return "https://system.example"
	case f.Example != "":
		return f.Example
	case f.Initial() != "":
		return f.Initial()
	case f.Kind == core.Parameters:
		return "x=x"
	case f.Kind == core.Number:
		return number(f.Least)
	}
	return "x"
}

// Title says whom a session is for, by what is no secret; "" where no field of the system says it.
func (f Form) Title(values map[string]string) string { return values[f.who] }

// Value is what was typed for a name, be it a field's or a parameter's.
func (f Form) Value(name string, values map[string]string) string {
	for _, field := range f.Fields {
		switch {
		case field.Name == name:
			return values[name]
		case field.Kind == core.Parameters:
			for _, p := range ReadPairs(values[field.Name]) {
				if p.Name == name {
					return p.Value
				}
			}
		}
	}
	return ""
}

// Pair is a name and its value.
type Pair struct{ Name, Value string }

// ReadPairs reads lines of name=value. Spaces around either are typing, not meaning; a line without "=" is a name.
func ReadPairs(text string) []Pair {
	out := []Pair{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, "=")
		if name, value = strings.TrimSpace(name), strings.TrimSpace(value); name != "" || value != "" {
			out = append(out, Pair{name, value})
		}
	}
	return out
}

// WritePairs is the inverse of ReadPairs.
func WritePairs(pairs []Pair) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Name + "=" + p.Value)
	}
	return b.String()
}

// SystemAt names the system whose part has a step of its own, or "": an exchange says no more of whom it is for.
func SystemAt(step string) string {
	for _, f := range Forms {
		if f.Part.Step == step && step != "" {
			return f.Name
		}
	}
	return ""
}

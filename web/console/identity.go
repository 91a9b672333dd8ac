package console

import (
	"slices"
	"strconv"

	"cctoken/core"
)

// Member is one member of an identity: a string, an int64, a bool, or []Pair for an object of texts.
type Member struct {
	Name  string
	Value any
}

// Identity is the identity that a form's values make.
func (f Form) Identity(values map[string]string) []Member {
	var out []Member
	if f.Vendor {
		out = append(out, Member{"system", f.Name})
	}
	for _, field := range f.Fields {
		if text := values[field.Name]; text != "" || !field.Optional {
			out = append(out, Member{field.Name, field.value(text)})
		}
	}
	return out
}

// value is what the text of a field stands for. What is not of the field's kind stays a text: the core says what is wrong with it.
func (f Field) value(text string) any {
	switch f.Kind {
	case core.Parameters:
		return ReadPairs(text)
	case core.Number:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case core.Flag:
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}

// Trial is an identity in which nothing can be wrong but one field: the others are well-formed. The package names the
// first field at fault only, and a field that was not reached yet must not hide what is wrong with this one.
func (f Form) Trial(name string, values map[string]string) []Member {
	trial := map[string]string{}
	for _, field := range f.Fields {
		if !field.Optional || f.replaced(field.Name) {
			trial[field.Name] = field.good()
		}
	}
	for _, field := range f.Fields {
		switch {
		case field.Name == name && values[name] != "":
			delete(trial, field.Instead)
		case field.Instead == name && values[name] == "" && values[field.Name] != "":
			trial[field.Name] = field.good()
		}
	}
	trial[name] = values[name]
	return f.Identity(trial)
}

// replaced reports whether another field can stand in for one.
func (f Form) replaced(name string) bool {
	return slices.ContainsFunc(f.Fields, func(other Field) bool { return other.Instead == name })
}

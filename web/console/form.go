package console

import "strings"

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
	Secret   bool
	Optional bool   // left out of the identity where it is empty
	Instead  string // the field that this one stands in for
	Pairs    bool   // lines of name=value, which become an object of strings
}

// Forms are the fields of each form, in the order of the page.
var Forms = map[string][]Field{
	"appcube": {{Name: "baseUrl"}, {Name: "appKey"}, {Name: "appSecret", Secret: true}},
	"ccmessaging": {
		{Name: "baseUrl"}, {Name: "authUrl", Optional: true}, {Name: "appKey"}, {Name: "appSecret", Secret: true, Optional: true},
		{Name: "accessToken", Secret: true, Optional: true, Instead: "appSecret"}, {Name: "userId"}, {Name: "userName"}, {Name: "channelId"}, {Name: "locale"},
	},
	"isales":    {{Name: "baseUrl"}, {Name: "user"}, {Name: "passwd", Secret: true}},
	"cubedrive": {{Name: "baseUrl"}, {Name: "params", Secret: true, Pairs: true}, {Name: "method"}},
	EdgeForm:    {{Name: "edge"}, {Name: "connection"}, {Name: "authorization", Secret: true}},
}

// Pair is a name and its value.
type Pair struct{ Name, Value string }

// Member is one member of an identity: a text, or an object of texts.
type Member struct {
	Name  string
	Text  string
	Pairs []Pair // not nil where it is an object
}

// Identity is the identity that a form's values make.
func Identity(form string, values map[string]string) []Member {
	var out []Member
	if form != EdgeForm {
		out = append(out, Member{Name: "system", Text: form})
	}
	for _, f := range Forms[form] {
		value := values[f.Name]
		switch {
		case f.Pairs:
			out = append(out, Member{Name: f.Name, Pairs: ReadPairs(value)})
		case f.Optional && value == "":
		default:
			out = append(out, Member{Name: f.Name, Text: value})
		}
	}
	return out
}

// Trial is an identity in which nothing can be wrong but one field: the others are known to be good. The package names
// the first field at fault only, and a field that was not reached yet must not hide what is wrong with this one.
func Trial(form, field string, values, good map[string]string) []Member {
	mixed := map[string]string{}
	for name, value := range good {
		mixed[name] = value
	}
	mixed[field] = values[field]
	for _, f := range Forms[form] {
		if f.Name == field && values[field] != "" {
			delete(mixed, f.Instead)
		}
	}
	return Identity(form, mixed)
}

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

// Title says who a session is for, by what is no secret.
func Title(form string, values map[string]string) string {
	switch form {
	case "appcube":
		return values["appKey"]
	case "ccmessaging":
		return values["userId"]
	case "isales":
		return values["user"]
	case EdgeForm:
		return values["connection"]
	}
	return Subject(form, values)
}

// Subject is whom the sandbox's tokens are for, by which it revokes and rolls them.
func Subject(form string, values map[string]string) string {
	if form != "cubedrive" {
		return Title(form, values)
	}
	for _, p := range ReadPairs(values["params"]) {
		if p.Name == "user" {
			return p.Value
		}
	}
	return ""
}

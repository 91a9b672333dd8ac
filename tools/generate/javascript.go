package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"cctoken/core"
)

// file is a file's text with the line that says where it comes from.
func file(what, text string) string {
	return "// " + what + " Generated from the Go descriptions in core (make generate): change those.\n\n" + text
}

// literal is a value as JavaScript reads it.
func literal(v any) string {
	if list, ok := v.([]string); ok {
		parts := make([]string, len(list))
		for i, text := range list {
			parts[i] = literal(text)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // strings, numbers and lists of them only
	}
	return strings.TrimSpace(b.String())
}

// vendors are the systems that callers name.
func vendors() []*core.Description {
	var list []*core.Description
	for _, d := range core.Described() {
		if d.Vendor {
			list = append(list, d)
		}
	}
	return list
}

// union is a TypeScript union of texts.
func union(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = literal(name)
	}
	return strings.Join(quoted, " | ")
}

func namesOf(words []core.Word) []string {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = w.Name
	}
	return names
}

package main

import (
	"fmt"
	"strings"
)

// A mutant that does what the original does cannot be caught. The list names such ones, each with its reason:
//
//	core/retry.go
//	- if left > 0 {
//	+ if left >= 0 {
//	= why nothing differs
//
// An entry holds for the text of the line, wherever in the file that stands.

// change is a mutant as the list names it.
type change struct{ file, before, after string }

func (m mutant) change() change { return change{m.file, m.before, m.after} }

// readEquivalent returns the reasons by change.
func readEquivalent(text string) (map[change]string, error) {
	reasons := map[change]string{}
	var at change
	for i, line := range strings.Split(text, "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || mark == "#":
		case mark == "-":
			at.before, at.after = rest, ""
		case mark == "+" && at.file != "" && at.before != "":
			at.after = rest
		case mark == "=" && at.after != "" && rest != "":
			if reasons[at] != "" {
				return nil, fmt.Errorf("line %d names what was named before", i+1)
			}
			reasons[at] = rest
			at.before, at.after = "", ""
		case strings.HasSuffix(line, ".go") && at.before == "":
			at.file = line
		default:
			return nil, fmt.Errorf("line %d is not of the form: a file, and for each mutant the lines - before, + after, = reason", i+1)
		}
	}
	if at.before != "" {
		return nil, fmt.Errorf("the last entry has no reason")
	}
	return reasons, nil
}

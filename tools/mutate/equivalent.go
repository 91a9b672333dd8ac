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
// An entry holds for the text of the line, wherever in the file that stands; or, where a line "~ if left > 0 {" comes first,
// only below that one.

// change is a mutant as the list names it.
type change struct {
	file          string
	above         string // the line before, or "" for any
	before, after string
}

func (c change) String() string {
	above := ""
	if c.above != "" {
		above = "\n~ " + c.above
	}
	return c.file + above + "\n- " + c.before + "\n+ " + c.after
}

// changes are the ways in which the list may name a mutant.
func (m mutant) changes() [2]change {
	return [2]change{{m.file, m.above, m.before, m.after}, {m.file, "", m.before, m.after}}
}

// readEquivalent returns the reasons by change.
func readEquivalent(text string) (map[change]string, error) {
	reasons := map[change]string{}
	var at change
	for i, line := range strings.Split(text, "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || mark == "#":
		case mark == "~" && at.before == "":
			at.above = rest
		case mark == "-" && at.before == "":
			at.before = rest
		case mark == "+" && at.file != "" && at.before != "" && at.after == "":
			at.after = rest
		case mark == "=" && at.after != "" && rest != "":
			if reasons[at] != "" {
				return nil, fmt.Errorf("line %d names what was named before", i+1)
			}
			reasons[at] = rest
			at = change{file: at.file}
		case strings.HasSuffix(line, ".go") && at == change{file: at.file}:
			at.file = line
		default:
			return nil, fmt.Errorf("line %d is not of the form: a file, and for each mutant the lines - before, + after, = reason, and first ~ above where that is needed", i+1)
		}
	}
	if at != (change{file: at.file}) {
		return nil, fmt.Errorf("the last entry has no reason")
	}
	return reasons, nil
}

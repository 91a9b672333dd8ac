package sandbox

import (
	"slices"
	"strings"
)

// An ArgumentError is what a sandbox does not take, in its [Options] or at a control endpoint.
type ArgumentError struct {
	// Argument says where it stands, such as "system", or "lifetimes.x" in the Options.
	Argument string
	// Reason says what it must be. It repeats nothing of what was given.
	Reason string
	// Known are the names that there are, where the fault is a name.
	Known []string
}

func (e *ArgumentError) Error() string { return e.Argument + " " + e.Reason }

// unknownName tells of a name that there is not, by those that there are.
func unknownName[N ~string](argument string, known []N) error {
	names := make([]string, len(known))
	for i, name := range known {
		names[i] = string(name)
	}
	slices.Sort(names)
	return &ArgumentError{argument, "must name one of " + strings.Join(names, ", "), names}
}

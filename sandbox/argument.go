package sandbox

import (
	"slices"
	"strings"
)

// An ArgumentError says what is wrong with an argument: in [Options], or at a control endpoint.
type ArgumentError struct {
	// Argument says where it stands, such as "system", or "lifetimes.x" in the Options.
	Argument string
	// Reason says what it must be. It repeats nothing of what was given.
	Reason string
	// Known are the names that there are, where the fault is a name.
	Known []string
}

func (e *ArgumentError) Error() string { return e.Argument + " " + e.Reason }

// unknownName is the error for a name that does not exist. It lists those that do, and does not repeat the name.
func unknownName[N ~string](argument string, known []N) error {
	names := make([]string, len(known))
	for i, name := range known {
		names[i] = string(name)
	}
	slices.Sort(names)
	return &ArgumentError{argument, "must name one of " + strings.Join(names, ", "), names}
}

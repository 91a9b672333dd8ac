package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Options set up a [Sandbox]. The zero value is the documented behaviour.
type Options struct {
	// Lifetime is that of every kind of token that Lifetimes does not name; 0 is the documented one of each. That of a
	// refresh token is longer, in the documented proportion: otherwise no refresh would ever be possible.
	Lifetime time.Duration
	// Lifetimes of tokens by kind; [Systems] lists the kinds.
	Lifetimes Lifetimes
	// Now is the vendors' clock; nil is time.Now.
	Now func() time.Time
	// Secrets, for a system with an entry, are the only credentials accepted: public part to secret. A system without
	// one follows its rule, which is in the comment on its constant.
	Secrets map[System]map[string]string
	// Logins are how many logins a user has in each minute, or whatever the system's window is, before the system
	// intercepts them. [Systems] lists the systems that do, and how many by default.
	Logins map[System]int
	// Paths is how the servers before the systems read a path; empty is [AsWritten].
	Paths Paths
	// AllowOrigins are the origins that CORS admits, such as "http://127.0.0.1:5173".
	AllowOrigins []string
}

// Check reports whether New would take the options. Its error is an [*ArgumentError].
func (o Options) Check() error {
	return cmp.Or(
		onlyNames("lifetimes.", o.Lifetimes, slices.Collect(maps.Keys(kinds))),
		onlyNames("secrets.", o.Secrets, systemsWith(func(v *vendor) bool { return v.opens != nil })),
		onlyNames("logins.", o.Logins, systemsWith(func(v *vendor) bool { return v.budget.logins > 0 })),
		o.checkLogins(),
		o.checkPaths(),
	)
}

// onlyNames checks that each key of a map is a known name.
func onlyNames[K ~string, V any](argument string, given map[K]V, known []string) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(known, string(name)) {
			return unknownName(argument+string(name), known)
		}
	}
	return nil
}

const maxLogins = 1_000_000

func (o Options) checkLogins() error {
	for system, n := range o.Logins {
		if n < 1 || n > maxLogins {
			return &ArgumentError{Argument: "logins." + string(system), Reason: "must be a whole number from 1 to " + strconv.Itoa(maxLogins)}
		}
	}
	return nil
}

func (o Options) checkPaths() error {
	if o.Paths != "" && !slices.Contains(AllPaths, o.Paths) {
		return unknownName("paths", AllPaths)
	}
	return nil
}

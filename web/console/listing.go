package console

import "slices"

// Listed is what the sandbox lists of one of its systems.
type Listed struct {
	Name   string
	Values map[string]string // of an identity that it accepts, by field; nil where callers have none of this system
	Call   Call              // that it answers
	Places []string          // endpoints that can be made to fail, by the sandbox's names
	// Subject is the name of what its tokens are told apart by: a field of the identity, or a parameter in one.
	Subject string
	Behind  string // the system that asks this one for a token first, or ""
	Rolls   bool   // a business answer can bring a new token
}

// Call is a business call.
type Call struct{ Method, Path, Body string }

// Listing is all systems of the sandbox.
type Listing []Listed

// Of finds a system. Of one that the sandbox does not have, nothing is there.
func (l Listing) Of(system string) Listed {
	if at := slices.IndexFunc(l, func(s Listed) bool { return s.Name == system }); at >= 0 {
		return l[at]
	}
	return Listed{}
}

// PartOf finds the system that another one asks for a token first.
func (l Listing) PartOf(system string) (Listed, bool) {
	at := slices.IndexFunc(l, func(s Listed) bool { return s.Behind == system })
	if at < 0 {
		return Listed{}, false
	}
	return l[at], true
}

// Methods are those that a business call can be made with: the usual ones, and that of the sandbox's own.
func (s Listed) Methods() []string {
	usual := []string{"GET", "POST"}
	if s.Call.Method != "" && !slices.Contains(usual, s.Call.Method) {
		return append(usual, s.Call.Method)
	}
	return usual
}

// With is a business call. Its body is the sandbox's own where the call is, and otherwise an empty object where one is needed.
func (s Listed) With(method, path string) Call {
	switch {
	case method == s.Call.Method && path == s.Call.Path:
		return s.Call
	case method == "GET":
		return Call{Method: method, Path: path}
	}
	return Call{method, path, "{}"}
}

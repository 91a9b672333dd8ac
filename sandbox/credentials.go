package sandbox

// A Credential is a public part of what a system takes, by which it can be refused.
type Credential struct {
	Name    string `json:"name"`    // as the identity has it
	Example string `json:"example"` // that of the example identity
}

// knows reports whether there is such a public part, and it is not refused at the moment.
func (s *Sandbox) knows(system System, public string) bool {
	fixed, set := s.options.Secrets[system]
	_, known := fixed[public]
	return (known || !set) && !s.refused[system][public]
}

// accepts reports whether a secret belongs to a public part that there is.
func (s *Sandbox) accepts(system System, public, secret string) bool {
	if !s.knows(system, public) {
		return false
	}
	if fixed, set := s.options.Secrets[system]; set {
		return secret == fixed[public]
	}
	return system.vendor().opens(public, secret)
}

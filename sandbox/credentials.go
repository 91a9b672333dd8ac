package sandbox

// A Credential is a public part of what a system takes, by which it can be refused.
type Credential struct {
	Name    string `json:"name"`    // as the identity has it
	Example string `json:"example"` // that of the example identity
}

// accepts reports whether a secret belongs to a public part that is not refused at the moment.
func (s *Sandbox) accepts(system System, public, secret string) bool {
	if s.refused[system][public] {
		return false
	}
	if fixed, set := s.options.Secrets[system]; set {
		want, known := fixed[public]
		return known && secret == want
	}
	return system.vendor().opens(public, secret)
}

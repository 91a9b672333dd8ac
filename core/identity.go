package core

import "slices"

// identity is who a token is for: a system, its base URL and the values of the
// system's own fields. Two identities are one when all of it is equal. The
// values hold secrets, so an identity is never printed, and never part of a key.
type identity struct {
	vendor vendor
	base   string   // without a slash at the end
	values []string // in the order that the vendor's identify gives them
}

func (a *identity) equal(b *identity) bool {
	return a.vendor == b.vendor && a.base == b.base && slices.Equal(a.values, b.values)
}

// hash spreads identities over the client's index. It is seeded by the host's
// random number and never leaves the client.
func (a *identity) hash(seed uint64) uint64 {
	h := newHash(seed).text(a.vendor.name()).text(a.base)
	for _, s := range a.values {
		h = h.text(s)
	}
	return uint64(h)
}

// parseIdentity reads an identity from a JSON object: "system", "baseUrl" and
// the system's own fields. Nothing but those fields may be there, so that a
// misspelt name is not silently ignored. known is a base URL in normal form, or "":
// most identities of a client have the same one, and share its text.
func parseIdentity(data []byte, known string) (*identity, *Error) {
	f := fields{members: make([]member, 0, 8), known: known} // few identities have more members
	if err := eachMember(data, f.add); err != nil {
		return nil, invalid("", "identity", "must be an object")
	}
	name := "edge"
	if !f.has("edge") || f.has("system") {
		name = f.text("system")
	}
	if f.err != nil {
		return nil, f.err
	}
	v := vendorNamed(name)
	if v == nil {
		return nil, invalid("", "system", `must be "appcube", "ccmessaging", "isales" or "cubedrive", or there must be an "edge" in its place`)
	}
	f.system = systemName(v)
	base := "baseUrl"
	if v == vendor(edge{}) || v == vendor(authorization{}) {
		base = "edge"
	}
	id := &identity{vendor: v, base: f.baseURL(base)}
	id.values = v.identify(&f)
	if f.err == nil {
		for _, m := range f.members { // what no reader has taken
			if !m.taken && (f.err == nil || m.name < f.err.Field) {
				f.err = invalid(f.system, safeName(m.name), "is not a field of this system")
			}
		}
	}
	if f.err != nil {
		return nil, f.err
	}
	return id, nil
}

// safeName keeps a caller's own field name out of an error where it could be
// anything: a secret that was passed as a name by mistake stays unseen.
func safeName(name string) string {
	if len(name) > 32 {
		return "a field"
	}
	for _, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return "a field"
		}
	}
	return name
}

// fields are the members of an identity, taken one by one. The first fault
// found stays in err; later readings then return zero values.
type fields struct {
	system  string
	known   string // a base URL in normal form, or ""
	members []member
	err     *Error
}

type member struct {
	name  string
	value value
	taken bool
}

func (f *fields) add(name string, v value) {
	f.members = append(f.members, member{name: name, value: v})
}

func (f *fields) fail(name, reason string) {
	if f.err == nil {
		f.err = invalid(f.system, name, reason)
	}
}

// take returns the member and notes that it was taken; a null counts as absent.
func (f *fields) take(name string) (value, bool) {
	v := f.look(name, true)
	return v, v != nil
}

func (f *fields) has(name string) bool { return f.look(name, false) != nil }

// look returns the member, or nil where it is absent or null. Of a name that
// stands twice the last one counts.
func (f *fields) look(name string, take bool) value {
	var v value
	for i := range f.members {
		if m := &f.members[i]; m.name == name {
			v, m.taken = m.value, m.taken || take
		}
	}
	if v.Kind() == 'n' {
		return nil
	}
	return v
}

// text returns a mandatory, non-empty string.
func (f *fields) text(name string) string {
	v, ok := f.take(name)
	if !ok {
		f.fail(name, "is missing")
		return ""
	}
	s, ok := asString(v)
	switch {
	case !ok:
		f.fail(name, "must be a string")
	case s == "":
		f.fail(name, "must not be empty")
	}
	return s
}

// headerText returns a mandatory string that can stand in an HTTP header.
func (f *fields) headerText(name string) string {
	s := f.text(name)
	if s != "" && !isToken(s) {
		f.fail(name, "must be visible ASCII characters without a space, as it is sent in a header")
		return ""
	}
	return s
}

// baseURL returns a mandatory http or https URL in one normal form: scheme and
// host in lower case, no default port, no slash at the end.
func (f *fields) baseURL(name string) string {
	s := f.text(name)
	if s == "" {
		return ""
	}
	base, reason := s, ""
	if s != f.known {
		base, reason = normalBaseURL(s)
	}
	switch {
	case reason != "":
		f.fail(name, reason)
	case base == f.known:
		return f.known // the same text, not another copy of it
	}
	return base
}

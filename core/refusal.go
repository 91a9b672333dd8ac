package core

import (
	"slices"
	"strings"
)

// Subject says by which words a refusal's text speaks of something: it has one of each list.
type Subject struct {
	Of    Reason
	Words [][]string // in lower case
}

// subjects are in the order in which they count. Only the first has words that are
// documented to the letter ("illegal or expired token info").
var subjects = [...]Subject{
	{AccessTokenDead, [][]string{{"token"}, {"expired", "illegal", "invalid", "refresh", "unknown"}}},
	{AddressRefused, [][]string{{"address", "client ip", "source ip", "the ip", "this ip", "your ip", "whitelist", "white list", "allow list", "allowlist", "trustlist", "trust list"}}},
	{KeyRefused, [][]string{{"app key", "appkey", "app_key", "app-key"}}},
}

// Subjects returns them for whoever explains a refusal to people, with the words of
// credentials in general: of those, no program needs to know.
func Subjects() []Subject {
	return append(slices.Clone(subjects[:]), Subject{KeyRefused, [][]string{{"secret", "password", "passwd", "credential", "authenticat"}}})
}

// blocked reports whether a refusal is no word of the vendor's, but of what stands
// before it: a firewall or a proxy answers 403 with a page, a text or nothing, and 418
// to who calls by address. It says nothing of a token, and may say nothing of the credentials.
func (d *Description) blocked(r Response) bool {
	if r.Status != 403 {
		return r.Status == 418
	}
	switch firstOf(r.Body) { // of a long body there is only the beginning
	case '{':
		return false
	case 0:
		return !d.Terse
	}
	return true
}

// why tells apart the reasons of a refusal, by the words of its text. What is
// not understood is Unknown.
func (d *Description) why(r Response) Reason {
	var text string
	_ = eachMember(r.Body, func(name string, v value) {
		if said, ok := asString(v); ok && slices.Contains(d.Explains, name) {
			text += lower(said) + "\n"
		}
	})
	for i := range subjects {
		if subjects[i].in(text) {
			return subjects[i].Of
		}
	}
	return Unknown
}

// in reports whether a text in lower case speaks of the subject.
func (s *Subject) in(text string) bool {
	for _, words := range s.Words {
		found := false
		for _, word := range words {
			found = found || strings.Contains(text, word)
		}
		if !found {
			return false
		}
	}
	return true
}

package core

import (
	"math"
	"slices"
	"strings"
)

// Meaning is what some of a system's own codes mean, wherever an answer has them.
type Meaning struct {
	Codes []string
	// Means is the error of a login that is answered so, or "" where it is a failure like any other.
	Means Code
	// Of is what a business call that is answered so says of what it carried: [TokenDead],
	// also under HTTP 200, or "" where it says nothing.
	Of Reason
	// Times is how many such answers in a row it takes until they say that, where one alone
	// may mean something else; 0 is one. Only a system that signs in may have it.
	Times int
}

// meaning returns what a code means, or nil where no document says it.
func (d *Description) meaning(code string) *Meaning {
	for i := range d.Meanings {
		if slices.Contains(d.Meanings[i].Codes, code) {
			return &d.Meanings[i]
		}
	}
	return nil
}

// Speaks reports whether the body of a business answer may say what becomes of the
// token, also under HTTP 200: that it is dead, or which one follows it.
func (d *Description) Speaks() bool {
	return d.Rolls != "" || slices.ContainsFunc(d.Meanings, func(m Meaning) bool { return m.Of != "" })
}

// said returns the system's own code in an answer, of several members the first of
// Codes, and whether there is one. It needs no more of the body than that member.
func (d *Description) said(body []byte) (code string, ok bool) {
	at := len(d.Codes)
	_ = eachMember(body, func(name string, v value) {
		if i := slices.Index(d.Codes, name); i >= 0 && i <= at {
			if text, is := d.codeOf(v); is {
				code, ok, at = text, true, i
			}
		}
	})
	return code, ok
}

// codeOf returns a code whole: a number, or a word that has a meaning. Any other text may be anything.
func (d *Description) codeOf(v value) (text string, ok bool) {
	if s, _ := asString(v); d.meaning(s) != nil {
		return s, true
	}
	return codeText(v)
}

// codeText returns a code whole, as a vendor writes it: a number of up to nine digits,
// or two numbers with a hyphen between. It is "" for a longer number: a token or
// a secret made of digits would be one. It is false for what is no code.
func codeText(v value) (text string, ok bool) {
	if n, is := asNumber(v); is {
		if n != math.Trunc(n) || math.Abs(n) >= 1e9 {
			return "", true
		}
		return itoa(int64(n)), true
	}
	s, _ := asString(v)
	group, number, hyphen := strings.Cut(s, "-")
	if !hyphen || !isShortNumber(group) || !isShortNumber(number) {
		return "", false
	}
	return s, true
}

func isShortNumber(s string) bool {
	return len(s) >= 1 && len(s) <= 4 && strings.Trim(s, "0123456789") == ""
}

// failed is the error for an answer whose own code says failure.
func (d *Description) failed(step Step, r Response, code string) *Error {
	e := &Error{Code: VendorFailure, Step: step, Status: r.Status}
	e.explain(d, code)
	return e
}

// explain adds a system's own code to an error, and what it is known to mean.
func (e *Error) explain(d *Description, code string) {
	e.Vendor = code
	if m := d.meaning(code); m != nil && m.Means != "" {
		e.Code, e.Retryable = m.Means, m.Means == Unavailable
	}
}

// judge is for vendors that say by a code in the body what becomes of a token, or by a
// status alone: 401 means that the token is dead, 403 is not said to.
func (d *Description) judge(r Response) judgement {
	code, ok := d.said(r.Body)
	if m := d.meaning(code); m != nil && m.Of == TokenDead {
		return judgement{token: true, reason: TokenDead}
	}
	switch {
	case r.Status == 401:
		return judgement{token: true, reason: TokenDead}
	case r.Status == 403:
		return judgement{reason: Unknown}
	}
	return judgement{mute: ok && !slices.Contains(d.Success, code)}
}

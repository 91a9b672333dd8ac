package sandbox

import (
	"fmt"
	"time"
)

// Lifetimes are how long new tokens live, in whole seconds from 1 s up. A zero field leaves what is set.
type Lifetimes struct {
	AppCube       time.Duration // its document: 3600 s
	CCMessaging   time.Duration // its document: 1 hour; never said in a response
	AccessToken   time.Duration // the most that X-Token-Expire gets; cec_07_0005: 3600 s
	ISales        time.Duration // the document's example: 300 s
	ISalesRefresh time.Duration // the document's example: 3600 s
	CubeDrive     time.Duration // its document states none: without one, tokens live until they are revoked
}

var documentedLifetimes = Lifetimes{
	AppCube:       maxAccessToken,
	CCMessaging:   time.Hour,
	AccessToken:   maxAccessToken,
	ISales:        300 * time.Second,
	ISalesRefresh: 3600 * time.Second,
}

const maxAccessToken = 3600 * time.Second

// fields pairs each lifetime with its name in JSON.
func (l *Lifetimes) fields() map[string]*time.Duration {
	return map[string]*time.Duration{
		"appcube":       &l.AppCube,
		"ccmessaging":   &l.CCMessaging,
		"accessToken":   &l.AccessToken,
		"isales":        &l.ISales,
		"isalesRefresh": &l.ISalesRefresh,
		"cubedrive":     &l.CubeDrive,
	}
}

// with returns l changed by the fields of m that are not zero, each brought into its bounds.
func (l Lifetimes) with(m Lifetimes) Lifetimes {
	into := l.fields()
	for name, d := range m.fields() {
		if *d != 0 {
			// Vendors count in whole seconds: a fraction that a response could not state must not exist.
			*into[name] = max(d.Truncate(time.Second), time.Second)
		}
	}
	l.AccessToken = min(l.AccessToken, maxAccessToken)
	return l
}

// seconds is l as the control endpoints show it.
func (l Lifetimes) seconds() map[string]int {
	out := map[string]int{}
	for name, d := range l.fields() {
		out[name] = int(*d / time.Second)
	}
	return out
}

// SetLifetimes changes the lifetimes of the tokens that come after. Zero fields stay as they are.
func (s *Sandbox) SetLifetimes(l Lifetimes) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lifetimes = s.lifetimes.with(l)
}

// maxSeconds keeps a lifetime in seconds within a time.Duration: ten years.
const maxSeconds = 10 * 365 * 24 * 3600

func lifetimesOf(seconds map[string]int) (Lifetimes, error) {
	var l Lifetimes
	fields := l.fields()
	for name, n := range seconds {
		d, known := fields[name]
		if !known {
			return l, fmt.Errorf("there is no lifetime of that name: use appcube, ccmessaging, accessToken, isales, isalesRefresh or cubedrive")
		}
		if n < 1 || n > maxSeconds {
			return l, fmt.Errorf("the lifetime %s must be 1 to %d seconds", name, maxSeconds)
		}
		*d = time.Duration(n) * time.Second
	}
	return l, nil
}

package sandbox

import "time"

// A lock is how many wrong secrets one after the other lock an account, and for how long. The zero value locks none.
type lock struct {
	tries int
	lasts time.Duration
}

// attempts are what a lock counts of an account: wrong secrets since the last right one.
type attempts struct {
	wrong int
	last  time.Time
}

// A standing is what a system makes of credentials.
type standing int

const (
	admitted standing = iota
	absent            // there is no such public part, or it is refused
	wrong             // the secret is another
	locked            // after wrong ones: not even the right one is taken
)

// standing judges credentials, and counts those that are wrong.
func (s *Sandbox) standing(system System, public, secret string, now time.Time) standing {
	lock, account := system.vendor().lock, user{system, public}
	if len(s.attempts) > 1000 { // many accounts: forget those whose lock would be over
		for u, a := range s.attempts {
			if now.Sub(a.last) >= u.system.vendor().lock.lasts {
				delete(s.attempts, u)
			}
		}
	}
	tried := s.attempts[account]
	if now.Sub(tried.last) >= lock.lasts {
		tried.wrong = 0
	}
	switch {
	case !s.knows(system, public):
		return absent
	case lock.tries > 0 && tried.wrong >= lock.tries:
		return locked
	case s.accepts(system, public, secret):
		delete(s.attempts, account)
		return admitted
	}
	s.attempts[account] = attempts{tried.wrong + 1, now}
	return wrong
}

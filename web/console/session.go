package console

// State is what a session is in. It names the words and the colour.
type State string

const (
	Empty    State = "empty"    // no token was asked for yet
	Asking   State = "asking"   // a token is on its way, and there is none to use
	Live     State = "live"     // the token can be used
	Due      State = "due"      // the same, and the next call renews it
	Withheld State = "withheld" // so near its end that it is not handed out
	Expired  State = "expired"
	Denied   State = "denied" // the vendor rejected it
	Paused   State = "paused" // nothing is tried before an instant
	Broken   State = "broken" // the last attempt failed
	Out      State = "out"    // nobody is signed in any more
	Gone     State = "gone"   // the token was in memory that is gone: evicted, or the core died
)

// Bad reports whether somebody who cannot see the page should be told of the state. That somebody was signed out, the status line tells.
func (s State) Bad() bool {
	return s == Expired || s == Denied || s == Paused || s == Broken || s == Gone
}

// States are all states.
var States = []State{Empty, Asking, Live, Due, Withheld, Expired, Denied, Paused, Broken, Out, Gone}

// Session is what the page knows of one session. The package decides; this follows.
type Session struct {
	Card       int
	System     string
	Target     Target
	Title      string // who it is for, without a secret
	Held       bool   // there was a token
	Life       Life
	Denied     bool
	Lost       bool
	Left       bool   // nobody is signed in any more
	Why        string // of that, one of the package's reasons
	VendorCode string // that says so
	Logins     int
	Tokens     int // how many there were so far, rolled ones included
	Waiting    int // callers that wait for a token
	Trouble    *Trouble
}

// Take notes the token that a caller got.
func (s *Session) Take(life Life) {
	s.Held, s.Life, s.Denied, s.Lost, s.Left = true, life, false, false, false
	s.Trouble = nil
}

// Drop forgets the token with all that was known of it.
func (s *Session) Drop(lost bool) {
	s.Held, s.Life, s.Denied, s.Lost, s.Left = false, Life{}, false, lost, false
}

// Fail notes a failure that a caller got.
func (s *Session) Fail(t Trouble) { s.Trouble = &t }

// Follow brings the session up to an event of its own.
func (s *Session) Follow(e Event) {
	if e.Logins > s.Logins {
		s.Logins = e.Logins
	}
	switch e.Type {
	case Acquired, Renewed, Adopted, Rolled:
		s.Tokens++
		// What can be told without the token. The page then asks for the token itself, which costs nothing.
		if e.ExpiresAt != s.Life.ExpiresAt || s.Denied || !s.Held {
			s.Life = Life{IssuedAt: e.At, ExpiresAt: e.ExpiresAt}
		}
		s.Held, s.Denied, s.Lost, s.Left, s.Trouble = true, false, false, false, nil
	case Rejected:
		s.Denied = s.Held
	case Retrying, Failed:
		if e.Trouble != nil {
			t := *e.Trouble
			t.At, t.RetryAt = e.At, e.RetryAt
			s.Trouble = &t
		}
	case Cooling:
		if s.Trouble != nil {
			s.Trouble.RetryAt = e.RetryAt
		}
	case Evicted:
		s.Drop(true)
	case SignedOut:
		s.Drop(false)
		s.Left, s.Why, s.VendorCode = true, e.Reason, e.VendorCode
	}
}

// Usable reports whether a caller would get the token at hand.
func (s *Session) Usable(now int64) bool {
	return s.Held && !s.Denied && (!s.Life.Stated() || now < s.Life.UsableUntil || s.Life.UsableUntil == 0 && now < s.Life.ExpiresAt)
}

// State is what the session is in at an instant.
func (s *Session) State(now int64) State {
	switch {
	case s.Usable(now) && s.Life.RenewAt != 0 && now >= s.Life.RenewAt:
		return Due
	case s.Usable(now):
		return Live
	case s.Waiting > 0:
		return Asking
	case s.Trouble != nil && s.Trouble.RetryAt > now:
		return Paused
	case s.Left:
		return Out
	case s.Held && s.Denied:
		return Denied
	case s.Held && now < s.Life.ExpiresAt:
		return Withheld
	case s.Held:
		return Expired
	case s.Trouble != nil:
		return Broken
	case s.Lost:
		return Gone
	}
	return Empty
}

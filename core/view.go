package core

// View is what whoever runs a host may know of a session. It holds no secret, no
// token and no subject.
type View struct {
	System string
	State  State
	// Since is when the token was asked for, on the wall clock in milliseconds; where there is none, when the
	// acquisition in flight was begun; or 0.
	Since int64
	// Cooling is the failure after which the vendor is left alone until its RetryAt, or nil.
	Cooling *Error
	// Used of Most logins are inside the system's window; Most is 0 where it has no limit.
	// Free is for how many milliseconds no further one is allowed.
	Used, Most int
	Free       int64
}

// State says in one word how a session is.
type State string

const (
	StateRenewing State = "renewing" // an acquisition is in flight, whether or not there is a token meanwhile
	StateLive     State = "live"     // its token is handed out
	StateCooling  State = "cooling"  // it has none, and the vendor is left alone
	StateRejected State = "rejected" // its token was refused, and nobody has asked for another one yet
	StateIdle     State = "idle"     // it has none, and nobody has asked for one
)

// States are all of them.
func States() []State {
	return []State{StateLive, StateRenewing, StateCooling, StateRejected, StateIdle}
}

// View returns how a session is, and false where there is no such session. It changes nothing.
func (c *Client) View(id SessionID, now Instant) (View, bool) {
	s := c.session(id)
	if s == nil {
		return View{}, false
	}
	v := View{System: s.systemName(), State: s.state(now), Free: c.overBudget(s, now)}
	v.Used, v.Most = len(s.recent()), s.identity.system.description().policy.logins
	switch {
	case s.held.token != "":
		v.Since = s.issued.Wall
	case s.task != nil:
		v.Since = s.task.began.Wall
	}
	if b := s.stops(now); b != nil {
		cause := *b.cause
		cause.RetryAt = now.Wall + b.left(now)
		v.Cooling = &cause
	}
	return v, true
}

func (s *session) state(now Instant) State {
	switch {
	case s.task != nil:
		return StateRenewing
	case s.ready(now):
		return StateLive
	case s.stops(now) != nil:
		return StateCooling
	case s.dead:
		return StateRejected
	}
	return StateIdle
}

// stops returns what keeps attempts away: its own, or that of what it depends on; or nil.
func (s *session) stops(now Instant) *barrier {
	for _, s := range [...]*session{s, s.dependency} {
		if s != nil && s.barrier.left(now) > 0 {
			return s.barrier
		}
	}
	return nil
}

// Relent ends the waiting time after a failure, of a session and of what it depends on, and reports whether there
// was one: a person says that the reason is gone. The login budget stays.
func (c *Client) Relent(id SessionID, now Instant) bool {
	s := c.session(id)
	if s == nil || s.stops(now) == nil {
		return false
	}
	for _, s := range [...]*session{s, s.dependency} {
		if s != nil {
			s.failures, s.outages, s.barrier = 0, 0, nil
		}
	}
	return true
}

package core

// A session whose system signs in has its token by a person's act alone: nothing but
// [Client.Attend] ever asks a vendor for one. The token changes while it is used, each time
// by an answer to a call that carried the last one; it is over when none of them brings
// another in time, when the vendor says so, or when the person signs out. Nothing follows then.

// Errand is what a caller has done for whoever is signed in, beside business calls.
type Errand uint8

const (
	// SignIn gets the session's token, unless there is one.
	SignIn Errand = iota + 1
	// SignInByForce does so also where the person is signed in already, and ends that session.
	SignInByForce
	// SignOut ends the session at the vendor.
	SignOut
	// KeepAlive is one sign of life.
	KeepAlive
)

// Errands returns their names.
func Errands() map[string]Errand {
	return map[string]Errand{"signIn": SignIn, "signInByForce": SignInByForce, "signOut": SignOut, "keepAlive": KeepAlive}
}

// presence is what is remembered of who is signed in, or was.
type presence struct {
	reason Reason // why there is no token
	code   string // the vendor's own code for that, or ""
	told   bool   // that the token's life is over
	denied int    // answers in a row that may say that it is dead
	first  uint64 // the serial with which the token came: it is a later one for a longer life

	errand *task // the last sign-out, or sign-in elsewhere, that was asked for, until it is over
	pulse  *task // a sign of life on its way
	end    *task // the watch for the end of the token's life
}

// here returns what is remembered, which may be nothing yet.
func (s *session) here() *presence {
	if s.presence == nil {
		s.presence = &presence{}
	}
	return s.presence
}

// attended reports whether somebody is signed in, or an errand is under way.
func (s *session) attended(now Instant) bool {
	return s.errands() != [2]*task{} || s.signsIn && s.usable(now)
}

// signedOut is the error for who wants a token where nobody is signed in.
func (s *session) signedOut() *Error {
	e := &Error{Code: SignedOut, System: s.systemName(), Step: StepInput, Why: NeverSignedIn}
	if p := s.presence; s.held.token != "" {
		e.Why = Expired
	} else if p != nil && p.reason != "" {
		e.Why, e.Vendor = p.reason, p.code
	}
	return e
}

// present decides what a caller of [Client.Get] gets: never a sign-in.
func (c *Client) present(s *session, now Instant, want Want) (d Decision) {
	c.lapse(s, now)
	if want.Rejected != "" && want.Rejected == s.held.token {
		c.end(s, now, Rejected, "")
	}
	switch {
	case s.ready(now):
		d.Token = s.token()
	case s.task != nil:
		d.Kind, d.Acquisition = Wait, s.task.id
	default:
		d.Kind, d.Err = Fail, s.signedOut()
	}
	return d
}

// Attend does an errand. What it brings is told as by [Client.Get]; where it brings no token,
// that it is over. Sign-in and sign-out never overlap: who comes second waits for the first,
// and who asks for the same joins it. The error for a system that has no errands is InvalidRequest.
func (c *Client) Attend(id SessionID, e Errand, now Instant) (d Decision) {
	s := c.session(id)
	if s == nil {
		d.Err = &Error{Code: Forgotten, Step: StepInput, Retryable: true}
	} else {
		c.touch(s)
		c.expire(s, now)
		d.Acquisition, d.Err = c.attend(s, e, now)
	}
	switch {
	case d.Err != nil:
		d.Kind = Fail
	case d.Acquisition != 0:
		d.Kind = Wait
	case e == SignIn:
		d.Token = s.token()
	}
	return d
}

// attend returns the number of what is to be waited for; 0 where the errand is done.
func (c *Client) attend(s *session, e Errand, now Instant) (uint64, *Error) {
	if !s.identity.system.description().errands {
		return 0, &Error{Code: InvalidRequest, System: s.systemName(), Step: StepInput, Field: "system",
			Reason: "signs nobody in: its tokens come when they are asked for"}
	}
	p := s.here()
	slot, behind := &p.errand, p.errand
	if e == KeepAlive {
		slot, behind = &p.pulse, nil
	}
	if s.signsIn {
		c.lapse(s, now)
		here := s.ready(now)
		if e <= SignInByForce {
			if here && e == SignIn && s.leaving() == nil {
				return 0, nil
			}
			if s.task == nil {
				force := e == SignInByForce
				if err := c.begin(s, now, beginning{person: true, ahead: force, forced: force}); err != nil {
					return 0, err
				}
			}
			return s.task.id, nil
		}
		if !here && e == KeepAlive {
			return 0, s.signedOut()
		}
		if !here && s.task == nil && p.errand == nil {
			return 0, nil // nobody is there to be signed out
		}
		if e == SignOut && s.task != nil {
			behind = s.task
		}
	}
	if t := *slot; t != nil && t.errand == e && (t == behind || t.blocked || behind == nil) {
		return t.id, nil
	}
	t := c.task(s, now)
	t.errand, t.request.Step = e, StepLogin
	if e == SignOut {
		t.request.Step = StepSignOut
	} else if e == KeepAlive {
		t.request.Step = StepKeepAlive
	}
	*slot = t
	if behind != nil {
		c.block(t, behind, now)
	} else {
		c.advance(t, now)
	}
	return t.id, t.err
}

// leaving returns the sign-out that is under way, or nil. One that waits itself is none.
func (s *session) leaving() *task {
	if p := s.presence; p != nil && p.errand != nil && !p.errand.blocked {
		return p.errand
	}
	return nil
}

// run sends the request of an errand.
func (c *Client) run(t *task, now Instant) {
	s := t.session
	if s.signsIn && s.held.token == "" { // over, while it waited
		var err *Error
		if t.errand == KeepAlive {
			err = s.signedOut()
		}
		c.settle(t, now, err, 0)
		return
	}
	t.generation = s.serial()
	t.request = s.identity.system.errand(&s.identity, t.errand, s.held.token, s.bearer())
	c.send(t, now)
}

// returned takes the answer to an errand. It is a call of the session, and judged like all.
func (c *Client) returned(t *task, now Instant, r Response) *Error {
	s := t.session
	system := s.identity.system
	err := system.done(t.request.Step, r)
	if s.signsIn && !s.gone {
		j := system.judge(&s.identity, t.request.Method+" "+t.request.URL, r)
		j.mute = j.mute || err != nil
		c.attest(s, t.generation, t.sent, now, &j)
		if s.held.token == "" {
			err = nil
			if t.errand != SignOut {
				err = s.signedOut()
			}
		}
	}
	return err
}

// finish ends an errand, and lets go on what waited for it.
func (c *Client) finish(t *task, now Instant, err *Error) {
	s := t.session
	p := s.here()
	if p.errand == t {
		p.errand = nil
	}
	if p.pulse == t {
		p.pulse = nil
	}
	if err != nil && err.Code != SignedOut { // which has been told already
		c.notify(s, now, Event{Type: EventFailed, Step: err.Step, Err: err})
	}
	c.emit(Effect{Kind: Settled, Session: s.id, ID: t.id, Err: err})
	for _, next := range t.waiting {
		if !next.over {
			next.blocked = false
			c.cancel(next)
			c.advance(next, now)
		}
	}
}

func forgottenMeanwhile(t *task) *Error {
	return &Error{Code: Forgotten, Step: t.step(), Retryable: true}
}

// dismiss ends all that is under way for a session that is forgotten: first what would bring a token, as it
// must not come because another ends for which it has waited.
func (c *Client) dismiss(s *session, now Instant) {
	errands := s.errands()
	if s.task != nil {
		c.abandon(s.task, now, forgottenMeanwhile(s.task))
	}
	for _, t := range errands {
		for ; t != nil && t.session == s; t = t.behind {
			if !t.over {
				c.abandon(t, now, forgottenMeanwhile(t))
			}
		}
	}
}

// errands returns those that are under way; nil stands for none.
func (s *session) errands() [2]*task {
	if p := s.presence; p != nil {
		return [2]*task{p.errand, p.pulse}
	}
	return [2]*task{}
}

// attest takes what the answer to a call says of who is signed in. It speaks of the token that
// the call carried: what a former one is told is nothing to the one that followed it.
func (c *Client) attest(s *session, serial uint64, sent, now Instant, j *judgement) (o Outcome) {
	p := s.here()
	known := s.held.token != "" && serial >= s.since
	current := known && serial >= p.first && serial <= s.serial()
	switch {
	case j.token && !current:
		if j.times == 0 { // what may mean something else is no reason to send a call once more
			o.Replay, o.Reason = known && s.ready(now), TokenDead
		}
	case j.token:
		if p.denied++; p.denied < j.times {
			o.Noted = true
			break
		}
		c.end(s, now, TokenDead, j.code)
		o.Reason = TokenDead
	case !current || j.mute:
	case j.out:
		c.end(s, now, ByCaller, "")
	default:
		o.Noted = p.denied > 0
		p.denied = 0
		why := EventRolled
		if p.told {
			why = EventAcquired // a call that was under way has saved it
		}
		if o.Rolled = j.rolled != "" && j.rolled != s.held.token; o.Rolled {
			c.install(s, now, sent, grant{token: j.rolled, life: j.life}, why, StepCall)
		} else if j.sign && now.Since(sent) < now.Since(s.issued) {
			s.issued = sent
			s.generation++ // as whoever holds the token knows another end of it
			o.Noted = true
			if p.told {
				c.revive(s, now, why)
			}
		}
	}
	return o
}

// revive tells that a token lives on whose life was said to be over.
func (c *Client) revive(s *session, now Instant, why EventType) {
	s.presence.told = false
	c.notify(s, now, Event{Type: why, Step: StepCall, ExpiresAt: s.expiresAt()})
	c.unwatch(s)
	c.watch(s, now)
}

// arrive notes that the session has a new token, which is used to the end of its life.
func (c *Client) arrive(s *session, now Instant) {
	p := s.here()
	p.told, p.denied, p.first = false, 0, s.serial()
	s.renewAge = int32(s.held.life)
	if p.end == nil {
		c.watch(s, now)
	}
}

// lapse tells, once, that the token's life is over. The token is kept: a call that carries it
// may be under way, and bring the one that follows it.
func (c *Client) lapse(s *session, now Instant) {
	switch here, told := s.usable(now), s.presence != nil && s.presence.told; {
	case s.held.token == "" || here != told:
	case here:
		c.revive(s, now, EventAcquired) // a clock was set forward, and back
	default:
		s.here().told = true
		c.notify(s, now, Event{Type: EventSignedOut, Reason: Expired})
	}
}

// watch tells when time alone ends the token's life, where anybody watches.
func (c *Client) watch(s *session, now Instant) {
	p := s.here()
	p.end = nil
	c.lapse(s, now) // which may watch again itself
	if p.end == nil && c.watched && s.usable(now) {
		p.end = &task{session: s, watches: true}
		c.wait(p.end, Effect{Kind: Sleep, Limit: s.held.life - now.Since(s.issued), Idle: true})
	}
}

func (c *Client) unwatch(s *session) {
	if p := s.presence; p != nil && p.end != nil {
		c.cancel(p.end)
		p.end = nil
	}
}

// end takes the token from a session, and tells why.
func (c *Client) end(s *session, now Instant, why Reason, code string) {
	p := s.here()
	c.unwatch(s)
	s.dead = true
	s.retire(c.print(s.held.token))
	s.held, s.dead = grant{}, false
	p.reason, p.code, p.denied = why, code, 0
	if !p.told {
		c.notify(s, now, Event{Type: EventSignedOut, Reason: why, Vendor: code})
	}
	p.told = false
}

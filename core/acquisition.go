package core

import "strings"

// task is an acquisition or a verification on its way. An acquisition may wait
// for that of a dependency, send several requests one after the other (refresh,
// then login), and repeat one that failed for a passing reason.
type task struct {
	id       uint64
	session  *session
	began    Instant
	over     bool
	err      *Error // that it ended with, or nil
	exchange uint64 // of the request or the pause that it waits for, or 0
	pausing  bool
	request  Request
	sent     Instant
	login    int64 // as which the request counts in the budget
	retries  int
	idles    bool // it pauses as no vendor was reached

	ahead      bool   // get a new token even though the current one can still be used
	forced     bool   // a caller insists on a new token: an error is not covered up by an older one
	generation uint64 // of the session when the request was sent
	bearer     uint64 // generation of the dependency when it began, or that the request carried
	shuns      uint64 // generation of the dependency that is not to be carried, or 0
	cascaded   bool   // the dependency was already found dead once
	stale      bool   // a token came too old to use once
	blocked    bool   // it waits for another one, such as the dependency's acquisition, at most until its time is up
	behind     *task  // the last one that it has waited for
	waiting    []*task

	verifies string // the token to verify, or "" for an acquisition
	next     *task  // the next verification of the session
	errand   Errand // what it does in place of an acquisition, or 0
	watches  bool   // it only waits for the end of the token's life
}

// Want says what a caller of [Client.Get] wants beyond any usable token.
type Want struct {
	// Force gets a new token even though the current one could be used.
	Force bool
	// Rejected is a token that a vendor rejected; it is not handed out again to who says
	// so. Where the session has moved on from it, nothing happens. A caller is believed
	// once in five minutes, or gets TokenRejected.
	Rejected string
	// Instead is the serial of a token that a call of the caller's has carried and that
	// [Client.Judge] has judged: another one is wanted. 0 is none.
	Instead uint64
	// User tells the users of a shared session apart, or is "". It may be a hash. Users
	// who are told apart may force once in five minutes, or get RateLimited.
	User string
}

// Get decides what a caller gets: a token, a wait for the acquisition in
// flight, or an error. Whatever the number of callers, at most one acquisition
// is in flight for a session.
func (c *Client) Get(id SessionID, now Instant, want Want) Decision {
	s := c.session(id)
	if s == nil {
		return Decision{Kind: Fail, Err: &Error{Code: Forgotten, Step: StepInput, Retryable: true}}
	}
	c.touch(s)
	c.expire(s, now)
	if s.signsIn {
		return c.present(s, now, want)
	}
	if err := c.word(s, now, &want); err != nil {
		return Decision{Kind: Fail, Err: err}
	}
	refused := s.doubtful() && (want.Instead == s.serial() || s.refusedBy(want.User))
	if s.ready(now) && !want.Force && !refused {
		c.renewAhead(s, now)
		return Decision{Kind: Use, Token: s.token()}
	}
	how := beginning{ahead: want.Force, forced: want.Force}
	if refused {
		how.ahead = how.ahead || s.dead || s.suspect
		if d := s.carried(); d != nil && (d.dead || d.suspect) {
			how.shuns = d.generation
		}
	}
	if s.borrows && how.ahead {
		how.shuns = s.dependency.generation
	}
	if s.task == nil {
		if err := c.begin(s, now, how); err != nil {
			s.spare()
			if s.ready(now) && !want.Force && !refused {
				return Decision{Kind: Use, Token: s.token()}
			}
			return Decision{Kind: Fail, Err: err}
		}
		if s.task == nil { // over within the call: another token was there already
			return Decision{Kind: Use, Token: s.token()}
		}
	}
	t := s.task
	t.ahead, t.forced, t.shuns = t.ahead || how.ahead, t.forced || how.forced, max(t.shuns, how.shuns)
	return Decision{Kind: Wait, Acquisition: t.id}
}

// word takes what a caller says beyond asking for a token. It has a budget, as each
// word costs a login, and others use the same token.
func (c *Client) word(s *session, now Instant, want *Want) *Error {
	user := shortHash(want.User)
	if l := s.lender(); want.Rejected != "" && want.Rejected == l.held.token {
		from := s.from(source{user, wordPlace})
		if s.borrows {
			from = from.through(s)
		}
		if !c.refuse(l, now, from, Rejected) {
			return &Error{Code: TokenRejected, System: s.systemName(), Step: StepCall, Retryable: true,
				RetryAt: now.Wall + l.disbelief(from, now)}
		}
		want.Instead = s.serial()
	}
	if !want.Force || user == 0 {
		return nil
	}
	h := s.hear(source{user, forcePlace}, now)
	if left := h.own - now.Mono; left > 0 {
		return &Error{Code: RateLimited, System: s.systemName(), Step: StepInput, Field: "force",
			Reason: "was asked for a moment ago; try again later", Retryable: true, RetryAt: now.Wall + left}
	}
	h.own = now.Mono + beliefWindow
	return nil
}

// renewAhead starts renewals in the background of a call that gets the current
// token. That one cannot start costs nobody anything.
func (c *Client) renewAhead(s *session, now Instant) {
	if d := s.carried(); d != nil && d.due(now) {
		_ = c.begin(d, now, beginning{ahead: true})
	}
	if s.due(now) {
		_ = c.begin(s, now, beginning{ahead: true})
	}
}

// expire ends an acquisition whose host never answered: after a long sleep,
// say, or where the platform dropped the request without a word.
func (c *Client) expire(s *session, now Instant) {
	for _, s := range [...]*session{s.dependency, s} {
		if s != nil && s.task != nil && c.overdue(s.task, now) {
			c.abandon(s.task, now, s.task.late())
		}
	}
	for _, t := range s.errands() {
		if t != nil && c.overdue(t, now) {
			c.abandon(t, now, t.late())
		}
	}
}

// overdue reports whether a task should long have come to its end.
func (c *Client) overdue(t *task, now Instant) bool {
	const grace = 2 * second // for the host's own timer
	return now.waited(t.began) > c.timeout+grace
}

// abandon ends a task whose answer will not be waited for.
func (c *Client) abandon(t *task, now Instant, err *Error) {
	c.cancel(t)
	c.settle(t, now, err, 0)
}

// late is the error of a task whose time is up. A host whose timers sleep, as those of a
// hidden page do, may end a pause too late: then it is what led to the pause.
func (t *task) late() *Error {
	err := &Error{Code: Timeout, Step: t.step(), Retryable: true}
	idler := t
	if t.blocked {
		idler = t.behind
	}
	if idler.idles {
		err.Code, err.unreached = Network, true
	}
	idler.silent(err)
	return err
}

// step is the exchange that a task waits for, be it its dependency's.
func (t *task) step() Step {
	if d := t.session.dependency; t.blocked && d != nil && d.task != nil {
		return d.step()
	}
	return t.request.Step
}

// cancel ends the exchange that a task waits for.
func (c *Client) cancel(t *task) {
	if t.exchange != 0 {
		delete(c.tasks, t.exchange)
		c.emit(Effect{Kind: Cancel, Session: t.session.id, ID: t.exchange})
		t.exchange = 0
	}
}

// barred returns the error for an attempt that must not be made now, or nil. Where
// tokens come by a person's act alone, nothing else may make one at any time.
func (c *Client) barred(s *session, now Instant, how beginning) *Error {
	if s.signsIn && !how.person {
		return s.signedOut()
	}
	if left := s.barrier.left(now); left > 0 && !(how.forced && s.barrier.passable()) {
		cause := *s.barrier.cause
		cause.RetryAt = now.Wall + left
		return &Error{Code: CoolingDown, System: cause.System, Step: cause.Step, Status: cause.Status,
			Retryable: cause.Retryable, RetryAt: now.Wall + left, Cause: &cause}
	}
	if left := c.overBudget(s, now); left > 0 {
		return &Error{Code: LoginBudget, System: s.systemName(), Step: StepLogin, Retryable: true, RetryAt: now.Wall + left}
	}
	if s.given() {
		err := &Error{Code: s.refusal(), System: s.systemName(), Step: s.step()}
		err.blame(s)
		return err
	}
	return nil
}

// beginning says what an acquisition is for, beyond a token that can be used.
type beginning struct {
	ahead  bool   // a new token even though the current one can still be used
	forced bool   // because a caller insists on it
	person bool   // because a person signs in
	shuns  uint64 // the generation of the dependency that is not to be carried, or 0
}

// begin starts an acquisition unless something stands against it.
func (c *Client) begin(s *session, now Instant, how beginning) *Error {
	if err := c.barred(s, now, how); err != nil {
		return err
	}
	if d := s.dependency; d != nil && !d.usable(now) && d.task == nil {
		if err := c.begin(d, now, beginning{forced: how.forced}); err != nil {
			return err.of(s)
		}
	}
	t := c.task(s, now)
	t.ahead, t.forced, t.shuns = how.ahead, how.forced, how.shuns
	s.task = t
	if s.signsIn {
		t.request.Step = StepLogin
		if out := s.leaving(); out != nil {
			c.block(t, out, now)
			return nil
		}
	}
	c.advance(t, now)
	return t.err // of one that was over at once
}

func (c *Client) task(s *session, now Instant) *task {
	t := &task{id: c.number(), session: s, began: now}
	if s.dependency != nil {
		t.bearer = s.dependency.generation
	}
	return t
}

// advance takes the next step of an acquisition.
func (c *Client) advance(t *task, now Instant) {
	s := t.session
	if s.gone && s.dependency != nil {
		c.settle(t, now, &Error{Code: Forgotten, Step: t.request.Step, Retryable: true}, 0)
		return // a verification; what it depends on may be gone as well
	}
	d := s.dependency
	if t.verifies == "" && t.errand == 0 && !t.ahead && !t.forced && s.ready(now) && (d == nil || !t.shunned(d)) {
		c.settle(t, now, nil, 0)
		return
	}
	if d != nil && t.bearer+1 < d.since {
		// What was begun for a user who was forgotten must not go on with what the function gives now.
		c.settle(t, now, &Error{Code: Forgotten, Step: t.request.Step, Retryable: true}, 0)
		return
	}
	if d != nil && (!d.usable(now) || t.shunned(d)) {
		if d.task == nil {
			if err := c.begin(d, now, beginning{ahead: t.shunned(d), forced: t.forced}); err != nil && !t.relents(d, now) {
				c.settle(t, now, err.of(s), 0)
				return
			}
		}
		if d.task != nil {
			c.block(t, d.task, now)
			return
		}
	}
	if s.borrows {
		c.settle(t, now, nil, 0)
		return
	}
	if d := s.dependency; d != nil {
		t.bearer = d.generation
	}
	if t.verifies != "" {
		t.request, _ = s.identity.system.verification(&s.identity, t.verifies, s.bearer())
		c.send(t, now)
		return
	}
	if t.errand != 0 {
		c.run(t, now)
		return
	}
	t.generation = s.generation
	o := occasion{held: s.refreshable(now), forced: t.forced, bearer: s.bearer()}
	if s.dead {
		o.rejected = s.held.token
	}
	if _, source := s.identity.own(); source != 0 {
		t.request = Request{Step: StepSupply, Supplier: source}
	} else {
		t.request = s.identity.system.ask(&s.identity, o)
	}
	c.send(t, now)
}

// block lets a task wait for another one, within its own time.
func (c *Client) block(t, on *task, now Instant) {
	on.waiting = append(on.waiting, t)
	t.blocked, t.behind = true, on
	c.wait(t, Effect{Kind: Sleep, Limit: max(0, c.timeout-now.waited(t.began))})
}

// relents carries the dependency's token after all, where there is no other, others use it, and this
// task's own token is to be replaced as well: that one may be the only one that has died. It reports whether it does.
func (t *task) relents(d *session, now Instant) bool {
	if !t.ahead || !t.shunned(d) || !d.usable(now) || t.session.borrows {
		return false
	}
	t.shuns = 0
	return true
}

// shunned reports whether the dependency's current token is not to be carried.
func (t *task) shunned(d *session) bool { return t.shuns != 0 && t.shuns == d.generation }

// CostsLogin reports whether a request counts as a login at the vendor.
func (step Step) CostsLogin() bool {
	return step == StepLogin || step == StepApply || step == StepAccessToken
}

// send sends the task's request, within what is left of its time.
func (c *Client) send(t *task, now Instant) {
	s := t.session
	left := c.timeout - now.waited(t.began)
	if left <= 0 {
		c.settle(t, now, t.late(), 0)
		return
	}
	if t.request.Step.CostsLogin() {
		if wait := c.overBudget(s, now); wait > 0 {
			c.settle(t, now, &Error{Code: LoginBudget, Step: t.request.Step, Retryable: true}, wait)
			return
		}
		s.logins++
		if s.identity.system.description().policy.logins > 0 {
			t.login = c.spend(s, now)
		}
	}
	t.sent = now
	t.request.Rolls = s.identity.system.description().RollsIn
	c.wait(t, Effect{Kind: Send, Limit: left, Request: &t.request})
}

// wait makes the task wait for the answer to an effect.
func (c *Client) wait(t *task, e Effect) {
	t.exchange, t.pausing, t.idles = c.number(), e.Kind == Sleep, false
	c.tasks[t.exchange] = t
	e.Session, e.ID = t.session.id, t.exchange
	c.emit(e)
}

// answered returns the task that waits for an exchange, and ends the exchange.
// A task that is over, or that waits for another exchange by now, does not come
// back: that is how a late response is known.
func (c *Client) answered(exchange uint64, pausing bool) *task {
	t := c.tasks[exchange]
	if t == nil || t.pausing != pausing {
		return nil
	}
	delete(c.tasks, exchange)
	t.exchange = 0
	return t
}

// Answered reports the response to a request that was sent.
func (c *Client) Answered(exchange uint64, now Instant, r Response) {
	t := c.answered(exchange, false)
	if t == nil {
		return
	}
	v := t.session.identity.system
	r.Rolled = strings.TrimPrefix(r.Rolled, v.description().RollsAfter)
	var err *Error
	if t.errand != 0 {
		if err = c.returned(t, now, r); err == nil {
			c.settle(t, now, nil, 0)
			return
		}
	} else if t.verifies != "" {
		var verdict Verdict
		if verdict, err = v.confirms(r, t.sent); err == nil {
			c.verified(t, now, verdict)
			return
		}
	} else {
		var g grant
		if g, err = v.read(t.request.Step, r); err == nil {
			c.granted(t, now, g)
			return
		}
	}
	if d := t.session.dependency; d != nil {
		if j := v.judge(&t.session.identity, "", r); j.bearer {
			if !t.cascaded && c.cascade(t, now, j.reason) {
				c.advance(t, now)
				return
			}
			err.blame(d)
		}
	}
	c.failed(t, now, err, true, retryAfter(r, now))
}

// cascade takes the refusal of what a task's request carried for its dependency, and
// reports whether the request is worth another try.
func (c *Client) cascade(t *task, now Instant, reason Reason) bool {
	t.cascaded = true
	d := t.session.dependency
	if d.generation != t.bearer { // it has moved on
		return true
	}
	if !c.refuse(d, now, source{place: applyPlace}.through(t.session), reason) {
		return false
	}
	t.shuns = t.bearer
	return true
}

// Lost reports that a request brought no response that can be read. The codes
// are Network, Timeout, ResponseTooLarge, Redirected, FetchFailed and, for a
// caller's function, SupplierFailed.
func (c *Client) Lost(exchange uint64, now Instant, code Code, reach Reach) {
	t := c.answered(exchange, false)
	if t == nil {
		return
	}
	retryable := true
	switch code {
	case Network:
		retryable = reach != Impossible
	case FetchFailed:
		retryable = reach != Answering
	default:
		retryable = code == Timeout || code == SupplierFailed || code == Unavailable || code == RateLimited // the last two are another keeper's words
	}
	err := &Error{Code: code, Step: t.request.Step, Retryable: retryable}
	t.silent(err)
	t.unreached(err, reach)
	c.failed(t, now, err, reach == Answering, 0)
}

// silent says of a timeout that it is of the caller's function, where that was asked: no vendor was.
func (t *task) silent(err *Error) {
	if err.Code == Timeout && t.request.Supplier != 0 {
		err.Field, err.Reason = t.session.ownField(), "is a function that gave nothing in time"
	}
}

// Supplied reports what the caller's function returned.
func (c *Client) Supplied(exchange uint64, now Instant, supply Supply) {
	t := c.answered(exchange, false)
	if t == nil {
		return
	}
	g, err := supply.grant(t.request.Step)
	if err != nil {
		c.failed(t, now, err, true, 0)
		return
	}
	c.granted(t, now, g)
}

// Woken reports that a pause is over.
func (c *Client) Woken(exchange uint64, now Instant) {
	if t := c.answered(exchange, true); t != nil {
		c.resume(t, now)
	}
}

// resume goes on after a pause.
func (c *Client) resume(t *task, now Instant) {
	switch {
	case t.watches:
		c.watch(t.session, now)
	case t.blocked:
		c.settle(t, now, t.late(), 0)
	case t.verifies != "" && t.session.dependency == nil:
		c.send(t, now)
	default: // not blindly the same request: a token may have been rolled in, or the dependency's renewed
		c.advance(t, now)
	}
}

// granted takes the token that an acquisition brought.
func (c *Client) granted(t *task, now Instant, g grant) {
	s := t.session
	switch {
	case !s.lasts(g.life, t.sent, now):
		if t.stale || s.signsIn {
			c.settle(t, now, &Error{Code: StaleOnArrival, Step: t.request.Step, Retryable: true}, 0)
			return
		}
		t.stale = true // a clock that was set, or sleep: once more, then it is the connection
		if g.refresh != "" {
			s.held.refresh = "" // the vendor has issued another
		}
		c.advance(t, now)
		return
	case s.generation == t.generation || !s.usable(now) || s.signsIn: // otherwise the session has a newer one
		c.install(s, now, t.sent, g, EventAcquired, t.request.Step)
	}
	// What a newer one was refused for is not mended by an older one.
	t.ahead, t.forced = s.suspect, false
	c.advance(t, now) // the dependency's token may have died meanwhile
}

// install makes g the session's token. Its life is counted from before the
// request was sent, as nobody knows when on the way the vendor began to count.
func (c *Client) install(s *session, now, sent Instant, g grant, why EventType, step Step) {
	if why == EventAcquired && s.usable(now) {
		why = EventRenewed
	}
	s.retire(c.print(s.held.token))
	next := s.follows(g)
	if t := s.testimony; t != nil {
		t.refresh, t.confirmed = step == StepRefresh, false
		if t.of == s.generation+1 {
			t.of, t.at = next, now.Mono
		}
		if why == EventRolled {
			t.of = 0 // it was got for nobody's word
		}
	}
	s.held, s.issued, s.dead, s.suspect = g, sent, false, false
	s.generation = next
	if why == EventRolled && s.task != nil {
		s.task.ahead = false // this is the other token
	}
	// Jitter keeps sessions that began together from renewing together.
	s.renewAge = int32(g.life - c.between(window(g.life)*4/5, window(g.life))) // a life is a day at most
	switch {
	case s.signsIn:
		c.arrive(s, now)
	case s.identity.system.description().Slides:
		s.renewAge = int32(g.life)
	}
	c.notify(s, now, Event{Type: why, Step: step, ExpiresAt: s.expiresAt()})
}

// settle ends a task. wait is how long the vendor asked to be left alone, or 0.
func (c *Client) settle(t *task, now Instant, err *Error, wait int64) {
	if t.over {
		return
	}
	s := t.session
	if err != nil && err.System == "" {
		err.System = s.systemName()
	}
	t.over, t.err = true, err
	if t.verifies != "" {
		t.unlist()
		c.emit(Effect{Kind: Verified, Session: s.id, ID: t.id, Err: err})
		c.notify(s, now, Event{Type: EventFailed, Step: StepVerify, Err: err})
		return
	}
	if t.errand != 0 {
		c.finish(t, now, err)
		return
	}
	s.task = nil
	if err == nil {
		s.failures, s.outages, s.barrier = 0, 0, nil
	} else {
		switch {
		case err.RetryAt != 0: // a dependency's error, which has its own barrier
		case c.overdue(t, now) && s.failures == 0 && (err.Code == Timeout || err.Code == Network):
			s.failures = 1 // the host was frozen, which says nothing of the vendor: what comes of the next attempt does
		default:
			c.coolDown(s, now, err, wait)
		}
		c.notify(s, now, Event{Type: EventFailed, Step: err.Step, RetryAt: err.RetryAt, Err: err})
	}
	e := Effect{Kind: Settled, Session: s.id, ID: t.id, Err: err}
	if err != nil {
		s.spare()
	}
	if err == nil || s.ready(now) { // it is still good, one was rolled in meanwhile, or nobody else has refused it
		e.Token = s.token()
		err = nil
	}
	c.emit(e)
	for _, child := range t.waiting {
		if child.over {
			continue
		}
		child.blocked = false
		c.cancel(child)
		if e.Err != nil {
			child.relents(s, now)
		}
		if child.errand != 0 || err == nil && (e.Err == nil || !child.shunned(s)) {
			c.advance(child, now)
		} else {
			c.settle(child, now, e.Err.of(child.session), 0)
		}
	}
	if !s.listed && s.dependents == 0 && !s.gone {
		c.remove(s) // its last dependent was evicted meanwhile
	}
}

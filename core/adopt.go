package core

// Several clients of one application, in as many processes, may hold a session of one
// identity. What one of them learns is true for all: its host hands it on by
// [Client.State] and [Client.Adopt], whatever carries it. Two states are merged so
// that it does not matter which comes first, or how often: the token that was got
// later is the session's, what was refused stays refused, and every login counts once.

// Name returns what tells the session's identity from all others, and nil where it is not to be shared: there is no session, or
// its token is what a function of one caller's gives. It holds secrets: whoever shows it hashes it under a key.
func (c *Client) Name(id SessionID) []byte {
	s := c.session(id)
	if s == nil || s.identity.supplier() != 0 && s.dependency == nil {
		return nil
	}
	token, source := s.identity.own()
	if source != 0 {
		return nil
	}
	w := &writer{}
	w.open('[')
	w.quote(s.identity.system.description().Name)
	w.quote(s.identity.base)
	w.integer(min(s.identity.supplier(), 1)) // its number is another one in each client
	if token != "" {
		w.quote(token)
	}
	for _, text := range s.identity.values {
		w.quote(text)
	}
	for _, p := range s.identity.params() {
		w.quote(p.Name)
		w.quote(p.Value)
	}
	w.close(']')
	return w.data
}

// State returns what other clients have to know of the session, as JSON, and nil where there is no
// session. Unlike what [Client.Save] returns it says nothing of the dependency, which has a state of its own.
// It holds a token.
func (c *Client) State(id SessionID, now Instant) []byte {
	s := c.session(id)
	if s == nil {
		return nil
	}
	w := &writer{}
	w.open('{')
	w.number("version", stateVersion)
	s.save(w, now)
	w.close('}')
	return w.data
}

// Adopt takes into a session what State has returned of an equal one, age milliseconds ago. held is an exchange of
// the session's whose request has not been sent, as its host asks the others first; or 0. What was to be sent is decided on anew, and the
// exchange is over. Adopt reports whether the session knows more than the state, which the others then have to be told; there may be none.
func (c *Client) Adopt(id SessionID, now Instant, age int64, data []byte, held uint64) bool {
	s := c.session(id)
	if s == nil {
		return false
	}
	st, ok := readState(data)
	ok = ok && st.numbers["version"] == stateVersion && st.plausible()
	t := c.tasks[held]
	if t != nil {
		c.cancel(t)
		if t.request.Step.CostsLogin() {
			s.refund(t.login) // it was not made, and is counted again where it is
			s.logins--
		}
	}
	moved := ok && c.merge(s, st, now, max(age, 0))
	if u := s.task; moved && u != nil && !(u.forced && now.waited(s.issued) > now.waited(u.began)) {
		u.ahead, u.forced = s.suspect, false // this is the other token
	}
	more := !ok || s.generation > uint64(st.numbers["generation"]) || len(s.recent()) > len(st.recent)
	if t == nil {
		return more
	}
	if err := c.barred(s, now, beginning{forced: t.forced, person: s.signsIn}); err != nil && t.errand == 0 && (t.ahead || t.forced || !s.ready(now)) {
		c.settle(t, now, err, 0)
	} else {
		c.advance(t, now)
	}
	return more
}

// clearly is by how much a token must be older to be the earlier one for sure: how old a state is, is known so far only.
const clearly = 5 * second

// merge takes from a state what is newer than what the session knows, and reports whether it has
// another token now. Of two tokens of one generation, got by clients that did not see each other, the state's is the session's,
// as all others have it, unless it is clearly the earlier one.
func (c *Client) merge(s *session, st state, now Instant, age int64) (moved bool) {
	n := st.numbers
	theirs := uint64(n["generation"])
	same := st.texts["token"] == s.held.token || s.given()
	issued := st.issued(now, age)
	s.logins = max(s.logins, int32(n["logins"]))
	switch {
	case same && (s.held.token != "" || theirs == s.generation):
		s.dead = s.dead || st.flags["dead"]
		s.suspect = !s.dead && (s.suspect || st.flags["suspect"])
		if b := st.barrier(s, now, age); b.left(now) > s.barrier.left(now) {
			s.barrier = b
		}
		s.failures, s.outages = max(s.failures, int8(n["failures"])), max(s.outages, int8(n["outages"]))
		if s.identity.system.description().Slides && now.Since(issued) < now.Since(s.issued) {
			s.issued = issued
		}
		s.listen(st.testimony(now, age), now)
	case theirs == s.generation && s.held.token != "" && st.texts["token"] != "" && now.Since(issued) > now.Since(s.issued)+clearly:
		s.generation++ // it stays, and is the later one for all
	case theirs > s.generation, theirs == s.generation && s.held.token != "":
		s.retire(c.print(s.held.token))
		s.held = grant{}
		s.know(st, now, age)
		moved = true
		if theirs == s.generation {
			s.generation++ // as whoever holds the other one knows it by that serial
		}
		c.unwatch(s)
		if s.held.token != "" {
			c.notify(s, now, Event{Type: EventAdopted, Step: s.step(), ExpiresAt: s.expiresAt()})
		}
		if s.signsIn {
			c.watch(s, now)
		}
	}
	s.generation = max(s.generation, theirs)
	s.shared = s.shared || st.flags["shared"]
	s.share(st.spent(now, age))
	return moved
}

// share notes the logins of others, each of them once, in their order.
func (s *session) share(theirs []login) {
	if s.identity.system.description().policy.logins == 0 {
		return
	}
	for _, l := range theirs {
		at := len(s.recent())
		for i, own := range s.recent() {
			if own.id == l.id {
				at = -1
				break
			}
			if own.Mono > l.Mono {
				at = min(at, i)
			}
		}
		if at < 0 {
			continue
		}
		if s.budget == nil {
			s.budget = &budget{}
		}
		rest := append([]login{l}, s.budget.recent[at:]...)
		s.budget.recent = append(s.budget.recent[:at], rest...)
	}
}

// listen adds what another client has heard of the same token.
func (s *session) listen(theirs *testimony, now Instant) {
	if theirs == nil {
		return
	}
	if s.testimony == nil {
		s.testimony = theirs
		return
	}
	for _, h := range theirs.heard {
		own := s.hear(h.source, now)
		own.accepted, own.at = max(own.accepted, h.accepted), max(own.at, h.at)
		own.own, own.first = max(own.own, h.own), max(own.first, h.first)
		own.believed = max(own.believed, h.believed)
	}
	heard := s.testimony.heard
	if theirs.of >= s.testimony.of && (theirs.of > s.testimony.of || theirs.at > s.testimony.at) {
		*s.testimony = *theirs
	}
	s.testimony.heard = heard
}

// Alone says whether the other clients that share this one's sessions are out of its sight. While they are, it logs in once in the window
// of each budget, however often that happens.
func (c *Client) Alone(alone bool) { c.alone = alone }

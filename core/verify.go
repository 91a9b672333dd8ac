package core

// Verify says whether a token of the session's identity is valid. Where the
// vendor has an interface for that and the core does not know better, it is
// asked: the second result is then the ID of the effect of kind Verified to wait
// for. Where it has none, the verdict is by what the core knows.
func (c *Client) Verify(id SessionID, token string, now Instant) (Verdict, uint64, *Error) {
	s := c.session(id)
	if s == nil {
		return Verdict{}, 0, &Error{Code: Forgotten, Step: StepVerify, Retryable: true}
	}
	c.touch(s)
	if !isToken(token) {
		return Verdict{}, 0, invalid(s.systemName(), "token", "must be visible ASCII characters without a space")
	}
	known := c.recall(s, token, now)
	if known.Valid != nil && !*known.Valid {
		return known, 0, nil
	}
	for t := s.verifications; t != nil; t = t.next {
		if t.verifies == token {
			return Verdict{}, t.id, nil // it is asked for somebody else already
		}
	}
	request, ok := s.identity.system.verification(&s.identity, token, "")
	if !ok {
		return known, 0, nil
	}
	t := c.task(s, now)
	t.request, t.verifies = request, token
	t.next, s.verifications = s.verifications, t
	c.advance(t, now)
	return Verdict{}, t.id, nil
}

// unlist ends the joining of a verification, which is over.
func (t *task) unlist() {
	p := &t.session.verifications
	for *p != t {
		p = &(*p).next
	}
	*p = t.next
}

// recall says what the session remembers of a token.
func (c *Client) recall(s *session, token string, now Instant) Verdict {
	s = s.lender()
	if token == s.held.token {
		return known(s.issued, s.held.life, s.dead, now, Verdict{Valid: valid(true), Reason: Live, ExpiresAt: s.expiresAt()})
	}
	print := c.print(token)
	if s.retired != nil {
		for _, r := range s.retired {
			if r != (retired{}) && r.print == print {
				return known(r.issued, r.life, r.rejected, now, Verdict{Reason: Superseded})
			}
		}
	}
	return s.identity.system.foreign(&s.identity, token)
}

func known(issued Instant, life int64, rejected bool, now Instant, otherwise Verdict) Verdict {
	switch {
	case rejected:
		return Verdict{Valid: valid(false), Reason: Rejected}
	case life != 0 && now.Since(issued) >= life:
		return Verdict{Valid: valid(false), Reason: Expired, ExpiresAt: issued.Wall + life}
	}
	return otherwise
}

// verified takes the word of who was asked about a token. A "no" to the session's current
// token is a rejection of it.
func (c *Client) verified(t *task, now Instant, v Verdict) {
	t.over = true
	t.unlist()
	s := t.session
	if no := v.Valid != nil && !*v.Valid; no && !s.gone && t.verifies == s.held.token {
		if c.refuse(s, now, source{place: verifyPlace}, Denied) {
			c.renew(s, now, 0)
		}
	}
	c.emit(Effect{Kind: Verified, Session: s.id, ID: t.id, Verdict: v})
}

package core

// Outcome says what the host does with the answer to a business call.
type Outcome struct {
	// Replay: get a token and send the call once more, unless it was already sent
	// once more for the same Reason. Two tokens can die together, and be told of one
	// after the other.
	Replay bool
	// Rolled: the response held a new token, which is the session's from now on.
	Rolled bool
	// Reason says why, for a call that was refused.
	Reason Reason
}

// Judge reads the answer to a business call that carried the token of serial
// and was sent at the instant sent. A rejection concerns that token only: where
// the session has moved on, nothing dies, and the call is simply worth a replay.
func (c *Client) Judge(id SessionID, serial uint64, sent, now Instant, r Response) Outcome {
	s := c.session(id)
	if s == nil {
		return Outcome{}
	}
	j := s.identity.system.judge(&s.identity, r)
	current := serial == s.serial()
	if j.rolled != "" {
		if !current || j.rolled == s.held.token {
			return Outcome{}
		}
		c.install(s, now, sent, grant{token: j.rolled, life: j.life}, EventRolled, StepCall)
		return Outcome{Rolled: true}
	}
	if !j.token && !j.bearer {
		return Outcome{Reason: j.reason}
	}
	if current {
		// Where either token may be the dead one, an AccessToken that only the caller
		// can replace is not given up: applyToken tells whether it lives.
		if j.bearer && !(j.token && s.dependency.given()) {
			c.reject(s.dependency, now, j.reason)
		}
		if j.token {
			c.reject(s, now, j.reason)
		}
		if s.task == nil {
			_ = c.begin(s, now, false, false)
		}
	}
	return Outcome{Replay: true, Reason: j.reason}
}

// Replayed reports that the host sends a call once more.
func (c *Client) Replayed(id SessionID, now Instant) {
	if s := c.session(id); s != nil {
		c.notify(s, now, Event{Type: EventReplayed, Step: StepCall})
	}
}

// rejectDependency declares the token dead that the task's request carried for
// its dependency, unless that has moved on.
func (c *Client) rejectDependency(t *task, now Instant, reason Reason) {
	if d := t.session.dependency; d.generation == t.bearer {
		c.reject(d, now, reason)
	}
}

// quickRejections is how many tokens in a row may be rejected right after they
// were issued before renewal slows down: a vendor that rejects what it issues
// must not make a loop of logins.
const quickRejections = 3

// reject declares the session's current token dead.
func (c *Client) reject(s *session, now Instant, reason Reason) {
	if s.held.token == "" || s.dead {
		return
	}
	s.dead = true
	quick := minute
	if s.held.life != 0 {
		quick = margin(s.held.life)
	}
	if now.Since(s.issued) >= quick {
		s.quick = 0
	}
	s.quick++
	c.notify(s, now, Event{Type: EventRejected, Step: StepCall, Reason: reason})
	if s.quick < quickRejections || s.task != nil {
		return
	}
	s.held.refresh = "" // what comes from it is rejected as well
	s.failures = s.quick - quickRejections
	c.coolDown(s, now, &Error{Code: TokenRejected, System: s.systemName(), Step: StepCall, Retryable: true}, 0)
}

// CarryBody returns the JSON object in body with the members that a business
// call must carry; a member of the same name is replaced, and the others stay as
// they stood. An empty body counts as an empty object. The error is
// InvalidRequest, for the field "body".
//
// It is for hosts in Go. One in JavaScript has js/members.js, so that bodies do not
// pass through the core's memory, which never shrinks.
func CarryBody(system string, body []byte, members []Pair) ([]byte, *Error) {
	var w writer
	w.open('{')
	for _, m := range members {
		w.name(m.Name)
		w.quote(m.Value)
	}
	if len(body) > 0 {
		err := eachMemberQuoted(body, func(name string, quoted, v value) {
			for _, m := range members {
				if m.Name == name {
					return
				}
			}
			w.member(quoted, v)
		})
		if err != nil {
			return nil, &Error{Code: InvalidRequest, System: system, Step: StepCall, Field: "body",
				Reason: "must be a JSON object, as the token is carried inside it"}
		}
	}
	w.close('}')
	return w.data, nil
}

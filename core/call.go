package core

import "strings"

// Outcome says what the host does with the answer to a business call.
type Outcome struct {
	// Replay: get a token and send the call once more, unless it was already sent
	// once more for the same Reason. Two tokens can die together, and be told of one
	// after the other.
	Replay bool
	// Rolled: the response held a new token, which is the session's from now on.
	Rolled bool
	// Extended: the token lives longer than when it was handed out.
	Extended bool
	// Reason says why, for a call that was refused.
	Reason Reason
	// Noted: what [Client.Save] returns is another by now, though no event says so.
	Noted bool
}

// Judge reads the answer to a business call that carried the token of serial,
// went to a place and was sent at the instant sent. A refusal concerns that token
// only: where the session has moved on, nothing dies, and the call is simply worth
// a replay. A refusal that is the place's own is the caller's to see.
func (c *Client) Judge(id SessionID, serial uint64, at Place, sent, now Instant, r Response) Outcome {
	s := c.session(id)
	if s == nil {
		return Outcome{}
	}
	system := s.identity.system
	r.Rolled = strings.TrimPrefix(r.Rolled, system.description().RollsAfter)
	j := system.judge(&s.identity, at.Call, r)
	if s.signsIn {
		return c.attest(s, serial, sent, now, &j)
	}
	if s.borrows {
		j.token, j.bearer = false, j.token
	}
	current := serial == s.serial()
	from := s.from(at.source())
	if j.rolled != "" && j.rolled != s.held.token {
		if !current {
			return Outcome{}
		}
		c.install(s, now, sent, grant{token: j.rolled, life: j.life}, EventRolled, StepCall)
		s.accept(from, now)
		return Outcome{Rolled: true}
	}
	if !j.token && !j.bearer {
		if current && !j.mute && r.Status >= 200 && r.Status < 300 {
			c.accepted(s, from, now)
			return Outcome{Extended: s.slide(sent)}
		}
		return Outcome{Reason: j.reason}
	}
	if serial < s.since {
		return Outcome{Reason: j.reason} // of before the session was forgotten: its caller may be another by now
	}
	replay := !current
	if current {
		// Where either token may be the dead one, an AccessToken that only the caller
		// can replace is not given up: applyToken tells whether it lives.
		var shuns uint64
		if d := s.dependency; d != nil && j.bearer && !(j.token && d.given()) && c.refuse(d, now, from.through(s), j.reason) {
			replay, shuns = true, d.generation
			c.renew(d, now, 0)
		}
		if j.token && c.refuse(s, now, from, j.reason) {
			replay = true
			c.renew(s, now, shuns)
		}
	}
	return Outcome{Replay: replay, Reason: j.reason}
}

// Accepted reports that a business call to a place was answered with success by
// the token of serial. [Client.Judge] notes that by itself; this is for a host that
// has the answers judged elsewhere, and tells of them when one is refused.
func (c *Client) Accepted(id SessionID, serial uint64, at Place, now Instant) {
	if s := c.session(id); s != nil && serial == s.serial() && s.lender().held.token != "" {
		c.accepted(s, s.from(at.source()), now)
	}
}

func (c *Client) accepted(s *session, from source, now Instant) {
	s.accept(from, now)
	if d := s.carried(); d != nil {
		d.accept(from.through(s), now)
	}
}

// slide begins the life of a token anew with an accepted use, counted from before the call was
// sent, and reports whether that is worth telling: by less than a second it is not.
func (s *session) slide(sent Instant) bool {
	more := sent.Mono - s.issued.Mono
	if !s.identity.system.description().Slides || more < 0 {
		return false
	}
	s.issued = sent
	return more >= second
}

// renew gets another token for a session whose current one was refused. Where that
// cannot be tried now, whoever asks for another one learns why, and all others may go
// on with this one. shuns is the generation of the dependency that was refused as
// well, or 0.
func (c *Client) renew(s *session, now Instant, shuns uint64) {
	if s.task != nil {
		return
	}
	if err := c.begin(s, now, beginning{ahead: true, shuns: shuns}); err != nil {
		s.spare()
	}
}

// Replayed reports that the host sends a call once more.
func (c *Client) Replayed(id SessionID, now Instant) {
	if s := c.session(id); s != nil {
		c.notify(s, now, Event{Type: EventReplayed, Step: StepCall})
	}
}

// CarryBody returns the JSON object in body with the members that a business
// call must carry; a member of the same name is replaced, and the others stay as
// they stood. An empty body counts as an empty object. The error is
// InvalidRequest, for the field "body".
//
// It is for hosts in Go. One in JavaScript has js/client/members.js, so that bodies do not
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

package core

// A refusal of a token is somebody's word. The token may be dead; or an endpoint
// that was not purchased, or a user who was switched off, refuses every token.
// Whoever believes each word logs in for ever, and takes a good token from all
// others. So a session remembers who has accepted its tokens and who has refused
// them, and what has come of it.
//
//   - A word is believed at first: one token is got anew for it.
//   - Where the source refuses that fresh token as well, the refusal is its own. The
//     token lives, and for a while nothing is got anew for that source.
//   - In that while, and until somebody has accepted the fresh token, of the others only those are believed that have accepted a token
//     of the session before. Where that has led to nothing several times, only those
//     that have accepted this very token.
//   - A token that others have accepted a moment ago, or that one of several users has
//     refused, is renewed in the background, and is the others' until then. Where it
//     cannot be renewed, it stays theirs until a second source refuses it.

// Place says where a business call went, and for whom.
type Place struct {
	Call string // method and path, without a query
	User string // tells the users of a shared session apart, or "". It may be a hash
}

const (
	// beliefWindow is for how long a refusal that proved to be a source's own stays one.
	beliefWindow = 5 * minute
	// mostBelieved is how often one source is believed within that time: one that
	// accepts and refuses by turns must not make a loop of logins.
	mostBelieved = 5
	// mostUseless is after how many useless renewals in a row only those are believed
	// that have accepted this very token.
	mostUseless = 3
	// mostHeard is how many sources a session remembers.
	mostHeard = 8
)

// source is who gives a word: a place, and a user where several share a session.
type source struct{ user, place uint32 }

// The places that are no business call's.
const (
	wordPlace   = 1 + iota // a caller says that a token was rejected
	verifyPlace            // the vendor was asked about a token
	forcePlace             // a caller insists on a new token
	applyPlace             // the acquisition of a token that depends on this one
)

func shortHash(text string) uint32 {
	if text == "" {
		return 0
	}
	h := newHash(0).text(text)
	return uint32(h ^ h>>32)
}

// source is the place as the session itself sees it.
func (p Place) source() source {
	return source{user: shortHash(p.User), place: shortHash(p.Call) | 1<<31}
}

// from is a word as the session hears it: where others depend on it that are not the same user's,
// or have, its own callers are one user of several.
func (s *session) from(word source) source {
	if s.shared && !s.identity.system.description().personal {
		return word.through(s)
	}
	return word
}

// through is the same word as the dependency of a session hears it: each dependent is a user. Its
// identity tells who it is, as what was heard outlives the host, and a session's number does not.
func (from source) through(s *session) source {
	return source{user: from.user ^ uint32(s.identity.hash(0)) | 1, place: from.place}
}

// testimony is what a session has heard.
type testimony struct {
	heard   []hearing // oldest first
	because source    // whose word the token was got anew for
	of      uint64    // the generation of that token, or 0
	at      int64     // when it was asked for, and then when it came, on the monotonic clock
	refresh bool      // it came by a refresh, behind which there is still a login

	unproven  bool // a word was believed, and nobody has accepted a token since
	confirmed bool // a second source has refused the current token

	useless int8  // how many tokens in a row were refused by the source that they were got anew for
	since   int64 // the last time, on the monotonic clock
}

// hearing is one source, and what it has said.
type hearing struct {
	source
	accepted uint64 // one more than the newest generation that it has accepted, or 0
	at       int64  // when, on the monotonic clock
	own      int64  // until when its refusals are its own, on the monotonic clock; or 0
	believed int8   // how often it was believed
	first    int64  // since when
}

// counts is until when something counts against the source, on the monotonic clock.
func (h *hearing) counts() int64 {
	if h.believed > 0 {
		return max(h.own, h.first+beliefWindow)
	}
	return h.own
}

// said returns what was heard from a source, or nil.
func (s *session) said(from source) *hearing {
	if s.testimony == nil {
		return nil
	}
	for i := range s.testimony.heard {
		if h := &s.testimony.heard[i]; h.source == from {
			return h
		}
	}
	return nil
}

// hear returns what was heard from a source, and makes room for it where need be. What
// counts against a source stays longest.
func (s *session) hear(from source, now Instant) *hearing {
	if s.testimony == nil {
		s.testimony = &testimony{}
	}
	if h := s.said(from); h != nil {
		return h
	}
	t := s.testimony
	if len(t.heard) == mostHeard {
		out := 0
		for i := range t.heard {
			if t.heard[i].counts() < t.heard[out].counts() {
				out = i
			}
			if t.heard[out].counts() <= now.Mono {
				break
			}
		}
		t.heard = append(t.heard[:out], t.heard[out+1:]...)
	}
	t.heard = append(t.heard, hearing{source: from})
	return &t.heard[len(t.heard)-1]
}

// accept notes that a source has accepted the session's current token.
func (s *session) accept(from source, now Instant) {
	h := s.hear(from, now)
	h.accepted, h.at = s.generation+1, now.Mono
	t := s.testimony
	if t.of == s.generation && from == t.because {
		t.useless = 0
	}
	if s.generation >= t.of {
		t.unproven = false
	}
	t.confirmed = false
	s.spare()
}

// acceptedBy reports whether a source has accepted the current token; of a user, at
// whatever place.
func (s *session) acceptedBy(from source) bool {
	for i := range s.testimony.heard {
		if h := &s.testimony.heard[i]; h.accepted == s.generation+1 && !from.other(h.source) {
			return true
		}
	}
	return false
}

// inUse reports whether somebody has accepted the current token a moment ago.
func (s *session) inUse(now Instant) bool {
	if s.testimony == nil {
		return false
	}
	for i := range s.testimony.heard {
		h := &s.testimony.heard[i]
		if h.accepted == s.generation+1 && now.Mono-h.at < beliefWindow {
			return true
		}
	}
	return false
}

// believes reports whether a source's word is enough to get another token.
func (s *session) believes(from source, now Instant) bool {
	h := s.hear(from, now)
	t := s.testimony
	if s.identity.system.description().policy.free || from.place == verifyPlace {
		return true // asking again costs no login; or it is the vendor's own word on this very token
	}
	if t.of == s.generation && t.of != 0 && !from.other(t.because) && !s.acceptedBy(from) && now.Mono-t.at < beliefWindow {
		if t.refresh && s.held.refresh != "" {
			s.held.refresh = "" // what comes from it is refused as well; a login may bring a better one
			return true
		}
		if now.Mono-t.since >= beliefWindow {
			t.useless = 0
		}
		t.useless, t.since = min(t.useless+1, mostUseless), now.Mono
		h.own = now.Mono + beliefWindow
		return false
	}
	if h.believed > 0 && now.Mono-h.first >= beliefWindow {
		h.believed = 0
	}
	switch {
	case h.believed == mostBelieved, h.believed > 0 && from.place == wordPlace, s.spent(from, now):
		return false
	case !s.wary(now), h.accepted == s.generation+1, h.accepted != 0 && t.useless < mostUseless:
		return h.count(now)
	}
	return false
}

// spent reports whether the word of a source was believed a moment ago, or that of its
// user at another place, or that of another user at its place; and neither has accepted
// a token since.
func (s *session) spent(from source, now Instant) bool {
	var user, place, userTakes, placeTakes bool
	for i := range s.testimony.heard {
		h := &s.testimony.heard[i]
		recent := h.believed > 0 && now.Mono-h.first < beliefWindow
		takes := h.accepted == s.generation+1
		if h.user == from.user && (from.user != 0 || h.place == from.place) {
			user, userTakes = user || recent, userTakes || takes
		}
		if h.place == from.place && from.place > applyPlace {
			place, placeTakes = place || recent, placeTakes || takes
		}
	}
	return user && !userTakes || place && !placeTakes
}

// wary reports whether a word was believed a moment ago, and nothing has come of it:
// the fresh token was refused as well, or nobody has accepted it yet.
func (s *session) wary(now Instant) bool {
	t := s.testimony
	return t.unproven && now.Mono-t.at < beliefWindow || t.useless > 0 && now.Mono-t.since < beliefWindow
}

// remain keeps what protects the vendor where the token goes that was spoken of.
func (s *session) remain(now Instant) {
	if s.testimony == nil || !s.wary(now) {
		return
	}
	t := s.testimony
	t.useless, t.since, t.of = mostUseless, max(t.at, t.since), 0
}

// count notes that the source is believed.
func (h *hearing) count(now Instant) bool {
	if h.believed == 0 {
		h.first = now.Mono
	}
	h.believed++
	return true
}

// refuse takes a source's word that it has refused the current token, and reports
// whether another one is on its way, or may be asked for.
func (c *Client) refuse(s *session, now Instant, from source, reason Reason) bool {
	if s.held.token == "" {
		return false
	}
	if !s.lasts(s.held.life, s.issued, now) {
		// Its life is over: nobody's word is needed. But the clock may be set back, and the vendor has said no.
		s.dead = s.dead || from.place == verifyPlace
		return true
	}
	if s.testimony == nil {
		s.testimony = &testimony{}
	}
	t, h := s.testimony, s.said(from)
	if h != nil && h.own > now.Mono {
		return false
	}
	// Who refuses an authorization is who decides on it; any other token may be refused by an endpoint alone.
	t.confirmed = t.confirmed || from.place == verifyPlace || s.identity.system.description().personal || (s.dead || s.suspect) && t.because != source{} && from.other(t.because)
	switch {
	case s.dead:
		return true
	case s.suspect && (s.task != nil || t.confirmed):
		if h != nil {
			h.accepted = 0
		}
	case !s.believes(from, now):
		return false
	default:
		t.because, t.of, t.at, t.unproven = from, s.generation+1, now.Mono, true
		s.said(from).accepted = 0
		c.notify(s, now, Event{Type: EventRejected, Step: StepCall, Reason: reason})
	}
	// One of several users, or who has said so before, does not end it for the others.
	s.dead = from.place == verifyPlace || !s.inUse(now) && (t.confirmed || s.given() || from.user == 0 && !s.suspect)
	s.suspect = !s.dead
	return true
}

// refusedBy reports whether what a call carries is in doubt by the word of that user,
// who is not to get it again.
func (s *session) refusedBy(user string) bool {
	own := source{user: shortHash(user)}
	if s.suspect && s.testimony != nil && own.user != 0 && s.testimony.because.user == own.user {
		return true
	}
	d := s.carried()
	return d != nil && d.suspect && d.testimony != nil && d.testimony.because.user == own.through(s).user
}

// other reports whether two words have nothing to do with each other: they are of two
// users, or of two places where no users are told apart.
func (from source) other(than source) bool {
	if from.user != 0 || than.user != 0 {
		return from.user != than.user
	}
	return from.place != than.place
}

// spare takes back what one source alone has said against the token, as no other could
// be got: whoever else still uses it may go on.
func (s *session) spare() {
	if t := s.testimony; s.dead && t != nil && !t.confirmed {
		s.dead, s.suspect = false, true
	}
}

// disbelief is for how many milliseconds a source's word is not enough.
func (s *session) disbelief(from source, now Instant) int64 {
	until := now.Mono + second
	if h := s.said(from); h != nil {
		until = max(until, h.own)
		if h.believed > 0 {
			until = max(until, h.first+beliefWindow)
		}
	}
	if t := s.testimony; s.wary(now) {
		until = max(until, max(t.at, t.since)+beliefWindow)
	}
	return until - now.Mono
}

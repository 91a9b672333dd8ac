package core

// session is one identity's token and all that is remembered about getting it.
type session struct {
	id       SessionID
	identity identity
	sameHash *session // the next session in the index under the same hash of its identity

	newer, older *session // in the order of use; both nil where not listed
	dependency   *session // whose token every request carries too, or nil
	dependents   int32    // sessions that have this one as dependency
	failures     int8     // in a row, as far as waiting times grow with them
	outages      int8     // the same, of those by which no vendor was reached; the others do not count them
	logins       int32    // ever made
	renewAge     int32    // the age in milliseconds at which the token is renewed ahead of time
	listed       bool     // opened by a caller; a dependency that nobody opened is not
	gone         bool
	dead         bool // the current token was refused, and nobody else uses it
	suspect      bool // it was refused, and others use it: it is renewed in the background
	detached     bool // business calls do not carry the dependency's token
	signsIn      bool // only a person's act brings a token
	shared       bool // others depend on it, or have
	borrows      bool // it has no token of its own: its calls carry the dependency's, and more

	held       grant
	generation uint64 // grows with every token installed
	since      uint64 // the first serial after it was last forgotten
	issued     Instant
	retired    *[2]retired // the last two, the latest first; nil where there was none

	task          *task      // the acquisition in flight, or nil
	verifications *task      // in flight, each of another token; the latest
	barrier       *barrier   // nil after a success
	testimony     *testimony // nil where nobody has said anything
	budget        *budget    // nil where the system has none, or no login was made
	presence      *presence  // nil where nobody has ever signed in or out
	calls         int32      // business calls under way, as the host says
}

// budget is the logins inside a system's window.
type budget struct{ recent []login }

// login is one request that counts as a login.
type login struct {
	Instant
	id    int64 // tells it from those of other clients that share the session
	alone bool  // it was made while those were out of sight
}

// recent returns the logins inside the budget's window.
func (s *session) recent() []login {
	if s.budget == nil {
		return nil
	}
	return s.budget.recent
}

// spend notes a login that counts in the budget, and returns its id.
func (c *Client) spend(s *session, at Instant) int64 {
	if s.budget == nil {
		s.budget = &budget{}
	}
	id := int64(newHash(c.seed).number(c.number()) >> 12) // JSON has 53 bits
	s.budget.recent = append(s.budget.recent, login{at, id, c.alone})
	return id
}

// refund takes back a login that was not made.
func (s *session) refund(id int64) {
	for i, l := range s.recent() {
		if l.id == id {
			s.budget.recent = append(s.budget.recent[:i], s.budget.recent[i+1:]...)
			return
		}
	}
}

// barrier stops attempts for a while after a failure.
type barrier struct {
	cause *Error
	since Instant
	wait  int64 // milliseconds
}

// left returns the milliseconds for which attempts are still stopped.
func (b *barrier) left(now Instant) int64 {
	if b == nil {
		return 0
	}
	return max(0, b.wait-now.Since(b.since))
}

// retired remembers a former token by a seeded hash, not by its text.
type retired struct {
	print    uint64
	issued   Instant
	life     int64
	rejected bool
}

// margin is the rest of a token's life in which it is not handed out: it could
// die on its way. It scales with the life, as a fixed one would never let a
// token of five minutes be used.
func margin(life int64) int64 { return min(minute, life/10) }

// margin is the same for a session's token. One that cannot be got anew is used to its
// end: the last call that carries it may bring the one that follows it.
func (s *session) margin(life int64) int64 {
	if s.signsIn {
		return 0
	}
	return margin(life)
}

// window is the rest of a token's life in which it is renewed ahead of time.
func window(life int64) int64 { return min(15*minute, life/4) }

// usable reports whether the token may be handed out.
func (s *session) usable(now Instant) bool {
	s = s.lender()
	return s.held.token != "" && !s.dead && s.lasts(s.held.life, s.issued, now)
}

// lasts reports whether a token that was asked for at the instant asked has enough of
// its life left to be handed out.
func (s *session) lasts(life int64, asked, now Instant) bool {
	return life == 0 || now.Since(asked) < life-s.margin(life)
}

// lender is the session whose token this one's calls carry: itself, unless it borrows.
func (s *session) lender() *session {
	if s.borrows {
		return s.dependency
	}
	return s
}

// given reports whether the session's token is one that the caller gave, and
// that cannot be got anew.
func (s *session) given() bool { return s.identity.given() != "" }

// takeGiven takes the token that the caller gave, if one was given: it is asked for now, and nothing more is known of its age.
func (s *session) takeGiven(now Instant) {
	if s.held.token = s.identity.given(); s.held.token != "" {
		s.issued = now
	}
}

// personal reports whether the session's token is what a function of one user's
// gives: it ends when that user is forgotten.
func (s *session) personal() bool {
	_, source := s.identity.own()
	return s.identity.system.description().personal && !s.given() || source != 0
}

// step is the exchange in which the token is got of a part, or of whoever owns it, and refusal the
// error for one that the caller gave and that is not accepted any more.
func (s *session) step() Step {
	if s.owns() {
		return StepSupply
	}
	return s.identity.system.description().step
}

func (s *session) refusal() Code {
	if s.owns() {
		return CredentialsRefused
	}
	return s.identity.system.description().refusal
}

// ready reports whether a call can be made: with a session's token goes its dependency's.
func (s *session) ready(now Instant) bool {
	d := s.carried()
	return s.usable(now) && (d == nil || d.usable(now))
}

// carried returns the dependency whose token a call carries beside the session's own, or nil.
func (s *session) carried() *session {
	if s.detached {
		return nil
	}
	return s.dependency
}

// due reports whether a renewal ahead of time should start now.
func (s *session) due(now Instant) bool {
	old := s.held.life != 0 && now.Since(s.issued) >= int64(s.renewAge)
	return (old || s.suspect && !s.given()) && s.task == nil && s.barrier.left(now) == 0
}

// doubtful reports whether something that a call carries was refused.
func (s *session) doubtful() bool {
	d := s.carried()
	return s.dead || s.suspect || d != nil && (d.dead || d.suspect)
}

// calm returns the milliseconds until time alone changes what is to be done: a
// renewal falls due, or the token must not be handed out any more.
func (s *session) calm(now Instant) int64 {
	switch {
	case !s.usable(now) || s.due(now):
		return 0
	case s.held.life == 0 && !s.suspect:
		return hour // as good as any: nothing ends but by an event
	}
	age := now.Since(s.issued)
	end := s.held.life - s.margin(s.held.life) - age
	if s.held.life == 0 {
		end = hour
	}
	switch {
	case s.suspect && s.given():
		return end
	case age < int64(s.renewAge) && !s.suspect:
		return min(end, int64(s.renewAge)-age)
	case s.task == nil: // stopped by a barrier
		return min(end, s.barrier.left(now))
	}
	return end
}

// serial grows with every change of what a call carries. Both parts only grow,
// so their sum is never the same for two different pairs. It is never 0, which is
// none: a token that the caller gave has no generation before it.
func (s *session) serial() uint64 {
	n := s.generation + 1
	if d := s.carried(); d != nil {
		n += d.generation
	}
	return n
}

func (s *session) bearer() string {
	if s.dependency == nil {
		return ""
	}
	return s.dependency.held.token
}

func (s *session) expiresAt() int64 {
	if s.held.life == 0 {
		return 0
	}
	return s.issued.Wall + s.held.life
}

func (s *session) token() Token {
	l := s.lender()
	system := s.systemName()
	if l.held.remote != nil {
		system = l.held.remote.system
	}
	t := Token{
		Session:   s.id,
		Serial:    s.serial(),
		System:    system,
		Value:     l.held.token,
		IssuedAt:  l.issued.Wall,
		ExpiresAt: l.expiresAt(),
		Carriage:  s.identity.system.carriage(&s.identity, l.held, s.bearer()),
	}
	d := s.identity.system.description()
	t.Carriage.Rolls, t.Carriage.Speaks = d.RollsIn, d.Speaks()
	if t.ExpiresAt != 0 {
		t.UsableUntil = t.ExpiresAt - l.margin(l.held.life)
		if !l.signsIn {
			t.RenewAt = l.issued.Wall + int64(l.renewAge)
		}
	}
	return t
}

// refreshable returns what the next step of an acquisition may build on: the
// token and its refresh token, while the latter lives.
func (s *session) refreshable(now Instant) grant {
	if s.held.refresh == "" || now.Since(s.issued) >= s.held.refreshLife-margin(s.held.refreshLife) {
		return grant{}
	}
	return s.held
}

// overBudget returns the milliseconds until a further login is allowed, or 0.
// Only the monotonic clock counts: a time of day that is set forward must not
// let the vendor be called too often. Sleep may lengthen the wait.
// While other clients are out of sight, one login in a window is this one's share.
func (c *Client) overBudget(s *session, now Instant) int64 {
	p := s.identity.system.description().policy
	if p.logins == 0 || s.budget == nil {
		return 0
	}
	live, left := s.budget.recent[:0], int64(0)
	for _, l := range s.budget.recent {
		age := now.waited(l.Instant)
		if age < p.window {
			live = append(live, l)
			if c.alone && l.alone {
				left = p.window - age
			}
		}
	}
	s.budget.recent = live
	if len(live) >= p.logins {
		left = max(left, p.window-now.waited(live[len(live)-p.logins].Instant))
	}
	return left
}

// protects reports whether the session remembers what the vendor is to be spared.
func (c *Client) protects(s *session, now Instant) bool {
	c.overBudget(s, now) // drops what is older than the window
	return s.barrier.left(now) > 0 || len(s.recent()) > 0
}

// retire remembers the current token before it is replaced or dropped.
func (s *session) retire(print uint64) {
	if s.held.token == "" {
		return
	}
	if s.retired == nil {
		s.retired = &[2]retired{}
	}
	*s.retired = [2]retired{{print: print, issued: s.issued, life: s.held.life, rejected: s.dead}, s.retired[0]}
}

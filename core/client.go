package core

import "math/rand/v2"

// Options are a client's settings; zero values take the defaults.
type Options struct {
	// Seed is two random numbers, for jitter and for the index of sessions.
	Seed [2]uint64
	// Timeout bounds an acquisition or a verification with all its tries, in
	// milliseconds. Default 30,000.
	Timeout int64
	// Unwatched is set where nobody wants to know of events: there are no effects of kind Notify.
	Unwatched bool
	// Shared is set where other clients share the sessions: see [Client.Adopt].
	Shared bool
	// MaxSessions bounds how many identities are kept. Default 1,000; at most 524,288.
	MaxSessions int
}

const (
	slotBits = 20
	maxSlots = 1 << slotBits
)

// Client keeps the sessions of any number of identities.
type Client struct {
	timeout int64
	max     int
	seed    uint64
	random  *rand.Rand
	watched bool
	shared  bool // others have the same sessions
	alone   bool // other clients that share its sessions are out of sight

	slots  []*session // by the low bits of a SessionID
	free   []uint64   // ids for slots that are free, already stepped on
	index  map[uint64]*session
	newest *session
	oldest *session
	listed int

	onlineSince Instant // the minute in which
	onlines     int     // it has done something that the platform was online again

	tasks   map[uint64]*task // by the exchange that they wait for
	counter uint64
	effects []Effect
}

// New returns a client without sessions.
func New(o Options) *Client {
	c := &Client{
		timeout: o.Timeout,
		max:     o.MaxSessions,
		seed:    o.Seed[0],
		random:  rand.New(rand.NewPCG(o.Seed[0], o.Seed[1])),
		watched: !o.Unwatched,
		shared:  o.Shared,
		index:   map[uint64]*session{},
		tasks:   map[uint64]*task{},
	}
	if c.timeout <= 0 {
		c.timeout = DefaultTimeout
	}
	if c.max <= 0 {
		c.max = DefaultSessions
	}
	c.max = min(c.max, maxSlots/2) // the other half is for dependencies
	return c
}

// Effects returns what the host has to do now, in order, and forgets it. The
// slice is valid until the next call of the client.
func (c *Client) Effects() []Effect {
	e := c.effects
	c.effects = c.effects[:0]
	return e
}

// Open returns the session of an identity, given as a JSON object; equal
// identities share one. The errors are InvalidIdentity, which names the field,
// and TooManySessions.
func (c *Client) Open(identityJSON []byte, now Instant) (SessionID, *Error) {
	known := ""
	if c.newest != nil {
		known = c.newest.identity.base
	}
	id, err := parseIdentity(identityJSON, known)
	if err != nil {
		return 0, err
	}
	s := c.find(id)
	if s == nil || !s.listed { // one that only others depend on takes a place as well from now on
		if c.listed >= c.max && !c.evict(now) {
			return 0, &Error{Code: TooManySessions, System: id.system.description().shown(), Step: StepInput, Retryable: true}
		}
		if s = c.find(id); s == nil { // it may have gone with its last dependent
			s = c.add(id, now)
		}
	}
	c.touch(s)
	return s.id, nil
}

// Check reports what is wrong with an identity, given as a JSON object, without
// opening a session: an InvalidIdentity that names the field, or nil.
func Check(identityJSON []byte) *Error {
	_, err := parseIdentity(identityJSON, "")
	return err
}

// Live returns the serial of the session's token where it may be used and
// nothing else is to be done, and 0 where [Client.Get] must decide.
func (c *Client) Live(id SessionID, now Instant) uint64 {
	s := c.session(id)
	if s == nil || !s.ready(now) || s.due(now) || s.presence != nil && s.presence.told {
		return 0
	}
	if d := s.carried(); d != nil && d.due(now) {
		return 0
	}
	c.touch(s)
	return s.serial()
}

// Lease returns for how many milliseconds from now [Client.Live] will go on
// saying the same, provided that the client is not called otherwise meanwhile.
// A host may hand out the token that long, on both clocks, without asking.
func (c *Client) Lease(id SessionID, now Instant) int64 {
	s := c.session(id)
	if s == nil {
		return 0
	}
	left := s.calm(now)
	if d := s.carried(); d != nil {
		left = min(left, d.calm(now))
	}
	return left
}

// Forget drops the session's token and ends an acquisition in flight with
// Forgotten. What protects the vendor stays: cooldowns and the login budget.
//
// An authorization is its user's own: it goes with the session of any edge's
// connection, and is asked for anew when one of them next needs it. An
// AccessToken stays, as it is the app's, while others use it. It signs nobody out at the
// vendor: who has signed in there stays so until the vendor ends it.
func (c *Client) Forget(id SessionID, now Instant) {
	s := c.session(id)
	if s == nil || s.dependents > 0 && !s.personal() {
		return
	}
	c.drop(s, now)
	d := s.dependency
	if d == nil || !d.personal() {
		c.tidy(s, now)
		return
	}
	c.drop(d, now)
	c.tidy(s, now)
	c.tidy(d, now)
}

// drop takes a session's token from it, and from those who wait for one.
func (c *Client) drop(s *session, now Instant) {
	if s.held.token != "" && s.signsIn {
		c.end(s, now, ByCaller, "")
	}
	s.held, s.dead, s.suspect, s.retired = grant{}, false, false, nil // first, or who waits could still get it
	if !s.borrows {
		s.takeGiven(now) // is the caller's, and cannot be got anew
	}
	c.dismiss(s, now)
	s.remain(now)
	s.generation++ // a response on its way is late from here on
	s.since = s.serial()
	if s.personal() && s.barrier != nil && s.barrier.cause.Code == SupplierFailed {
		s.failures, s.barrier = 0, nil // it protects nobody, and who signs in again should not have to wait for it
	}
}

// tidy removes a session that has nothing to remember and that nobody needs.
func (c *Client) tidy(s *session, now Instant) {
	if s.gone || s.dependents > 0 || c.protects(s, now) || c.shared { // the others have to be told
		return
	}
	if d := s.dependency; d != nil && d.dependents == 1 && !d.listed && c.protects(d, now) {
		return // it would go as well
	}
	c.remove(s)
}

func (c *Client) emit(e Effect) { c.effects = append(c.effects, e) }

func (c *Client) number() uint64 {
	c.counter++
	return c.counter
}

func (c *Client) session(id SessionID) *session {
	if slot := uint64(id) & (maxSlots - 1); slot < uint64(len(c.slots)) {
		if s := c.slots[slot]; s != nil && s.id == id {
			return s
		}
	}
	return nil
}

func (c *Client) find(id *identity) *session {
	for s := c.index[id.hash(c.seed)]; s != nil; s = s.sameHash {
		if s.identity.equal(id) {
			return s
		}
	}
	return nil
}

// add makes the session of an identity, and of its dependency where there is none yet.
func (c *Client) add(id *identity, now Instant) *session {
	s, hash := &session{identity: *id}, id.hash(c.seed)
	if n := len(c.free); n > 0 {
		s.id = SessionID(c.free[n-1])
		c.free = c.free[:n-1]
		c.slots[uint64(s.id)&(maxSlots-1)] = s
	} else {
		s.id = SessionID(maxSlots + len(c.slots))
		c.slots = append(c.slots, s)
	}
	s.sameHash = c.index[hash]
	c.index[hash] = s
	d := id.system.description()
	s.detached, s.signsIn = d.policy.detached, d.SignsIn
	if dep := id.dependency(); dep != nil {
		s.borrows = dep.system == id.system
		if s.dependency = c.find(dep); s.dependency == nil {
			s.dependency = c.add(dep, now)
		}
		s.dependency.dependents++
		s.dependency.shared = true
	}
	if !s.borrows {
		s.takeGiven(now)
	}
	return s
}

// touch makes s the most recently used session.
func (c *Client) touch(s *session) {
	if c.newest == s {
		return
	}
	c.unlink(s)
	s.older = c.newest
	if c.newest != nil {
		c.newest.newer = s
	}
	c.newest = s
	if c.oldest == nil {
		c.oldest = s
	}
	s.listed = true
	c.listed++
}

func (c *Client) unlink(s *session) {
	if !s.listed {
		return
	}
	if s.newer != nil {
		s.newer.older = s.older
	} else {
		c.newest = s.older
	}
	if s.older != nil {
		s.older.newer = s.newer
	} else {
		c.oldest = s.newer
	}
	s.newer, s.older, s.listed = nil, nil, false
	c.listed--
}

// Evict drops a session from memory, as another one's place is wanted or nobody uses it, and
// reports whether it is gone: not while something is in flight, or others depend on it.
// Whoever has what [Client.Save] returned can open it again as it was.
func (c *Client) Evict(id SessionID) bool {
	s := c.session(id)
	if s == nil {
		return true
	}
	if s.task != nil || s.dependents > 0 || s.errands() != [2]*task{} {
		return false
	}
	c.remove(s)
	return true
}

// Pending returns the acquisition that is in flight for a session, or 0.
func (c *Client) Pending(id SessionID) uint64 {
	if s := c.session(id); s != nil && s.task != nil {
		return s.task.id
	}
	return 0
}

// Hold says that a business call of a session begins (1) or is over (-1). While there is one the session is in use, and is
// not evicted: what the answer says of the token would be lost.
func (c *Client) Hold(id SessionID, calls int32) {
	if s := c.session(id); s != nil {
		s.calls += calls
	}
}

// evict drops the least recently used session that nobody waits for or makes a call with, and in which nobody is signed in.
func (c *Client) evict(now Instant) bool {
	for s := c.oldest; s != nil; s = s.newer {
		if s.task == nil && s.calls == 0 && s.dependents == 0 && !s.attended(now) {
			c.notify(s, now, Event{Type: EventEvicted})
			c.remove(s)
			return true
		}
	}
	return false
}

func (c *Client) remove(s *session) {
	c.unlink(s)
	c.unwatch(s)
	s.gone = true
	slot := uint64(s.id) & (maxSlots - 1)
	c.slots[slot] = nil
	c.free = append(c.free, uint64(s.id)+maxSlots) // the next one here has another id
	hash := s.identity.hash(c.seed)
	for at := c.index[hash]; at != nil; at = at.sameHash {
		if at == s {
			c.index[hash] = s.sameHash
			break
		}
		if at.sameHash == s {
			at.sameHash = s.sameHash
			break
		}
	}
	if c.index[hash] == nil {
		delete(c.index, hash)
	}
	c.emit(Effect{Kind: Evicted, Session: s.id})
	if d := s.dependency; d != nil {
		if d.dependents--; d.dependents == 0 && !d.listed && d.task == nil {
			c.remove(d)
		}
	}
}

func (c *Client) notify(s *session, now Instant, e Event) {
	if !c.watched {
		return
	}
	event := e // a copy, so that there is one only where somebody watches
	event.System, event.Session, event.At, event.Logins = s.systemName(), s.id, now.Wall, int(s.logins)
	c.emit(Effect{Kind: Notify, Session: s.id, Event: &event})
}

// systemName is the name that a caller knows.
func (s *session) systemName() string { return s.identity.system.description().shown() }

// print is a token's seeded hash, to recognise it by after its text is gone.
func (c *Client) print(token string) uint64 { return uint64(newHash(c.seed).text(token)) }

package core

// What a session must not forget when its host is put away and started again:
// its token, its cooldown, and the logins that count in its budget. Instants are
// written as ages, since a monotonic clock begins anew with its host.

const stateVersion = 1

// Save returns what the session must not forget, as JSON, and nil where it knows
// nothing. It holds tokens: whoever stores it encrypts it. A login counts from
// the moment at which its request is handed out, so that a host which saves
// before it sends cannot exceed the budget by dying on the way. An acquisition
// that is under way is not saved, nor is a pause within it.
func (c *Client) Save(id SessionID, now Instant) []byte {
	s := c.session(id)
	if s == nil {
		return nil
	}
	w := &writer{}
	w.open('{')
	w.number("version", stateVersion)
	w.number("saved", now.Wall)
	s.save(w, now)
	if d := s.dependency; d != nil {
		w.name("dependency")
		w.open('{')
		d.save(w, now)
		w.close('}')
	}
	w.close('}')
	return w.data
}

func (s *session) save(w *writer, now Instant) {
	w.number("generation", int64(s.generation))
	w.number("logins", int64(s.logins))
	w.number("failures", int64(s.failures))
	w.number("outages", int64(s.outages))
	if s.testimony != nil {
		s.testimony.save(w, now)
	}
	if s.held.token != "" && !s.given() { // a given one comes with the identity
		w.text("token", s.held.token)
		w.number("life", s.held.life)
		w.number("age", now.Since(s.issued))
		w.number("renewAge", int64(s.renewAge))
		w.text("refresh", s.held.refresh)
		w.number("refreshLife", s.held.refreshLife)
	}
	if p := s.presence; p != nil {
		w.text("ended", string(p.reason))
		w.text("endedBy", p.code)
		w.boolean("told", p.told)
		w.number("denied", int64(p.denied))
		w.number("first", int64(p.first))
	}
	w.boolean("dead", s.dead)
	w.boolean("suspect", s.suspect)
	w.boolean("shared", s.shared)
	if left := s.barrier.left(now); left > 0 {
		cause := s.barrier.cause
		w.number("barrier", left)
		w.text("code", string(cause.Code))
		w.text("step", string(cause.Step))
		w.number("status", int64(cause.Status))
		w.text("vendor", cause.Vendor)
		w.boolean("retryable", cause.Retryable)
		w.boolean("unreached", cause.unreached)
	}
	if len(s.recent()) > 0 {
		w.name("recent")
		w.open('[')
		for _, l := range s.recent() {
			w.integer(now.waited(l.Instant))
		}
		w.close(']')
		w.name("ids")
		w.open('[')
		for _, l := range s.recent() {
			w.integer(l.id)
		}
		w.close(']')
	}
}

// Restore takes back into a session that was just opened what Save returned for
// an equal identity. It returns false where the data are of no use, or the
// session knows something already; it then stays as it is.
//
// waited is for how many milliseconds the data were put away, by the host's own monotonic clock; 0 where it is
// another host that has saved them. Then the time since Save is told by the time of day alone, as nothing else outlives
// a host; a time of day that was set back counts as none passed.
func (c *Client) Restore(id SessionID, now Instant, data []byte, waited int64) bool {
	s := c.session(id)
	if s == nil || s.task != nil || s.generation != 0 || s.logins != 0 {
		return false
	}
	own, ok := readState(data)
	if !ok || own.numbers["version"] != stateVersion || !own.plausible() {
		return false
	}
	passed := max(0, waited, now.Wall-own.numbers["saved"])
	dependency, given := own.dependency()
	if given && !dependency.plausible() {
		return false
	}
	s.restore(own, now, passed, waited)
	// Of several sessions that depend on it, the one that was saved last knows best.
	if d := s.dependency; d != nil && given && d.task == nil && (d.generation == 0 && d.logins == 0 || d.supplied(dependency)) {
		d.restore(dependency, now, passed, waited)
	}
	if s.signsIn {
		c.watch(s, now)
	}
	return true
}

// supplied reports whether a saved state of what another client supplies is newer than what is known.
func (s *session) supplied(st state) bool {
	return s.identity.supplier() != 0 && uint64(st.numbers["generation"]) > s.generation
}

func (s *session) restore(st state, now Instant, passed, waited int64) {
	s.generation = uint64(st.numbers["generation"])
	s.logins = int32(st.numbers["logins"])
	s.shared = s.shared || st.flags["shared"]
	s.know(st, now, passed)
	s.budget = budgetAfter(s.identity.system.description().policy, st, now, passed, waited)
}

// know takes what a state says of the token, of who is signed in, and of what has become of attempts.
func (s *session) know(st state, now Instant, passed int64) {
	n := st.numbers
	s.failures, s.outages = int8(n["failures"]), int8(n["outages"])
	s.testimony = st.testimony(now, passed)
	if isToken(st.texts["token"]) {
		s.held = grant{token: st.texts["token"], life: n["life"], refresh: st.texts["refresh"], refreshLife: n["refreshLife"]}
		s.issued = st.issued(now, passed)
		s.renewAge = int32(n["renewAge"])
	}
	if s.signsIn {
		p := s.here()
		p.reason, p.code, p.told = absence(st.texts["ended"]), st.texts["endedBy"], st.flags["told"]
		p.denied, p.first = int(n["denied"]), uint64(n["first"])
	}
	s.dead, s.suspect = st.flags["dead"], st.flags["suspect"]
	s.barrier = st.barrier(s, now, passed)
}

// issued is when the token was asked for.
func (st state) issued(now Instant, passed int64) Instant {
	age := st.numbers["age"] + passed
	return Instant{Wall: now.Wall - age, Mono: now.Mono - age}
}

// barrier is what is left of one, or nil.
func (st state) barrier(s *session, now Instant, passed int64) *barrier {
	left := st.numbers["barrier"] - passed
	if left <= 0 {
		return nil
	}
	return &barrier{since: now, wait: left, cause: &Error{
		Code: Code(st.texts["code"]), System: s.systemName(), Step: Step(st.texts["step"]),
		Status: int(st.numbers["status"]), Vendor: st.texts["vendor"], Retryable: st.flags["retryable"], RetryAt: now.Wall + left,
		unreached: st.flags["unreached"],
	}}
}

// budgetAfter is the budget of a session whose host was put away. That time has
// passed is only said by a time of day, which may have been set forward; so logins
// keep the age that they had. But where it says that the oldest of a full budget is
// over, one login is free: who is put away often, and logs in seldom, must not be
// locked out. A clock that was set forward thus buys one login a start, and no more. What the host has waited
// itself, nobody has set.
func budgetAfter(p policy, st state, now Instant, passed, waited int64) *budget {
	spent := st.spent(now, waited)
	if len(spent) == 0 || p.logins == 0 {
		return nil
	}
	if waited == 0 && len(spent) >= p.logins && st.recent[0]+passed >= p.window {
		spent = spent[len(spent)-p.logins+1:]
	}
	return &budget{spent}
}

// spent is the logins of a saved budget, the oldest first.
func (st state) spent(now Instant, passed int64) (spent []login) {
	for i, age := range st.recent {
		age += passed
		spent = append(spent, login{Instant: Instant{Wall: now.Wall - age, Mono: now.Mono - age}, id: st.ids[i]})
	}
	return spent
}

// state is a saved session as it was read, still unchecked.
type state struct {
	numbers map[string]int64
	texts   map[string]string
	flags   map[string]bool
	recent  []int64
	ids     []int64 // of the recent logins
	heard   []int64
	objects map[string]value
}

func (st state) dependency() (state, bool) {
	v, ok := st.objects["dependency"]
	if !ok {
		return state{}, false
	}
	d, ok := readState(v)
	return d, ok
}

// plausible keeps out what would break a rule of the session's life.
func (st state) plausible() bool {
	for _, v := range st.numbers {
		if v < 0 || v > 1<<52 {
			return false
		}
	}
	for _, list := range [][]int64{st.recent, st.ids, st.heard} {
		for _, n := range list {
			if n < 0 || n > 1<<52 {
				return false
			}
		}
	}
	n := st.numbers
	return len(st.ids) == len(st.recent) && n["life"] <= MostKept && n["refreshLife"] <= MostKept && n["barrier"] <= maxRetryAfter &&
		n["renewAge"] <= max(n["life"], 0) && n["logins"] < 1<<20 &&
		max(n["failures"], n["outages"]) <= mostGrowth && (!st.flags["unreached"] || n["barrier"] <= maxOutage) && st.plausibleTestimony()
}

func readState(data []byte) (state, bool) {
	st := state{numbers: map[string]int64{}, texts: map[string]string{}, flags: map[string]bool{}, objects: map[string]value{}}
	ok := true
	err := eachMember(data, func(name string, v value) {
		switch v.Kind() {
		case '"':
			st.texts[name], _ = asString(v)
		case '0':
			f, whole := asNumber(v)
			st.numbers[name] = int64(f)
			ok = ok && whole && f == float64(int64(f))
		case 't', 'f':
			st.flags[name] = v.Kind() == 't'
		case '{':
			st.objects[name] = v
		case '[':
			list, each := readNumbers(v)
			ok = ok && each
			switch name {
			case "recent":
				st.recent = list
			case "ids":
				st.ids = list
			case "heard":
				st.heard = list
			default:
				ok = false
			}
		default:
			ok = false
		}
	})
	return st, ok && err == nil
}

func readNumbers(v value) ([]int64, bool) {
	var list []int64
	ok := true
	err := eachElement(v, func(element value) {
		f, number := asNumber(element)
		ok = ok && number
		list = append(list, int64(f))
	})
	return list, ok && err == nil
}

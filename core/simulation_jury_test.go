package core

import "strings"

// jury knows what no host can: which tokens have really ended, and which refusals are
// somebody's own. It holds the core to the thirteenth rule: whatever one endpoint or one
// user answers, nobody else's call fails for it, and the vendor sees at most one further
// login in any five minutes; a token that others are using is not dead; a token that
// really ended is found at its first refusal.
type jury struct {
	further  map[string][]int64          // by owner: when a login was made for a token that was good, on the monotonic clock
	accepted map[string]map[source]int64 // by token: who accepted it, and when
	refused  map[string]map[source]bool  // by token: who refused it, or said that it was refused
	found    int                         // tokens that had ended, and were found
	spared   int                         // refusals of good tokens for which no login was made
}

func newJury() *jury {
	return &jury{map[string][]int64{}, map[string]map[source]int64{}, map[string]map[source]bool{}, 0, 0}
}

// sitting is what a session was before something was said to it.
type sitting struct {
	task, bearerTask   *task
	doubt, bearerDoubt bool // the token was in doubt already: what begins now is another try
	known, bearerKnown bool // the session remembers that the source has accepted a token
}

func (j *jury) before(s *session, from source) sitting {
	known := func(s *session, from source) bool {
		h := s.said(from)
		return h != nil && h.accepted != 0
	}
	b := sitting{task: s.task, doubt: s.dead || s.suspect, known: known(s, from)}
	if d := s.dependency; d != nil {
		b.bearerTask, b.bearerDoubt, b.bearerKnown = d.task, d.dead || d.suspect, known(d, from.through(s))
	}
	return b
}

// owners are the names of a session and its dependency, as vendors know them.
func (j *jury) owners(w *world, s *session) (own, app string) {
	if i := w.issued[s.held.token]; i != nil {
		own = i.owner
	}
	if d := s.dependency; d != nil {
		if i := w.issued[d.held.token]; i != nil {
			app = i.owner
		}
	}
	return own, app
}

// good reports whether the vendor accepts a token and enough of its life is left.
func (j *jury) good(w *world, value string) bool {
	i := w.issued[value]
	return i != nil && !i.dead && !i.ended && (i.life == 0 || w.age(i) < i.life-min(minute, i.life/10))
}

// spares reports whether all that a session's call carries is good, and at most one
// source has ever said otherwise of each part.
func (j *jury) spares(w *world, s *session) bool {
	parts := []*session{s}
	if d := s.carried(); d != nil {
		parts = append(parts, d)
	}
	for _, part := range parts {
		if !j.good(w, part.held.token) || len(j.refused[part.held.token]) > 1 {
			return false
		}
	}
	return true
}

// inUse reports whether somebody has accepted both parts a moment ago, and has not refused them since.
func (j *jury) inUse(w *world, s *session) bool {
	parts := []*session{s}
	if d := s.carried(); d != nil {
		parts = append(parts, d)
	}
	for _, part := range parts {
		used := false
		for from, at := range j.accepted[part.held.token] {
			h := part.said(from) // it remembers a bounded number of sources
			used = used || w.now.Mono-at < beliefWindow && h != nil && h.accepted == part.generation+1
		}
		if !used {
			return false
		}
	}
	return true
}

// word notes what a caller says of the current token.
func (j *jury) word(w *world, s *session, want Want) {
	if want.Rejected != "" && want.Rejected == s.held.token {
		j.refuse(s, s.from(source{shortHash(want.User), wordPlace}))
	}
}

func (j *jury) refuse(s *session, from source) {
	of := j.refused[s.held.token]
	if of == nil {
		of = map[source]bool{}
		j.refused[s.held.token] = of
	}
	of[from] = true
}

func (j *jury) accept(w *world, s *session, from source) {
	if j.accepted[s.held.token] == nil {
		j.accepted[s.held.token] = map[source]int64{}
	}
	j.accepted[s.held.token][from] = w.now.Mono
}

// begun notes a login that a caller's word has made of a token that was good.
func (j *jury) begun(w *world, s *session, before sitting, want Want) {
	if before.doubt || before.task != nil || want.Rejected == "" || want.Rejected != s.held.token || s.task == nil || s.task.began != w.now || s.task.request.Step == StepRefresh || want.Force || !j.good(w, want.Rejected) {
		return
	}
	j.count(w, s.held.token, "the word of "+want.User)
}

// count notes a further login, of which there is one for each culprit in any five minutes.
func (j *jury) count(w *world, value, culprit string) {
	owner := w.issued[value].owner + " by " + culprit
	recent := j.further[owner][:0:0]
	for _, at := range j.further[owner] {
		if w.now.Mono-at < beliefWindow {
			recent = append(recent, at)
		}
	}
	j.further[owner] = append(recent, w.now.Mono)
	w.rule(len(recent) == 0, "13: %s logs in a second time within five minutes for a token that was good", owner)
}

// forget drops what was counted for an owner whose session is gone.
func (j *jury) forget(owner string) {
	for key := range j.further {
		if owner != "" && strings.HasPrefix(key, owner+" by ") {
			delete(j.further, key)
		}
	}
}

// judged sees what has become of an answer to a call that carried the current tokens.
func (j *jury) judged(w *world, s *session, before sitting, at Place, parts []string, r Response, o Outcome, culprit string) {
	from := s.from(at.source())
	d := s.dependency
	if strings.Contains(string(r.Body), "10000002") {
		w.rule(j.before(s, from).known == before.known && !o.Replay, "13: an answer that fails for reasons of its own speaks for the token, or against it")
		return
	}
	dead := strings.Contains(string(r.Body), "90000") || strings.Contains(string(r.Body), "107-000")
	if r.Status == 200 && !dead {
		if !o.Rolled {
			j.accept(w, s, from)
			if d != nil {
				j.accept(w, d, from.through(s))
			}
		}
		return
	}
	refused := dead || r.Status == 401 || r.Status == 403 && r.Body != nil && len(parts) > 1 && o.Reason == AccessTokenDead
	if !refused {
		return
	}
	sessions := []*session{s}
	sources := []source{from}
	if r.Status == 403 {
		sessions, sources = nil, nil
	}
	if d != nil {
		sessions, sources = append(sessions, d), append(sources, from.through(s))
	}
	for n, one := range sessions {
		value, was, doubt, known := parts[0], before.task, before.doubt, before.known
		if one == d {
			value, was, doubt, known = parts[1], before.bearerTask, before.bearerDoubt, before.bearerKnown
		}
		began := was == nil && one.task != nil && !doubt
		i := w.issued[value]
		good := !i.ended && (i.life == 0 || w.age(i) < i.life)
		j.refuse(one, sources[n])
		switch {
		case good && began && j.good(w, value) && culprit != "": // otherwise the other of two tokens has ended
			if one.task.request.Step != StepRefresh && !one.identity.system.description().policy.free {
				j.count(w, value, culprit)
			}
		case good:
			j.spared++
		case culprit == "" && i.ended && (i.life == 0 || w.age(i) < i.life-min(minute, i.life/10)): // of one that has grown old everybody knows
			h := one.said(sources[n])
			often := h == nil || h.own > w.now.Mono || h.believed == mostBelieved || one.testimony.useless == mostUseless || one.spent(sources[n], w.now)
			if known && !often {
				w.rule(o.Replay || one.dead || one.suspect, "13: a token that has ended is not found at its first refusal")
				j.found++
			}
		}
	}
}

package core

import (
	"bytes"
	"slices"
	"strings"
)

// auditor stands at the vendors' door. It tells identities apart by what the
// requests carry, and remembers what each vendor answered. It knows nothing of
// the core's inside, nor of the waiting times that the core announces.
type auditor struct {
	accounts map[string]*account
	flying   map[uint64]string    // by exchange: whose request it is
	holders  map[SessionID]string // whose session it is, as far as it has sent anything
	current  map[SessionID]adopted
	late     map[string]bool // tokens that came after a newer one and must never be seen
	settled  map[uint64]bool
}

// account is an identity as a vendor sees it.
type account struct {
	logins []Instant
	stops  []stop
	burst  int // requests within one step of the simulation
}

// stop is a time in which an identity must not be heard of.
type stop struct {
	since Instant
	wait  int64
	why   string
}

// adopted is a token that a session is known to hold.
type adopted struct {
	value string
	after uint64 // the last exchange that had begun by then
}

func newAuditor() *auditor {
	return &auditor{map[string]*account{}, map[uint64]string{}, map[SessionID]string{}, map[SessionID]adopted{}, map[string]bool{}, map[uint64]bool{}}
}

func (a *auditor) account(owner string) *account {
	if a.accounts[owner] == nil {
		a.accounts[owner] = &account{}
	}
	return a.accounts[owner]
}

// effect sees what the host is told to do.
func (a *auditor) effect(w *world, e Effect) {
	switch e.Kind {
	case Send:
		a.sent(w, e)
	case Cancel:
		delete(a.flying, e.ID)
	case Settled:
		w.rule(!a.settled[e.ID], "2: an acquisition is settled twice")
		a.settled[e.ID] = true
		w.rule(e.Err != nil || e.Token.Value != "" || w.errands[e.ID], "2: an acquisition ends with neither a token nor an error")
		if e.Token.Value != "" {
			a.adopt(w, e.Session, e.Token.Value)
		}
	case Evicted:
		// What protects the vendor goes with its session: memory is bounded.
		delete(a.accounts, a.holders[e.Session])
		delete(a.holders, e.Session)
		delete(a.current, e.Session)
	case Notify:
		if e.Event.Type == EventRejected {
			delete(a.current, e.Session)
		}
	}
}

func (a *auditor) sent(w *world, e Effect) {
	r := e.Request
	w.rule(!strings.ContainsAny(r.URL, "?#@") && !strings.Contains(r.URL, "SECRET") && !strings.Contains(r.URL, "TOKEN"), "10: a URL holds what it must not")
	if r.Step == StepVerify || r.Step == StepKeepAlive {
		return
	}
	owner := w.owner(r)
	for _, h := range r.Headers {
		if i := w.issued[strings.TrimPrefix(h.Value, "Bearer ")]; i != nil {
			w.rule(!i.past, "13: %s is asked for with what was given before the user was forgotten", owner)
		}
	}
	for _, other := range a.flying {
		w.rule(other != owner, "2: %s has two requests in flight", owner)
	}
	a.flying[e.ID], a.holders[e.Session] = owner, owner
	at := a.account(owner)
	for _, s := range at.stops { // of logins: who is signed in may leave
		w.rule(r.Step == StepSignOut || w.now.Since(s.since) >= s.wait, "8: %s is heard of %d ms after %s", owner, w.now.Since(s.since), s.why)
	}
	at.burst++
	w.rule(at.burst <= 8, "8: %s sends %d requests for one occasion", owner, at.burst)
	if strings.Contains(r.URL, "getLogin") {
		at.recall(w)
		at.logins = append(at.logins, w.now)
		w.rule(len(at.logins) <= 5, "8: %s logs in for the sixth time in ten minutes", owner)
	}
}

// recall drops the logins that are out of the window.
func (at *account) recall(w *world) {
	at.logins = slices.DeleteFunc(at.logins, func(login Instant) bool { return w.now.Mono-login.Mono >= 10*minute })
}

// stop forbids further requests of the one whose exchange this was, for a while.
func (a *auditor) stop(w *world, f *flying, wait int64, why string) {
	at := a.account(a.flying[f.id])
	at.stops = append(at.stops, stop{w.now, wait, why})
}

// answered sees an answer on its way to the core.
func (a *auditor) answered(w *world, f *flying, r Response) {
	if owner := a.flying[f.id]; owner != "" {
		switch r.Status {
		case 401, 403, 418:
			said := strings.Contains(string(r.Body), "retcode") && strings.HasPrefix(owner, "ccgateway") // by a code of its own what is wrong
			if said || f.request.Step != StepLogin && f.request.Step != StepAccessToken {
				break
			}
			// A page is nobody's who knows the credentials; nor is nothing, of a vendor that says more.
			page := bytes.HasPrefix(r.Body, []byte("<")) || bytes.HasPrefix(r.Body, []byte("[")) || len(r.Body) == 0 && !strings.HasPrefix(owner, "isales")
			if r.Status == 418 || r.Status == 403 && page {
				if strings.HasPrefix(owner, "ccgateway") {
					break // a person may try again at once
				}
				a.stop(w, f, 15*second, "it was blocked")
			} else {
				a.stop(w, f, 5*minute, "its credentials were refused")
			}
		case 408, 425, 429, 502, 503, 504, 522, 529:
			// An hour is the longest that the core lets itself be told.
			// Where a person signs in, that person decides.
			after := map[string]int64{"1": second, "30": 30 * second, "4000": hour}[r.RetryAfter]
			if after > 0 && !strings.HasPrefix(owner, "ccgateway") {
				a.stop(w, f, after, "the vendor asked it to wait")
			}
		}
		if strings.HasPrefix(owner, "cubedrive") {
			a.stop(w, f, 2500, "a login failed that the vendor has seen")
		}
	}
	delete(a.flying, f.id)
}

// lost sees that an exchange ended without an answer.
func (a *auditor) lost(w *world, f *flying, reach Reach) {
	if at := a.account(a.flying[f.id]); reach == Unsent && len(at.logins) > 0 && f.request.Step == StepLogin {
		at.logins = at.logins[:len(at.logins)-1] // the vendor knows nothing of it
	}
	if reach == Answering && strings.HasPrefix(a.flying[f.id], "cubedrive") {
		a.stop(w, f, 2500, "a login failed that the vendor has seen")
	}
	delete(a.flying, f.id)
}

// brought sees a token on its way to the core. Where the session has got a newer
// one since this one was asked for, and that one is good, it must stay.
func (a *auditor) brought(w *world, f *flying, token string) {
	held := a.current[f.session]
	if i := w.issued[held.value]; i != nil && !i.whole && f.id <= held.after && !i.dead && (i.life == 0 || w.age(i) < i.life-i.margin()) {
		a.late[token] = true
	}
	delete(a.flying, f.id)
}

// adopt notes that a session holds a token.
func (a *auditor) adopt(w *world, id SessionID, value string) {
	if a.current[id].value != value {
		a.current[id] = adopted{value, w.lastExchange}
	}
}

// restart forgets what belongs to a host; what a vendor remembers stays.
func (a *auditor) restart() {
	a.flying, a.holders = map[uint64]string{}, map[SessionID]string{}
	a.current, a.settled = map[SessionID]adopted{}, map[uint64]bool{}
}

// use sees a token that a caller gets.
func (a *auditor) use(w *world, t Token) {
	w.rule(!a.late[t.Value], "7: a late response replaces a newer token")
	// Without a further question the host may hand it out for as long as its lease.
	if lease := w.client.Lease(t.Session, w.now); lease > 0 && w.client.Live(t.Session, w.now) != 0 {
		last := Instant{w.now.Wall + lease - 1, w.now.Mono + lease - 1}
		w.rule(w.client.Live(t.Session, last) == t.Serial, "3: a lease outlives what was leased")
		for _, value := range w.parts(&t) {
			if i := w.issued[value]; i.life != 0 {
				left := i.life - max(last.Wall-i.asked.Wall, last.Mono-i.asked.Mono)
				w.rule(left >= i.margin(), "3: a lease of %d ms leaves a token %d", lease, left)
			}
		}
	}
}

// tick ends a step: a waiting time that was over stays over, wherever the clock is set to.
func (a *auditor) tick(w *world) {
	for _, at := range a.accounts {
		at.burst = 0
		at.recall(w)
		at.stops = slices.DeleteFunc(at.stops, func(s stop) bool { return w.now.Since(s.since) >= s.wait })
	}
}

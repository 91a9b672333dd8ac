package sandbox

import (
	"crypto/rand"
	"strconv"
	"time"
)

// A token is one that a vendor gave out. It stays listed after its death, so that a demo can show what happened.
type token struct {
	id      string
	system  System
	value   string
	subject string // whom it stands for: an app key, or a user
	app     string // the application it was got through, where there is one
	note    string // what the system itself wants to remember of it
	issued  time.Time
	expires time.Time // zero: no end of its own
	end     string    // "revoked" or "rolled" once it was ended by hand
	rollDue bool

	refresh        string // where the system gives one, until it is used
	refreshExpires time.Time
}

func (t *token) live(now time.Time) bool { return t.end == "" && within(now, t.expires) }

func (t *token) state(now time.Time) string {
	switch {
	case t.end != "":
		return t.end
	case !within(now, t.expires):
		return "expired"
	}
	return "live"
}

func within(now, end time.Time) bool { return end.IsZero() || now.Before(end) }

// A store keeps the tokens of all systems, oldest first, and not without bound.
type store struct {
	order     []*token
	byValue   map[string]*token
	byRefresh map[string]*token
	made      int
}

const maxTokens = 20_000

func newStore() store {
	return store{byValue: map[string]*token{}, byRefresh: map[string]*token{}}
}

// add keeps a token, and gives it its id.
func (st *store) add(t *token) *token {
	st.made++
	t.id = string(t.system) + "-" + strconv.Itoa(st.made)
	st.order = append(st.order, t)
	st.byValue[t.value] = t
	if t.refresh != "" {
		st.byRefresh[t.refresh] = t
	}
	if len(st.order) > maxTokens {
		oldest := st.order[0]
		st.order[0] = nil // lets it be collected before the slice moves
		st.order = st.order[1:]
		delete(st.byValue, oldest.value)
		delete(st.byRefresh, oldest.refresh)
	}
	return t
}

// live finds a system's token that is good now.
func (st *store) live(system System, value string, now time.Time) (*token, bool) {
	t, known := st.byValue[value]
	if !known || t.system != system || !t.live(now) {
		return nil, false
	}
	return t, true
}

// mint makes and keeps a token that lives for the given time, or without end for zero.
func (s *Sandbox) mint(system System, value, subject, app string, now time.Time, life time.Duration) *token {
	return s.store.add(&token{
		system: system, value: value, subject: subject, app: app, issued: now, expires: endOf(now, life),
	})
}

func endOf(now time.Time, life time.Duration) time.Time {
	if life == 0 {
		return time.Time{}
	}
	return now.Add(life)
}

// randomText has 130 bits or more.
func randomText() string { return rand.Text() }

// shorten shows enough of a token to tell it from others, and far too little to use it.
func shorten(value string) string { return value[:4] + "…" + value[len(value)-4:] }

package sandbox

import (
	"net/http"
	"time"
)

// Harbour is a system that does not exist: all of it stands in this file, as all of a further system would.
//
//	PUT /rest/harbour/login
//	GET /rest/harbour/verify
//	GET /rest/harbour/business
const Harbour System = "harbour"

func init() {
	register(vendor{
		name:   Harbour,
		prefix: "/rest/harbour/", // within another's
		endpoints: []endpoint{
			{path: "/rest/harbour/login", step: stepLogin, methods: []string{"PUT"}, serve: (*Sandbox).harbourLogin},
			{path: "/rest/harbour/verify", step: stepVerify, methods: []string{"GET"}, serve: (*Sandbox).harbourVerify},
			{path: "/rest/harbour/business", step: stepBusiness, methods: []string{"GET"}, serve: (*Sandbox).harbourBusiness},
		},
		success:     object{"well": "yes"},
		failure:     func(status int, text string) object { return object{"well": "no", "why": text} },
		texts:       map[int]string{http.StatusBadGateway: "fog"},
		credentials: []Credential{{"ship", "ship1"}},
		opens:       func(ship, flag string) bool { return flag == "flag-of-"+ship },
		lifetimes: []lifetime{
			{name: string(Harbour), documented: 60 * time.Second, most: 90 * time.Second},
			{name: "harbourPass", documented: 120 * time.Second, of: string(Harbour)},
		},
		rolls:   true,
		budget:  budget{logins: 3, window: 10 * time.Second},
		sends:   []string{"Berth"},
		exposes: []string{"Next-Berth"},
		identity: func(origin string) fields {
			return fields{"baseUrl", origin + "/rest/harbour", "ship", "ship1", "flag", "flag-of-ship1"}
		},
		business: BusinessCall{Method: "GET", Path: "/business"},
	})
}

func (s *Sandbox) harbourLogin(c call) reply {
	values, reason := c.texts("ship", "flag")
	if reason != "" {
		return failure(Harbour, http.StatusBadRequest, reason)
	}
	if s.overBudget(Harbour, values[0], c.now) {
		return intercepted()
	}
	if !s.accepts(Harbour, values[0], values[1]) {
		return failure(Harbour, http.StatusForbidden, "ship or flag is wrong, or refused")
	}
	t := s.mint(Harbour, randomText(), values[0], "", c.now, s.life(Harbour))
	return ok(object{"well": "yes", "berth": t.value})
}

func (s *Sandbox) harbourVerify(c call) reply {
	value, _ := c.header("Berth")
	_, live := s.store.live(Harbour, value, c.now)
	return ok(object{"well": "yes", "good": live})
}

func (s *Sandbox) harbourBusiness(c call) reply {
	value, _ := c.header("Berth")
	t, live := s.store.live(Harbour, value, c.now)
	if !live {
		return failure(Harbour, http.StatusUnauthorized, "the berth is unknown or expired")
	}
	a := ok(object{"well": "yes"})
	if t.rollDue {
		t.end, t.rollDue = "rolled", false
		a.set("Next-Berth", s.mint(Harbour, randomText(), t.subject, "", c.now, s.life(Harbour)).value)
	}
	return a
}

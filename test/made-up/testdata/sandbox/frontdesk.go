package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Frontdesk is a system that does not exist.
//
//	PUT /gateway/sign-in/101
//	GET /gateway/session
//	GET /gateway/business
const Frontdesk System = "frontdesk"

// The agent that a new sandbox knows.
const (
	FrontdeskID       = "101"
	FrontdeskPassword = "Zx9-right"
)

func init() {
	register(vendor{
		name:   Frontdesk,
		prefix: "/gateway/",
		endpoints: []endpoint{
			{path: "/gateway/sign-in/" + FrontdeskID, step: stepLogin, methods: []string{"PUT"}, serve: (*Sandbox).frontdeskSignIn},
			{path: "/gateway/session", step: stepVerify, methods: []string{"GET"}, serve: (*Sandbox).frontdeskSession},
			{path: "/gateway/business", step: stepBusiness, methods: []string{"GET"}, serve: (*Sandbox).frontdeskBusiness},
		},
		success:     object{"retcode": "0"},
		failure:     func(_ int, reason string) object { return object{"retcode": "4", "message": reason} },
		credentials: []Credential{{"agentId", FrontdeskID}},
		opens:       func(id, password string) bool { return id == FrontdeskID && password == FrontdeskPassword },
		lifetimes: []lifetime{
			{name: string(Frontdesk), documented: time.Hour},
			{name: "frontdeskPass", documented: 2 * time.Hour, of: string(Frontdesk)},
		},
		rolls:   true,
		budget:  budget{logins: 1000, window: time.Minute},
		sends:   []string{"Guid"},
		exposes: []string{"Next-Guid"},
		identity: func(origin string) fields {
			return fields{
				"baseUrl", origin + "/gateway", "agentId", json.Number(FrontdeskID), "loginPassword", FrontdeskPassword, "phoneNumber", "5001",
				"status", 4, "autoAnswer", true, "mode", "static", "labels", fields{"desk", "left"},
			}
		},
		business: BusinessCall{Method: "GET", Path: "/business"},
	})
}

func (s *Sandbox) frontdeskSignIn(c call) reply {
	values, reason := c.texts("loginPassword", "mode")
	if reason != "" {
		return failure(Frontdesk, http.StatusBadRequest, reason)
	}
	id := c.URL.Path[strings.LastIndex(c.URL.Path, "/")+1:]
	if s.overBudget(Frontdesk, id, c.now) {
		return intercepted()
	}
	if !s.accepts(Frontdesk, id, values[0]) {
		return failure(Frontdesk, http.StatusForbidden, "the number or the password is wrong, or refused")
	}
	t := s.mint(Frontdesk, randomText(), id, "", c.now, s.life(Frontdesk))
	return ok(object{"retcode": "0", "guid": t.value})
}

func (s *Sandbox) frontdeskSession(c call) reply {
	value, _ := c.header("Guid")
	_, live := s.store.live(Frontdesk, value, c.now)
	return ok(object{"retcode": "0", "alive": live})
}

func (s *Sandbox) frontdeskBusiness(c call) reply {
	value, _ := c.header("Guid")
	t, live := s.store.live(Frontdesk, value, c.now)
	if !live {
		return failure(Frontdesk, http.StatusUnauthorized, "the session is unknown or has ended")
	}
	a := ok(object{"retcode": "0"})
	if t.rollDue {
		t.end, t.rollDue = "rolled", false
		a.set("Next-Guid", "DESK="+s.mint(Frontdesk, randomText(), t.subject, "", c.now, s.life(Frontdesk)).value)
	}
	return a
}

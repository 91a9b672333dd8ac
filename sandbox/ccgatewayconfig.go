package sandbox

import (
	"encoding/json"
	"net/http"
	"time"
)

// CCGatewayConfig is the configuration login of the CC-Gateway.
//
//	POST     /agentgateway/resource/config/login
//	GET,POST /agentgateway/resource/config/business
//
// The password of an agentId A is "password-of-" + A. A token lives two minutes from its last use. The path business is a
// stand-in: any real business call carries its token the same way.
const CCGatewayConfig System = "ccgatewayconfig"

// Credentials of CCGatewayConfig that a new sandbox accepts.
const (
	CCGatewayConfigAgentID  = "101"
	CCGatewayConfigPassword = "password-of-101"
)

// Its codes, all of them under HTTP 200. Undocumented: which of the first two is for what.
const (
	ccgTokenUnknown = "107-000"
	ccgTokenExpired = "107-007"
	ccgLocked       = "107-003" // also a wrong password; "a few tries lock the account"
	ccgWrong        = "107-004"
)

func init() {
	register(vendor{
		name:   CCGatewayConfig,
		prefix: "/agentgateway/resource/config/",
		endpoints: []endpoint{
			{path: "/agentgateway/resource/config/login", step: stepLogin, methods: []string{"POST"}, serve: (*Sandbox).ccgConfigLogin},
			{path: "/agentgateway/resource/config/business", step: stepBusiness, methods: []string{"GET", "POST"}, serve: (*Sandbox).ccgConfigBusiness},
		},
		success: object{"retcode": "0"},
		// Undocumented: which code goes with another status than 200. The result of a failure is a text.
		failure: func(_ int, reason string) object {
			return object{"message": reason, "retcode": "000-001", "result": ""}
		},
		credentials: []Credential{{"agentId", CCGatewayConfigAgentID}},
		opens:       func(id, password string) bool { return password == "password-of-"+id },
		lock:        lock{tries: 3, lasts: 10 * time.Minute}, // undocumented: how many, and for how long
		lifetimes:   []lifetime{{name: string(CCGatewayConfig), documented: 2 * time.Minute}},
		rolls:       true,
		sends:       []string{"Guid"},
		exposes:     []string{"Guid", "Set-GUID"},
		identity: func(origin string) fields {
			return fields{"baseUrl", origin, "agentId", json.Number(CCGatewayConfigAgentID), "password", CCGatewayConfigPassword}
		},
		business: BusinessCall{Method: "GET", Path: "/agentgateway/resource/config/business"},
	})
}

// ccgRefusal is the gateway's own word.
func ccgRefusal(code, reason string) reply {
	return reply{status: http.StatusOK, body: object{"message": reason, "retcode": code, "result": ""}, reason: reason}
}

// ccgConfigLogin is the configuration login (cec_07_0006).
func (s *Sandbox) ccgConfigLogin(c call) reply {
	if contentType, _ := c.header("Content-Type"); contentType != "application/json" && contentType != fixedJSON {
		return failure(CCGatewayConfig, http.StatusBadRequest, "Content-Type must be application/json")
	}
	fields, reason := c.texts("password")
	var body struct {
		ID json.Number `json:"agentId"`
	}
	id, err := int64(0), json.Unmarshal(c.body, &body)
	if err == nil {
		id, err = body.ID.Int64()
	}
	if reason == "" && (err != nil || id < 1 || id > 999_999 || !c.isNumber("agentId")) {
		reason = "agentId must be a number from 1 to 999999"
	}
	if reason != "" {
		return failure(CCGatewayConfig, http.StatusBadRequest, reason)
	}
	switch s.standing(CCGatewayConfig, body.ID.String(), fields[0], c.now) {
	case locked:
		return ccgRefusal(ccgLocked, "the account is locked after wrong passwords")
	case absent, wrong:
		return ccgRefusal(ccgWrong, "agentId or password is wrong, or refused")
	}
	t := s.mint(CCGatewayConfig, randomText(), body.ID.String(), "", c.now, s.life(CCGatewayConfig))
	a := ok(object{"message": "success", "retcode": "0", "result": object{"guid": t.value}})
	a.set("Guid", t.value)
	return a
}

// ccgConfigBusiness stands for any configuration interface. Each use begins the token's life anew.
func (s *Sandbox) ccgConfigBusiness(c call) reply {
	value, _ := c.header("Guid")
	t, known := s.store.byValue[value]
	switch {
	case !known || t.system != CCGatewayConfig:
		return ccgRefusal(ccgTokenUnknown, "the header Guid is missing or unknown")
	case !t.live(c.now):
		return ccgRefusal(ccgTokenExpired, "the session has ended")
	}
	t.expires = endOf(c.now, s.life(CCGatewayConfig))
	a := ok(object{"message": "success", "retcode": "0", "result": object{}})
	if t.rollDue {
		t.end, t.rollDue = "rolled", false
		a.set("Set-GUID", "JSESSIONID="+s.mint(CCGatewayConfig, randomText(), t.subject, "", c.now, s.life(CCGatewayConfig)).value)
	}
	return a
}

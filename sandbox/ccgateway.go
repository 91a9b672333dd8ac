package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// CCGateway is an agent's session at the CC-Gateway.
//
//	PUT    /agentgateway/resource/onlineagent/{agentId}
//	PUT    /agentgateway/resource/onlineagent/{agentId}/forcelogin
//	DELETE /agentgateway/resource/onlineagent/{agentId}/logout
//	POST   /agentgateway/resource/onlineagent/{agentId}/handshake
//	PUT    /agentgateway/resource/onlineagent/{agentId}/updateGuid
//	POST   /agentgateway/resource/onlineagent/{agentId}/saybusy
//	GET    /agentgateway/resource/agentevent/{agentId}
//
// The password of an agent A is "password-of-" + A; five wrong ones lock the agent for ten minutes. A GUID lives for 120 s.
// From half of that on, the answer to a poll or a handshake brings the next one; the former stays good to its own end.
// Agents from [CCGatewayStatic] on are at a gateway in static mode: their GUID never changes, and lives for 120 s from
// the last poll or handshake. A poll is held for a twelfth of a GUID's life, and then answered without events. To revoke an
// agent's tokens is what a supervisor does who throws the agent out.
const CCGateway System = "ccgateway"

// What a new sandbox accepts for CCGateway, beside any other agent.
const (
	CCGatewayAgent    = "101"
	CCGatewayPassword = "password-of-101"
	CCGatewayPhone    = "70000101"
	// CCGatewayStatic is the first agent in static mode.
	CCGatewayStatic = 500_000
)

// Its codes. Undocumented: which one is for a field that is wrong.
const (
	gatewayFieldWrong    = "000-001"
	gatewayNoPermission  = "000-003"
	gatewaySignedIn      = "100-002"
	gatewayPasswordWrong = "100-004"
	gatewayNotSignedIn   = "100-006"
	gatewayLocked        = "110-016"
)

const gatewayAgents = "/agentgateway/resource/onlineagent/*"

func init() {
	register(vendor{
		name:   CCGateway,
		prefix: "/agentgateway/resource/",
		endpoints: []endpoint{
			{path: gatewayAgents, step: stepLogin, methods: []string{"PUT"}, serve: (*Sandbox).gatewaySignIn},
			{path: gatewayAgents + "/forcelogin", step: stepLogin, methods: []string{"PUT"}, serve: (*Sandbox).gatewayForce},
			{path: gatewayAgents + "/logout", step: stepBusiness, methods: []string{"DELETE"}, serve: (*Sandbox).gatewaySignOut},
			{path: gatewayAgents + "/handshake", step: stepBusiness, methods: []string{"POST"}, serve: (*Sandbox).gatewayHandshake},
			{path: gatewayAgents + "/updateGuid", step: stepBusiness, methods: []string{"PUT"}, serve: (*Sandbox).gatewayUpdate},
			{path: gatewayAgents + "/saybusy", step: stepBusiness, methods: []string{"POST"}, serve: (*Sandbox).gatewayBusy},
			{path: "/agentgateway/resource/agentevent/*", step: stepBusiness, methods: []string{"GET"}, serve: (*Sandbox).gatewayPoll},
		},
		success: object{"retcode": "0"},
		failure: func(status int, reason string) object {
			return gatewayFailure("000-"+strconv.Itoa(status), reason).body
		},
		denies:      func() reply { return gatewayFailure(gatewayNoPermission, "on demand") },
		credentials: []Credential{{"agentId", CCGatewayAgent}},
		opens:       func(agent, password string) bool { return password == "password-of-"+agent },
		lifetimes:   []lifetime{{name: string(CCGateway), documented: 120 * time.Second}},
		rolls:       true,
		lock:        lock{tries: 5, lasts: 10 * time.Minute},
		sends:       []string{"Guid"},
		exposes:     []string{"Set-GUID"},
		identity: func(origin string) fields {
			return fields{"baseUrl", origin, "agentId", 101, "password", CCGatewayPassword, "phonenum", CCGatewayPhone}
		},
		business: BusinessCall{Method: "POST", Path: "/agentgateway/resource/onlineagent/" + CCGatewayAgent + "/handshake"},
	})
}

// gatewayFailure is an error, under HTTP 200 as all are. Its result is a text, not an object.
func gatewayFailure(code, reason string) reply {
	return reply{status: http.StatusOK, body: object{"message": "failure", "retcode": code, "result": ""}, reason: reason}
}

func gatewaySuccess(result object) reply {
	return ok(object{"message": "success", "retcode": "0", "result": result})
}

// gatewaySignIn is "Signing In" (cec_07_1202).
func (s *Sandbox) gatewaySignIn(c call) reply {
	return s.gatewayIn(c, false)
}

// gatewayForce is the forcible sign-in (cec_07_1274): it ends the agent's other session.
func (s *Sandbox) gatewayForce(c call) reply {
	return s.gatewayIn(c, true)
}

func (s *Sandbox) gatewayIn(c call, force bool) reply {
	password, reason := gatewayFields(c)
	if reason != "" {
		return gatewayFailure(gatewayFieldWrong, reason)
	}
	agent := c.part
	switch s.standing(CCGateway, agent, password, c.now) {
	case absent, wrong:
		return gatewayFailure(gatewayPasswordWrong, "the agent is unknown or refused, or the password is wrong")
	case locked:
		return gatewayFailure(gatewayLocked, "the agent is locked after wrong passwords")
	}
	if !force && s.gatewayNewest(agent, c.now) != nil {
		return gatewayFailure(gatewaySignedIn, "the agent is signed in already")
	}
	s.gatewayEnd(agent)
	a := gatewaySuccess(object{"workno": agent, "vdnid": 1, "loginTime": c.now.UnixMilli(), "isForceChange": false})
	a.set("Set-GUID", "JSESSIONID="+s.gatewayIssue(agent, c.now).value)
	return a
}

// gatewayFields checks the body of a sign-in, and returns the password.
func gatewayFields(c call) (password, reason string) {
	if n, err := strconv.Atoi(c.part); err != nil || n < 101 || n > 999_999 || strconv.Itoa(n) != c.part {
		return "", "agentId must be from 101 to 999999"
	}
	contentType, _ := c.header("Content-Type")
	if media, _, err := mime.ParseMediaType(contentType); err != nil || media != "application/json" {
		return "", "Content-Type must be application/json"
	}
	fields, reason := c.texts("password", "phonenum")
	if reason != "" {
		return "", reason
	}
	for i, most := range []int{32, 24} {
		if utf8.RuneCountInString(fields[i]) > most {
			return "", []string{"password", "phonenum"}[i] + " is too long"
		}
	}
	var body object
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.UseNumber()
	_ = d.Decode(&body) // texts has read it
	for name, value := range body {
		var right bool
		switch name {
		case "autoanswer", "autoenteridle", "releasephone", "checkInWebm", "checkInMailm", "listenStatus":
			_, right = value.(bool)
		case "status":
			right = slices.Contains([]string{"3", "4", "5"}, numberOf(value))
		case "agenttype":
			right = slices.Contains([]string{"4", "11"}, numberOf(value))
		case "ip", "vcPhoneNumber", "password", "phonenum":
			_, right = value.(string)
		default:
			return "", "a field is not the document's"
		}
		if !right {
			return "", name + " is wrong"
		}
	}
	return fields[0], ""
}

// numberOf is a JSON number as it is written, or "".
func numberOf(v any) string {
	n, _ := v.(json.Number)
	return n.String()
}

// gatewayIssue gives an agent a GUID. Of the form of the document's example, with a sign of equality that readers like to cut at.
func (s *Sandbox) gatewayIssue(agent string, now time.Time) *token {
	text := randomText()
	value := fmt.Sprintf("%s-%s-%s=.AgentGateway0", text[:8], text[8:16], text[16:])
	return s.mint(CCGateway, value, agent, "", now, s.life(CCGateway))
}

// gatewayNewest is the agent's last GUID, while it lives.
func (s *Sandbox) gatewayNewest(agent string, now time.Time) *token {
	for _, t := range slices.Backward(s.store.order) {
		if t.system == CCGateway && t.subject == agent {
			if t.live(now) {
				return t
			}
			return nil
		}
	}
	return nil
}

// gatewayEnd ends the agent's session, with all GUIDs of it.
func (s *Sandbox) gatewayEnd(agent string) {
	for _, t := range s.store.order {
		if t.system == CCGateway && t.subject == agent && t.end == "" {
			t.end = "revoked"
		}
	}
}

// gatewayCall checks what all calls of an agent who is signed in have in common.
func (s *Sandbox) gatewayCall(c call, answer func(t *token) reply) reply {
	value, _ := c.header("Guid")
	t, live := s.store.live(CCGateway, value, c.now)
	switch {
	case !live:
		return gatewayFailure(gatewayNotSignedIn, "the GUID is missing, unknown or over")
	case t.subject != c.part:
		return gatewayFailure(gatewayNoPermission, "the GUID is another agent's")
	}
	return answer(t)
}

// gatewaySign is what a sign of life does: in static mode the GUID lives on, otherwise one that is half over is followed by
// another. Undocumented, and chosen: who still has a former one is told the newest again.
func (s *Sandbox) gatewaySign(c call, t *token, a reply) reply {
	if isGatewayStatic(t) {
		t.expires = endOf(c.now, s.life(CCGateway))
		return a
	}
	newest := s.gatewayNewest(t.subject, c.now)
	if newest == nil || newest == t && (t.rollDue || !c.now.Before(t.issued.Add(s.life(CCGateway)/2))) {
		t.rollDue = false
		newest = s.gatewayIssue(t.subject, c.now)
	}
	if newest != t {
		a.set("Set-GUID", "JSESSIONID="+newest.value)
	}
	return a
}

func isGatewayStatic(t *token) bool {
	n, _ := strconv.Atoi(t.subject)
	return n >= CCGatewayStatic
}

// gatewayPoll is the query of an agent's events (cec_07_1430). There are none here.
func (s *Sandbox) gatewayPoll(c call) reply {
	return s.gatewayCall(c, func(t *token) reply {
		a := s.gatewaySign(c, t, ok(object{"message": "success", "retcode": "0", "event": nil}))
		a.held = s.life(CCGateway) / 12
		return a
	})
}

// gatewayHandshake is the sign of life of who does not poll (cec_07_0358).
func (s *Sandbox) gatewayHandshake(c call) reply {
	return s.gatewayCall(c, func(t *token) reply { return s.gatewaySign(c, t, gatewaySuccess(object{})) })
}

// gatewayUpdate gives a GUID in its body (cec_07_0580), for a page that reloads.
func (s *Sandbox) gatewayUpdate(c call) reply {
	return s.gatewayCall(c, func(t *token) reply {
		if !isGatewayStatic(t) {
			t = s.gatewayIssue(t.subject, c.now)
		}
		return gatewaySuccess(object{"guid": t.value})
	})
}

// gatewayBusy stands for all that an agent does.
func (s *Sandbox) gatewayBusy(c call) reply {
	return s.gatewayCall(c, func(*token) reply { return gatewaySuccess(object{}) })
}

// gatewaySignOut is "Signing Out" (cec_07_1204).
func (s *Sandbox) gatewaySignOut(c call) reply {
	return s.gatewayCall(c, func(t *token) reply {
		s.gatewayEnd(t.subject)
		return gatewaySuccess(object{})
	})
}

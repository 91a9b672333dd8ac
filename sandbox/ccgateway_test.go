package sandbox

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func agentReq(method, agent, end, guid string) req {
	return req{method, "/agentgateway/resource/onlineagent/" + agent + end, "", map[string]string{"Guid": guid}}
}

func agentSignInReq(agent, end string) req {
	return req{"PUT", "/agentgateway/resource/onlineagent/" + agent + end,
		fmt.Sprintf(`{"password":"password-of-%s","phonenum":"70000"}`, agent), map[string]string{"Content-Type": utf8JSON}}
}

func handshakeReq(agent, guid string) req { return agentReq("POST", agent, "/handshake", guid) }

// guid is the one that an answer brings, or "".
func (a ans) guid() string { return strings.TrimPrefix(a.header.Get("Set-GUID"), "JSESSIONID=") }

// signIn signs an agent in, and returns the GUID.
func (b *bench) signIn(agent, end string) string {
	b.Helper()
	a := b.do(agentSignInReq(agent, end))
	require.Equal(b, "0", a.str("retcode"), a.raw)
	require.NotEmpty(b, a.guid())
	return a.guid()
}

func (b *bench) retcode(want string, r req, edits ...edit) ans {
	b.Helper()
	a := b.do(r, edits...)
	assert.Equal(b, want, a.str("retcode"), a.raw)
	if want != "0" {
		assert.IsType(b, "", a.json["result"], "a text in errors")
		assert.Empty(b, a.guid())
	}
	return a
}

func TestAnAgentsGUIDHasTheFormOfTheDocument(t *testing.T) {
	b := newBench(t, Options{})
	guid := b.signIn("101", "")
	assert.True(t, strings.HasSuffix(guid, ".AgentGateway0"))
	assert.Contains(t, guid, "=")
	b.retcode("0", handshakeReq("101", guid))
	b.retcode("100-006", handshakeReq("101", "JSESSIONID="+guid))
	before, _, _ := strings.Cut(guid, "=")
	b.retcode("100-006", handshakeReq("101", before))
}

func TestAnAgentsSignInIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	for name, edits := range map[string][]edit{
		"no body":              {body("")},
		"no password":          {field("password", "")},
		"a password as number": {field("password", "1")},
		"a long password":      {field("password", `"`+strings.Repeat("p", 33)+`"`)},
		"no phone":             {field("phonenum", "")},
		"a long phone":         {field("phonenum", `"`+strings.Repeat("7", 25)+`"`)},
		"a flag as text":       {field("autoanswer", `"true"`)},
		"another state":        {field("status", "6")},
		"a state as text":      {field("status", `"4"`)},
		"another type":         {field("agenttype", "1")},
		"a field of its own":   {field("mode", `"static"`)},
		"no content type":      {without("Content-Type")},
		"a form":               {header("Content-Type", "application/x-www-form-urlencoded")},
		"an agent of words":    {path("/agentgateway/resource/onlineagent/me")},
		"an agent below 101":   {path("/agentgateway/resource/onlineagent/100")},
		"a zero before":        {path("/agentgateway/resource/onlineagent/0101")},
	} {
		t.Run(name, func(t *testing.T) {
			b := &bench{t, b.Sandbox, b.clock}
			b.retcode(gatewayFieldWrong, agentSignInReq("101", ""), edits...)
		})
	}
	all := `"autoanswer":true,"autoenteridle":false,"releasephone":true,"status":4,"agenttype":11,"ip":"192.0.2.1","checkInWebm":true,"checkInMailm":true,"listenStatus":false,"vcPhoneNumber":"1"`
	b.retcode("0", agentSignInReq("101", ""), body(`{"password":"password-of-101","phonenum":"7",`+all+`}`))
	assert.Equal(t, 405, b.do(agentSignInReq("101", ""), method("POST")).status)
	assert.Equal(t, 404, b.do(agentSignInReq("101", "/")).status)
	assert.Equal(t, 404, b.do(agentSignInReq("", "")).status)
	assert.Equal(t, 404, b.do(agentSignInReq("101", "/nowhere")).status)
}

func TestAnAgentWhoIsSignedInIsThereOnceUnlessByForce(t *testing.T) {
	b := newBench(t, Options{})
	first := b.signIn("101", "")
	b.retcode("100-002", agentSignInReq("101", ""))
	b.signIn("102", "")
	second := b.signIn("101", "/forcelogin")
	b.retcode("100-006", handshakeReq("101", first))
	b.retcode("0", handshakeReq("101", second))
	b.retcode("000-003", handshakeReq("102", second))
	b.retcode("0", agentReq("DELETE", "101", "/logout", second))
	b.retcode("100-006", handshakeReq("101", second))
	b.signIn("101", "")
}

func TestAnAgentIsLockedAfterWrongPasswords(t *testing.T) {
	b := newBench(t, Options{})
	for range 5 {
		b.retcode("100-004", agentSignInReq("101", ""), field("password", `"wrong-secret"`))
	}
	b.retcode("110-016", agentSignInReq("101", ""))
	b.retcode("110-016", agentSignInReq("101", "/forcelogin"))
	b.signIn("102", "")
	b.clock.advance(10 * time.Minute)
	b.signIn("101", "")
	require.NoError(t, b.Refuse(CCGateway, "103", true))
	b.retcode("100-004", agentSignInReq("103", ""))
}

func TestAnAgentsGUIDRollsAtHalfOfItsLifeAndTheFormerLivesToItsEnd(t *testing.T) {
	b := newBench(t, Options{})
	first := b.signIn("101", "")
	b.clock.advance(60*time.Second - 1)
	assert.Empty(t, b.retcode("0", handshakeReq("101", first)).guid())
	b.clock.advance(1)
	assert.Empty(t, b.retcode("0", agentReq("POST", "101", "/saybusy", first)).guid(), "no sign of life")
	second := b.retcode("0", handshakeReq("101", first)).guid()
	require.NotEmpty(t, second)
	assert.Equal(t, second, b.retcode("0", handshakeReq("101", first)).guid(), "the newest again")
	b.clock.advance(60*time.Second - 1)
	b.retcode("0", agentReq("POST", "101", "/saybusy", first))
	b.clock.advance(1)
	b.retcode("100-006", agentReq("POST", "101", "/saybusy", first))
	third := b.retcode("0", handshakeReq("101", second)).guid()
	b.clock.advance(120 * time.Second)
	b.retcode("100-006", handshakeReq("101", third))
	b.signIn("101", "")
}

func TestAGUIDInStaticModeStaysAndLivesFromTheLastSignOfLife(t *testing.T) {
	b := newBench(t, Options{})
	agent := fmt.Sprint(CCGatewayStatic)
	guid := b.signIn(agent, "")
	for range 3 {
		b.clock.advance(119 * time.Second)
		assert.Empty(t, b.retcode("0", handshakeReq(agent, guid)).guid())
	}
	b.clock.advance(119 * time.Second)
	b.retcode("0", agentReq("POST", agent, "/saybusy", guid))
	b.clock.advance(time.Second)
	b.retcode("100-006", handshakeReq(agent, guid))
}

func TestUpdateGuidGivesOneInItsBody(t *testing.T) {
	b := newBench(t, Options{})
	first := b.signIn("101", "")
	a := b.retcode("0", agentReq("PUT", "101", "/updateGuid", first))
	guid, _ := a.json["result"].(map[string]any)["guid"].(string)
	assert.NotEqual(t, first, guid)
	b.retcode("0", handshakeReq("101", guid))
	b.retcode("0", handshakeReq("101", first))
}

func TestASupervisorThrowsAnAgentOut(t *testing.T) {
	b := newBench(t, Options{})
	guid, other := b.signIn("101", ""), b.signIn("102", "")
	assert.JSONEq(t, `{"revoked":1}`, b.do(controlReq("revoke", `{"system":"ccgateway","subject":"101"}`)).raw)
	b.retcode("100-006", handshakeReq("101", guid))
	b.retcode("0", handshakeReq("102", other))
}

func TestNoPermissionComesOnDemandUnderHTTP200(t *testing.T) {
	b := newBench(t, Options{})
	guid := b.signIn("101", "")
	require.NoError(t, b.Inject(Fault{System: CCGateway, Endpoint: "business", Kind: "denied", Count: 2}))
	for range 2 {
		assert.Equal(t, 200, b.retcode("000-003", handshakeReq("101", guid)).status)
	}
	b.retcode("0", handshakeReq("101", guid))
	assert.ErrorContains(t, b.Inject(Fault{System: ISales, Endpoint: "business", Kind: "denied"}), "ccgateway")
}

func TestARollOnDemandComesWithTheNextSignOfLife(t *testing.T) {
	b := newBench(t, Options{})
	first := b.signIn("101", "")
	n, err := b.Roll(Target{System: CCGateway, Subject: "101"})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	second := b.retcode("0", handshakeReq("101", first)).guid()
	assert.NotEmpty(t, second)
	assert.Empty(t, b.retcode("0", handshakeReq("101", second)).guid())
}

func TestAPollIsHeldForATwelfthOfAGUIDsLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		b := &bench{t, s, nil}
		guid := b.signIn("101", "")
		began := time.Now()
		poll := req{"GET", "/agentgateway/resource/agentevent/101", "", map[string]string{"Guid": guid}}
		b.retcode("0", poll)
		assert.Equal(t, 10*time.Second, time.Since(began))
		began = time.Now()
		b.retcode("100-006", poll.with(header("Guid", "x")))
		assert.Zero(t, time.Since(began), "who is told that he is out need not wait for it")

		w := httptest.NewRecorder()
		r := poll.request("").WithContext(t.Context())
		require.NoError(t, s.SetLifetimes(Lifetimes{"ccgateway": 12 * time.Second}))
		began = time.Now()
		s.ServeHTTP(w, r)
		assert.Equal(t, time.Second, time.Since(began))
	})
}

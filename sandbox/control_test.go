package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func controlReq(name, in string) req {
	return req{"POST", "/_sandbox/" + name, in, map[string]string{"Content-Type": "application/json"}}
}

func TestControlIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	for _, c := range []struct {
		rule   string
		req    req
		status int
	}{
		{"an unknown path", controlReq("nothing", "{}"), 404},
		{"an escaped path", controlReq("res%65t", "{}"), 404},
		{"POST to state", controlReq("state", "{}"), 405},
		{"GET of reset", controlReq("reset", "").with(method("GET")), 405},
		{"PUT of faults", controlReq("faults", "{}").with(method("PUT")), 405},
		{"a simple cross-site POST", controlReq("reset", "{}").with(header("Content-Type", "text/plain")), 415},
		{"a POST without Content-Type", controlReq("reset", "").with(without("Content-Type")), 415},
		{"a body over 1 MiB", controlReq("reset", strings.Repeat(" ", maxBody+1)), 400},
		{"an unknown field", controlReq("reset", `{"x":1}`), 400},
		{"no object", controlReq("revoke", `[]`), 400},
		{"null", controlReq("lifetimes", `null`), 400},
		{"two objects", controlReq("revoke", `{"all":true}{}`), 400},
		{"revoke without a target", controlReq("revoke", `{}`), 400},
		{"revoke of an unknown system", controlReq("revoke", `{"system":"x"}`), 400},
		{"revoke by subject and id", controlReq("revoke", `{"system":"appcube","subject":"a","id":"b"}`), 400},
		{"revoke by a subject of no system", controlReq("revoke", `{"subject":"a"}`), 400},
		{"revoke with a wrong type", controlReq("revoke", `{"system":1}`), 400},
		{"roll of another system", controlReq("roll", `{"system":"isales"}`), 400},
		{"roll of an unknown system", controlReq("roll", `{"system":"x"}`), 400},
		{"roll without a target", controlReq("roll", `{}`), 400},
		{"refuse without refuse", controlReq("refuse", `{"system":"isales","credential":"a"}`), 400},
		{"refuse without credential", controlReq("refuse", `{"system":"isales","refuse":true}`), 400},
		{"refuse in an unknown system", controlReq("refuse", `{"system":"x","credential":"a","refuse":true}`), 400},
		{"a lifetime of an unknown name", controlReq("lifetimes", `{"x":1}`), 400},
		{"a lifetime of 0", controlReq("lifetimes", `{"appcube":0}`), 400},
		{"a lifetime that is no whole number", controlReq("lifetimes", `{"appcube":1.5}`), 400},
		{"an absurd lifetime", controlReq("lifetimes", `{"appcube":99999999999}`), 400},
		{"an unknown fault", controlReq("faults", `{"system":"isales","endpoint":"login","fault":"x"}`), 400},
		{"a fault of an unknown system", controlReq("faults", `{"system":"x","endpoint":"login","fault":"html"}`), 400},
		{"refresh of appcube", controlReq("faults", `{"system":"appcube","endpoint":"refresh","fault":"html"}`), 400},
		{"apifabric of isales", controlReq("faults", `{"system":"isales","endpoint":"apifabric","fault":"html"}`), 400},
		{"count 0", controlReq("faults", `{"system":"isales","endpoint":"login","fault":"html","count":0}`), 400},
		{"count below 0", controlReq("faults", `{"system":"isales","endpoint":"login","fault":"html","count":-1}`), 400},
		{"delay without delayMs", controlReq("faults", `{"system":"isales","endpoint":"login","fault":"delay"}`), 400},
		{"delayMs below 0", controlReq("faults", `{"system":"isales","endpoint":"login","fault":"html","delayMs":-1}`), 400},
		{"retryAfter of no status", controlReq("faults", `{"system":"isales","endpoint":"login","fault":"html","retryAfter":1}`), 400},
		{"retryAfter in words", controlReq("faults", `{"system":"isales","endpoint":"login","fault":"429","retryAfter":"soon"}`), 400},
		{"retryAfter below 0", controlReq("faults", `{"system":"isales","endpoint":"login","fault":"429","retryAfter":-1}`), 400},
		{"exceptionInfo of isales", controlReq("faults", `{"system":"isales","endpoint":"login","fault":"403","exceptionInfo":"x"}`), 400},
	} {
		t.Run(c.rule, func(t *testing.T) {
			a := b.do(c.req)
			assert.Equal(t, c.status, a.status, a.raw)
			assert.NotEmpty(t, a.str("error"))
		})
	}
	assert.Zero(t, b.State().PendingFaults)
	assert.Empty(t, b.State().Refused)
}

func TestStateCountsEachSystemAndShowsNoWholeToken(t *testing.T) {
	b := newBench(t, Options{})
	access := b.access()
	cc := b.ccMessaging(access)
	b.do(pollReq(access, cc))
	cube := b.appCube()
	b.do(appCubeLoginReq(), field("appSecret", `"wrong-secret"`))
	sales, refresh := b.iSales()
	b.do(iSalesRefreshReq(sales, refresh))
	drive := b.cubeDrive()
	b.do(verifyReq(drive))
	require.NoError(t, b.Inject(Fault{System: CubeDrive, Endpoint: "business", Kind: "500"}))
	b.do(commonPageReq(drive))

	a := b.do(req{method: "GET", path: "/_sandbox/state"})
	var got State
	require.NoError(t, json.Unmarshal([]byte(a.raw), &got))
	for system, want := range map[System]Counts{
		AppCube:     {Logins: 2, Failed: 1},
		APIFabric:   {Logins: 1},
		CCMessaging: {Logins: 1, Business: 1},
		ISales:      {Logins: 1, Refreshes: 1},
		CubeDrive:   {Logins: 1, Verifications: 1, Business: 1, Failed: 1, Faulted: 1},
		Harbour:     {},
	} {
		assert.Equal(t, want, got.Counts[system], system)
	}
	assert.Len(t, got.Counts, len(vendors))
	require.Len(t, got.Tokens, 6)
	assert.Equal(t, CCMessagingUserID, got.Tokens[1].Subject)
	assert.Equal(t, CCMessaging, got.Tokens[1].System)
	assert.Equal(t, "live", got.Tokens[1].State)
	assert.Contains(t, a.raw, `"issuedAt"`)
	assert.Contains(t, a.raw, `"expiresAt"`)
	for _, token := range []string{access, cc, cube, sales, refresh, drive} {
		assert.NotContains(t, a.raw, token)
	}
}

func TestRevokeEndsWhatItNames(t *testing.T) {
	login := func(b *bench, key string) string {
		return b.do(appCubeLoginReq(), field("appKey", jsonOf(key)), field("appSecret", jsonOf("api-password-of-"+key))).str("authToken")
	}
	for _, c := range []struct {
		in       string
		survives []bool // token a, token b, and cubedrive's
		revoked  string
	}{
		{`{"system":"appcube","subject":"a"}`, []bool{false, true, true}, `{"revoked":1}`},
		{`{"system":"appcube","id":"appcube-2"}`, []bool{true, false, true}, `{"revoked":1}`},
		{`{"system":"appcube","all":true}`, []bool{false, false, true}, `{"revoked":2}`},
		{`{"system":"appcube"}`, []bool{false, false, true}, `{"revoked":2}`},
		{`{"all":true}`, []bool{false, false, false}, `{"revoked":3}`},
		{`{"system":"isales"}`, []bool{true, true, true}, `{"revoked":0}`},
	} {
		t.Run(c.in, func(t *testing.T) {
			b := newBench(t, Options{})
			uses := []req{appCubeBusinessReq(login(b, "a")), appCubeBusinessReq(login(b, "b")), commonPageReq(b.cubeDrive())}
			assert.JSONEq(t, c.revoked, b.do(controlReq("revoke", c.in)).raw)
			for i, use := range uses {
				a := b.do(use)
				assert.Equal(t, c.survives[i], a.status == 200 && a.json["errorCode"] != 900001.0, "token %d: %s", i, a.raw)
			}
			n, err := b.Revoke(Target{All: true})
			require.NoError(t, err)
			assert.Equal(t, strings.Count(jsonOf(c.survives), "true"), n, "the dead are not counted again")
		})
	}
}

func TestRevokedISalesLoginCannotBeRefreshed(t *testing.T) {
	b := newBench(t, Options{})
	token, refresh := b.iSales()
	b.clock.advance(301e9) // expired, but it could be refreshed
	n, _ := b.Revoke(Target{System: ISales})
	assert.Equal(t, 1, n)
	assert.Equal(t, 403, b.do(iSalesRefreshReq(token, refresh)).status)
}

func TestRevokedCubeDriveTokenIsNotValid(t *testing.T) {
	b := newBench(t, Options{})
	token := b.cubeDrive()
	b.Revoke(Target{System: CubeDrive, Subject: CubeDriveUser})
	assert.JSONEq(t, `{"success":true,"valid":false}`, b.do(verifyReq(token)).raw)
}

func TestRollBringsANewTokenInTheNextResponse(t *testing.T) {
	for _, use := range []func(access, token string) req{pollReq, sendReq} {
		b := newBench(t, Options{})
		access := b.access()
		old := b.ccMessaging(access)
		other := b.do(applyTokenReq(access), field("userId", `"other"`)).str("token")
		a := b.do(controlReq("roll", `{"system":"ccmessaging","subject":"user001"}`))
		assert.JSONEq(t, `{"waiting":1}`, a.raw)

		assert.Empty(t, b.do(use(access, other)).header.Get("ccmessaging-token"), "another subject's stays")
		bad := b.do(use(access, old), header("Authorization", "Bearer x"))
		assert.Empty(t, bad.header.Get("ccmessaging-token"), "a refused call rolls nothing")

		rolled := b.do(use(access, old))
		next := rolled.header.Get("ccmessaging-token")
		require.NotEmpty(t, next)
		assert.NotEqual(t, old, next)
		assert.Equal(t, next, rolled.str("token"), "the header and the body agree")
		assert.Equal(t, 401, b.do(use(access, old)).status, "the old one died")
		after := b.do(use(access, next))
		assert.Equal(t, 200, after.status)
		assert.Empty(t, after.header.Get("ccmessaging-token"), "it rolls once")
		assert.Equal(t, "rolled", b.State().Tokens[1].State)
	}
}

func TestRollWithoutASubjectIsForAll(t *testing.T) {
	b := newBench(t, Options{})
	access := b.access()
	b.ccMessaging(access)
	b.do(applyTokenReq(access), field("userId", `"other"`))
	n, err := b.Roll(Target{System: CCMessaging})
	require.NoError(t, err)
	assert.Equal(t, 2, n)
	b.appCube()
	n, err = b.Roll(Target{All: true})
	require.NoError(t, err)
	assert.Equal(t, 2, n, "only what can roll")
}

func TestARefusedCredentialIsTurnedAwayUntilItIsLetIn(t *testing.T) {
	b := newBench(t, Options{})
	access := b.access()
	token, refresh := b.iSales()
	for _, c := range []struct {
		system     System
		credential string
		login      req
		refused    func(ans) bool
	}{
		{AppCube, AppCubeAppKey, appCubeLoginReq(), code(200800001)},
		{APIFabric, AICCAppKey, accessTokenReq(), status(403)},
		{CCMessaging, AICCAppKey, applyTokenReq(access), status(403)},
		{CCMessaging, CCMessagingUserID, applyTokenReq(access), func(a ans) bool {
			return a.status == 200 && a.json["resultCode"] == "1" && a.str("token") == ""
		}},
		{ISales, ISalesUser, iSalesLoginReq(), status(403)},
		{ISales, ISalesUser, iSalesRefreshReq(token, refresh), status(403)},
		{CubeDrive, CubeDriveAppID, cubeDriveLoginReq(), func(a ans) bool { return a.json["success"] == false }},
		{CubeDrive, CubeDriveUser, cubeDriveFormReq(), func(a ans) bool { return a.json["success"] == false }},
	} {
		t.Run(string(c.system)+" "+c.credential, func(t *testing.T) {
			turn := func(refuse bool) req {
				return controlReq("refuse", jsonOf(map[string]any{"system": c.system, "credential": c.credential, "refuse": refuse}))
			}
			require.Equal(t, 200, b.do(turn(true)).status)
			assert.Equal(t, []Refusal{{c.system, c.credential}}, b.State().Refused)
			a := b.do(c.login)
			assert.True(t, c.refused(a), "%d %s", a.status, a.raw)
			require.Equal(t, 200, b.do(turn(false)).status)
			a = b.do(c.login)
			assert.False(t, c.refused(a), "%d %s", a.status, a.raw)
		})
	}
}

func TestLifetimesChangeForTokensThatComeAfter(t *testing.T) {
	b := newBench(t, Options{})
	before := b.appCube()
	a := b.do(controlReq("lifetimes", `{"appcube":1,"ccmessaging":2,"apifabric":3,"isales":4,"isalesRefresh":5,"cubedrive":6}`))
	for kind, want := range map[string]int{
		"appcube": 1, "ccmessaging": 2, "apifabric": 3, "isales": 4, "isalesRefresh": 5, "cubedrive": 6, "harbour": 60, "harbourPass": 120,
	} {
		assert.EqualValues(t, want, a.json[kind], kind)
	}
	assert.Len(t, a.json, len(kinds))
	assert.EqualValues(t, 1, b.do(appCubeLoginReq()).json["expireTime"])
	b.clock.advance(10e9)
	assert.True(t, code(0)(b.do(appCubeBusinessReq(before))))
}

func TestResetForgetsAll(t *testing.T) {
	b := newBench(t, Options{Lifetimes: Lifetimes{"appcube": 7e9}})
	fresh := b.State()
	token := b.appCube()
	require.NoError(t, b.SetLifetimes(Lifetimes{"appcube": 9e9}))
	require.NoError(t, b.Refuse(ISales, "a", true))
	require.NoError(t, b.Inject(Fault{System: ISales, Endpoint: "login", Kind: "html"}))
	for _, in := range []string{"", "{}"} {
		require.Equal(t, 200, b.do(controlReq("reset", in)).status)
	}
	assert.Equal(t, fresh, b.State())
	assert.True(t, code(900002)(b.do(appCubeBusinessReq(token))))
}

func TestTheStoreForgetsTheOldestTokens(t *testing.T) {
	st := newStore()
	for range maxTokens + 3 {
		st.add(&token{system: AppCube, value: randomText(), refresh: randomText()})
	}
	assert.Len(t, st.order, maxTokens)
	assert.Len(t, st.byValue, maxTokens)
	assert.Len(t, st.byRefresh, maxTokens)
	assert.Equal(t, "appcube-4", st.order[0].id)
}

func TestCORSAdmitsOneOrigin(t *testing.T) {
	const origin = "http://127.0.0.1:5173"
	preflight := pollReq("x", "y").with(method("OPTIONS"), header("Origin", origin),
		header("Access-Control-Request-Method", "GET"))

	off := newBench(t, Options{})
	assert.Equal(t, 405, off.do(preflight).status)

	const other = "http://localhost:3000"
	b := newBench(t, Options{AllowOrigins: []string{origin, other}})
	a := b.do(preflight, header("Origin", other))
	assert.Equal(t, other, a.header.Get("Access-Control-Allow-Origin"), "each of several is told of itself alone")
	a = b.do(preflight)
	assert.Equal(t, 204, a.status)
	assert.Equal(t, origin, a.header.Get("Access-Control-Allow-Origin"))
	assert.Contains(t, a.header.Get("Access-Control-Allow-Headers"), "ccmessaging-token")
	assert.Zero(t, b.State().Counts[CCMessaging], "a preflight is no call")
	a = b.do(pollReq("x", "y"), header("Origin", origin))
	assert.Equal(t, origin, a.header.Get("Access-Control-Allow-Origin"))
	assert.Contains(t, a.header.Get("Access-Control-Expose-Headers"), "ccmessaging-token")
	for _, foreign := range []string{"http://127.0.0.1:5174", "null", origin + ".example.com"} {
		a := b.do(preflight, header("Origin", foreign))
		assert.Equal(t, 405, a.status)
		assert.Empty(t, a.header.Get("Access-Control-Allow-Origin"))
		assert.Equal(t, "Origin", a.header.Get("Vary"))
	}
}

func TestOwnsKnowsItsPaths(t *testing.T) {
	for p := range endpoints {
		assert.True(t, Owns(p), p)
	}
	assert.True(t, Owns("/_sandbox/state"))
	for _, p := range []string{"/", "/index.html", "/js/node.js", "/dist/cctoken.wasm", "/literal"} {
		assert.False(t, Owns(p), p)
	}
	assert.Equal(t, 404, newBench(t, Options{}).do(req{method: "GET", path: "/nothing"}).status)
}

func TestItIsSafeForConcurrentUse(t *testing.T) {
	s := New(Options{})
	server := httptest.NewServer(s)
	defer server.Close()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				for _, r := range []req{appCubeLoginReq(), iSalesLoginReq(), cubeDriveLoginReq(), {method: "GET", path: "/_sandbox/state"}} {
					resp, err := http.DefaultClient.Do(r.request(server.URL))
					if assert.NoError(t, err) {
						resp.Body.Close()
						assert.Equal(t, 200, resp.StatusCode)
					}
				}
				s.Roll(Target{All: true})
				s.Revoke(Target{All: true})
				s.SetLifetimes(Lifetimes{"appcube": 5e9})
			}
		})
	}
	wg.Wait()
	counts := s.State().Counts
	assert.Equal(t, 80, counts[AppCube].Logins)
	values := map[string]bool{}
	for _, k := range s.store.order {
		values[k.value] = true
	}
	assert.Len(t, values, 240, "no two tokens are alike")
}

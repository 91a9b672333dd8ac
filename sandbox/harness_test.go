package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A clock stands still until it is told to move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) advance(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// A bench is a sandbox with a clock of its own.
type bench struct {
	*testing.T
	*Sandbox
	clock *clock
}

func newBench(t *testing.T, options Options) *bench {
	c := &clock{now: time.Unix(1_545_650_171, 0)}
	options.Now = c.Now
	return &bench{t, New(options), c}
}

// A req is a request; edits change a good one into a bad one.
type req struct {
	method, path, body string
	header             map[string]string
}

type edit func(*req)

func method(m string) edit           { return func(r *req) { r.method = m } }
func path(p string) edit             { return func(r *req) { r.path = p } }
func body(b string) edit             { return func(r *req) { r.body = b } }
func header(name, value string) edit { return func(r *req) { r.header[name] = value } }
func without(name string) edit       { return func(r *req) { delete(r.header, name) } }

// field sets a field of the JSON body to raw JSON; with "" it takes it away.
func field(name, raw string) edit {
	return func(r *req) {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal([]byte(r.body), &fields); err != nil {
			panic(err)
		}
		delete(fields, name)
		if raw != "" {
			fields[name] = json.RawMessage(raw)
		}
		b, _ := json.Marshal(fields)
		r.body = string(b)
	}
}

// An ans is what came back.
type ans struct {
	status int
	header http.Header
	raw    string
	json   map[string]any // nil when the body is none
}

func (a ans) str(name string) string { s, _ := a.json[name].(string); return s }

func (r req) with(edits ...edit) req {
	h := map[string]string{}
	for name, value := range r.header {
		h[name] = value
	}
	r.header = h
	for _, e := range edits {
		e(&r)
	}
	return r
}

func (r req) request(base string) *http.Request {
	out, err := http.NewRequest(r.method, base+r.path, strings.NewReader(r.body))
	if err != nil {
		panic(err)
	}
	for name, value := range r.header {
		out.Header.Set(name, value)
	}
	return out
}

func (b *bench) do(r req, edits ...edit) ans {
	b.Helper()
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r.with(edits...).request(""))
	a := ans{status: w.Code, header: w.Header(), raw: w.Body.String()}
	json.Unmarshal(w.Body.Bytes(), &a.json)
	return a
}

func jsonOf(v any) string { b, _ := json.Marshal(v); return string(b) }

const utf8JSON = "application/json; charset=UTF-8"

func appCubeLoginReq() req {
	return req{"POST", "/oifde/rest/appcube/api/getAppCubeToken",
		jsonOf(map[string]string{"appKey": AppCubeAppKey, "appSecret": AppCubeAppSecret}),
		map[string]string{"Content-Type": utf8JSON}}
}

func appCubeBusinessReq(token string) req {
	return req{"POST", "/oifde/rest/appcube/api/business", jsonOf(map[string]string{"authToken": token}),
		map[string]string{"Content-Type": utf8JSON}}
}

func oiapLoginReq() req {
	return appCubeLoginReq().with(path("/oifde/rest/api/gettoken"),
		body(jsonOf(map[string]string{"appKey": OIAPAppKey, "appSecret": OIAPAppSecret})))
}

func oiapBusinessReq(token string) req {
	return appCubeBusinessReq(token).with(path("/oifde/rest/api/business"))
}

func accessTokenReq() req {
	return req{"POST", "/apigovernance/api/oauth/tokenByAkSk",
		jsonOf(map[string]string{"app_key": AICCAppKey, "app_secret": AICCAppSecret}),
		map[string]string{"Content-Type": "application/json", "X-Token-Expire": "600"}}
}

func applyTokenReq(access string) req {
	return req{"POST", "/apiaccess/ccmessaging/applyToken", jsonOf(map[string]string{
		"userId": CCMessagingUserID, "userName": CCMessagingUserName,
		"channelId": CCMessagingChannelID, "locale": CCMessagingLocale}),
		map[string]string{"Content-Type": utf8JSON, "x-app-key": AICCAppKey, "Authorization": "Bearer " + access}}
}

func pollReq(access, token string) req {
	return req{"GET", "/apiaccess/ccmessaging/poll?receiverId=r1&channel=WEB", "",
		map[string]string{"x-app-key": AICCAppKey, "Authorization": "Bearer " + access, "ccmessaging-token": token}}
}

func sendReq(access, token string) req {
	return pollReq(access, token).with(method("POST"), path("/apiaccess/ccmessaging/send"),
		body(`{"content":"hello"}`), header("Content-Type", utf8JSON))
}

func iSalesLoginReq() req {
	return req{"POST", "/rest/isales/v1/openapi/obs/auth/login",
		jsonOf(map[string]string{"user": ISalesUser, "passwd": ISalesPasswd}),
		map[string]string{"Content-Type": "application/json"}}
}

func iSalesRefreshReq(token, refresh string) req {
	return req{"POST", "/rest/isales/v1/openapi/obs/auth/refresh", jsonOf(map[string]string{"refreshToken": refresh}),
		map[string]string{"Content-Type": "application/json", "Authentication": "Bearer " + token}}
}

func iSalesBusinessReq(token string) req {
	return req{"GET", "/rest/isales/v1/openapi/obs/business", "", map[string]string{"Authentication": "Bearer " + token}}
}

func cubeDriveParams() url.Values {
	return url.Values{"appId": {CubeDriveAppID}, "appSecret": {CubeDriveAppSecret}, "user": {CubeDriveUser}}
}

func cubeDriveLoginReq() req {
	return req{"GET", "/lite/getLogin?" + cubeDriveParams().Encode(), "", nil}
}

func cubeDriveFormReq() req {
	return req{"POST", "/lite/getLogin", cubeDriveParams().Encode(),
		map[string]string{"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}}
}

func astroZeroParams() url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {AstroZeroClientID}, "client_secret": {AstroZeroClientSecret}}
}

func astroZeroLoginReq() req {
	return req{"POST", "/baas/auth/v1.0/oauth2/token", astroZeroParams().Encode(),
		map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}
}

func ccgLoginReq() req {
	return req{"POST", "/agentgateway/resource/config/login", `{"agentId":101,"password":"` + CCGatewayConfigPassword + `"}`,
		map[string]string{"Content-Type": "application/json"}}
}

func verifyReq(token string) req {
	return req{"GET", "/lite/verifyAuthToken?authToken=" + url.QueryEscape(token), "", nil}
}

func commonPageReq(token string) req {
	return req{"GET", "/lite/commonPage", "", map[string]string{"X-Auth-Token": token}}
}

// access, appCube and so on log in well, and return the token.
func (b *bench) access() string    { b.Helper(); return b.got(accessTokenReq(), "AccessToken") }
func (b *bench) appCube() string   { b.Helper(); return b.got(appCubeLoginReq(), "authToken") }
func (b *bench) cubeDrive() string { b.Helper(); return b.got(cubeDriveLoginReq(), "x-auth-token") }

func (b *bench) ccMessaging(access string) string {
	b.Helper()
	return b.got(applyTokenReq(access), "token")
}

func (b *bench) iSales() (token, refresh string) {
	b.Helper()
	return pair(b.do(iSalesLoginReq()))
}

func pair(a ans) (token, refresh string) {
	data, _ := a.json["resultData"].(map[string]any)
	token, _ = data["token"].(string)
	refresh, _ = data["refreshToken"].(string)
	return token, refresh
}

func (b *bench) got(r req, name string) string {
	b.Helper()
	a := b.do(r)
	require.Equal(b, 200, a.status, a.raw)
	require.NotEmpty(b, a.str(name), a.raw)
	return a.str(name)
}

// A broken is a rule and the edit that breaks it.
type broken struct {
	rule string
	edit edit
	want func(ans) bool
}

func status(n int) func(ans) bool { return func(a ans) bool { return a.status == n } }

// code is a refusal of the platform's own, under HTTP 200.
func code(n float64) func(ans) bool {
	return func(a ans) bool { return a.status == 200 && a.json["errorCode"] == n }
}

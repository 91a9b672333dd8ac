package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A wire is a sandbox behind a real connection: a recorder shows no broken one.
func newWire(t *testing.T) (*Sandbox, string) {
	s := New(Options{})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

func overWire(url string, r req) (*http.Response, []byte, error) {
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r.request(url))
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, b, err
}

func TestFaultsThatReplaceTheAnswer(t *testing.T) {
	for _, c := range []struct {
		fault string
		check func(t *testing.T, resp *http.Response, body string)
	}{
		{"html", func(t *testing.T, resp *http.Response, body string) {
			assert.Equal(t, 200, resp.StatusCode)
			assert.Contains(t, resp.Header.Get("Content-Type"), "text/html")
			assert.False(t, json.Valid([]byte(body)))
		}},
		{"html403", func(t *testing.T, resp *http.Response, body string) {
			assert.Equal(t, 403, resp.StatusCode)
			assert.Contains(t, resp.Header.Get("Content-Type"), "text/html")
			assert.Contains(t, body, "<h1>403 Forbidden</h1>")
		}},
		{"html418", func(t *testing.T, resp *http.Response, body string) {
			assert.Equal(t, 418, resp.StatusCode)
			assert.Contains(t, resp.Header.Get("Content-Type"), "text/html")
			assert.False(t, json.Valid([]byte(body)))
		}},
		{"empty", func(t *testing.T, resp *http.Response, body string) {
			assert.Equal(t, 200, resp.StatusCode)
			assert.Empty(t, body)
		}},
		{"huge", func(t *testing.T, resp *http.Response, body string) {
			assert.Equal(t, 200, resp.StatusCode)
			assert.InDelta(t, hugeBytes, len(body), 4096)
			assert.True(t, json.Valid([]byte(body)), "only its size is wrong")
		}},
		{"redirect", func(t *testing.T, resp *http.Response, body string) {
			assert.Equal(t, 307, resp.StatusCode)
			assert.Equal(t, "/_sandbox/redirected", resp.Header.Get("Location"))
		}},
	} {
		t.Run(c.fault, func(t *testing.T) {
			s, url := newWire(t)
			require.NoError(t, s.Inject(Fault{System: AppCube, Endpoint: "login", Kind: c.fault}))
			resp, b, err := overWire(url, appCubeLoginReq())
			require.NoError(t, err)
			c.check(t, resp, string(b))
			assert.Empty(t, s.State().Tokens, "the vendor did nothing")
			resp, _, err = overWire(url, appCubeLoginReq())
			require.NoError(t, err)
			assert.Equal(t, 200, resp.StatusCode)
			assert.Len(t, s.State().Tokens, 1, "the next request is well again")
		})
	}
}

func TestAResetBreaksTheConnectionWithoutAnAnswer(t *testing.T) {
	s, url := newWire(t)
	require.NoError(t, s.Inject(Fault{System: ISales, Endpoint: "login", Kind: "reset"}))
	_, _, err := overWire(url, iSalesLoginReq())
	require.Error(t, err)
	assert.Empty(t, s.State().Tokens)
	assert.Equal(t, Counts{Logins: 1, Failed: 1, Faulted: 1}, s.State().Counts[ISales])
}

func TestATruncatedAnswerBreaksOffAfterTheWorkIsDone(t *testing.T) {
	s, url := newWire(t)
	require.NoError(t, s.Inject(Fault{System: ISales, Endpoint: "login", Kind: "truncate"}))
	resp, b, err := overWire(url, iSalesLoginReq())
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, 200, resp.StatusCode)
	assert.NotEmpty(t, b)
	assert.Greater(t, int(resp.ContentLength), len(b))
	assert.False(t, json.Valid(b))
	assert.Len(t, s.State().Tokens, 1, "a token that nobody learned of")
}

func TestADelayComesAfterTheWork(t *testing.T) {
	s, url := newWire(t)
	require.NoError(t, s.Inject(Fault{System: AppCube, Endpoint: "login", Kind: "delay", DelayMs: 80}))
	start := time.Now()
	resp, _, err := overWire(url, appCubeLoginReq())
	require.NoError(t, err)
	assert.Equal(t, 200, resp.StatusCode)
	assert.GreaterOrEqual(t, time.Since(start), 80*time.Millisecond)
	assert.GreaterOrEqual(t, time.Since(s.State().Tokens[0].IssuedAt), 80*time.Millisecond, "it lived while it was held")
}

func TestADelayEndsWithItsClient(t *testing.T) {
	s := New(Options{})
	require.NoError(t, s.Inject(Fault{System: AppCube, Endpoint: "login", Kind: "delay", DelayMs: maxDelayMs}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
		s.ServeHTTP(httptest.NewRecorder(), appCubeLoginReq().request("").WithContext(ctx))
	})
}

func TestTypesAreWrongInsideASuccess(t *testing.T) {
	b := newBench(t, Options{})
	access := b.access()
	cc := b.ccMessaging(access)
	sales, refresh := b.iSales()
	drive := b.cubeDrive()
	for _, c := range []struct {
		system   System
		endpoint string
		req      req
		want     string // of these fields; others are of no interest
	}{
		{AppCube, "login", appCubeLoginReq(), `{"errorCode":0,"authToken":12345,"expireTime":{}}`},
		{CCMessaging, "apifabric", accessTokenReq(), `{"AccessToken":12345,"Expires":{}}`},
		{CCMessaging, "login", applyTokenReq(access), `{"resultCode":"0","token":12345}`},
		{CCMessaging, "business", pollReq(access, cc), `{"resultCode":"0","downlinkMessages":{}}`},
		{ISales, "login", iSalesLoginReq(), `{"result":0,"resultData":{"token":12345,"tokenExpirationTime":{},"refreshToken":12345,"refreshExpirationTime":{}}}`},
		{ISales, "refresh", iSalesRefreshReq(sales, refresh), `{"result":0,"resultData":{"token":12345,"tokenExpirationTime":{},"refreshToken":12345,"refreshExpirationTime":{}}}`},
		{CubeDrive, "login", cubeDriveLoginReq(), `{"success":true,"x-auth-token":12345}`},
		{CubeDrive, "verify", verifyReq(drive), `{"success":true,"valid":{}}`},
	} {
		t.Run(string(c.system)+" "+c.endpoint, func(t *testing.T) {
			require.NoError(t, b.Inject(Fault{System: c.system, Endpoint: c.endpoint, Kind: "types"}))
			a := b.do(c.req)
			require.Equal(t, 200, a.status)
			var want map[string]any
			require.NoError(t, json.Unmarshal([]byte(c.want), &want))
			assert.Subset(t, a.json, want)
		})
	}
}

func TestStatusesComeInTheVendorsForm(t *testing.T) {
	forms := map[System]func(*testing.T, ans){AppCube: appCubeForm, CCMessaging: aiccForm, ISales: iSalesForm, CubeDrive: cubeDriveForm}
	logins := map[System]req{AppCube: appCubeLoginReq(), CCMessaging: applyTokenReq(""), ISales: iSalesLoginReq(), CubeDrive: cubeDriveLoginReq()}
	for system, form := range forms {
		for _, kind := range faultStatuses {
			t.Run(string(system)+" "+kind, func(t *testing.T) {
				b := newBench(t, Options{})
				require.NoError(t, b.Inject(Fault{System: system, Endpoint: "login", Kind: kind, RetryAfter: "7"}))
				a := b.do(logins[system])
				assert.Equal(t, kind, strings.TrimSpace(jsonOf(a.status)))
				assert.Equal(t, "7", a.header.Get("Retry-After"))
				form(t, a)
				if system == CCMessaging && kind == "403" {
					assert.Equal(t, deadAccessToken, a.str("exceptionInfo"))
				}
			})
		}
	}
}

func TestFaultFieldsAreUsed(t *testing.T) {
	const date = "Wed, 21 Oct 2026 07:28:00 GMT"
	b := newBench(t, Options{})
	for in, retryAfter := range map[string]string{`7`: "7", `"7"`: "7", jsonOf(date): date, `null`: ""} {
		a := b.do(controlReq("faults", `{"system":"ccmessaging","endpoint":"apifabric","fault":"403",
			"exceptionInfo":"egress address is not allowed","retryAfter":`+in+`}`))
		require.JSONEq(t, `{"pendingFaults":1}`, a.raw)
		a = b.do(accessTokenReq())
		assert.Equal(t, retryAfter, a.header.Get("Retry-After"))
		assert.Equal(t, "egress address is not allowed", a.str("exceptionInfo"))
	}
}

func TestFaultsAreUsedUpInTheirOrder(t *testing.T) {
	b := newBench(t, Options{})
	for _, in := range []string{
		`{"system":"isales","endpoint":"login","fault":"500","count":2}`,
		`{"system":"isales","endpoint":"login","fault":"503"}`,
		`{"system":"isales","endpoint":"business","fault":"429"}`,
	} {
		require.Equal(t, 200, b.do(controlReq("faults", in)).status)
	}
	var got []int
	for range 4 {
		got = append(got, b.do(iSalesLoginReq()).status)
	}
	assert.Equal(t, []int{500, 500, 503, 200}, got)
	assert.Equal(t, 1, b.State().PendingFaults)
	a := b.do(controlReq("faults", "").with(method("DELETE")))
	assert.JSONEq(t, `{"cleared":1}`, a.raw)
	assert.Equal(t, 403, b.do(iSalesBusinessReq("x")).status)
}

func TestAFollowedRedirectIsCounted(t *testing.T) {
	s, url := newWire(t)
	require.NoError(t, s.Inject(Fault{System: AppCube, Endpoint: "login", Kind: "redirect"}))
	resp, err := http.DefaultClient.Do(appCubeLoginReq().request(url)) // it follows, its secret with it
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, 404, resp.StatusCode)
	assert.Equal(t, 1, s.State().RedirectsFollowed)
}

func TestABodyThatBreaksOffIsRefused(t *testing.T) {
	s := New(Options{})
	r := httptest.NewRequest("POST", "/lite/getLogin", io.MultiReader(strings.NewReader("appId="), brokenReader{}))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	assert.Equal(t, 400, w.Code)

	r = httptest.NewRequest("GET", "/lite/verifyAuthToken?authToken=x", nil)
	r.Body = nil // as an http.Handler under js/wasm may get it
	w = httptest.NewRecorder()
	s.ServeHTTP(w, r)
	assert.Equal(t, 200, w.Code)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("broken") }

package keeper_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cctoken/core"
	"cctoken/keeper"
	"cctoken/sandbox"
)

func (w *world) post(method, path, body string) (*httptest.ResponseRecorder, keeper.Problem) {
	recorder := httptest.NewRecorder()
	w.keeper("a").ServeHTTP(recorder, httptest.NewRequest(method, "https://keeper"+path, strings.NewReader(body)))
	var p keeper.Problem
	require.NoError(w.t, json.Unmarshal(recorder.Body.Bytes(), &p))
	return recorder, p
}

func TestATokenIsAnsweredWithHowACallCarriesIt(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			identity fields
			carried  map[string][]string // member: names
			life     float64             // seconds; 0 where none is stated
			rolls    []any
		}{
			{appcube("k"), map[string][]string{"body": {"authToken"}}, 3600, nil},
			{ccmessaging("u"), map[string][]string{"headers": {"ccmessaging-token", "x-app-key", "Authorization"}}, 3600, []any{"ccmessaging-token"}},
			{isales("u"), map[string][]string{"headers": {"Authentication"}}, 300, nil},
			{cubedrive, map[string][]string{"headers": {"X-Auth-Token"}, "query": {"x-auth-token"}}, 0, nil},
		} {
			a := w.ask("a", "/token", c.identity, nil)
			require.Equal(t, http.StatusOK, a.status, a.text)
			require.Equal(t, "application/json", a.header.Get("Content-Type"))
			require.Equal(t, "no-store", a.header.Get("Cache-Control"))
			var got map[string]any
			require.NoError(t, json.Unmarshal([]byte(a.text), &got))
			require.Equal(t, c.identity["system"], got["system"])
			require.IsType(t, map[string]any{}, got["headers"], "is there even when empty")
			for member, names := range c.carried {
				for _, name := range names {
					require.NotEmpty(t, got[member].(map[string]any)[name], "%s.%s", member, name)
				}
			}
			if c.life == 0 {
				require.NotContains(t, got, "expiresIn")
			} else {
				require.InDelta(t, c.life, got["expiresIn"], 0.01)
			}
			if c.rolls == nil {
				require.NotContains(t, got, "rolls")
			} else {
				require.Equal(t, c.rolls, got["rolls"])
			}
		}
	})
}

func TestALeaseEndsWhereTheAnswerCouldBeAnother(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		lease := func(a answer) time.Duration {
			var got struct {
				LeaseMs int64 `json:"leaseMs"`
			}
			require.NoError(t, json.Unmarshal([]byte(a.text), &got))
			return time.Duration(got.LeaseMs) * time.Millisecond
		}
		first := lease(w.ask("a", "/token", isales("u"), nil))
		require.Greater(t, first, 3*time.Minute) // a life of 300 s, renewed in its last quarter
		require.LessOrEqual(t, first, 4*time.Minute)
		time.Sleep(first)
		w.hangs = func(string) bool { return true }
		second := w.ask("a", "/token", isales("u"), nil) // while a renewal is on its way
		require.Positive(t, lease(second))
		time.Sleep(lease(second))
		require.NotEqual(t, http.StatusOK, w.ask("a", "/token", isales("u"), nil).status, "and not a moment longer")
	})
}

func TestAVerdictSaysWhoTold(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		token := w.token("a", cubedrive, nil)
		for value, want := range map[string]string{
			token:    `{"valid":true,"source":"vendor","reason":"confirmed"}`,
			"sticks": `{"valid":false,"source":"vendor","reason":"denied"}`,
		} {
			require.JSONEq(t, want, w.ask("a", "/verify", cubedrive, fields{"token": value}).text)
		}
		require.JSONEq(t, `{"valid":null,"source":"core","reason":"unknown"}`, w.ask("a", "/verify", appcube("k"), fields{"token": "sticks"}).text)
		live := w.token("a", appcube("k"), nil)
		require.JSONEq(t, `{"valid":true,"source":"core","reason":"live","expiresIn":3600}`, w.ask("a", "/verify", appcube("k"), fields{"token": live}).text)
	})
}

func TestATokenToVerifyThatCannotBeOneIsTheCallersFault(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		a := w.ask("a", "/verify", cubedrive, fields{"token": "two words"})
		require.Equal(t, http.StatusBadRequest, a.status)
		require.Equal(t, "token", a.problem.Field)
		require.NotContains(t, a.text, "two words")
	})
}

func TestARequestThatIsNotUnderstoodIsRefusedWithoutAWordOfIt(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		for name, c := range map[string]struct {
			method, path, body string
			status             int
		}{
			"an unknown path":          {"POST", "/sesame", `{"identity":{}}`, http.StatusNotFound},
			"GET":                      {"GET", "/token", "", http.StatusMethodNotAllowed},
			"no body":                  {"POST", "/token", "", http.StatusBadRequest},
			"not JSON":                 {"POST", "/token", "sesame", http.StatusBadRequest},
			"not an object":            {"POST", "/token", `["sesame"]`, http.StatusBadRequest},
			"no identity":              {"POST", "/token", `{}`, http.StatusBadRequest},
			"an unknown member":        {"POST", "/token", `{"identity":{},"session":"s","sesame":1}`, http.StatusBadRequest},
			"a wrong type":             {"POST", "/judge", `{"identity":{},"session":"s","serial":"sesame"}`, http.StatusBadRequest},
			"two objects":              {"POST", "/token", `{"identity":{},"session":"s"} {"sesame":1}`, http.StatusBadRequest},
			"a body that is no base64": {"POST", "/judge", `{"identity":{},"session":"s","body":"sesame!"}`, http.StatusBadRequest},
			"no session":               {"POST", "/token", `{"identity":{}}`, http.StatusBadRequest},
			"a session that is no key": {"POST", "/token", `{"identity":{},"session":"ses ame"}`, http.StatusBadRequest},
			"a body that is too large": {"POST", "/token", `{"identity":"` + strings.Repeat("sesame", 50_000) + `"}`, http.StatusRequestEntityTooLarge},
		} {
			response, p := w.post(c.method, c.path, c.body)
			require.Equal(t, c.status, response.Code, name)
			require.Equal(t, "invalid_request", p.Code, name)
			require.Equal(t, c.status, p.Status, name)
			require.Equal(t, "urn:cctoken:error:invalid_request", p.Type, name)
			require.NotContains(t, response.Body.String(), "sesame", name)
		}
		require.Empty(t, w.sent)
	})
}

func TestAnIdentityThatIsWrongNamesTheFieldAndQuotesNothing(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		for field, identity := range map[string]any{
			"identity":         "sesame",
			"system":           fields{"system": "sesame", "baseUrl": base},
			"appSecret":        fields{"system": "appcube", "baseUrl": base, "appKey": "sesame"},
			"baseUrl":          fields{"system": "appcube", "baseUrl": "ftp://sesame", "appKey": "k", "appSecret": "s"},
			"dependencyObject": appcube("sesame"),
		} {
			more := fields(nil)
			if field == "dependencyObject" {
				more = byObject
			}
			a := w.ask("a", "/token", identity, more)
			require.Equal(t, http.StatusInternalServerError, a.status, field)
			require.Equal(t, "invalid_identity", a.problem.Code)
			require.Equal(t, field, a.problem.Field)
			require.NotContains(t, a.text, "sesame")
		}
		// Neither an edge nor a part has a keeper to ask, whoever says so.
		for _, identity := range []fields{{"system": 7}, {"system": "edge", "edge": base}, {"system": "authorization", "edge": base, "authorization": "s"}, {"edge": base, "connection": "c"}} {
			require.Equal(t, "dependencyObject", w.ask("a", "/token", identity, byObject).problem.Field)
		}
		noSecret := ccmessaging("u")
		delete(noSecret, "appSecret")
		require.Equal(t, "appSecret", w.ask("a", "/token", noSecret, byObject).problem.Field)
		require.Empty(t, w.sent)
	})
}

func TestWithoutAConfigurationEverythingIsRefused(t *testing.T) {
	fault := &core.Error{Code: core.NotConfigured, Step: core.StepInput, Field: "STORAGE_KEYS", Reason: "is missing"}
	handler := keeper.Handler(nil, fault)
	for _, path := range []string{"/token", "/verify", "/judge", "/forget", "/anything"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("POST", "https://keeper"+path, strings.NewReader(`{"identity":{}}`)))
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
		require.JSONEq(t, `{"type":"urn:cctoken:error:not_configured","title":"STORAGE_KEYS is missing","status":503,
			"code":"not_configured","step":"input","field":"STORAGE_KEYS","retryable":false}`, w.Body.String())
	}
}

// Each fault of the vendor, and what a console is answered for it.
func TestEveryFailureOfAVendorHasItsStatus(t *testing.T) {
	for fault, want := range map[string]struct {
		status int
		code   string
	}{
		"401": {502, "credentials_refused"}, "403": {502, "credentials_refused"}, "429": {503, "rate_limited"},
		"html403": {502, "blocked"}, "html418": {502, "blocked"},
		"500": {502, "vendor_failure"}, "502": {503, "unavailable"}, "503": {503, "unavailable"}, "504": {503, "unavailable"},
		"html": {502, "malformed_response"}, "empty": {502, "malformed_response"}, "types": {502, "malformed_response"},
		"redirect": {502, "redirected"},
	} {
		t.Run(fault, func(t *testing.T) {
			in(t, func(t *testing.T, w *world) {
				require.NoError(t, w.vendors.Inject(sandbox.Fault{System: sandbox.AppCube, Endpoint: "login", Kind: fault, Count: 10}))
				a := w.ask("a", "/token", appcube("k"), nil)
				require.Equal(t, want.status, a.status, a.text)
				require.Equal(t, want.code, a.problem.Code)
				require.Equal(t, want.status, a.problem.Status)
				require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
				require.Equal(t, "no-store", a.header.Get("Cache-Control"))
				require.NotEmpty(t, a.header.Get("Retry-After"))
			})
		})
	}
}

func TestForgettingDropsTheTokenButNotTheBudget(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("a", cubedrive, nil)
		require.JSONEq(t, `{}`, w.ask("a", "/forget", cubedrive, nil).text)
		w.evict("a")
		require.NotEqual(t, before, w.token("a", cubedrive, nil))
		for range 10 {
			w.ask("a", "/forget", cubedrive, nil)
			w.evict("a")
			w.ask("a", "/token", cubedrive, nil)
		}
		require.Equal(t, 5, w.requests("/getLogin"))
	})
}

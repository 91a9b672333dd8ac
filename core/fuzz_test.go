package core

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fuzzSeeds hands every identity and every body of the conformance cases to add.
func fuzzSeeds(f *testing.F, add func(identity, body string)) {
	entries, err := vectorFiles.ReadDir("vectors")
	require.NoError(f, err)
	for _, entry := range entries {
		data, err := vectorFiles.ReadFile("vectors/" + entry.Name())
		require.NoError(f, err)
		var content any
		require.NoError(f, json.Unmarshal(data, &content))
		collect(content, add)
	}
}

func collect(v any, add func(identity, body string)) {
	switch v := v.(type) {
	case []any:
		for _, each := range v {
			collect(each, add)
		}
	case map[string]any:
		if v["system"] != nil {
			text, _ := json.Marshal(v)
			add(string(text), "")
		}
		switch body := v["body"].(type) {
		case string:
			add("", body)
		case map[string]any:
			text, _ := json.Marshal(body)
			add("", string(text))
		}
		for _, each := range v {
			collect(each, add)
		}
	}
}

func FuzzIdentity(f *testing.F) {
	fuzzSeeds(f, func(identity, _ string) {
		if identity != "" {
			f.Add([]byte(identity))
		}
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		id, failure := parseIdentity(data)
		if failure != nil {
			require.NotEmpty(t, failure.Field)
			require.NotEmpty(t, failure.Reason)
			return
		}
		// The order in which the members stand does not matter.
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) == nil {
			sorted, err := json.Marshal(members)
			require.NoError(t, err)
			again, failure := parseIdentity(sorted)
			if failure == nil { // a member that stands twice may be read otherwise
				require.Equal(t, id.hash(1) == again.hash(1), id.equal(again))
			}
		}
		for _, bearer := range []string{"", "AT"} {
			r := id.vendor.ask(id, grant{}, bearer)
			if r.Supplier != 0 {
				continue
			}
			u, err := url.Parse(r.URL)
			require.NoError(t, err)
			require.True(t, u.Scheme == "http" || u.Scheme == "https")
			require.NotEmpty(t, u.Hostname())
			require.Nil(t, u.User)
			require.Empty(t, u.RawQuery+u.Fragment)
			for _, h := range r.Headers {
				require.False(t, strings.ContainsAny(h.Value, "\r\n\x00"), "a header can be broken")
			}
			if r.Body != "" {
				require.True(t, json.Valid([]byte(r.Body)))
			}
		}
	})
}

func FuzzBaseURL(f *testing.F) {
	for _, s := range []string{"https://a.example", "HTTP://[::1]:80/x/", "https://u@h", "https://h/%2e%2e/", "https://h:443/a/b?c#d", "https://h\\@e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		base, reason := normalBaseURL(s)
		require.NotEqual(t, base == "", reason == "", "one of them")
		if base == "" {
			return
		}
		again, _ := normalBaseURL(base)
		require.Equal(t, base, again, "the normal form is its own normal form")
		u, err := url.Parse(base + "/path")
		if err != nil {
			require.Contains(t, base, "%", "only an escape may be left for the platform to refuse")
			return
		}
		require.Nil(t, u.User)
		require.Empty(t, u.RawQuery+u.Fragment)
		given, err := url.Parse(s)
		require.NoError(t, err)
		require.Equal(t, strings.ToLower(given.Hostname()), u.Hostname())
		require.True(t, strings.HasSuffix(u.Path, "/path"))
	})
}

func FuzzAnswers(f *testing.F) {
	fuzzSeeds(f, func(_, body string) {
		if body != "" {
			f.Add(200, []byte(body), "1", "T")
			f.Add(403, []byte(body), "Sun, 06 Nov 1994 08:49:37 GMT", "")
		}
	})
	identities := []string{
		`{"system":"appcube","baseUrl":"https://a","appKey":"k","appSecret":"s"}`,
		`{"system":"isales","baseUrl":"https://a","user":"k","passwd":"s"}`,
		`{"system":"cubedrive","baseUrl":"https://a","params":{"k":"v"}}`,
		`{"system":"accesstoken","baseUrl":"https://a","appKey":"k","appSecret":"s"}`,
		`{"system":"ccmessaging","baseUrl":"https://a","appKey":"k","appSecret":"s","userId":"u","userName":"n","channelId":"c","locale":"en"}`,
	}
	f.Fuzz(func(t *testing.T, status int, body []byte, after, rolled string) {
		r := Response{Status: status, Body: body, RetryAfter: after, Rolled: rolled}
		require.LessOrEqual(t, retryAfter(r, Instant{}), hour)
		require.GreaterOrEqual(t, retryAfter(r, Instant{}), int64(0))
		for _, text := range identities {
			id, failure := parseIdentity([]byte(text))
			require.Nil(t, failure)
			g, failure := id.vendor.read(StepLogin, r)
			if failure != nil {
				require.Empty(t, g.token+g.refresh, "a failure gives no token")
				require.NotEmpty(t, failure.Code)
				require.Equal(t, status, failure.Status)
				// No text of the body is told: what is printed is the same for a body without its strings.
				require.NotContains(t, failure.Error(), "SECRET")
			} else {
				require.True(t, status >= 200 && status < 300)
				require.True(t, isToken(g.token))
				require.True(t, g.refresh == "" || isToken(g.refresh))
				require.True(t, g.life == 0 && text == identities[2] || g.life >= second && g.life <= 24*hour, "a life of %d ms", g.life)
			}
			j := id.vendor.judge(id, r)
			require.True(t, j.rolled == "" || isToken(j.rolled))
			require.False(t, (j.token || j.bearer) && status != 401 && status != 403, "a token dies of a %d", status)
			if ok, failure := id.vendor.confirms(r); ok {
				require.Nil(t, failure)
				var answer struct{ Success, Valid bool }
				if json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &answer) == nil {
					require.True(t, answer.Success && answer.Valid)
				}
			}
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{`3600`, `"3600"`, `" 1.5e3 "`, `"inf"`, `"0x10"`, `1e400`, `"1_0"`, `null`, `{}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v := value(data)
		if !v.IsValid() {
			return
		}
		n, ok := asNumber(bytes.TrimSpace(v))
		require.False(t, math.IsNaN(n) || math.IsInf(n, 0))
		var want float64
		if json.Unmarshal(data, &want) == nil && !bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
			require.True(t, ok)
			require.Equal(t, want, n)
		}
	})
}

func FuzzHTTPDate(f *testing.F) {
	for _, s := range []string{"Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 2024 23:59:59 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := time.Parse(http.TimeFormat, s)
		got, ok := httpDate(s)
		if err == nil && want.Year() >= 1970 && want.Format(http.TimeFormat) == s { // what time.Parse only tolerates is not for us
			require.True(t, ok)
			require.Equal(t, want.UnixMilli(), got)
		}
	})
}

func FuzzCarryBody(f *testing.F) {
	fuzzSeeds(f, func(_, body string) { f.Add([]byte(body), "TOKEN") })
	f.Fuzz(func(t *testing.T, body []byte, token string) {
		if !isToken(token) {
			return
		}
		merged, failure := CarryBody("appcube", body, []Pair{{"authToken", token}})
		var before map[string]any
		err := json.Unmarshal(body, &before)
		if failure != nil {
			require.True(t, err != nil || before == nil, "a JSON object is refused")
			require.Equal(t, "body", failure.Field)
			return
		}
		var after map[string]any
		require.NoError(t, json.Unmarshal(merged, &after))
		require.Equal(t, token, after["authToken"])
		if err == nil && len(body) > 0 {
			delete(before, "authToken")
			delete(after, "authToken")
			if before == nil {
				before = map[string]any{}
			}
			require.Equal(t, before, after, "nothing else may change")
		}
	})
}

func FuzzSubject(f *testing.F) {
	f.Add("eyJ0ZW5hbnRJZCI6InQiLCJjaGFubmVsSWQiOiJjIiwidXNlcklkIjoidSJ9", "u")
	f.Fuzz(func(t *testing.T, token, user string) {
		id, failure := parseIdentity([]byte(jsonObject(Pair{"system", "ccmessaging"}, Pair{"baseUrl", "https://a"}, Pair{"appKey", "k"},
			Pair{"appSecret", "s"}, Pair{"userId", user}, Pair{"userName", "n"}, Pair{"channelId", "c"}, Pair{"locale", "en"})))
		if failure != nil {
			return
		}
		v := ccmessaging{}.foreign(id, token)
		require.True(t, v.Valid == nil || !*v.Valid, "a form proves no validity")
	})
}

// FuzzSession lets bytes drive a whole life in place of a seed, under the same rules.
func FuzzSession(f *testing.F) {
	f.Add(uint64(1), []byte{0, 50, 0, 50, 70, 0, 90})
	f.Add(uint64(7), bytes.Repeat([]byte{1, 45, 80, 85, 97}, 20))
	f.Fuzz(func(t *testing.T, seed uint64, steps []byte) {
		w := newWorld(seed, true)
		w.script = steps[:min(len(steps), 300)]
		if broken := w.live(); broken != "" {
			t.Fatal(broken + "\n" + strings.Join(w.trace, "\n"))
		}
	})
}

package core

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"cctoken/core/vectors"
)

// The examples of the vendors' own documents. One is no JSON: it has comments.
var documented = []string{
	`{"errorCode":0,"errorMsg":"","authToken":"2************************","expireTime":3600}`,
	`{"errorCode" : 0, // Error code, which is an integer.
	"errorMsg" : "", "authToken": "2************************", "expireTime" : 3600}`,
	`{"resultCode":"0","token":"eyJ1c2VySWQiOiJ1c2VyLTEiLCJjaGFubmVsSWQiOiJjaGFubmVsLTEifQ%3D%3D"}`,
	`{"AccessToken":"at","ApplyType":"Bearer","CreateTime":"1545650171","Expires":"600","Scope":"","AppKey":"k","UserID":"u"}`,
	`{"result":0,"resultData":{"token":"fajiofjqwioeha","tokenExpirationTime":300,"refreshToken":"fajiofjqwioeha","refreshExpirationTime":3600}}`,
	`{"result":"0","resultData":{"token":"t","tokenExpirationTime":"300","refreshToken":"r","refreshExpirationTime":"3600"}}`,
	`{"success":true,"userLang":"zh_CN","userObj":{"id":"14r7AYizW6c"},"x-auth-token":"32997522-0c9f-4336-80fb-fef717e28248"}`,
	`{"success":true,"valid":true}`,
	`{"errorCode":"403","exceptionInfo":"auth fail! illegal or expired token info. please apply or refresh the access token from the server!"}`,
}

// harvest returns the bodies and the identities that the conformance cases hold,
// with the examples of the documents.
func harvest(t testing.TB) (bodies, identities []string) {
	bodies = slices.Clone(documented)
	text := func(v any) string {
		if s, ok := v.(string); ok {
			return s
		}
		data, err := json.Marshal(v)
		require.NoError(t, err)
		return string(data)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if body, ok := v["body"]; ok {
				bodies = append(bodies, text(body))
			}
			if v["system"] != nil {
				identities = append(identities, text(v))
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	entries, err := vectors.Files.ReadDir(".")
	require.NoError(t, err)
	for _, entry := range entries {
		data, err := vectors.Files.ReadFile(entry.Name())
		require.NoError(t, err)
		var v any
		require.NoError(t, json.Unmarshal(data, &v))
		walk(v)
	}
	unique := func(s []string) []string {
		slices.Sort(s)
		return slices.DeleteFunc(slices.Compact(s), func(s string) bool { return len(s) > 4<<10 })
	}
	return unique(bodies), unique(identities)
}

// acquisitions are the steps that ask for a token.
var acquisitions = []Step{StepLogin, StepRefresh, StepApply, StepAccessToken, StepEdge}

// object reads data as encoding/json does, members as they stood. A byte order
// mark is no part of JSON; core passes over it.
func object(data []byte) (map[string]json.RawMessage, bool) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var m map[string]json.RawMessage
	err := json.Unmarshal(data, &m)
	return m, err == nil && m != nil
}

// reordered writes the members in the reverse order of their names, with other white space.
func reordered(m map[string]json.RawMessage) []byte {
	out := []byte(" {\n")
	names := slices.Sorted(maps.Keys(m))
	slices.Reverse(names)
	for i, name := range names {
		if i > 0 {
			out = append(out, " ,\t"...)
		}
		quoted, _ := json.Marshal(name)
		out = append(append(append(out, quoted...), " : "...), m[name]...)
	}
	return append(out, "\r\n} "...)
}

// isDocumented reports whether a text is a code by a vendor's document.
func isDocumented(text string) bool {
	return slices.ContainsFunc(systems[:], func(s system) bool { return s.description().meaning(text) != nil })
}

// requireSilent checks that an error repeats no text that it was made from: a
// secret may be anywhere in it.
func requireSilent(t *testing.T, e *Error, from []byte) {
	text := e.Error() + " " + e.Field + " " + e.Reason
	var v any
	if json.Unmarshal(from, &v) != nil {
		v = string(from)
	}
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case string: // a short text may be in the sentence by chance
			if len(v) >= 12 && !isDocumented(v) && !strings.Contains(string(e.Code)+e.Code.advice()+e.System+e.Reason, v) {
				require.NotContains(t, text, v)
			}
		case []any:
			for _, e := range v {
				look(e)
			}
		case map[string]any:
			for _, e := range v {
				look(e)
			}
		}
	}
	look(v)
}

func FuzzIdentity(f *testing.F) {
	_, identities := harvest(f)
	for _, s := range identities {
		f.Add([]byte(s))
	}
	f.Add([]byte(`{"system":"ccmessaging","baseUrl":"https://a","appKey":"k","accessTokenSupplier":1,"userId":"u","userName":"n","channelId":"c","locale":"en","authUrl":"HTTPS://B:443/"}`))
	f.Add([]byte(`{"system":"cubedrive","baseUrl":"https://a","method":"GET","params":{"b":"1","a":"2","b":"3"}}`))
	f.Add([]byte(`{"system":"isales","baseUrl":"https://a","user":"u","passwd":"p","":""}`)) // a name that cannot be told
	f.Add([]byte(`{"system":"isales","baseUrl":"https://a","user":"u","token":"T"}`))
	f.Add([]byte(`{"system":"ccmessaging","baseUrl":"https://a","appKey":"k","tokenSupplier":7,"accessTokenSupplier":8,"userId":"u","userName":"n","channelId":"c","locale":"zh"}`))
	f.Add([]byte(`{"system":"ccmessaging","baseUrl":"https://a","appKey":"k","tokenSupplier":7,"userId":"u","userName":"n","channelId":"c","locale":"zh"}`))
	f.Add([]byte(`{"system":"cubedrive","baseUrl":"https://a","params":{"a":"b"},"tokenSupplier":7}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		id, err := parseIdentity(data, "")
		if err != nil {
			require.Nil(t, id)
			require.Equal(t, InvalidIdentity, err.Code)
			require.Equal(t, StepInput, err.Step)
			require.NotEmpty(t, err.Field)
			require.NotEmpty(t, err.Reason)
			require.LessOrEqual(t, len(err.Field), 32)
			requireSilent(t, err, data)
			return
		}
		// Its URL is a normal one, and every request goes there and nowhere else.
		base, reason := normalBaseURL(id.base)
		require.Empty(t, reason)
		require.Equal(t, id.base, base)
		requireRequest(t, id, id.system.ask(id, occasion{bearer: "bearer"}))
		requireRequest(t, id, id.system.ask(id, occasion{held: grant{token: "held", refresh: "again"}, rejected: "held", forced: true, bearer: "bearer"}))
		if dep := id.dependency(); dep != nil {
			requireRequest(t, dep, dep.system.ask(dep, occasion{}))
		}
		// The order of members makes no other identity, nor does white space.
		members, ok := object(data)
		require.True(t, ok, "what core reads as an object is one")
		if params, ok := object(members["params"]); ok {
			members["params"] = reordered(params)
		}
		same, err := parseIdentity(reordered(members), id.base)
		require.Nil(t, err)
		require.True(t, id.equal(same))
		require.Equal(t, id.hash(1), same.hash(1))
		// One session each, however it is written.
		c := New(Options{})
		first, err := c.Open(data, Instant{})
		require.Nil(t, err)
		second, err := c.Open(reordered(members), Instant{})
		require.Nil(t, err)
		require.Equal(t, first, second)
		// What it is made of is what is sent.
		var given map[string]any
		require.NoError(t, json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &given))
		for name, sent := range sentFields(t, id) {
			want, there := given[name]
			for _, f := range id.system.description().Fields {
				if f.Name == name && f.Kind == Choice && !there {
					want = f.Values[0]
				}
			}
			require.Equal(t, want, sent, name)
		}
		// Another value is another identity.
		for name, v := range given {
			if s, ok := v.(string); ok && name != "system" && name != "baseUrl" && name != "authUrl" && name != "edge" && name != "method" {
				changed := maps.Clone(members)
				changed[name], _ = json.Marshal(s + "x")
				if other, err := parseIdentity(reordered(changed), ""); err == nil {
					require.False(t, id.equal(other), name)
				}
			}
		}
	})
}

// requireRequest checks what any request of an identity must be.
func requireRequest(t *testing.T, id *identity, r Request) {
	if r.Supplier != 0 || id.given() != "" && id.system == system(authorization{}) {
		require.GreaterOrEqual(t, r.Supplier, int64(0))
		require.Empty(t, r.URL)
		return
	}
	path, ok := strings.CutPrefix(r.URL, id.base+"/")
	require.True(t, ok, "goes to the base URL")
	require.Empty(t, strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-."), "nothing in the path has to be escaped")
	require.Contains(t, []string{"GET", "POST", "PUT"}, r.Method)
	for _, h := range r.Headers {
		for _, c := range []byte(h.Value) {
			require.True(t, ' ' <= c && c <= '~', "%s is a header", h.Name)
		}
	}
	if r.Body != "" {
		require.True(t, json.Valid([]byte(r.Body)))
		require.NotEqual(t, "GET", r.Method)
		require.Nil(t, r.Form)
	}
	require.True(t, r.Form == nil || r.Method == "POST")
	require.True(t, r.Query == nil || r.Form == nil)
}

// sentFields returns those of an identity's fields that its requests must carry unchanged.
func sentFields(t *testing.T, id *identity) map[string]any {
	if token, source := id.own(); token != "" || source != 0 {
		return nil // nobody is asked for it
	}
	body := func(id *identity) map[string]any {
		var m map[string]any
		if r := id.system.ask(id, occasion{bearer: "bearer"}); r.Supplier == 0 {
			require.NoError(t, json.Unmarshal([]byte(r.Body), &m))
		}
		return m
	}
	switch id.system.(type) {
	case cubedrive:
		r := id.system.ask(id, occasion{})
		params := map[string]any{}
		for _, p := range append(r.Query, r.Form...) {
			params[p.Name] = p.Value
		}
		return map[string]any{"params": params}
	case astrozero:
		sent := map[string]any{}
		for _, p := range id.system.ask(id, occasion{}).Form {
			if name := map[string]string{"client_id": "clientId", "client_secret": "clientSecret", "redirect_url": "redirectUrl", "locale": "locale"}[p.Name]; name != "" {
				sent[name] = p.Value
			}
		}
		return sent
	case ccmessaging:
		sent := body(id)
		dep := id.dependency()
		if dep.value("appSecret") != "" {
			of := body(dep)
			sent["appKey"], sent["appSecret"] = of["app_key"], of["app_secret"]
		}
		return sent
	case authorization:
		return nil
	case apifabric:
		if id.value("appSecret") != "" {
			of := body(id)
			return map[string]any{"appKey": of["app_key"], "appSecret": of["app_secret"]}
		}
		return nil
	}
	return body(id)
}

// core reads JSON by a reader of its own: it must see what the rest of the world sees.
func FuzzMembers(f *testing.F) {
	bodies, identities := harvest(f)
	for _, s := range slices.Concat(bodies, identities) {
		f.Add([]byte(s))
	}
	for _, s := range []string{"", "{}", "{} {}", "[]", `{"a":1,"a":2}`, "\xef\xbb\xbf{}", `{"a":"\ud800"}`, "{\"a\":\"\xff\"}",
		`{"a":" 5 ","b":"0x5","c":1e999,"d":"inf","e":-0,"f":"1_0"}`, `{"a":`, `{"a" 1}`, `{"a":1,}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		seen := map[string]value{}
		err := eachMember(data, func(name string, v value) { seen[name] = v })
		members, ok := object(data)
		require.Equal(t, ok, err == nil, "what is one JSON object")
		if err != nil || !utf8.Valid(data) { // what is not UTF-8 is read, but may be read in two ways
			return
		}
		require.Len(t, seen, len(members))
		for name, v := range seen {
			require.Equal(t, string(members[name]), string(v), "the last of equal names counts")
			if s, ok := asString(v); ok {
				var want string
				require.NoError(t, json.Unmarshal(v, &want))
				require.Equal(t, want, s)
				token, ok := asToken(v)
				require.Equal(t, s, token)
				require.Equal(t, ok, s != "" && len(s) <= MaxToken && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0)
			}
			if n, ok := asNumber(v); ok {
				require.False(t, math.IsNaN(n) || math.IsInf(n, 0))
				var number float64
				if v.Kind() == '0' {
					require.NoError(t, json.Unmarshal(v, &number))
					require.Equal(t, number, n)
					inText, ok := asNumber(value(`" ` + string(v) + `"`))
					require.True(t, ok, "a number may be inside a string")
					require.Equal(t, n, inText)
				}
			}
			life := lifetime(v, hour)
			require.True(t, second <= life && life <= 24*hour, "a life of %d ms", life)
		}
	})
}

func FuzzRead(f *testing.F) {
	bodies, _ := harvest(f)
	for _, s := range bodies {
		for i := range systems {
			f.Add(uint8(i), uint8(i), 200, []byte(s))
		}
	}
	for _, status := range []int{0, 204, 301, 400, 401, 403, 404, 429, 500, 502, 599} {
		f.Add(uint8(status), uint8(0), status, []byte(`{"errorCode":"1234567890123456","resultCode":5,"exceptionInfo":"ip address 10.0.0.1 SECRET-SECRET"}`))
	}
	f.Fuzz(func(t *testing.T, which, at uint8, status int, body []byte) {
		v, step := systems[int(which)%len(systems)], acquisitions[int(at)%len(acquisitions)]
		r := Response{Status: status, Body: body}
		g, err := v.read(step, r)
		if err == nil {
			require.True(t, 200 <= status && status <= 299)
			require.True(t, isToken(g.token))
			switch v {
			case cubedrive{}:
				require.Zero(t, g.life)
			case edge{}:
				require.True(t, over <= g.life && g.life <= 24*hour, "a life of %d ms", g.life)
				require.True(t, isVendor(g.remote.system))
			default:
				require.True(t, second <= g.life && g.life <= 24*hour, "a life of %d ms", g.life)
			}
			require.True(t, g.refresh == "" || isToken(g.refresh))
			require.True(t, 0 <= g.refreshLife && g.refreshLife <= 24*hour)
			require.True(t, g.refresh == "" || g.refreshLife >= second)
		} else {
			require.Equal(t, grant{}, g, "a failure brings nothing")
			require.NotEqual(t, string(err.Code), err.Code.advice(), "every code has its sentence")
			if v == (edge{}) { // relays what failed behind it
				require.True(t, err.Step.known())
				require.True(t, err.Status == status || 100 <= err.Status && err.Status <= 599)
			} else {
				require.Equal(t, step, err.Step)
				require.Equal(t, status, err.Status)
			}
			if !isDocumented(err.Vendor) {
				require.Regexp(t, `^(-?\d{1,9}|\d{1,4}-\d{1,4})?$`, err.Vendor)
			}
			requireSilent(t, err, body)
		}
		// Unknown members are ignored, and so is the order of the others.
		members, ok := object(body)
		if !ok || !utf8.Valid(body) {
			require.True(t, ok || err != nil, "what is no object is no success")
			return
		}
		for _, spellings := range [][]string{{"AccessToken", "accessToken"}, {"Expires", "expiresIn", "expires_in"}, {"errorCode", "resultCode", "result"}} {
			had := 0
			for _, name := range spellings {
				if members[name] != nil {
					had++
				}
			}
			if had > 1 {
				return // of several spellings the last one counts
			}
		}
		members["an unknown one"] = json.RawMessage(`{"token":["x"]}`)
		again, err2 := v.read(step, Response{Status: status, Body: reordered(members)})
		require.Equal(t, g, again)
		require.Equal(t, err, err2)
	})
}

// A call's answer may only mean that a token is dead, or bring a new one, in the
// ways that the vendor documents.
func FuzzJudge(f *testing.F) {
	bodies, identities := harvest(f)
	var ids []*identity
	for _, s := range identities {
		if id, err := parseIdentity([]byte(s), ""); err == nil {
			ids = append(ids, id)
			if dep := id.dependency(); dep != nil {
				ids = append(ids, dep)
			}
		}
	}
	for i, s := range bodies {
		for _, status := range []int{200, 401, 403, 418, 500} {
			f.Add(uint8(i), status, "", []byte(s))
		}
	}
	for i := range ids {
		f.Add(uint8(i), 403, "", []byte(`<html>illegal or expired token info</html>`))
		f.Add(uint8(i), 418, "", []byte(`{"exceptionInfo":"illegal or expired token info"}`))
	}
	f.Add(uint8(0), 200, "ROLLED", []byte(`{"token":"x"}`))
	f.Add(uint8(0), 200, "not a\ntoken", []byte(`{"token":"eyJ1c2VySWQiOiJ1c2VyLTEiLCJjaGFubmVsSWQiOiJjaGFubmVsLTEifQ=="}`))
	f.Fuzz(func(t *testing.T, n uint8, status int, rolled string, body []byte) {
		id := ids[int(n)%len(ids)]
		j := id.system.judge(id, "", Response{Status: status, Rolled: rolled, Body: body})
		_, messaging := id.system.(ccmessaging)
		if id.system == (edge{}) || id.system == system(authorization{}) { // an edge speaks for itself in one way only
			require.Equal(t, unauthorized(Response{Status: status, Body: body}), j.token || j.bearer)
			require.Empty(t, j.rolled)
			return
		}
		if id.system == system(ccgateway{}) { // its own codes speak, and no status
			code, said := ccgatewayDescription.said(body)
			m := ccgatewayDescription.meaning(code)
			require.Equal(t, m != nil && m.Of == TokenDead, j.token)
			require.False(t, j.bearer)
			if j.rolled != "" || j.out || j.sign {
				require.True(t, 200 <= status && status <= 299 && !j.token && (!said || code == "0"))
				require.True(t, j.rolled == "" || isToken(j.rolled))
			}
			return
		}
		d := id.system.description()
		code, _ := d.said(body)
		m := d.meaning(code)
		said := m != nil && m.Of == TokenDead
		require.True(t, !said || j.token)
		switch {
		case j.rolled != "":
			require.True(t, messaging && 200 <= status && status <= 299 || d.RollsIn != nil && j.rolled == rolled)
			require.True(t, isToken(j.rolled))
			require.False(t, j.token || j.bearer)
			if j.rolled != rolled {
				s, ok := subjectOf(j.rolled)
				require.True(t, ok && s.is(id), "a token that only the body has must be this very user's")
				require.Contains(t, string(body), `"`)
			}
		case j.token || j.bearer:
			require.True(t, said || status == 401 || status == 403)
			require.True(t, messaging || !j.bearer, "nothing else has two tokens")
			require.NotEmpty(t, j.reason)
		}
		if status == 401 {
			require.True(t, j.token, "401 is what every vendor answers a dead token with")
		}
		if status == 403 && j.token && !said {
			require.True(t, d.Terse || id.system == apifabric{}, "a 403 alone is a dead token to nobody else")
		}
		if !said && status == 418 || status == 403 && len(body) > 0 && body[0] == '<' {
			require.False(t, j.token || j.bearer, "what stands before a vendor says nothing of a token")
		}
	})
}

// Only the documented answer is a yes or a no; all else says nothing of the token.
func FuzzConfirms(f *testing.F) {
	bodies, _ := harvest(f)
	for _, s := range bodies {
		f.Add(200, []byte(s))
	}
	for _, s := range []string{`{"success":true,"valid":false}`, `{"success":false,"valid":true}`, `{"success":1,"valid":1}`, `{"valid":true}`, `{"success":"true","valid":"true"}`} {
		f.Add(200, []byte(s))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		said, err := cubedrive{}.confirms(Response{Status: status, Body: body}, Instant{})
		members, ok := object(body)
		success, valid := string(members["success"]), string(members["valid"])
		answered := ok && 200 <= status && status <= 299 && success == "true" && (valid == "true" || valid == "false")
		if utf8.Valid(body) {
			require.Equal(t, answered, err == nil)
		}
		require.Equal(t, err == nil, said.Valid != nil)
		if said.Valid != nil {
			require.Equal(t, valid == "true", *said.Valid)
			require.True(t, said.Vendor)
		}
		if err != nil {
			require.Equal(t, StepVerify, err.Step)
			require.Equal(t, status, err.Status)
			requireSilent(t, err, body)
		}
	})
}

func FuzzBaseURL(f *testing.F) {
	for _, s := range []string{"https://IP:28443", "HTTPS://Service.BesClouds.com:443/", "http://a:80/lite//", "https://[::1]:8080/x", "https://[::ffff:1.2.3.4]",
		"https://a@b", "https://a/%2e%2E/b", "https://a/./b", "https://a?b", "https://a#b", "//a", "https:///a", "https://a:0", "https://a:65536", "https://a:+1",
		"https://a/%zz", "https://a/%", "https://1.2.3.4.5", "https://256.256.256.256", "https://a.1", "https://[:::::]", "https://0x7f.1", "https://a.", "https://a..b", "https://a/b;c=d:e@f", "https://a/b%2f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		base, reason := normalBaseURL(s)
		if reason != "" {
			require.Empty(t, base)
			require.NotContains(t, reason, "\n")
			return
		}
		again, reason := normalBaseURL(base)
		require.Empty(t, reason)
		require.Equal(t, base, again, "a normal form is its own")
		require.False(t, strings.HasSuffix(base, "/"), "a path can be appended")
		given, err := url.Parse(s)
		require.NoError(t, err)
		u, err := url.Parse(base)
		require.NoError(t, err)
		require.Equal(t, strings.ToLower(given.Hostname()), u.Hostname(), "the same host")
		require.Equal(t, portOf(given), portOf(u), "the same port")
		require.Equal(t, strings.TrimRight(given.EscapedPath(), "/"), u.EscapedPath(), "the same path")
		require.Nil(t, u.User)
		require.Empty(t, u.RawQuery)
		require.False(t, u.ForceQuery)
		require.Empty(t, u.Fragment)
		require.Empty(t, u.Opaque)
		require.NotEmpty(t, u.Hostname())
		// What is appended stays below it.
		joined, err := url.Parse(base + "/getLogin")
		require.NoError(t, err)
		require.Equal(t, u.Path+"/getLogin", joined.JoinPath().Path)
	})
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

func FuzzHTTPDate(f *testing.F) {
	for _, s := range []string{"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Thu, 29 Feb 2024 23:59:59 GMT",
		"Wed, 29 Feb 2023 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Xxx, 31 Apr 2024 23:59:59 GMT", "Sat, 31 Dec 2016 23:59:60 GMT", "Tue, 29 Feb 2000 00:00:00 GMT", "Mon, 29 Feb 2100 00:00:00 GMT"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		const now = 784111777000 // 6 November 1994
		at, ok := httpDate(s, now)
		if want, err := http.ParseTime(withoutLeapSecond(withItsDay(s))); ok {
			require.NoError(t, err)
			want = inItsCentury(withItsDay(s), want, now)
			if withoutLeapSecond(s) != s {
				want = want.Add(time.Second)
			}
			require.Equal(t, want.UnixMilli(), at)
		} else if err == nil && inItsCentury(s, want, now).Year() >= 1970 {
			for _, form := range []string{http.TimeFormat, "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC} {
				require.NotEqual(t, want.Format(form), s, "each form that the RFC has is read")
			}
		}
		for _, after := range []int64{
			retryAfter(Response{RetryAfter: s}, Instant{Wall: 784111777000}),
			retryAfter(Response{RetryAfter: s, Date: s}, Instant{}),
			retryAfter(Response{RetryAfter: s, Date: "Sun, 06 Nov 1994 08:49:37 GMT"}, Instant{}),
		} {
			require.True(t, 0 <= after && after <= maxRetryAfter)
		}
	})
}

// A token's own word on its subject is read in every form that base64 has in URLs.
func FuzzSubject(f *testing.F) {
	f.Add("eyJ1c2VySWQiOiJ1c2VyLTEiLCJjaGFubmVsSWQiOiJjaGFubmVsLTEifQ%3D%3D", "user-1", "channel-1")
	f.Add("32997522-0c9f-4336-80fb-fef717e28248", "張三", "??>>~~")
	f.Add("%2B%2f%3d-_==", "", "\xff")
	f.Fuzz(func(t *testing.T, token, user, channel string) {
		if s, ok := subjectOf(token); ok {
			id := &identity{system: ccmessaging{}, values: []string{"", "", "", "", s.userID, "", s.channelID, ""}}
			require.True(t, s.is(id))
			require.Equal(t, Unknown, ccmessaging{}.foreign(id, token).Reason, "a token's own word proves nothing")
			id.values[4] += "x"
			require.Equal(t, OtherSubject, ccmessaging{}.foreign(id, token).Reason)
		}
		if !utf8.ValidString(user) || !utf8.ValidString(channel) {
			return
		}
		data, err := json.Marshal(map[string]string{"tenantId": "t", "userId": user, "channelId": channel})
		require.NoError(t, err)
		for _, form := range []string{
			base64.StdEncoding.EncodeToString(data), base64.RawStdEncoding.EncodeToString(data),
			base64.URLEncoding.EncodeToString(data), base64.RawURLEncoding.EncodeToString(data),
			url.QueryEscape(base64.StdEncoding.EncodeToString(data)),
		} {
			s, ok := subjectOf(form)
			require.True(t, ok, form)
			require.Equal(t, subject{user, channel}, s)
		}
	})
}

func FuzzCarryBody(f *testing.F) {
	bodies, identities := harvest(f)
	for _, s := range slices.Concat(bodies, identities) {
		f.Add([]byte(s), "T1")
	}
	f.Add([]byte(""), "T1")
	f.Add([]byte(`{"authToken":"OLD","a":[1,{"authToken":2}],"a":1e999,"\u0061uthToken":3}`), "T\"\\1")
	f.Fuzz(func(t *testing.T, body []byte, token string) {
		if !isToken(token) {
			return
		}
		before, ok := object(body)
		out, err := CarryBody("appcube", body, []Pair{{"authToken", token}})
		require.Equal(t, ok || len(body) == 0, err == nil)
		if err != nil {
			require.Nil(t, out)
			require.Equal(t, InvalidRequest, err.Code)
			require.Equal(t, "body", err.Field)
			requireSilent(t, err, body)
			return
		}
		require.True(t, json.Valid(out))
		after, ok := object(out)
		require.True(t, ok)
		var carried string
		require.NoError(t, json.Unmarshal(after["authToken"], &carried))
		require.Equal(t, token, carried)
		delete(before, "authToken")
		delete(after, "authToken")
		require.Len(t, after, len(before))
		for name := range before {
			require.Equal(t, string(before[name]), string(after[name]), "every other member is unchanged, to the byte")
		}
		once, err := CarryBody("appcube", out, []Pair{{"authToken", token}})
		require.Nil(t, err)
		require.Equal(t, string(out), string(once), "carrying it once more changes nothing")
	})
}

func FuzzResponseHeaders(f *testing.F) {
	for _, s := range []string{`{"retryAfter":"30","date":"Sun, 06 Nov 1994 08:49:37 GMT","rolled":"T2"}`, `{"retryAfter":30,"rolled":""}`, "{}", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := ResponseHeaders(data)
		require.Nil(t, r.Body)
		members, ok := object(data)
		if !ok || !utf8.Valid(data) {
			return
		}
		for name, got := range map[string]string{"retryAfter": r.RetryAfter, "date": r.Date, "rolled": r.Rolled} {
			want := ""
			if raw := members[name]; len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &want) == nil && !bytes.Contains(raw, []byte(`\ud`)) && !bytes.Contains(raw, []byte(`\uD`)) {
				require.Equal(t, want, got)
			} else if len(raw) == 0 || raw[0] != '"' {
				require.Empty(t, got)
			}
		}
		pairs := Members(data)
		for _, p := range pairs {
			require.Contains(t, members, p.Name)
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{`3600`, `"3600"`, `" 1.5e3 "`, `"inf"`, `"0x10"`, `1e400`, `"1_0"`, `null`, `{}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v := value(data)
		if !json.Valid(data) {
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

// withoutLeapSecond is a date whose leap second is the second before: net/http reads none.
func withoutLeapSecond(s string) string { return strings.Replace(s, ":60 ", ":59 ", 1) }

// withItsDay is a date with some day's name, as the name is not looked at.
func withItsDay(s string) string {
	name := map[int]string{24: "Sun,", 22: "Sunday,", 20: "Sun"}
	if _, text, ok := strings.Cut(s, " "); ok && name[len(text)] != "" {
		return name[len(text)] + " " + text
	}
	return s
}

// inItsCentury is the time of a date whose year may have two digits, by the words of the RFC.
func inItsCentury(s string, read time.Time, now int64) time.Time {
	if _, err := time.Parse(time.RFC850, s); err != nil {
		return read
	}
	last := time.UnixMilli(now).UTC().Add(time.Duration(fiftyYears) * time.Millisecond)
	for year := 2100 + read.Year()%100; ; year -= 100 {
		at := time.Date(year, read.Month(), read.Day(), read.Hour(), read.Minute(), read.Second(), 0, time.UTC)
		if !at.After(last) {
			return at
		}
	}
}

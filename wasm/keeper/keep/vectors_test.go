package keep_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"cctoken/core"
	"cctoken/wasm/keeper/keep"
)

const vectorFolder = "../../../core/vectors"

// TestVectors plays the conformance cases through the keeper's handler. What
// the front door does with a business call, the test does here.
func TestVectors(t *testing.T) {
	identities := map[string]map[string]any{}
	readJSON(t, filepath.Join(vectorFolder, "identities.json"), &identities)
	files, err := filepath.Glob(filepath.Join(vectorFolder, "*.json"))
	require.NoError(t, err)
	total := 0
	for _, file := range files {
		if filepath.Base(file) == "identities.json" {
			continue
		}
		var cases []vectorCase
		readJSON(t, file, &cases)
		for _, c := range cases {
			if c.beyondKeeper(identities) {
				continue
			}
			total++
			t.Run(filepath.Base(file)+"/"+c.Name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { playVector(t, c, identities) })
			})
		}
	}
	require.GreaterOrEqual(t, total, 290)
}

type vectorCase struct {
	Name     string          `json:"name"`
	Identity json.RawMessage `json:"identity"`
	Options  struct {
		Timeout     int64 `json:"timeout"`
		MaxSessions int   `json:"maxSessions"`
	} `json:"options"`
	Steps []map[string]any `json:"steps"`
}

// beyondKeeper tells the cases of a page's session with an edge: it is the page that asks a keeper then.
func (c vectorCase) beyondKeeper(identities map[string]map[string]any) bool {
	_, edge := resolve(c.Identity, identities)["edge"]
	return edge
}

func readJSON(t *testing.T, path string, into any) {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, into), path)
}

func resolve(raw json.RawMessage, identities map[string]map[string]any) map[string]any {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		return identities[name]
	}
	var changes map[string]any
	_ = json.Unmarshal(raw, &changes)
	id := map[string]any{}
	if from, ok := changes["from"].(string); ok {
		maps.Copy(id, identities[from])
		delete(changes, "from")
	}
	for name, v := range changes {
		if id[name] = v; v == nil {
			delete(id, name)
		}
	}
	return id
}

// vectorHost is a platform made of nothing but what a case says.
type vectorHost struct {
	t          *testing.T
	identities map[string]map[string]any
	identity   map[string]any
	handler    http.Handler
	got        map[string]*outcome

	mu     sync.Mutex
	now    core.Instant
	timers []*vectorTimer
	unseen []*exchange // sent, and not yet named by a step
	open   []*exchange // named, and not yet answered
	done   []*exchange
	events []string
	record []byte
}

type vectorTimer struct {
	at   int64 // on the monotonic clock
	wake func()
}

// exchange is a request that is out: of the keeper, of the front door, or a question for an AccessToken.
type exchange struct {
	name     string
	supplier bool
	request  core.Request
	at       core.Instant
	answered chan response
}

type response struct {
	core.Response
	lost *keep.Lost
	text string
	fail bool
}

type outcome struct {
	settled bool
	at      core.Instant
	token   struct {
		System    string            `json:"system"`
		Value     string            `json:"value"`
		Serial    uint64            `json:"serial"`
		ExpiresIn float64           `json:"expiresIn"`
		Headers   map[string]string `json:"headers"`
		Query     map[string]string `json:"query"`
		Body      map[string]string `json:"body"`
		Rolls     string            `json:"rolls"`
	}
	verdict struct {
		Valid  any    `json:"valid"`
		Source string `json:"source"`
		Reason string `json:"reason"`
	}
	problem *keep.Problem
	status  int
}

func playVector(t *testing.T, c vectorCase, identities map[string]map[string]any) {
	h := &vectorHost{
		t: t, identities: identities, identity: resolve(c.Identity, identities),
		now: core.Instant{Wall: 1_700_000_000_000, Mono: 5_000}, got: map[string]*outcome{},
	}
	keys, err := keep.ParseKeys("k1:" + base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	require.NoError(t, err)
	h.handler = keep.Handler(keep.NewDriver(keep.Platform{
		Clock: h, Vendor: h, Objects: h, Store: h, Log: h.log, Keys: keys, Place: "vectors",
		Seed: [2]uint64{1, 2}, Timeout: c.Options.Timeout, MaxSessions: c.Options.MaxSessions,
	}), nil)
	for i, step := range c.Steps {
		for verb, play := range vectorSteps {
			if arg, ok := step[verb]; ok {
				func() {
					defer func() {
						if t.Failed() {
							line, _ := json.Marshal(step)
							t.Logf("step %d: %s", i+1, line)
						}
					}()
					play(h, arg, step)
					synctest.Wait()
				}()
			}
		}
	}
	h.quiet()
	for name, o := range h.got {
		require.True(t, o.settled, "%q still waits at the end", name)
	}
}

func (h *vectorHost) Now() core.Instant {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *vectorHost) After(ms int64, wake func()) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	timer := &vectorTimer{at: h.now.Mono + ms, wake: wake}
	h.timers = append(h.timers, timer)
	slices.SortStableFunc(h.timers, func(a, b *vectorTimer) int { return int(a.at - b.at) })
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.timers = slices.DeleteFunc(h.timers, func(other *vectorTimer) bool { return other == timer })
	}
}

func (h *vectorHost) out(e *exchange) *exchange {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.at, e.answered = h.now, make(chan response, 1)
	h.unseen = append(h.unseen, e)
	return e
}

func (h *vectorHost) Send(ctx context.Context, r *core.Request) func() (core.Response, *keep.Lost) {
	e := h.out(&exchange{request: *r})
	return func() (core.Response, *keep.Lost) {
		select {
		case a := <-e.answered:
			return a.Response, a.lost
		case <-ctx.Done():
			return core.Response{}, &keep.Lost{Code: core.Network}
		}
	}
}

func (h *vectorHost) Ask(ctx context.Context, object string, body []byte) func() (int, []byte, error) {
	e := h.out(&exchange{supplier: true, request: core.Request{URL: object, Body: string(body)}})
	return func() (int, []byte, error) {
		select {
		case a := <-e.answered:
			if a.fail {
				return 0, nil, io.ErrUnexpectedEOF
			}
			return a.Status, []byte(a.text), nil
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		}
	}
}

func (h *vectorHost) Load(context.Context) ([]byte, error) { return nil, nil }

func (h *vectorHost) Save(_ context.Context, record []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.record = record
	return nil
}

func (h *vectorHost) log(e keep.Entry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e.Event)
}

// post asks the keeper as the front door does.
func (h *vectorHost) post(path string, step map[string]any, fields map[string]any, into any) *keep.Problem {
	id := h.identity
	if other, ok := step["identity"]; ok {
		raw, _ := json.Marshal(other)
		id = resolve(raw, h.identities)
	}
	id = maps.Clone(id)
	body := map[string]any{"identity": id}
	if _, supplied := id["accessToken"].(map[string]any); supplied {
		delete(id, "accessToken")
		id["appSecret"] = "app-secret"
		body["dependencyObject"] = "object-1"
	}
	maps.Copy(body, fields)
	data, _ := json.Marshal(body)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, httptest.NewRequest("POST", "https://keeper"+path, bytes.NewReader(data)))
	if w.Code != http.StatusOK {
		var p keep.Problem
		if json.Unmarshal(w.Body.Bytes(), &p) != nil || p.Status != w.Code {
			h.t.Errorf("not a problem: %s", w.Body)
		}
		return &p
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		h.t.Errorf("not JSON: %s", w.Body)
	}
	return nil
}

func (h *vectorHost) caller(name any, ask func(o *outcome) *keep.Problem) {
	require.NotContains(h.t, h.got, name, "a caller asks once")
	o := &outcome{}
	h.got[name.(string)] = o
	go func() {
		p := ask(o)
		o.problem, o.settled, o.at = p, true, h.Now()
	}()
}

func (h *vectorHost) call(o *outcome, step map[string]any, replayed ...string) *keep.Problem {
	var fields map[string]any
	before := o.token.Serial
	if len(replayed) > 0 {
		fields = map[string]any{"instead": before}
	}
	if p := h.post("/token", step, fields, &o.token); p != nil {
		return p
	}
	if len(replayed) > 0 && o.token.Serial == before {
		return nil // no other could be had, and this one is not dead: the answer is the caller's
	}
	body, _ := step["body"].(string)
	var carried []core.Pair
	for name, value := range o.token.Body {
		carried = append(carried, core.Pair{Name: name, Value: value})
	}
	if carried != nil {
		merged, err := core.CarryBody(o.token.System, []byte(body), carried)
		if err != nil {
			return &keep.Problem{Code: string(err.Code), System: err.System, Step: string(err.Step), Field: err.Field}
		}
		body = string(merged)
	}
	var headers []core.Pair
	for name, value := range o.token.Headers {
		headers = append(headers, core.Pair{Name: name, Value: value})
	}
	base := h.identity["baseUrl"].(string)
	if other, ok := step["identity"]; ok {
		raw, _ := json.Marshal(other)
		base = resolve(raw, h.identities)["baseUrl"].(string)
	}
	path, ok := step["path"].(string)
	if !ok {
		path = "/business"
	}
	e := h.out(&exchange{request: core.Request{Method: "POST", URL: strings.TrimRight(base, "/") + path, Headers: headers, Body: body}})
	a := <-e.answered
	if a.lost != nil {
		return &keep.Problem{Code: string(core.Network), System: o.token.System, Step: string(core.StepCall), Retryable: true}
	}
	var verdict struct {
		Replay bool   `json:"replay"`
		Reason string `json:"reason"`
	}
	if p := h.post("/judge", step, map[string]any{
		"serial": o.token.Serial, "call": "POST " + path, "sentAgo": h.Now().Mono - e.at.Mono, "status": a.Status, "retryAfter": a.RetryAfter,
		"date": a.Date, "rolled": a.Rolled, "body": a.Body,
	}, &verdict); p != nil {
		return p
	}
	o.status = a.Status
	if verdict.Replay && !slices.Contains(replayed, verdict.Reason) && step["stream"] != true {
		h.log(keep.Entry{Event: "replayed"})
		return h.call(o, step, append(replayed, verdict.Reason)...)
	}
	return nil
}

func (h *vectorHost) quiet() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.unseen {
		require.Fail(h.t, "a request is out that no step has named", "%s %s", e.request.Method, e.request.URL)
	}
}

func (h *vectorHost) take(step map[string]any) *exchange {
	h.mu.Lock()
	defer h.mu.Unlock()
	require.NotEmpty(h.t, h.open, "a request must be open")
	at := 0
	if name, ok := step["to"].(string); ok {
		at = slices.IndexFunc(h.open, func(e *exchange) bool { return e.name == name })
		require.GreaterOrEqual(h.t, at, 0, "no open request is named %q", name)
	}
	e := h.open[at]
	h.open = slices.Delete(h.open, at, at+1)
	h.done = append(h.done, e)
	return e
}

// pass lets both clocks go on, and fires what falls due on the way.
func (h *vectorHost) pass(ms int64) {
	end := h.Now().Mono + ms
	for {
		h.mu.Lock()
		if len(h.timers) == 0 || h.timers[0].at > end {
			h.now = core.Instant{Wall: h.now.Wall + end - h.now.Mono, Mono: end}
			h.mu.Unlock()
			return
		}
		next := h.timers[0]
		h.timers = h.timers[1:]
		h.now = core.Instant{Wall: h.now.Wall + next.at - h.now.Mono, Mono: next.at}
		h.mu.Unlock()
		next.wake()
		synctest.Wait()
	}
}

func (h *vectorHost) outcome(name any) *outcome {
	require.Contains(h.t, h.got, name)
	o := h.got[name.(string)]
	require.True(h.t, o.settled, "%q must not wait any more", name)
	return o
}

// issued returns when the request went out whose answer held a token.
func (h *vectorHost) issued(value string) int64 {
	for _, e := range slices.Backward(h.done) {
		if strings.Contains(e.request.Body, value) {
			return e.at.Wall
		}
	}
	return 0
}

var vectorSteps = map[string]func(h *vectorHost, arg any, step map[string]any){
	"get": func(h *vectorHost, arg any, step map[string]any) {
		fields := map[string]any{}
		for _, name := range []string{"force", "rejected"} {
			if v, ok := step[name]; ok {
				fields[name] = v
			}
		}
		h.caller(arg, func(o *outcome) *keep.Problem { return h.post("/token", step, fields, &o.token) })
	},
	"call": func(h *vectorHost, arg any, step map[string]any) {
		h.caller(arg, func(o *outcome) *keep.Problem { return h.call(o, step) })
	},
	"verify": func(h *vectorHost, arg any, step map[string]any) {
		h.caller(arg, func(o *outcome) *keep.Problem {
			return h.post("/verify", step, map[string]any{"token": step["value"]}, &o.verdict)
		})
	},
	"sent": func(h *vectorHost, arg any, step map[string]any) {
		h.mu.Lock()
		defer h.mu.Unlock()
		require.NotEmpty(h.t, h.unseen, "a request must be out")
		e := h.unseen[0]
		h.unseen = h.unseen[1:]
		require.False(h.t, e.supplier, "a request must be out, not the AccessToken function")
		for what, want := range arg.(map[string]any) {
			require.Equal(h.t, want, member(h.t, e.request, what), what)
		}
		e.name, _ = step["as"].(string)
		h.open = append(h.open, e)
	},
	"asked": func(h *vectorHost, _ any, _ map[string]any) {
		h.mu.Lock()
		defer h.mu.Unlock()
		require.NotEmpty(h.t, h.unseen, "the AccessToken's keeper must have been asked")
		require.True(h.t, h.unseen[0].supplier, "the AccessToken's keeper must have been asked")
		h.open = append(h.open, h.unseen[0])
		h.unseen = h.unseen[1:]
	},
	"answer": func(h *vectorHost, arg any, step map[string]any) {
		e, a := h.take(step), arg.(map[string]any)
		r := response{Response: core.Response{Status: int(a["status"].(float64))}}
		headers, _ := a["headers"].(map[string]any)
		for name, v := range headers {
			switch strings.ToLower(name) {
			case "retry-after":
				r.RetryAfter = v.(string)
			case "date":
				r.Date = v.(string)
			case "ccmessaging-token":
				r.Rolled = v.(string)
			}
		}
		switch body := a["body"].(type) {
		case nil:
		case string:
			r.Body = []byte(body)
		default:
			r.Body, _ = json.Marshal(body)
		}
		if size, ok := a["size"].(float64); ok {
			r.Body = bytes.Repeat([]byte(" "), int(size))
		}
		if len(r.Body) > 1<<20 {
			r.lost = &keep.Lost{Code: core.ResponseTooLarge, Received: true}
		}
		e.request.Body = string(r.Body) + r.Rolled // from here on it is known by what it brought
		e.answered <- r
	},
	"lose": func(h *vectorHost, arg any, step map[string]any) {
		h.take(step).answered <- response{lost: &keep.Lost{Code: core.Network, Received: arg == "receiving"}}
	},
	"supply": func(h *vectorHost, arg any, step map[string]any) {
		e := h.take(step)
		value, ok := arg.(string)
		if !ok {
			e.answered <- response{fail: true}
			return
		}
		text, _ := json.Marshal(map[string]any{"system": "accesstoken", "value": value, "serial": 1})
		e.answered <- response{Response: core.Response{Status: 200}, text: string(text)}
	},
	"time": func(h *vectorHost, arg any, _ map[string]any) { h.pass(int64(arg.(float64))) },
	"sleep": func(h *vectorHost, arg any, _ map[string]any) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.now.Wall += int64(arg.(float64))
	},
	"clock": func(h *vectorHost, arg any, _ map[string]any) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.now.Wall += int64(arg.(float64))
	},
	"paused": func(h *vectorHost, arg any, _ map[string]any) {
		h.mu.Lock()
		require.NotEmpty(h.t, h.timers, "a pause must be running")
		left := h.timers[0].at - h.now.Mono
		h.mu.Unlock()
		requireWithin(h.t, arg, float64(left), "pause")
		h.pass(left)
	},
	"token": func(h *vectorHost, arg any, step map[string]any) {
		o := h.outcome(arg)
		require.Nil(h.t, o.problem, "%+v", o.problem)
		require.Equal(h.t, step["value"], o.token.Value)
		for name, got := range map[string]map[string]string{"headers": o.token.Headers, "query": o.token.Query, "body": o.token.Body} {
			if want, ok := step[name]; ok {
				require.Equal(h.t, want, anyMap(got), name)
			}
		}
		if want, ok := step["life"]; ok {
			if want == nil {
				require.Zero(h.t, o.token.ExpiresIn)
			} else {
				require.InDelta(h.t, want, o.token.ExpiresIn*1000+float64(o.at.Wall-h.issued(o.token.Value)), 0.5, "life")
			}
		}
	},
	"error": func(h *vectorHost, arg any, step map[string]any) {
		p := h.outcome(arg).problem
		require.NotNil(h.t, p, "an error must have come")
		cause := any(nil)
		if p.Cause != "" {
			cause = p.Cause
		}
		got := map[string]any{"code": p.Code, "system": p.System, "step": p.Step, "field": p.Field,
			"status": float64(p.VendorStatus), "vendorCode": float64(p.VendorCode), "retryable": p.Retryable, "cause": cause}
		for name, want := range step {
			switch name {
			case "error":
			case "retryIn":
				requireWithin(h.t, want, p.RetryAfter*1000, "retryIn")
			default:
				require.Contains(h.t, got, name)
				require.Equal(h.t, want, got[name], name)
			}
		}
	},
	"verdict": func(h *vectorHost, arg any, step map[string]any) {
		o := h.outcome(arg)
		require.Nil(h.t, o.problem, "%+v", o.problem)
		got := map[string]any{"valid": o.verdict.Valid, "source": o.verdict.Source, "reason": o.verdict.Reason}
		for name, want := range step {
			if name != "verdict" {
				require.Equal(h.t, want, got[name], name)
			}
		}
	},
	"result": func(h *vectorHost, arg any, step map[string]any) {
		o := h.outcome(arg)
		require.Nil(h.t, o.problem, "%+v", o.problem)
		require.EqualValues(h.t, step["status"], o.status)
	},
	"pending": func(h *vectorHost, arg any, _ map[string]any) {
		require.Contains(h.t, h.got, arg)
		require.False(h.t, h.got[arg.(string)].settled, "%q must still wait", arg)
	},
	"quiet": func(h *vectorHost, _ any, _ map[string]any) { h.quiet() },
	"forget": func(h *vectorHost, _ any, step map[string]any) {
		require.Nil(h.t, h.post("/forget", step, nil, &struct{}{}))
	},
	"events": func(h *vectorHost, arg any, _ map[string]any) {
		h.mu.Lock()
		defer h.mu.Unlock()
		want := []string{}
		for _, e := range arg.([]any) {
			want = append(want, e.(string))
		}
		require.Equal(h.t, want, append([]string{}, h.events...))
		h.events = nil
	},
}

// member returns what a case may say of a request.
func member(t *testing.T, r core.Request, name string) any {
	switch name {
	case "method":
		return r.Method
	case "url":
		return r.URL
	case "headers":
		return pairMap(r.Headers)
	case "query":
		return pairMap(r.Query)
	case "form":
		return pairMap(r.Form)
	case "body":
		return r.Body
	case "json":
		var v any
		require.NoError(t, json.Unmarshal([]byte(r.Body), &v))
		return v
	}
	require.Fail(t, "a request has no such member", name)
	return nil
}

func requireWithin(t *testing.T, bounds any, got float64, what string) {
	b := bounds.(map[string]any)
	require.GreaterOrEqual(t, got, b["min"], what)
	require.LessOrEqual(t, got, b["max"], what)
}

func pairMap(pairs []core.Pair) map[string]any {
	m := map[string]any{}
	for _, p := range pairs {
		m[p.Name] = p.Value
	}
	return m
}

func anyMap(in map[string]string) map[string]any {
	m := map[string]any{}
	for name, v := range in {
		m[name] = v
	}
	return m
}

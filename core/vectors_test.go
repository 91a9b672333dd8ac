package core

import (
	"embed"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:embed vectors/*.json
var vectorFiles embed.FS

type vectorCase struct {
	Name     string          `json:"name"`
	Identity json.RawMessage `json:"identity"`
	Options  struct {
		Timeout     int64 `json:"timeout"`
		MaxSessions int   `json:"maxSessions"`
	} `json:"options"`
	Steps []map[string]any `json:"steps"`
}

// TestVectors plays the conformance cases of vectors/, which its README describes.
func TestVectors(t *testing.T) {
	identities := map[string]map[string]any{}
	readVectors(t, "identities.json", &identities)
	entries, err := vectorFiles.ReadDir("vectors")
	require.NoError(t, err)
	total, names := 0, map[string]bool{}
	for _, entry := range entries {
		if entry.Name() == "identities.json" {
			continue
		}
		var cases []vectorCase
		readVectors(t, entry.Name(), &cases)
		for _, c := range cases {
			require.False(t, names[c.Name], "two cases are named %q", c.Name)
			names[c.Name] = true
			total++
			t.Run(strings.TrimSuffix(entry.Name(), ".json")+"/"+c.Name, func(t *testing.T) {
				newVectorHost(t, c, identities).play(c.Steps)
			})
		}
	}
	require.GreaterOrEqual(t, total, 120)
}

func readVectors(t *testing.T, name string, into any) {
	data, err := vectorFiles.ReadFile(path.Join("vectors", name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, into), name)
}

// vectorHost is a host made of nothing but what a case says: it sends nothing
// and keeps its own time.
type vectorHost struct {
	t          *testing.T
	client     *Client
	identities map[string]map[string]any
	identity   map[string]any
	now        Instant

	unseen []*vectorRequest // sent, and not yet named by a step
	open   []*vectorRequest // sent, named, and not yet answered
	timers []vectorTimer
	got    map[string]*vectorOutcome
	waits  map[uint64][]func(Effect) // by acquisition or verification
	events []string
}

type vectorRequest struct {
	name     string
	exchange uint64 // 0 for a business call
	request  Request
	call     func(Response) // what a business call does with its answer
	lost     func()
}

type vectorTimer struct {
	at   int64 // on the monotonic clock
	id   uint64
	fire func()
}

type vectorOutcome struct {
	settled bool
	token   Token
	verdict Verdict
	err     *Error
	status  int
}

func newVectorHost(t *testing.T, c vectorCase, identities map[string]map[string]any) *vectorHost {
	h := &vectorHost{
		t: t, identities: identities, now: Instant{Wall: 1_700_000_000_000, Mono: 5_000},
		got: map[string]*vectorOutcome{}, waits: map[uint64][]func(Effect){},
		client: New(Options{Seed: [2]uint64{1, 2}, Timeout: c.Options.Timeout, MaxSessions: c.Options.MaxSessions}),
	}
	h.identity = h.resolve(c.Identity)
	return h
}

func (h *vectorHost) resolve(raw json.RawMessage) map[string]any {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		require.Contains(h.t, h.identities, name)
		return h.identities[name]
	}
	var changes map[string]any
	require.NoError(h.t, json.Unmarshal(raw, &changes))
	id := map[string]any{}
	if from, ok := changes["from"]; ok {
		maps.Copy(id, h.identities[from.(string)])
		delete(changes, "from")
	}
	for name, v := range changes {
		if id[name] = v; v == nil {
			delete(id, name)
		}
	}
	return id
}

// session opens the session that a step is about, as JavaScript's wrapper would.
func (h *vectorHost) session(step map[string]any) (SessionID, map[string]any, *Error) {
	id := h.identity
	if other, ok := step["identity"]; ok {
		raw, err := json.Marshal(other)
		require.NoError(h.t, err)
		id = h.resolve(raw)
	}
	wire := maps.Clone(id)
	for _, name := range [...]string{"accessToken", "authorization"} {
		if _, ok := wire[name].(map[string]any); ok {
			delete(wire, name)
			wire[name+"Supplier"] = 1
		}
	}
	data, err := json.Marshal(wire)
	require.NoError(h.t, err)
	session, failure := h.client.Open(data, h.now)
	h.obey()
	return session, id, failure
}

func (h *vectorHost) play(steps []map[string]any) {
	for i, step := range steps {
		played := 0
		for verb, play := range vectorSteps {
			if arg, ok := step[verb]; ok {
				played++
				func() {
					defer func() {
						if h.t.Failed() {
							line, _ := json.Marshal(step)
							h.t.Logf("step %d: %s", i+1, line)
						}
					}()
					play(h, arg, step)
				}()
			}
		}
		require.Equal(h.t, 1, played, "step %d must have one verb: %v", i+1, step)
	}
	h.quiet()
	for name, o := range h.got {
		require.True(h.t, o.settled, "%q still waits at the end", name)
	}
}

var vectorSteps = map[string]func(h *vectorHost, arg any, step map[string]any){
	"get": func(h *vectorHost, arg any, step map[string]any) {
		o := h.caller(arg)
		session, _, err := h.session(step)
		if err != nil {
			o.settle(Token{}, err)
			return
		}
		force, _ := step["force"].(bool)
		rejected, _ := step["rejected"].(string)
		h.acquire(session, Want{Force: force, Rejected: rejected}, o.settle)
	},
	"call": func(h *vectorHost, arg any, step map[string]any) {
		o := h.caller(arg)
		session, id, err := h.session(step)
		if err != nil {
			o.settle(Token{}, err)
			return
		}
		body, _ := step["body"].(string)
		base, _ := id["baseUrl"].(string)
		if at, ok := id["edge"].(string); ok { // the edge makes the call: all that it carries is the authorization
			base = at + "/v1/call/" + id["connection"].(string)
			wire := maps.Clone(id)
			delete(wire, "connection")
			wire["system"] = "authorization"
			data, failure := json.Marshal(wire)
			require.NoError(h.t, failure)
			session, _, err = h.session(map[string]any{"identity": json.RawMessage(data)})
			require.Nil(h.t, err)
		}
		path, ok := step["path"].(string)
		if !ok {
			path = "/business"
		}
		h.call(o, session, strings.TrimRight(base, "/")+path, body, step["stream"] == true)
	},
	"verify": func(h *vectorHost, arg any, step map[string]any) {
		o := h.caller(arg)
		session, _, err := h.session(step)
		if err != nil {
			o.settle(Token{}, err)
			return
		}
		verdict, id, err := h.client.Verify(session, step["value"].(string), h.now)
		if id != 0 {
			h.waits[id] = append(h.waits[id], func(e Effect) { o.settled, o.verdict, o.err = true, e.Verdict, e.Err })
		} else {
			o.settled, o.verdict, o.err = true, verdict, err
		}
		h.obey()
	},
	"sent": func(h *vectorHost, arg any, step map[string]any) {
		require.NotEmpty(h.t, h.unseen, "a request must be out")
		r := h.unseen[0]
		h.unseen = h.unseen[1:]
		require.Zero(h.t, r.request.Supplier, "a request must be out, not the AccessToken function")
		for what, want := range arg.(map[string]any) {
			require.Equal(h.t, want, r.member(h.t, what), what)
		}
		r.name, _ = step["as"].(string)
		h.open = append(h.open, r)
	},
	"asked": func(h *vectorHost, _ any, _ map[string]any) {
		require.NotEmpty(h.t, h.unseen, "the AccessToken function must have been called")
		require.NotZero(h.t, h.unseen[0].request.Supplier, "the AccessToken function must have been called")
		h.open = append(h.open, h.unseen[0])
		h.unseen = h.unseen[1:]
	},
	"answer": func(h *vectorHost, arg any, step map[string]any) {
		r, a := h.take(step), arg.(map[string]any)
		response := Response{Status: int(a["status"].(float64))}
		for name, v := range asMap(a["headers"]) {
			switch strings.ToLower(name) {
			case "retry-after":
				response.RetryAfter = v.(string)
			case "date":
				response.Date = v.(string)
			case "ccmessaging-token":
				response.Rolled = v.(string)
			}
		}
		switch body := a["body"].(type) {
		case nil:
		case string:
			response.Body = []byte(body)
		default:
			response.Body, _ = json.Marshal(body)
		}
		if size, ok := a["size"].(float64); ok {
			response.Body = []byte(strings.Repeat(" ", int(size)))
		}
		switch {
		case r.call != nil:
			r.call(response)
		case len(response.Body) > 1<<20:
			h.client.Lost(r.exchange, h.now, ResponseTooLarge, true)
		default:
			h.client.Answered(r.exchange, h.now, response)
		}
		h.obey()
	},
	"lose": func(h *vectorHost, arg any, step map[string]any) {
		r := h.take(step)
		if r.lost != nil {
			r.lost()
		} else {
			h.client.Lost(r.exchange, h.now, Network, arg == "receiving")
		}
		h.obey()
	},
	"supply": func(h *vectorHost, arg any, step map[string]any) {
		r := h.take(step)
		if token, ok := arg.(string); ok {
			h.client.Supplied(r.exchange, h.now, token, 0)
		} else {
			h.client.Lost(r.exchange, h.now, SupplierFailed, false)
		}
		h.obey()
	},
	"time":  func(h *vectorHost, arg any, _ map[string]any) { h.pass(int64(arg.(float64))) },
	"sleep": func(h *vectorHost, arg any, _ map[string]any) { h.now.Wall += int64(arg.(float64)) },
	"clock": func(h *vectorHost, arg any, _ map[string]any) { h.now.Wall += int64(arg.(float64)) },
	"paused": func(h *vectorHost, arg any, _ map[string]any) {
		require.NotEmpty(h.t, h.timers, "a pause must be running")
		left := h.timers[0].at - h.now.Mono
		requireWithin(h.t, arg, left, "pause")
		h.pass(left)
	},
	"token": func(h *vectorHost, arg any, step map[string]any) {
		o := h.outcome(arg)
		require.Nil(h.t, o.err, "%v", o.err)
		require.Equal(h.t, step["value"], o.token.Value)
		for name, pairs := range map[string][]Pair{"headers": o.token.Carriage.Headers, "query": o.token.Carriage.Query, "body": o.token.Carriage.Body} {
			if want, ok := step[name]; ok {
				require.Equal(h.t, want, pairMap(pairs), name)
			}
		}
		if want, ok := step["life"]; ok {
			if want == nil {
				require.Zero(h.t, o.token.ExpiresAt)
			} else {
				require.EqualValues(h.t, want, o.token.ExpiresAt-o.token.IssuedAt)
			}
		}
	},
	"error": func(h *vectorHost, arg any, step map[string]any) {
		o := h.outcome(arg)
		require.NotNil(h.t, o.err, "an error must have come")
		e := o.err
		cause := any(nil)
		if e.Cause != nil {
			cause = string(e.Cause.Code)
		}
		got := map[string]any{"code": string(e.Code), "system": e.System, "step": string(e.Step), "field": e.Field,
			"status": float64(e.Status), "vendorCode": float64(e.Vendor), "retryable": e.Retryable, "cause": cause}
		for name, want := range step {
			switch name {
			case "error":
			case "retryIn":
				requireWithin(h.t, want, e.RetryAt-h.now.Wall, "retryIn")
			default:
				require.Contains(h.t, got, name)
				require.Equal(h.t, want, got[name], name)
			}
		}
	},
	"verdict": func(h *vectorHost, arg any, step map[string]any) {
		o := h.outcome(arg)
		require.Nil(h.t, o.err, "%v", o.err)
		var ok any
		if o.verdict.Valid != nil {
			ok = *o.verdict.Valid
		}
		require.Equal(h.t, step["valid"], ok)
		source := map[bool]string{true: "vendor", false: "core"}[o.verdict.Vendor]
		if want, given := step["source"]; given {
			require.Equal(h.t, want, source)
		}
		if want, given := step["reason"]; given {
			require.Equal(h.t, want, string(o.verdict.Reason))
		}
	},
	"result": func(h *vectorHost, arg any, step map[string]any) {
		o := h.outcome(arg)
		require.Nil(h.t, o.err, "%v", o.err)
		require.EqualValues(h.t, step["status"], o.status)
	},
	"pending": func(h *vectorHost, arg any, _ map[string]any) {
		require.Contains(h.t, h.got, arg)
		require.False(h.t, h.got[arg.(string)].settled, "%q must still wait", arg)
	},
	"quiet": func(h *vectorHost, _ any, _ map[string]any) { h.quiet() },
	"forget": func(h *vectorHost, _ any, step map[string]any) {
		session, _, err := h.session(step)
		require.Nil(h.t, err)
		h.client.Forget(session, h.now)
		h.obey()
	},
	"events": func(h *vectorHost, arg any, _ map[string]any) {
		want := []string{}
		for _, e := range arg.([]any) {
			want = append(want, e.(string))
		}
		require.Equal(h.t, want, append([]string{}, h.events...))
		h.events = nil
	},
}

func (h *vectorHost) caller(name any) *vectorOutcome {
	o := &vectorOutcome{}
	require.NotContains(h.t, h.got, name, "a caller asks once")
	h.got[name.(string)] = o
	return o
}

func (h *vectorHost) outcome(name any) *vectorOutcome {
	require.Contains(h.t, h.got, name)
	o := h.got[name.(string)]
	require.True(h.t, o.settled, "%q must not wait any more", name)
	return o
}

func (o *vectorOutcome) settle(token Token, err *Error) { o.settled, o.token, o.err = true, token, err }

func (h *vectorHost) acquire(session SessionID, want Want, then func(Token, *Error)) {
	d := h.client.Get(session, h.now, want)
	if d.Kind == Wait {
		h.waits[d.Acquisition] = append(h.waits[d.Acquisition], func(e Effect) {
			if e.Err != nil && e.Token.Value != "" && !want.Force && e.Token.Value != want.Rejected && e.Token.Serial != want.Instead {
				e.Err = nil // it is another one for this caller
			}
			then(e.Token, e.Err)
		})
	}
	h.obey()
	switch d.Kind {
	case Use:
		then(d.Token, nil)
	case Fail:
		then(Token{}, d.Err)
	}
}

func (h *vectorHost) call(o *vectorOutcome, session SessionID, url, body string, stream bool) {
	h.send(o, session, url, body, stream, 0, nil)
}

// send sends a call, in place of one whose token of the serial instead was refused; or for the first time.
func (h *vectorHost) send(o *vectorOutcome, session SessionID, url, body string, stream bool, instead uint64, replayed []Reason) {
	h.acquire(session, Want{Instead: instead}, func(token Token, err *Error) {
		if err != nil {
			o.settle(Token{}, err)
			return
		}
		sent := h.now
		r := Request{Method: "POST", URL: url, Headers: token.Carriage.Headers, Body: body}
		if token.Carriage.Body != nil {
			merged, err := CarryBody(token.System, []byte(body), token.Carriage.Body)
			if err != nil {
				o.settle(Token{}, err)
				return
			}
			r.Body = string(merged)
		}
		h.unseen = append(h.unseen, &vectorRequest{request: r, call: func(response Response) {
			outcome := h.client.Judge(session, token.Serial, Place{Call: "POST " + url}, sent, h.now, response)
			if outcome.Replay && !slices.Contains(replayed, outcome.Reason) && !stream {
				h.client.Replayed(session, h.now)
				h.send(o, session, url, body, stream, token.Serial, append(replayed, outcome.Reason))
				return
			}
			o.settled, o.status = true, response.Status
		}})
	})
}

func (h *vectorHost) take(step map[string]any) *vectorRequest {
	require.NotEmpty(h.t, h.open, "a request must be open")
	at := 0
	if name, ok := step["to"].(string); ok {
		at = slices.IndexFunc(h.open, func(r *vectorRequest) bool { return r.name == name })
		require.GreaterOrEqual(h.t, at, 0, "no open request is named %q", name)
	}
	r := h.open[at]
	h.open = slices.Delete(h.open, at, at+1)
	h.stop(r.exchange)
	return r
}

func (h *vectorHost) quiet() {
	for _, r := range h.unseen {
		require.Fail(h.t, "a request is out that no step has named", "%s %s", r.request.Method, r.request.URL)
	}
}

// pass lets both clocks go on, and fires what falls due on the way.
func (h *vectorHost) pass(ms int64) {
	end := h.now.Mono + ms
	for len(h.timers) > 0 && h.timers[0].at <= end {
		next := h.timers[0]
		h.timers = h.timers[1:]
		h.now = Instant{Wall: h.now.Wall + next.at - h.now.Mono, Mono: next.at}
		next.fire()
		h.obey()
	}
	h.now = Instant{Wall: h.now.Wall + end - h.now.Mono, Mono: end}
}

func (h *vectorHost) after(ms int64, id uint64, fire func()) {
	h.timers = append(h.timers, vectorTimer{at: h.now.Mono + ms, id: id, fire: fire})
	slices.SortStableFunc(h.timers, func(a, b vectorTimer) int { return int(a.at - b.at) })
}

func (h *vectorHost) stop(id uint64) {
	h.timers = slices.DeleteFunc(h.timers, func(t vectorTimer) bool { return t.id == id && id != 0 })
}

func (h *vectorHost) obey() {
	for {
		effects := slices.Clone(h.client.Effects())
		if len(effects) == 0 {
			return
		}
		for _, e := range effects {
			switch e.Kind {
			case Send:
				r := &vectorRequest{exchange: e.ID, request: *e.Request}
				h.unseen = append(h.unseen, r)
				h.after(e.Limit, e.ID, func() { h.client.Lost(e.ID, h.now, Timeout, false) })
			case Sleep:
				h.after(e.Limit, e.ID, func() { h.client.Woken(e.ID, h.now) })
			case Cancel:
				h.stop(e.ID)
			case Settled, Verified:
				for _, then := range h.waits[e.ID] {
					then(e)
				}
				delete(h.waits, e.ID)
			case Notify:
				h.events = append(h.events, string(e.Event.Type))
			}
		}
	}
}

// member returns what a case may say of a request.
func (r *vectorRequest) member(t *testing.T, name string) any {
	switch name {
	case "method":
		return r.request.Method
	case "url":
		return r.request.URL
	case "headers":
		return pairMap(r.request.Headers)
	case "query":
		return pairMap(r.request.Query)
	case "form":
		return pairMap(r.request.Form)
	case "body":
		return r.request.Body
	case "json":
		var v any
		require.NoError(t, json.Unmarshal([]byte(r.request.Body), &v))
		return v
	}
	require.Fail(t, "a request has no such member", name)
	return nil
}

func requireWithin(t *testing.T, bounds any, got int64, what string) {
	b := bounds.(map[string]any)
	require.GreaterOrEqual(t, float64(got), b["min"], what)
	require.LessOrEqual(t, float64(got), b["max"], what)
}

func pairMap(pairs []Pair) map[string]any {
	m := map[string]any{}
	for _, p := range pairs {
		m[p.Name] = p.Value
	}
	return m
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

package keeper_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"cctoken/core"
	"cctoken/core/vectors"
	"cctoken/keeper"
)

// TestVectors plays the conformance cases through the keeper's handler, by one user and by several together. What
// the front door does with a business call, the test does here.
func TestVectors(t *testing.T) {
	cases, err := vectors.Read(vectors.Files)
	require.NoError(t, err)
	// Some are about a page's session with an edge, where it is the page that asks a keeper, or about what no keeper's platform says.
	cases = slices.DeleteFunc(cases, func(c vectors.Case) bool { return c.Identity["edge"] != nil || c.NeedsPlatform() })
	require.GreaterOrEqual(t, len(cases), 290)
	keys, err := keeper.ParseKeys("k1:" + base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	require.NoError(t, err)
	for _, c := range cases {
		host := func(t *testing.T, users int) func(*vectors.World) vectors.Host {
			return func(world *vectors.World) vectors.Host {
				h := &vectorHost{t: t, world: world, records: map[string][]byte{}}
				if c.Options.MaxSessions != 0 {
					h.records = nil // what leaves memory would come back from there
				}
				h.handler = keeper.Handler(keeper.NewDriver(keeper.Platform{
					Clock: h, Vendor: h, Objects: h, Store: h, Log: func(e keeper.Entry) { world.Notify(e.Event) },
					Keys: keys, Place: "vectors", Seed: [2]uint64{1, 2}, Timeout: c.Options.Timeout, MaxSessions: users * c.Options.MaxSessions,
				}), nil)
				return h
			}
		}
		t.Run(c.File+"/"+c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { vectors.Play(t, c, host(t, 1)) })
		})
		t.Run(c.File+"/together/"+c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { vectors.PlayTogether(t, c, together, host(t, together)) })
		})
	}
}

// together is how many users play a case in one keeper, each step by all of them before the next one.
const together = 5

// vectorHost is a keeper on a platform that is made of nothing but what a case
// says, and the front door before it.
type vectorHost struct {
	t       *testing.T
	world   *vectors.World
	handler http.Handler

	mu      sync.Mutex
	brought []brought
	records map[string][]byte
}

// brought is what the answer to a request held, and when the request was sent.
type brought struct {
	of   int // the user
	text string
	sent int64
}

func (h *vectorHost) Now() core.Instant { return core.Instant(h.world.Now()) }

func (h *vectorHost) After(ms int64, wake func()) func() { return h.world.After(ms, wake) }

func (h *vectorHost) Load(_ context.Context, key string) ([]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.records[key], nil
}

func (h *vectorHost) Save(_ context.Context, records map[string][]byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.records != nil {
		maps.Copy(h.records, records)
	}
	return nil
}

// send sends a request, and returns what waits for its answer.
func (h *vectorHost) send(r *vectors.Request) func(context.Context) (vectors.Answer, error) {
	at, answered := h.Now(), make(chan vectors.Answer, 1)
	r.Ended = func(a vectors.Answer) {
		text := string(a.Body)
		for _, value := range a.Headers {
			text += strconv.Quote(value)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.brought = append(h.brought, brought{r.Of, text, at.Wall})
		answered <- a
	}
	h.world.Send(r)
	return func(ctx context.Context) (vectors.Answer, error) {
		select {
		case a := <-answered:
			return a, nil
		case <-ctx.Done():
			return vectors.Answer{}, ctx.Err()
		}
	}
}

func (h *vectorHost) Send(ctx context.Context, r *core.Request) func() (core.Response, *keeper.Lost) {
	wait := h.send(&vectors.Request{
		Method: r.Method, URL: r.URL, Headers: vectors.Pairs(r.Headers), Query: vectors.Pairs(r.Query), Form: vectors.Pairs(r.Form), Body: r.Body,
	})
	return func() (core.Response, *keeper.Lost) {
		a, err := wait(ctx)
		switch {
		case err != nil || a.Lost:
			return core.Response{}, &keeper.Lost{Code: core.Network, Received: a.Received}
		case len(a.Body) > core.MaxAnswer:
			return core.Response{}, &keeper.Lost{Code: core.ResponseTooLarge, Received: true}
		}
		return core.Response{
			Status: a.Status, RetryAfter: a.Header("Retry-After"), Date: a.Header("Date"), Rolled: a.Header(r.Rolls...), Body: a.Body,
		}, nil
	}
}

// Ask asks the caller's function, which stands for the keeper of an AccessToken.
func (h *vectorHost) Ask(ctx context.Context, object, _ string, _ []byte) func() (int, []byte, error) {
	user, _ := strconv.Atoi(strings.TrimPrefix(object, "object-"))
	wait := h.send(&vectors.Request{Asks: true, Of: user})
	return func() (int, []byte, error) {
		a, err := wait(ctx)
		if a.Lost {
			err = io.ErrUnexpectedEOF
		}
		answer, _ := json.Marshal(map[string]any{"system": "apifabric", "value": a.Supplied, "serial": 1})
		return http.StatusOK, answer, err
	}
}

func (h *vectorHost) Settle() { synctest.Wait() }

func (h *vectorHost) Get(id vectors.Identity, want vectors.Want, done func(vectors.Outcome)) {
	go func() {
		var token tokenAnswer
		if err := h.post("/token", id, map[string]any{"force": want.Force, "rejected": want.Rejected}, &token); err != nil {
			done(vectors.Outcome{Err: err})
			return
		}
		life := 0.0
		if token.ExpiresIn != 0 {
			life = token.ExpiresIn*1000 + float64(h.Now().Wall-h.sent(id.User(), token.Value))
		}
		done(vectors.Outcome{Token: vectors.Token{Value: token.Value, Headers: token.Headers, Query: token.Query, Body: token.Body, Life: life}})
	}()
}

func (h *vectorHost) Call(id vectors.Identity, call vectors.Call, done func(vectors.Outcome)) {
	go func() {
		status, err := h.call(id, call)
		done(vectors.Outcome{Status: status, Err: err})
	}()
}

func (h *vectorHost) Verify(id vectors.Identity, token string, done func(vectors.Outcome)) {
	go func() {
		var v struct {
			Valid  *bool  `json:"valid"`
			Source string `json:"source"`
			Reason string `json:"reason"`
		}
		err := h.post("/verify", id, map[string]any{"token": token}, &v)
		done(vectors.Outcome{Verdict: vectors.Verdict{Valid: v.Valid, Source: v.Source, Reason: v.Reason}, Err: err})
	}()
}

func (h *vectorHost) SignIn(id vectors.Identity, force bool, done func(vectors.Outcome)) {
	go func() {
		if err := h.post("/sign-in", id, map[string]any{"force": force}, &struct{}{}); err != nil {
			done(vectors.Outcome{Err: err})
			return
		}
		h.Get(id, vectors.Want{}, done) // the token stays at the keeper, and is got from there
	}()
}

func (h *vectorHost) SignOut(id vectors.Identity, done func(vectors.Outcome)) {
	go func() { done(vectors.Outcome{Err: h.post("/sign-out", id, nil, &struct{}{})}) }()
}

func (h *vectorHost) KeepAlive(id vectors.Identity) {
	go h.post("/keep-alive", id, nil, &struct{}{})
}

func (h *vectorHost) Forget(id vectors.Identity) *vectors.Error {
	return h.post("/forget", id, nil, &struct{}{})
}

type tokenAnswer struct {
	System    string            `json:"system"`
	Value     string            `json:"value"`
	Serial    uint64            `json:"serial"`
	ExpiresIn float64           `json:"expiresIn"`
	Headers   map[string]string `json:"headers"`
	Query     map[string]string `json:"query"`
	Body      map[string]string `json:"body"`
	Rolls     []string          `json:"rolls"`
}

// sent returns when the request was sent whose answer held a user's token.
func (h *vectorHost) sent(of int, token string) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, b := range slices.Backward(h.brought) {
		if b.of == of && strings.Contains(b.text, token+`"`) {
			return b.sent
		}
	}
	return 0
}

// call makes a business call as the front door does.
func (h *vectorHost) call(id vectors.Identity, call vectors.Call) (int, *vectors.Error) {
	var token tokenAnswer
	var replayed []string
	for status := 0; ; {
		before := token.Serial
		token = tokenAnswer{}
		if err := h.post("/token", id, map[string]any{"instead": before}, &token); err != nil {
			return 0, err
		}
		if status != 0 && token.Serial == before {
			return status, nil // no other could be had, and this one is not dead: the answer is the caller's
		}
		body := []byte(call.Body)
		if len(token.Body) > 0 {
			var members []core.Pair
			for name, value := range token.Body {
				members = append(members, core.Pair{Name: name, Value: value})
			}
			var err *core.Error
			if body, err = core.CarryBody(token.System, body, members); err != nil {
				return 0, &vectors.Error{Code: string(err.Code), System: err.System, Step: string(err.Step), Field: err.Field}
			}
		}
		sent := h.Now()
		a, _ := h.send(&vectors.Request{
			Method: call.Method, URL: strings.TrimRight(id["baseUrl"].(string), "/") + call.Path, Headers: token.Headers, Body: string(body),
		})(context.Background())
		if a.Lost {
			return 0, &vectors.Error{Code: string(core.Network), System: token.System, Step: string(core.StepCall), Retryable: true}
		}
		status = a.Status
		var judged struct {
			Replay bool   `json:"replay"`
			Reason string `json:"reason"`
		}
		if err := h.post("/judge", id, map[string]any{
			"serial": token.Serial, "call": call.Method + " " + call.Path, "sentAgo": h.Now().Mono - sent.Mono, "status": a.Status,
			"retryAfter": a.Header("Retry-After"), "date": a.Header("Date"), "rolled": a.Header(token.Rolls...), "body": a.Body,
		}, &judged); err != nil {
			return 0, err
		}
		if !judged.Replay || slices.Contains(replayed, judged.Reason) || call.Stream {
			return status, nil
		}
		replayed = append(replayed, judged.Reason)
		h.world.Notify("replayed")
	}
}

// post asks the keeper as the front door does.
func (h *vectorHost) post(path string, id vectors.Identity, fields map[string]any, into any) *vectors.Error {
	id = maps.Clone(id)
	body := map[string]any{"identity": id, "session": keyOf(id)}
	if _, supplied := id["accessToken"].(map[string]any); supplied {
		delete(id, "accessToken")
		id["appSecret"] = "app-secret"
		body["dependencyObject"] = "object-" + strconv.Itoa(id.User())
	}
	maps.Copy(body, fields)
	data, _ := json.Marshal(body)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, httptest.NewRequest("POST", "https://keeper"+path, bytes.NewReader(data)))
	if w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			h.t.Errorf("not JSON: %s", w.Body)
		}
		return nil
	}
	var p keeper.Problem
	if json.Unmarshal(w.Body.Bytes(), &p) != nil || p.Status != w.Code {
		h.t.Errorf("not a problem: %s", w.Body)
	}
	return &vectors.Error{
		Code: p.Code, System: p.System, Step: p.Step, Field: p.Field, Status: p.VendorStatus, VendorCode: p.VendorCode,
		Reason: p.Reason, Retryable: p.Retryable, RetryAt: float64(h.Now().Wall) + p.RetryAfter*1000, Cause: p.Cause,
	}
}

package core

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cctoken/core/vectors"
)

// TestVectors plays the conformance cases of vectors/, which its README describes.
func TestVectors(t *testing.T) {
	cases, err := vectors.Read(vectors.Files)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(cases), 390)
	for _, c := range cases {
		t.Run(strings.TrimSuffix(c.File, ".json")+"/"+c.Name, func(t *testing.T) {
			vectors.Play(t, c, func(world *vectors.World) vectors.Host {
				return &vectorHost{
					t: t, World: world, waits: map[uint64][]func(Effect){}, stops: map[uint64]func(){},
					client: New(Options{Seed: [2]uint64{1, 2}, Timeout: c.Options.Timeout, MaxSessions: c.Options.MaxSessions}),
				}
			})
		})
	}
}

func TestEachVendorHasCasesInItsOwnFile(t *testing.T) {
	cases, err := vectors.Read(vectors.Files)
	require.NoError(t, err)
	for _, d := range Described() {
		require.True(t, !d.Vendor || slices.ContainsFunc(cases, func(c vectors.Case) bool {
			return c.File == d.Name+".json" && c.Identity["system"] == d.Name
		}), d.Name)
	}
}

// vectorHost is the least that a host can be: it sends nothing, and keeps no time of its own.
type vectorHost struct {
	*vectors.World
	t      *testing.T
	client *Client
	waits  map[uint64][]func(Effect) // by acquisition or verification
	stops  map[uint64]func()         // timers that run, by exchange or sleep
}

func (h *vectorHost) now() Instant { return Instant(h.Now()) }

// open opens the session of an identity, as JavaScript's wrapper would.
func (h *vectorHost) open(id vectors.Identity) (SessionID, *Error) {
	wire := maps.Clone(id)
	for _, name := range [...]string{"accessToken", "authorization", "token"} {
		if _, ok := wire[name].(map[string]any); ok {
			delete(wire, name)
			wire[name+"Supplier"] = 1
		}
	}
	data, err := json.Marshal(wire)
	require.NoError(h.t, err)
	session, failure := h.client.Open(data, h.now())
	h.Settle()
	return session, failure
}

func (h *vectorHost) Get(id vectors.Identity, want vectors.Want, done func(vectors.Outcome)) {
	session, err := h.open(id)
	if err != nil {
		done(failedWith(err))
		return
	}
	h.acquire(session, Want{Force: want.Force, Rejected: want.Rejected}, told(done))
}

// told tells a caller of a token.
func told(done func(vectors.Outcome)) func(Token, *Error) {
	return func(token Token, err *Error) {
		if err != nil {
			done(failedWith(err))
			return
		}
		life := int64(0)
		if token.ExpiresAt != 0 {
			life = token.ExpiresAt - token.IssuedAt
		}
		done(vectors.Outcome{Token: vectors.Token{
			Value: token.Value, Headers: vectors.Pairs(token.Carriage.Headers), Query: vectors.Pairs(token.Carriage.Query),
			Body: vectors.Pairs(token.Carriage.Body), Life: float64(life),
		}})
	}
}

func (h *vectorHost) SignIn(id vectors.Identity, force bool, done func(vectors.Outcome)) {
	errand := SignIn
	if force {
		errand = SignInByForce
	}
	h.attend(id, errand, done)
}

func (h *vectorHost) SignOut(id vectors.Identity, done func(vectors.Outcome)) {
	h.attend(id, SignOut, done)
}

func (h *vectorHost) KeepAlive(id vectors.Identity) {
	h.attend(id, KeepAlive, func(vectors.Outcome) {})
}

func (h *vectorHost) attend(id vectors.Identity, errand Errand, done func(vectors.Outcome)) {
	session, err := h.open(id)
	if err != nil {
		done(failedWith(err))
		return
	}
	h.await(h.client.Attend(session, errand, h.now()), Want{Force: errand == SignInByForce}, told(done))
}

func (h *vectorHost) acquire(session SessionID, want Want, then func(Token, *Error)) {
	h.await(h.client.Get(session, h.now(), want), want, then)
}

// await waits for what the client has decided.
func (h *vectorHost) await(d Decision, want Want, then func(Token, *Error)) {
	if d.Kind == Wait {
		h.waits[d.Acquisition] = append(h.waits[d.Acquisition], func(e Effect) {
			if e.Err != nil && e.Token.Value != "" && !want.Force && e.Token.Value != want.Rejected && e.Token.Serial != want.Instead {
				e.Err = nil // it is another one for this caller
			}
			then(e.Token, e.Err)
		})
	}
	h.Settle()
	switch d.Kind {
	case Use:
		then(d.Token, nil)
	case Fail:
		then(Token{}, d.Err)
	}
}

func (h *vectorHost) Call(id vectors.Identity, call vectors.Call, done func(vectors.Outcome)) {
	session, err := h.open(id)
	if err != nil {
		done(failedWith(err))
		return
	}
	base, _ := id["baseUrl"].(string)
	if at, ok := id["edge"].(string); ok { // the edge makes the call: all that it carries is the authorization
		base = at + "/v1/call/" + id["connection"].(string)
		carried := maps.Clone(id)
		delete(carried, "connection")
		carried["system"] = "authorization"
		session, err = h.open(carried)
		require.Nil(h.t, err)
	}
	h.send(session, strings.TrimRight(base, "/")+call.Path, call, 0, nil, done)
}

// send sends a call, in place of one whose token of the serial instead was refused; or for the first time.
func (h *vectorHost) send(session SessionID, url string, call vectors.Call, instead uint64, replayed []Reason, done func(vectors.Outcome)) {
	h.acquire(session, Want{Instead: instead}, func(token Token, err *Error) {
		if err != nil {
			done(failedWith(err))
			return
		}
		body := call.Body
		if token.Carriage.Body != nil {
			merged, err := CarryBody(token.System, []byte(body), token.Carriage.Body)
			if err != nil {
				done(failedWith(err))
				return
			}
			body = string(merged)
		}
		sent := h.now()
		h.Send(&vectors.Request{
			Method: call.Method, URL: url, Headers: vectors.Pairs(token.Carriage.Headers), Body: body,
			Ended: func(a vectors.Answer) {
				response := responseOf(a)
				response.Rolled = a.Header(token.Carriage.Rolls...)
				outcome := h.client.Judge(session, token.Serial, Place{Call: call.Method + " " + url}, sent, h.now(), response)
				if outcome.Replay && !slices.Contains(replayed, outcome.Reason) && !call.Stream {
					h.client.Replayed(session, h.now())
					h.send(session, url, call, token.Serial, append(replayed, outcome.Reason), done)
					return
				}
				done(vectors.Outcome{Status: a.Status})
			},
		})
	})
}

func (h *vectorHost) Verify(id vectors.Identity, token string, done func(vectors.Outcome)) {
	session, err := h.open(id)
	if err != nil {
		done(failedWith(err))
		return
	}
	told := func(v Verdict, err *Error) {
		if err != nil {
			done(failedWith(err))
			return
		}
		source := map[bool]string{true: "vendor", false: "core"}[v.Vendor]
		done(vectors.Outcome{Verdict: vectors.Verdict{Valid: v.Valid, Source: source, Reason: string(v.Reason)}})
	}
	verdict, verification, err := h.client.Verify(session, token, h.now())
	if verification == 0 {
		told(verdict, err)
		return
	}
	h.waits[verification] = append(h.waits[verification], func(e Effect) { told(e.Verdict, e.Err) })
}

func (h *vectorHost) Forget(id vectors.Identity) *vectors.Error {
	session, err := h.open(id)
	if err != nil {
		return failedWith(err).Err
	}
	h.client.Forget(session, h.now())
	return nil
}

func (h *vectorHost) Online() { h.client.Online(h.now()) }

// Settle does what the client asks for.
func (h *vectorHost) Settle() {
	for {
		effects := slices.Clone(h.client.Effects())
		if len(effects) == 0 {
			return
		}
		for _, e := range effects {
			switch e.Kind {
			case Send:
				h.exchange(e.ID, e.Request)
				h.stops[e.ID] = h.After(e.Limit, func() { h.client.Lost(e.ID, h.now(), Timeout, Unanswered) })
			case Sleep:
				h.stops[e.ID] = h.After(e.Limit, func() { h.client.Woken(e.ID, h.now()) })
			case Cancel:
				h.stop(e.ID)
			case Settled, Verified:
				for _, then := range h.waits[e.ID] {
					then(e)
				}
				delete(h.waits, e.ID)
			case Notify:
				h.Notify(string(e.Event.Type))
			}
		}
	}
}

func (h *vectorHost) exchange(id uint64, r *Request) {
	h.Send(&vectors.Request{
		Asks: r.Supplier != 0, Method: r.Method, URL: r.URL, Headers: vectors.Pairs(r.Headers), Query: vectors.Pairs(r.Query),
		Form: vectors.Pairs(r.Form), Body: r.Body,
		Ended: func(a vectors.Answer) {
			h.stop(id)
			switch {
			case r.Supplier != 0 && a.Lost:
				h.client.Lost(id, h.now(), SupplierFailed, Unanswered)
			case r.Supplier != 0:
				h.client.Supplied(id, h.now(), Supply{Token: a.Supplied})
			case a.Lost:
				h.client.Lost(id, h.now(), Network, reachOf(a))
			case len(a.Body) > MaxAnswer:
				h.client.Lost(id, h.now(), ResponseTooLarge, Answering)
			default:
				response := responseOf(a)
				response.Rolled = a.Header(r.Rolls...)
				h.client.Answered(id, h.now(), response)
			}
		},
	})
}

func (h *vectorHost) stop(id uint64) {
	if stop := h.stops[id]; stop != nil {
		stop()
		delete(h.stops, id)
	}
}

func reachOf(a vectors.Answer) Reach {
	switch {
	case a.Received:
		return Answering
	case a.Impossible:
		return Impossible
	case a.Unsent:
		return Unsent
	}
	return Unanswered
}

func responseOf(a vectors.Answer) Response {
	return Response{Status: a.Status, RetryAfter: a.Header("Retry-After"), Date: a.Header("Date"), Body: a.Body}
}

func failedWith(e *Error) vectors.Outcome {
	cause := ""
	if e.Cause != nil {
		cause = string(e.Cause.Code)
	}
	return vectors.Outcome{Err: &vectors.Error{
		Code: string(e.Code), System: e.System, Step: string(e.Step), Field: e.Field, Status: e.Status, VendorCode: e.Vendor,
		Reason: string(e.Why), Retryable: e.Retryable, RetryAt: float64(e.RetryAt), Cause: cause,
	}}
}

package keeper

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"cctoken/core"
)

// maxBody bounds a request: the body of a vendor's answer, of which the front
// door passes on 16 KiB, is base64 here.
const maxBody = 256 << 10

// asked is the body of every request.
type asked struct {
	Identity         json.RawMessage `json:"identity"`
	Session          string          `json:"session"`
	Object           string          `json:"object"`
	Former           []string        `json:"former"`
	DependencyObject string          `json:"dependencyObject"`

	User string `json:"user"` // a keyed hash of whose call it is, or ""

	Rejected string `json:"rejected"` // POST /token
	Force    bool   `json:"force"`    // POST /sign-in too
	Instead  uint64 `json:"instead"`  // the serial of a token that a call was refused with

	Token string `json:"token"` // POST /verify

	To string `json:"to"` // POST /release

	Before int64 `json:"before"` // POST /forget: wall-clock milliseconds; 0 is whenever

	Serial uint64 `json:"serial"` // POST /judge, as judged
	Call   string `json:"call"`   // its method and path
	// Accepted are the calls, each with its user, that were answered with success by the token of Serial.
	Accepted   [][2]string `json:"accepted"`
	SentAgo    int64       `json:"sentAgo"`
	Status     int         `json:"status"`
	RetryAfter string      `json:"retryAfter"`
	Date       string      `json:"date"`
	Rolled     string      `json:"rolled"`
	Body       []byte      `json:"body"`
}

func (a asked) identity() Identity {
	return Identity{JSON: a.Identity, Session: a.Session, Object: a.Object, Former: a.Former, DependencyObject: a.DependencyObject}
}

// tokenAnswer is a token and how a call carries it.
type tokenAnswer struct {
	System    string  `json:"system"`
	Value     string  `json:"value"`
	Serial    uint64  `json:"serial"`
	ExpiresIn float64 `json:"expiresIn,omitempty"` // seconds
	Headers   members `json:"headers"`
	Query     members `json:"query,omitempty"`
	Body      members `json:"body,omitempty"`
	// Rolls are the headers of an answer that may hold a new token: the first that is there counts.
	Rolls []string `json:"rolls,omitempty"`
	// LeaseMs is for how many milliseconds the answer would be the same again, unless something happens.
	LeaseMs int64 `json:"leaseMs,omitempty"`
}

type members map[string]string

func membersOf(pairs []core.Pair) members {
	m := members{}
	for _, p := range pairs {
		m[p.Name] = p.Value
	}
	return m
}

type verdictAnswer struct {
	Valid     *bool   `json:"valid"`
	Source    string  `json:"source"`
	Reason    string  `json:"reason"`
	ExpiresIn float64 `json:"expiresIn,omitempty"` // seconds
}

type judgeAnswer struct {
	Replay bool   `json:"replay"`
	Rolled bool   `json:"rolled"`
	Reason string `json:"reason,omitempty"`
}

// The requests about a session that a keeper answers, all of them POST with a JSON object. What operators ask is in overviews.
var requests = map[string]func(context.Context, *Driver, asked) (any, *core.Error){
	"/token": func(ctx context.Context, d *Driver, a asked) (any, *core.Error) {
		token, err := d.Token(ctx, a.identity(), core.Want{Force: a.Force, Rejected: a.Rejected, Instead: a.Instead, User: a.User})
		if err != nil {
			return nil, err
		}
		lease, now := d.Lease(token)
		answer := tokenAnswer{
			LeaseMs: lease, System: token.System, Value: token.Value, Serial: token.Serial,
			Headers: membersOf(token.Carriage.Headers), Query: membersOf(token.Carriage.Query),
			Body: membersOf(token.Carriage.Body), Rolls: token.Carriage.Rolls,
		}
		if token.ExpiresAt != 0 {
			// A time of day that was set back must not make a life longer than it was.
			answer.ExpiresIn = seconds(min(token.ExpiresAt-now.Wall, token.ExpiresAt-token.IssuedAt))
		}
		return answer, nil
	},
	"/verify": func(ctx context.Context, d *Driver, a asked) (any, *core.Error) {
		verdict, err := d.Verify(ctx, a.identity(), a.Token)
		if err != nil {
			return nil, err
		}
		answer := verdictAnswer{Valid: verdict.Valid, Source: "core", Reason: string(verdict.Reason)}
		if verdict.Vendor {
			answer.Source = "vendor"
		}
		if verdict.ExpiresAt != 0 {
			answer.ExpiresIn = seconds(verdict.ExpiresAt - d.Now().Wall)
		}
		return answer, nil
	},
	"/judge": func(ctx context.Context, d *Driver, a asked) (any, *core.Error) {
		r := core.Response{Status: a.Status, RetryAfter: a.RetryAfter, Date: a.Date, Rolled: a.Rolled, Body: a.Body}
		accepted := make([]core.Place, len(a.Accepted))
		for i, place := range a.Accepted {
			accepted[i] = core.Place{User: place[0], Call: place[1]}
		}
		o, err := d.Judge(ctx, a.identity(), a.Serial, core.Place{Call: a.Call, User: a.User}, accepted, max(0, a.SentAgo), r)
		return judgeAnswer{Replay: o.Replay, Rolled: o.Rolled, Reason: string(o.Reason)}, err
	},
	"/sign-in": func(ctx context.Context, d *Driver, a asked) (any, *core.Error) {
		errand := core.SignIn
		if a.Force {
			errand = core.SignInByForce
		}
		return attend(ctx, d, a, errand)
	},
	"/sign-out": func(ctx context.Context, d *Driver, a asked) (any, *core.Error) {
		return attend(ctx, d, a, core.SignOut)
	},
	"/keep-alive": func(ctx context.Context, d *Driver, a asked) (any, *core.Error) {
		return attend(ctx, d, a, core.KeepAlive)
	},
	"/forget": func(ctx context.Context, d *Driver, a asked) (any, *core.Error) {
		return struct{}{}, d.Forget(ctx, a.identity(), a.Before)
	},
	"/release": func(ctx context.Context, d *Driver, a asked) (any, *core.Error) {
		state, err := d.Release(ctx, a.identity(), a.To)
		return released{state}, err
	},
}

// attend does an errand. The token that a sign-in brings stays here: calls get it from /token.
func attend(ctx context.Context, d *Driver, a asked, errand core.Errand) (any, *core.Error) {
	_, err := d.Attend(ctx, a.identity(), errand)
	return struct{}{}, err
}

// seconds turns milliseconds into seconds; what is over stays a little above zero, as zero means that nothing is known.
func seconds(ms int64) float64 { return float64(max(1, ms)) / 1000 }

// Handler answers for a driver. fault is what is wrong with the configuration,
// or nil; while there is one, every request is refused with it.
func Handler(d *Driver, fault *core.Error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := handle(r, d, fault)
		w.Header().Set("Content-Type", a.kind)
		w.Header().Set("Cache-Control", "no-store")
		if a.retryAfter != "" {
			w.Header().Set("Retry-After", a.retryAfter)
		}
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body) // in one piece, as the platform's writer wants it
	})
}

func handle(r *http.Request, d *Driver, fault *core.Error) (a answer) {
	if fault != nil {
		return problemOf(fault, core.Instant{}).answer()
	}
	defer d.survive(func() { a = problemOf(failed(), core.Instant{}).answer() }) // whoever else waits goes on waiting
	do, overview := requests[r.URL.Path], overviews[r.URL.Path]
	switch {
	case do == nil && overview == nil:
		return malformed(http.StatusNotFound, "there is no such path")
	case r.Method != http.MethodPost:
		return malformed(http.StatusMethodNotAllowed, "the method must be POST")
	}
	asks, status, reason := read(r.Body)
	if reason != "" {
		return malformed(status, reason)
	}
	if do == nil {
		do = overview
	} else if asks.Identity == nil || !isKey(asks.Session) {
		return malformed(http.StatusBadRequest, unknownBody)
	}
	result, err := do(r.Context(), d, asks)
	if err != nil {
		return problemOf(err, d.Now()).answer()
	}
	return answerOf(result)
}

// read reads a body: one JSON object of known members. What is wrong is told without a word of it.
func read(body io.Reader) (a asked, status int, reason string) {
	if body == nil {
		return a, http.StatusBadRequest, "the body is missing"
	}
	limited := io.LimitReader(body, maxBody+1)
	data, err := io.ReadAll(limited)
	switch {
	case err != nil:
		return a, http.StatusBadRequest, "the body broke off"
	case len(data) > maxBody:
		return a, http.StatusRequestEntityTooLarge, "the body is too large"
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(&a) != nil || d.More() {
		return a, http.StatusBadRequest, unknownBody
	}
	return a, 0, ""
}

const unknownBody = "the body is not a JSON object of the members that are known here"

func malformed(status int, reason string) answer {
	return Problem{
		Type: core.ProblemURN + string(core.InvalidRequest), Title: reason, Status: status,
		Code: string(core.InvalidRequest), Step: string(core.StepInput),
	}.answer()
}

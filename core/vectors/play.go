package vectors

import (
	"encoding/json"
	"strings"

	"github.com/stretchr/testify/require"
)

// T is a test that a case is played in.
type T interface {
	require.TestingT
	Failed() bool
	Logf(format string, args ...any)
}

// Play plays a case against the host that start makes.
func Play(t T, c Case, start func(*World) Host) {
	w := newWorld()
	p := &player{t: t, identity: c.Identity, world: w, host: start(w), callers: map[string]*caller{}}
	for i, step := range c.Steps {
		p.play(i+1, step)
	}
	p.end()
}

func newWorld() *World { return &World{now: Instant{Wall: 1_700_000_000_000, Mono: 5_000}} }

// end says what must be so at the end of a case.
func (p *player) end() {
	verbs["quiet"](p, true, nil)
	for name, who := range p.callers {
		_, settled := p.got(who)
		require.True(p.t, settled, "%q still waits at the end", name)
	}
}

type player struct {
	t        T
	of       int // the user, where several play a case together
	together int // how many they are, for what one does for all
	identity Identity
	world    *World
	host     Host
	callers  map[string]*caller
}

// caller is somebody who has asked. The world's lock guards what came of it.
type caller struct {
	settled bool
	outcome Outcome
}

func (p *player) play(number int, step Step) {
	defer func() {
		if p.t.Failed() {
			line, _ := json.Marshal(step)
			p.t.Logf("step %d: %s", number, line)
		}
	}()
	played := 0
	for verb, play := range verbs {
		if arg, ok := step[verb]; ok {
			played++
			play(p, arg, step)
			p.host.Settle()
		}
	}
	require.Equal(p.t, 1, played, "a step must have one verb")
}

// verbs are what the steps of a case may do, and say. README.md describes them.
var verbs = map[string]func(p *player, arg any, step Step){
	"get": func(p *player, arg any, step Step) {
		p.host.Get(p.who(step), Want{Force: step["force"] == true, Rejected: text(step["rejected"])}, p.asks(arg))
	},
	"call": func(p *player, arg any, step Step) {
		call := Call{Method: "POST", Path: "/business", Body: text(step["body"]), Stream: step["stream"] == true}
		if path, ok := step["path"].(string); ok {
			call.Path = path
		}
		if method, ok := step["method"].(string); ok {
			call.Method = method
		}
		p.host.Call(p.who(step), call, p.asks(arg))
	},
	"verify": func(p *player, arg any, step Step) {
		p.host.Verify(p.who(step), step["value"].(string), p.asks(arg))
	},
	"signIn": func(p *player, arg any, step Step) {
		p.host.SignIn(p.who(step), step["force"] == true, p.asks(arg))
	},
	"signOut":   func(p *player, arg any, step Step) { p.host.SignOut(p.who(step), p.asks(arg)) },
	"keepAlive": func(p *player, _ any, step Step) { p.host.KeepAlive(p.who(step)) },
	"online": func(p *player, _ any, _ Step) {
		p.host.(Platform).Online()
	},
	"forget": func(p *player, _ any, step Step) {
		require.Nil(p.t, p.host.Forget(p.who(step)))
	},

	"sent": func(p *player, arg any, step Step) {
		r := p.world.named(p.of, text(step["as"]))
		require.NotNil(p.t, r, "a request must be out")
		require.False(p.t, r.Asks, "a request must be out, not a question to the caller's function")
		for what, want := range arg.(map[string]any) {
			require.Equal(p.t, want, p.member(r, what), what)
		}
	},
	"asked": func(p *player, _ any, _ Step) {
		r := p.world.named(p.of, "")
		require.True(p.t, r != nil && r.Asks, "the caller's function must have been called")
	},
	"answer": func(p *player, arg any, step Step) {
		said := arg.(map[string]any)
		a := Answer{Status: int(said["status"].(float64)), Headers: map[string]string{}}
		headers, _ := said["headers"].(map[string]any)
		for name, value := range headers {
			a.Headers[name] = value.(string)
		}
		switch body := said["body"].(type) {
		case nil:
		case string:
			a.Body = []byte(body)
		default:
			a.Body, _ = json.Marshal(body)
		}
		if size, ok := said["size"].(float64); ok {
			a.Body = []byte(strings.Repeat(" ", int(size)))
		}
		p.answers(step, a)
	},
	"lose": func(p *player, arg any, step Step) {
		p.answers(step, Answer{Lost: true, Received: arg == "receiving", Unsent: arg == "connecting", Impossible: arg == "agreeing"})
	},
	"supply": func(p *player, arg any, step Step) {
		p.answers(step, Answer{Lost: arg == nil, Supplied: text(arg)})
	},

	"time":  func(p *player, arg any, _ Step) { p.world.pass(int64(arg.(float64)), p.host.Settle) },
	"sleep": func(p *player, arg any, _ Step) { p.world.set(int64(arg.(float64))) },
	"clock": func(p *player, arg any, _ Step) { p.world.set(int64(arg.(float64))) },
	"paused": func(p *player, arg any, _ Step) {
		left := p.world.pauses(max(1, p.together))
		require.Len(p.t, left, max(1, p.together), "a pause must be running")
		for _, ms := range left {
			p.within(arg, float64(ms), "pause")
		}
		p.world.pass(left[len(left)-1], p.host.Settle)
	},

	"token": func(p *player, arg any, step Step) {
		token := p.success(arg).Token
		require.Equal(p.t, step["value"], token.Value)
		for name, got := range map[string]map[string]string{"headers": token.Headers, "query": token.Query, "body": token.Body} {
			if want, ok := step[name]; ok {
				require.Equal(p.t, want, anyOf(got), name)
			}
		}
		if want, ok := step["life"]; ok {
			if want == nil {
				want = 0.0
			}
			require.InDelta(p.t, want, token.Life, 0.5, "life")
		}
	},
	"error": func(p *player, arg any, step Step) {
		e := p.settled(arg).Err
		require.NotNil(p.t, e, "an error must have come")
		got := map[string]any{
			"code": e.Code, "system": e.System, "step": e.Step, "field": e.Field, "httpStatus": float64(e.Status),
			"vendorCode": e.VendorCode, "reason": e.Reason, "retryable": e.Retryable, "cause": e.Cause,
		}
		for name, want := range step {
			switch name {
			case "error":
			case "retryIn":
				p.within(want, e.RetryAt-float64(p.world.Now().Wall), name)
			default:
				require.Contains(p.t, got, name)
				require.Equal(p.t, want, got[name], name)
			}
		}
	},
	"verdict": func(p *player, arg any, step Step) {
		v := p.success(arg).Verdict
		got := map[string]any{"valid": nil, "source": v.Source, "reason": v.Reason}
		if v.Valid != nil {
			got["valid"] = *v.Valid
		}
		for name, want := range step {
			if name != "verdict" {
				require.Contains(p.t, got, name)
				require.Equal(p.t, want, got[name], name)
			}
		}
	},
	"done": func(p *player, arg any, _ Step) { p.success(arg) },
	"result": func(p *player, arg any, step Step) {
		require.EqualValues(p.t, step["status"], p.success(arg).Status)
	},
	"pending": func(p *player, arg any, _ Step) {
		require.Contains(p.t, p.callers, arg)
		_, settled := p.got(p.callers[arg.(string)])
		require.False(p.t, settled, "%q must still wait", arg)
	},
	"quiet": func(p *player, _ any, _ Step) {
		if r := p.world.stray(); r != nil {
			require.Fail(p.t, "a request is out that no step has named", "%s %s", r.Method, r.URL)
		}
	},
	"events": func(p *player, arg any, _ Step) {
		want := []string{}
		for _, event := range arg.([]any) {
			want = append(want, event.(string))
		}
		p.same(want, p.world.told())
	},
}

// who returns the identity of a step: its own, or the case's.
func (p *player) who(step Step) Identity {
	if id, ok := step["identity"].(Identity); ok {
		return id
	}
	return p.identity
}

// asks notes a caller, and returns what tells what came of it.
func (p *player) asks(name any) func(Outcome) {
	require.NotContains(p.t, p.callers, name, "a caller asks once")
	c := &caller{}
	p.callers[name.(string)] = c
	return func(o Outcome) {
		p.world.mu.Lock()
		defer p.world.mu.Unlock()
		c.settled, c.outcome = true, o
	}
}

func (p *player) got(c *caller) (Outcome, bool) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	return c.outcome, c.settled
}

func (p *player) settled(name any) Outcome {
	require.Contains(p.t, p.callers, name)
	o, settled := p.got(p.callers[name.(string)])
	require.True(p.t, settled, "%q must not wait any more", name)
	return o
}

func (p *player) success(name any) Outcome {
	o := p.settled(name)
	require.Nil(p.t, o.Err, "%+v", o.Err)
	return o
}

func (p *player) answers(step Step, a Answer) {
	r := p.world.take(p.of, text(step["to"]))
	require.NotNil(p.t, r, "a request must be open")
	r.Ended(a)
}

// member returns what a case may say of a request.
func (p *player) member(r *Request, name string) any {
	switch name {
	case "method":
		return r.Method
	case "url":
		return r.URL
	case "headers":
		return anyOf(r.Headers)
	case "query":
		return anyOf(r.Query)
	case "form":
		return anyOf(r.Form)
	case "body":
		return r.Body
	case "json":
		var v any
		require.NoError(p.t, json.Unmarshal([]byte(r.Body), &v))
		return v
	}
	require.Fail(p.t, "a request has no such member", name)
	return nil
}

func (p *player) within(bounds any, got float64, what string) {
	b := bounds.(map[string]any)
	require.GreaterOrEqual(p.t, got, b["min"], what)
	require.LessOrEqual(p.t, got, b["max"], what)
}

// anyOf is a map as encoding/json reads it.
func anyOf(of map[string]string) map[string]any {
	m := map[string]any{}
	for name, value := range of {
		m[name] = value
	}
	return m
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

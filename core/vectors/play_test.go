package vectors

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// quick is a host of one answer: it asks each time, and hands out what it was told.
type quick struct{ world *World }

func (q quick) ask(done func(Outcome)) {
	stop := q.world.After(100, func() { done(Outcome{Err: &Error{Code: "timeout", RetryAt: float64(q.world.Now().Wall + 50)}}) })
	q.world.Send(&Request{Method: "POST", URL: "https://quick.example/", Headers: map[string]string{"a": "b"}, Body: `{"c":1}`, Ended: func(a Answer) {
		stop()
		valid := a.Status == 200
		q.world.Notify("acquired")
		done(Outcome{
			Token: Token{Value: string(a.Body), Headers: map[string]string{"x": a.Header("X-Sent")}, Life: 1000}, Status: a.Status,
			Verdict: Verdict{Valid: &valid, Source: "vendor", Reason: "confirmed"},
		})
	}})
}

func (q quick) Get(_ Identity, _ Want, done func(Outcome))      { q.ask(done) }
func (q quick) Call(_ Identity, _ Call, done func(Outcome))     { q.ask(done) }
func (q quick) SignIn(_ Identity, _ bool, done func(Outcome))   { q.ask(done) }
func (q quick) SignOut(_ Identity, done func(Outcome))          { q.ask(done) }
func (q quick) KeepAlive(Identity)                              { q.ask(func(Outcome) {}) }
func (q quick) Verify(_ Identity, _ string, done func(Outcome)) { q.ask(done) }
func (q quick) Forget(Identity) *Error                          { return nil }
func (q quick) Settle()                                         {}

// record is a test that may fail.
type record struct {
	failed bool
	log    string
}

func (r *record) Errorf(format string, args ...any) {
	r.failed = true
	r.Logf(format, args...)
}
func (r *record) Logf(format string, args ...any) { r.log += fmt.Sprintf(format, args...) + "\n" }
func (r *record) Failed() bool                    { return r.failed }
func (r *record) FailNow()                        { r.failed = true; runtime.Goexit() }

func played(steps ...Step) *record {
	r, done := &record{}, make(chan struct{})
	go func() {
		defer close(done)
		Play(r, Case{Steps: steps}, func(w *World) Host { return quick{w} })
	}()
	<-done
	return r
}

type m = map[string]any

var answered = []Step{{"get": "a"}, {"sent": m{}}, {"answer": m{"status": 200.0, "body": "T", "headers": m{"x-sent": "y"}}}}

func TestWhatACaseSaysIsWhatIsChecked(t *testing.T) {
	one := func(right, wrong Step, before ...Step) {
		require.False(t, played(append(before, right)...).failed, "%v: %s", right, played(append(before, right)...).log)
		r := played(append(before, wrong)...)
		require.True(t, r.failed, "%v", wrong)
		require.Contains(t, r.log, fmt.Sprintf("step %d: ", len(before)+1), "%v", wrong)
	}
	for _, of := range [][2]Step{
		{{"token": "a", "value": "T"}, {"token": "a", "value": "U"}},
		{{"token": "a", "value": "T", "headers": m{"x": "y"}}, {"token": "a", "value": "T", "headers": m{"x": "z"}}},
		{{"token": "a", "value": "T", "query": m{}}, {"token": "a", "value": "T", "query": m{"x": "y"}}},
		{{"token": "a", "value": "T", "life": 1000.0}, {"token": "a", "value": "T", "life": nil}},
		{{"token": "a", "value": "T"}, {"token": "b", "value": "T"}},
		{{"token": "a", "value": "T"}, {"error": "a", "code": "timeout"}},
		{{"token": "a", "value": "T"}, {"pending": "a"}},
		{{"result": "a", "status": 200.0}, {"result": "a", "status": 201.0}},
		{{"verdict": "a", "valid": true, "source": "vendor"}, {"verdict": "a", "valid": nil}},
		{{"verdict": "a", "valid": true}, {"verdict": "a", "valid": true, "reason": "live"}},
		{{"events": []any{"acquired"}}, {"events": []any{}}},
		{{"quiet": true}, {"asked": true}},
		{{"quiet": true}, {"answer": m{"status": 200.0}}},
		{{"quiet": true}, {"get": "a"}},
		{{"quiet": true}, {"paused": m{"min": 0.0, "max": 1000.0}}},
		{{"done": "a"}, {"done": "b"}},
		{{"quiet": true}, {"silent": true}},
		{{"quiet": true}, {"quiet": true, "forget": true}},
	} {
		one(of[0], of[1], answered...)
	}
	for _, asks := range []Step{{"signIn": "a"}, {"signOut": "a"}, {"signIn": "a", "force": true}} {
		one(Step{"done": "a"}, Step{"error": "a"}, asks, Step{"sent": m{}}, Step{"answer": m{"status": 200.0}})
		one(Step{"error": "a", "code": "timeout", "reason": ""}, Step{"done": "a"}, asks, Step{"sent": m{}}, Step{"time": 100.0})
	}
	one(Step{"sent": m{}}, Step{"quiet": true}, Step{"keepAlive": true})
	asks, timeout := Step{"get": "a"}, Step{"time": 100.0}
	for _, of := range [][2]m{
		{{"method": "POST"}, {"method": "GET"}},
		{{"headers": m{"a": "b"}}, {"headers": m{}}},
		{{"json": m{"c": 1.0}}, {"json": m{"c": 2.0}}},
		{{"body": `{"c":1}`}, {"body": ""}},
		{{}, {"cookie": "x"}},
	} {
		r := played(asks, Step{"sent": of[0]}, timeout)
		require.False(t, r.failed, r.log)
		require.True(t, played(asks, Step{"sent": of[1]}, timeout).failed, "%v", of[1])
	}
	one(Step{"error": "a", "code": "timeout", "retryIn": m{"min": 50.0, "max": 50.0}}, Step{"error": "a", "retryIn": m{"min": 51.0, "max": 60.0}}, asks, Step{"sent": m{}}, timeout)
	one(Step{"paused": m{"min": 40.0, "max": 40.0}}, Step{"paused": m{"min": 41.0, "max": 99.0}}, asks, Step{"sent": m{}}, Step{"time": 60.0})
}

func TestAtTheEndNobodyWaitsAndNoRequestIsOut(t *testing.T) {
	require.Contains(t, played(Step{"get": "a"}, Step{"sent": m{}}).log, `"a" still waits at the end`)
	require.Contains(t, played(Step{"get": "a"}, Step{"time": 100.0}).log, "a request is out that no step has named")
	require.True(t, strings.Contains(played(Step{"get": "a"}, Step{"quiet": true}).log, "step 2: "))
}

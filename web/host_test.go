//go:build js

package main

import (
	"syscall/js"
	"testing"

	"github.com/stretchr/testify/assert"

	"cctoken/web/console"
)

// global is the real one: tests run in Node, not behind the page's glue.
var global = js.Global()

func dateAt(ms float64) js.Value { return global.Get("Date").New(ms) }

func TestAPromiseIsWaitedForEitherWay(t *testing.T) {
	promise := global.Get("Promise")
	value, _, ok := await(promise.Call("resolve", 7))
	assert.True(t, ok)
	assert.Equal(t, 7, value.Int())
	_, reason, ok := await(promise.Call("reject", "no"))
	assert.False(t, ok)
	assert.Equal(t, "no", reason.String())
}

func TestManyMayWaitAtOnce(t *testing.T) {
	const many = 100
	var release js.Value
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any { release = args[0]; return nil })
	defer executor.Release()
	shared := global.Get("Promise").New(executor)
	done := make(chan int, many)
	for range many {
		go func() {
			value, _, _ := await(shared)
			done <- value.Int()
		}()
	}
	release.Invoke(5)
	for range many {
		assert.Equal(t, 5, <-done)
	}
}

func TestATokenErrorIsReadWhole(t *testing.T) {
	trouble := troubleOf(js.ValueOf(map[string]any{
		"name": "TokenError", "code": "unavailable", "message": "m", "step": "login", "field": js.Undefined(), "httpStatus": 503,
		"retryable": true, "retryAt": dateAt(1_700_000_000_000),
	}))
	assert.Equal(t, console.Trouble{
		Code: "unavailable", Message: "m", Step: "login", Status: 503, Retryable: true, RetryAt: 1_700_000_000_000,
	}, trouble)
}

func TestTheTextOfAnyOtherErrorIsLeftAlone(t *testing.T) {
	for _, reason := range []any{
		js.Undefined(), nil, "https://vendor.test/?authToken=secret", 7,
		map[string]any{"name": "TypeError", "message": "https://vendor.test/?authToken=secret", "code": "secret"},
		map[string]any{},
	} {
		assert.Equal(t, console.Trouble{}, troubleOf(js.ValueOf(reason)))
	}
}

func TestAnEventOfThePackageIsReadWhole(t *testing.T) {
	e := eventOf(js.ValueOf(map[string]any{
		"type": "failed", "system": "isales", "session": 1048577, "step": "login", "at": dateAt(1000), "logins": 2,
		"expiresAt": nil, "retryAt": dateAt(2000), "reason": js.Undefined(),
		"error": map[string]any{"name": "TokenError", "code": "network", "message": "m", "retryAt": nil},
	}))
	assert.Equal(t, console.Event{
		Type: console.Failed, At: 1000, System: "isales", Core: 1048577, Step: "login", Logins: 2, RetryAt: 2000,
		Trouble: &console.Trouble{Code: "network", Message: "m"},
	}, e)
}

func TestALifeHasWhatTheTokenStates(t *testing.T) {
	assert.Equal(t, console.Life{IssuedAt: 1, ExpiresAt: 4, RenewAt: 2, UsableUntil: 3}, lifeOf(js.ValueOf(map[string]any{
		"issuedAt": dateAt(1), "expiresAt": dateAt(4), "renewAt": dateAt(2), "usableUntil": dateAt(3),
	})))
	assert.Equal(t, console.Life{IssuedAt: 1}, lifeOf(js.ValueOf(map[string]any{
		"issuedAt": dateAt(1), "expiresAt": nil, "renewAt": nil, "usableUntil": nil,
	})))
}

func TestAnIdentityIsAPlainObject(t *testing.T) {
	object := objectOf([]console.Member{
		{Name: "system", Value: "made"}, {Name: "more", Value: []console.Pair{{Name: "x", Value: "1"}, {Name: "__proto__", Value: "2"}}},
		{Name: "seat", Value: int64(7)}, {Name: "idle", Value: false},
	})
	assert.Equal(t, `{"system":"made","more":{"x":"1","__proto__":"2"},"seat":7,"idle":false}`, global.Get("JSON").Call("stringify", object).String())
}

func TestWhatTheSandboxListsIsReadWhole(t *testing.T) {
	have := listing(global.Get("JSON").Call("parse", `[
		{"name": "pass", "endpoints": [], "behind": "made", "subject": "app", "rolls": false},
		{"name": "made", "endpoints": ["pass", "login"], "subject": "user", "rolls": true,
			"identity": {"system": "made", "more": {"user": "u", "app": "a"}, "seat": 7, "idle": true},
			"business": {"method": "POST", "path": "/page", "body": "{}"}}
	]`))
	assert.Equal(t, console.Listing{
		{Name: "pass", Behind: "made", Subject: "app"},
		{
			Name: "made", Places: []string{"pass", "login"}, Subject: "user", Rolls: true, Call: console.Call{Method: "POST", Path: "/page", Body: "{}"},
			Values: map[string]string{"system": "made", "more": "user=u\napp=a", "seat": "7", "idle": "true"},
		},
	}, have)
}

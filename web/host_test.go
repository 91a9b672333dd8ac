//go:build js

package main

import (
	"syscall/js"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
		"name": "TokenError", "code": "unavailable", "message": "m", "step": "login", "field": js.Undefined(), "status": 503,
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
	object := objectOf(console.Identity("cubedrive", map[string]string{"baseUrl": "b", "params": "x=1\n__proto__=2", "method": "GET"}))
	assert.Equal(t, `{"system":"cubedrive","baseUrl":"b","params":{"x":"1","__proto__":"2"},"method":"GET"}`, global.Get("JSON").Call("stringify", object).String())
}

func TestTheSandboxesExamplesFillTheForms(t *testing.T) {
	list := js.ValueOf([]any{
		map[string]any{
			"identity": map[string]any{"system": "isales", "baseUrl": "http://x", "user": "abcd", "passwd": "123456"},
			"path":     "/business",
		},
		map[string]any{
			"identity": map[string]any{"system": "cubedrive", "baseUrl": "http://x/lite", "params": global.Get("JSON").Call("parse", `{"appId":"a","user":"u"}`)}, // an object in its order: a Go map has none
			"path":     "/page", "init": map[string]any{"method": "POST"},
		},
	})
	have := samples(list)
	require.Contains(t, have, "isales")
	assert.Equal(t, sample{map[string]string{"baseUrl": "http://x", "user": "abcd", "passwd": "123456"}, "GET", "/business"}, have["isales"])
	assert.Equal(t, sample{map[string]string{"baseUrl": "http://x/lite", "params": "appId=a\nuser=u", "method": "POST"}, "POST", "/page"}, have["cubedrive"])
	assert.Contains(t, have, console.EdgeForm)
}

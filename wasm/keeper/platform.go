//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"syscall/js"

	"github.com/syumai/workers/cloudflare/fetch"

	"cctoken/core"
	"cctoken/keeper"
)

// platform is the keeper's platform: an object of JavaScript, described in js/edge/keeper/host.js.
type platform struct{ host js.Value }

func (p platform) Now() core.Instant {
	return core.Instant{Wall: int64(p.host.Call("wall").Float()), Mono: int64(p.host.Call("mono").Float())}
}

func (p platform) After(ms int64, wake func()) func() {
	var woken js.Func
	woken = js.FuncOf(func(js.Value, []js.Value) any {
		woken.Release()
		go wake() // it may block, and nothing else runs while a callback does
		return nil
	})
	cancel := p.host.Call("timer", woken, ms)
	return func() {
		cancel.Invoke()
		woken.Release() // releasing twice does no harm
	}
}

// errLost is all that is told of a failed exchange: the platform's own error may quote a URL, and so a secret.
var errLost = errors.New("the exchange brought no answer")

// do carries out a request with the library's client, over a binding of the
// host's. The binding sends the body itself: the library would make a stream of
// it, which is sent without a length and leaks its callbacks. It also ends the
// exchange when the context does, and reads the response, which the library's
// reader cannot where there is no body.
func (p platform) do(ctx context.Context, exchange js.Value, method, target string, headers http.Header) (*http.Response, error) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-ctx.Done():
			exchange.Call("abort")
		case <-done:
		}
	}()
	request, err := fetch.NewRequest(ctx, method, target, nil)
	if err != nil {
		return nil, errLost
	}
	request.Header = headers
	response, err := fetch.NewClient(fetch.WithBinding(exchange)).Do(request, &fetch.RequestInit{Redirect: fetch.RedirectModeManual})
	if err != nil {
		return nil, errLost
	}
	return response, nil
}

func (p platform) Send(ctx context.Context, r *core.Request) func() (core.Response, *keeper.Lost) {
	target, headers, body := assemble(r)
	exchange := p.host.Call("exchange", body)
	return func() (core.Response, *keeper.Lost) {
		response, err := p.do(ctx, exchange, r.Method, target, headers)
		if err != nil {
			return core.Response{}, &keeper.Lost{Code: core.Network, Received: exchange.Get("received").Bool()}
		}
		content := exchange.Get("content")
		if content.IsUndefined() {
			return core.Response{}, &keeper.Lost{Code: core.ResponseTooLarge, Received: true}
		}
		return core.Response{
			Status:     response.StatusCode,
			RetryAfter: whole(response.Header, "Retry-After"),
			Date:       whole(response.Header, "Date"),
			Rolled:     first(response.Header, r.Rolls),
			Body:       bytesOf(content),
		}, nil
	}
}

func (p platform) Ask(ctx context.Context, object, path string, body []byte) func() (int, []byte, error) {
	exchange := p.host.Call("question", object, string(body))
	return func() (int, []byte, error) {
		headers := http.Header{"Content-Type": {"application/json"}}
		response, err := p.do(ctx, exchange, http.MethodPost, "https://keeper"+path, headers)
		if err != nil {
			return 0, nil, err
		}
		content := exchange.Get("content")
		if content.IsUndefined() {
			return 0, nil, errLost
		}
		return response.StatusCode, bytesOf(content), nil
	}
}

func (p platform) Load(_ context.Context, key string) ([]byte, error) {
	record, err := await(p.host.Call("load", key))
	if err != nil || record.IsUndefined() {
		return nil, err
	}
	return bytesOf(record), nil
}

func (p platform) Save(_ context.Context, records map[string][]byte) error {
	var keys, sealed []any
	for key, record := range records {
		keys, sealed = append(keys, key), append(sealed, arrayOf(record))
	}
	_, err := await(p.host.Call("save", keys, sealed))
	return err
}

func (p platform) log(e keeper.Entry) {
	line, _ := json.Marshal(e)
	p.host.Call("log", string(line))
}

func (p platform) login(system string, step core.Step) { p.host.Call("login", system, string(step)) }

// assemble makes the URL, the headers and the body of a request.
func assemble(r *core.Request) (target string, headers http.Header, body string) {
	target = r.URL
	if len(r.Query) > 0 {
		target += "?" + encode(r.Query)
	}
	headers = http.Header{}
	for _, h := range r.Headers {
		headers.Add(h.Name, h.Value)
	}
	if r.Form != nil {
		headers.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
		return target, headers, encode(r.Form)
	}
	return target, headers, r.Body
}

func encode(pairs []core.Pair) string {
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
	}
	return strings.Join(parts, "&")
}

// whole undoes the library's splitting of header values at commas, of which a date has one.
func whole(h http.Header, name string) string { return strings.Join(h.Values(name), ",") }

// first is the first of several headers that is there, or "".
func first(h http.Header, names []string) string {
	for _, name := range names {
		if value := whole(h, name); value != "" {
			return value
		}
	}
	return ""
}

func bytesOf(array js.Value) []byte {
	b := make([]byte, array.Length())
	js.CopyBytesToGo(b, array)
	return b
}

func arrayOf(b []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array
}

// await waits for a promise.
func await(promise js.Value) (js.Value, error) {
	settled := make(chan struct{})
	var value js.Value
	var err error
	fulfilled := js.FuncOf(func(_ js.Value, args []js.Value) any {
		value = args[0]
		close(settled)
		return nil
	})
	rejected := js.FuncOf(func(js.Value, []js.Value) any {
		err = errLost
		close(settled)
		return nil
	})
	defer fulfilled.Release()
	defer rejected.Release()
	promise.Call("then", fulfilled, rejected)
	<-settled
	return value, err
}

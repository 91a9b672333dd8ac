//go:build js && wasm

// Command keeper is the program inside the edge's Durable Object: the keeper of
// package keep, on the library that connects an http.Handler to Workers. It
// starts once, and lives as long as the object; js/edge/keeper/keeper.js is the object.
package main

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"syscall/js"

	"github.com/syumai/workers"

	"cctoken/core"
	"cctoken/keeper"
)

func main() {
	host := js.Global().Get("context").Get("host")
	workers.ServeNonBlock(adapt(host, newKeeper(host)))
	workers.Ready()
	select {}
}

func newKeeper(host js.Value) http.Handler {
	keys, err := keeper.ParseKeys(host.Get("storageKeys").String())
	if err != nil {
		return refuse("STORAGE_KEYS", err)
	}
	timeout, err := keeper.ParseTimeout(host.Get("timeout").String())
	if err != nil {
		return refuse("KEEPER_TIMEOUT_MS", err)
	}
	connections, err := keeper.ParseConnections(host.Get("connections").String())
	if err != nil {
		return refuse("KEEPER_CONNECTIONS", err)
	}
	var seed [16]byte
	_, _ = rand.Read(seed[:]) // never fails: it ends the program instead
	p := platform{host}
	return keeper.Handler(keeper.NewDriver(keeper.Platform{
		Clock: p, Vendor: p, Objects: p, Store: p, Log: p.log, Login: p.login,
		Keys:        keys,
		Place:       host.Get("place").String(),
		Seed:        [2]uint64{binary.LittleEndian.Uint64(seed[:8]), binary.LittleEndian.Uint64(seed[8:])},
		Timeout:     timeout,
		MaxSessions: host.Get("maxSessions").Int(),
		Connections: connections,
	}), nil)
}

// refuse answers everything with what is wrong with a binding.
func refuse(binding string, fault error) http.Handler {
	return keeper.Handler(nil, &core.Error{Code: core.NotConfigured, Step: core.StepInput, Field: binding, Reason: fault.Error()})
}

// adapt stands between the library's requests and responses, and what a handler expects of them.
func adapt(host js.Value, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The body waits at the host, under a number. Reading it as the library's stream would leak two callbacks at each
		// step: of its "then" and "catch", only the one that is called is released.
		r.Body = io.NopCloser(strings.NewReader(host.Call("body", r.Header.Get("Ticket")).String()))
		h.ServeHTTP(responseWriter{w}, r)
	})
}

// responseWriter writes the body as one JavaScript string. The library's own
// way, a stream, closes a channel at the end of each response: the second time is a panic.
type responseWriter struct{ http.ResponseWriter }

func (w responseWriter) Write(body []byte) (int, error) {
	w.ResponseWriter.(interface{ WriteRawJSBody(js.Value) }).WriteRawJSBody(js.ValueOf(string(body)))
	return len(body), nil
}

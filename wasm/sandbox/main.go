//go:build js && wasm

// Command sandbox is the vendor systems (package sandbox) as WebAssembly, for a server in JavaScript: the sockets are
// the host's, the answers are the http.Handler's. One program is one sandbox.
//
// The host writes a request into the buffer that input gives room in, calls serve, and lets Go run. Go then calls the
// host's head, body and end for that request, at once or, where a fault delays the answer, later. Text in either
// direction is one byte a character, as HTTP has it on the wire: names and values are separated by newlines, which no
// header can hold.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"
	"unsafe"

	"cctoken/sandbox"
)

var (
	in      []byte
	vendors *sandbox.Sandbox
	running = map[uint32]context.CancelFunc{} // by request
)

func main() { select {} } // parked: the exports stay callable

// input returns the address of a buffer of at least n bytes, good until the next export that takes bytes is called.
//
//go:wasmexport input
func input(n uint32) uint32 {
	in = make([]byte, max(n, 1))
	return uint32(uintptr(unsafe.Pointer(&in[0])))
}

// taken returns the first n bytes of the input, and lets the buffer go.
func taken(n uint32) []byte {
	b := in[:n]
	in = nil
	return b
}

// settings are the sandbox's options as JSON, and whether the host has a clock of its own. The host has checked their
// types.
type settings struct {
	sandbox.Settings
	HostClock bool `json:"hostClock"`
}

// create makes the sandbox. It must be called once, before serve. Where it calls the host's refused, there is none.
//
//go:wasmexport create
func create(n uint32) {
	var s settings
	if err := json.Unmarshal(taken(n), &s); err != nil {
		panic(err)
	}
	options, err := s.Options()
	if err != nil {
		var e *sandbox.ArgumentError
		if !errors.As(err, &e) {
			panic(err)
		}
		text, err := json.Marshal(map[string]string{"option": e.Argument, "reason": e.Reason})
		if err != nil {
			panic(err) // two texts
		}
		hostRefused(unsafe.Pointer(&text[0]), uint32(len(text)))
		return
	}
	if s.HostClock {
		options.Now = func() time.Time { return time.UnixMilli(int64(hostNow())) }
	}
	vendors = sandbox.New(options)
}

// serve starts to answer a request: head bytes of its head and body bytes of its body are in the input. The body broke
// off after them if broken is not 0. Nothing is answered before the host lets Go run.
//
//go:wasmexport serve
func serve(id, head, body, broken uint32) {
	bytes := taken(head + body)
	ctx, cancel := context.WithCancel(context.Background())
	running[id] = cancel
	go func() {
		defer delete(running, id)
		defer cancel()
		answer(ctx, id, string(bytes[:head]), bytes[head:], broken != 0)
	}()
}

// gone tells that nobody waits for the answer any more.
//
//go:wasmexport gone
func gone(id uint32) {
	if cancel, there := running[id]; there {
		cancel()
	}
}

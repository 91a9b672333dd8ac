//go:build js && wasm

// Command module is the WebAssembly module inside the npm package: the core
// behind functions that JavaScript calls directly, over linear memory.
//
// Numbers are passed as they are; instants as two float64 of milliseconds.
// Bytes go in through the buffer that input gives room in, and one JSON object
// comes out where output points to; it stands until the next call. A function
// answers with the length of that object; input, output, create, discard, hold, live and
// lease answer with a number, and write none. JavaScript never passes a callback:
// calling one from Go is a thousand times slower than an exported function.
package main

import (
	"unsafe"

	"cctoken/core"
)

var (
	in      []byte
	out     writer
	clients []*core.Client // by handle; closed ones are nil
)

func main() { select {} } // parked: the exports stay callable

// input returns the address of a buffer of at least n bytes.
//
//go:wasmexport input
func input(n uint32) uint32 {
	if uint32(cap(in)) < n {
		in = make([]byte, n+n/4)
	}
	in = in[:cap(in)]
	if len(in) == 0 {
		in = make([]byte, 1<<10)
	}
	return uint32(uintptr(unsafe.Pointer(&in[0])))
}

// output returns the address of the last answer.
//
//go:wasmexport output
func output() uint32 { return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(out.data)))) }

// mostKept is the largest buffer that is used again. One that a large answer of a vendor's
// made is: memory is never given back, and the next such answer would take as much again
// before the last one's is free, or find it in pieces. Only an identity can be larger, and
// its buffer is let go.
const mostKept = 2 * core.MaxAnswer

// wipe clears the first n bytes of the input once they have been read, so that no
// secret stays there.
func wipe(n uint32) {
	clear(in[:n])
	if cap(in) > mostKept {
		in = nil
	}
}

// text returns the first n bytes of the input, and wipes them there.
func text(n uint32) string {
	s := string(in[:n])
	wipe(n)
	return s
}

func instant(wall, mono float64) core.Instant {
	return core.Instant{Wall: int64(wall), Mono: int64(mono)}
}

//go:wasmexport create
func create(seedA, seedB, timeout, maxSessions float64, watch, shared uint32) uint32 {
	c := core.New(core.Options{
		Seed:        [2]uint64{uint64(seedA), uint64(seedB)},
		Timeout:     int64(timeout),
		MaxSessions: int(maxSessions),
		Unwatched:   watch == 0,
		Shared:      shared != 0,
	})
	for handle, at := range clients {
		if at == nil {
			clients[handle] = c
			return uint32(handle)
		}
	}
	clients = append(clients, c)
	return uint32(len(clients) - 1)
}

//go:wasmexport discard
func discard(client uint32) uint32 {
	clients[client] = nil
	return 0
}

//go:wasmexport open
func open(client uint32, wall, mono float64, n uint32) uint32 {
	id, err := clients[client].Open(in[:n], instant(wall, mono))
	wipe(n)
	return answer(client, func() {
		if err != nil {
			out.failure("error", err)
			return
		}
		out.number("session", int64(id))
	})
}

// check says what is wrong with an identity, of which no session is made.
//
//go:wasmexport check
func check(n uint32) uint32 {
	err := core.Check(in[:n])
	wipe(n)
	out.begin()
	if err != nil {
		out.failure("error", err)
	}
	return out.end()
}

// live is the hot path: the serial of a token that may be used with nothing else to do, or 0.
//
//go:wasmexport live
func live(client uint32, session, wall, mono float64) float64 {
	return float64(clients[client].Live(core.SessionID(session), instant(wall, mono)))
}

// lease is for how many milliseconds live will go on saying the same if nothing but time happens.
//
//go:wasmexport lease
func lease(client uint32, session, wall, mono float64) float64 {
	return float64(clients[client].Lease(core.SessionID(session), instant(wall, mono)))
}

//go:wasmexport get
func get(client uint32, session, wall, mono float64, force uint32, instead float64, n, user uint32) uint32 {
	want := core.Want{Force: force != 0, Instead: uint64(instead), Rejected: string(in[:n]), User: string(in[n : n+user])}
	wipe(n + user)
	d := clients[client].Get(core.SessionID(session), instant(wall, mono), want)
	return answer(client, func() { out.decision(d) })
}

//go:wasmexport attend
func attend(client uint32, session, wall, mono float64, errand uint32) uint32 {
	d := clients[client].Attend(core.SessionID(session), core.Errand(errand), instant(wall, mono))
	return answer(client, func() { out.decision(d) })
}

//go:wasmexport answered
func answered(client uint32, exchange, wall, mono, status, age float64, headers, body uint32) uint32 {
	clients[client].Answered(uint64(exchange), instant(wall, mono), response(status, age, 0, headers, body))
	wipe(headers + body)
	return answer(client, nil)
}

//go:wasmexport lost
func lost(client uint32, exchange, wall, mono float64, reach, n uint32) uint32 {
	clients[client].Lost(uint64(exchange), instant(wall, mono), core.Code(text(n)), core.Reach(reach))
	return answer(client, nil)
}

//go:wasmexport supplied
func supplied(client uint32, exchange, wall, mono, life float64, n uint32) uint32 {
	clients[client].Supplied(uint64(exchange), instant(wall, mono), core.Supply{Token: text(n), Life: int64(life)})
	return answer(client, nil)
}

//go:wasmexport woken
func woken(client uint32, exchange, wall, mono float64) uint32 {
	clients[client].Woken(uint64(exchange), instant(wall, mono))
	return answer(client, nil)
}

//go:wasmexport online
func online(client uint32, wall, mono float64) uint32 {
	clients[client].Online(instant(wall, mono))
	return answer(client, nil)
}

// hold says that a business call begins (1) or is over (-1).
//
//go:wasmexport hold
func hold(client uint32, session float64, calls int32) uint32 {
	clients[client].Hold(core.SessionID(session), calls)
	return 0
}

//go:wasmexport judge
func judge(client uint32, session, serial, sentWall, sentMono, wall, mono float64, call, user uint32, status, age float64, headers, body uint32) uint32 {
	at := core.Place{Call: string(in[:call]), User: string(in[call : call+user])}
	call += user
	r := response(status, age, call, headers, body)
	o := clients[client].Judge(core.SessionID(session), uint64(serial), at, instant(sentWall, sentMono), instant(wall, mono), r)
	wipe(call + headers + body)
	return answer(client, func() {
		out.boolean("replay", o.Replay)
		out.boolean("rolled", o.Rolled)
		out.boolean("extended", o.Extended)
		out.text("reason", string(o.Reason))
	})
}

// accepted notes that a call was answered with success by the token of a serial, where nothing but that is known of it.
//
//go:wasmexport accepted
func accepted(client uint32, session, serial, wall, mono float64, call, user uint32) uint32 {
	at := core.Place{Call: string(in[:call]), User: string(in[call : call+user])}
	wipe(call + user)
	clients[client].Accepted(core.SessionID(session), uint64(serial), at, instant(wall, mono))
	return answer(client, nil)
}

//go:wasmexport replayed
func replayed(client uint32, session, wall, mono float64) uint32 {
	clients[client].Replayed(core.SessionID(session), instant(wall, mono))
	return answer(client, nil)
}

//go:wasmexport verify
func verify(client uint32, session, wall, mono float64, n uint32) uint32 {
	v, id, err := clients[client].Verify(core.SessionID(session), text(n), instant(wall, mono))
	return answer(client, func() {
		switch {
		case err != nil:
			out.failure("error", err)
		case id != 0:
			out.number("verification", int64(id))
		default:
			out.verdict("verdict", v)
		}
	})
}

// view is how a session is, for who serves many users with this client.
//
//go:wasmexport view
func view(client uint32, session, wall, mono float64) uint32 {
	v, _ := clients[client].View(core.SessionID(session), instant(wall, mono))
	return answer(client, func() {
		out.text("system", v.System)
		out.text("state", string(v.State))
		out.number("since", v.Since)
		out.number("used", int64(v.Used))
		out.number("most", int64(v.Most))
		out.number("free", v.Free)
		if v.Cooling != nil {
			out.failure("cooling", v.Cooling)
		}
	})
}

//go:wasmexport relent
func relent(client uint32, session, wall, mono float64) uint32 {
	relented := clients[client].Relent(core.SessionID(session), instant(wall, mono))
	return answer(client, func() { out.boolean("relented", relented) })
}

//go:wasmexport forget
func forget(client uint32, session, wall, mono float64) uint32 {
	clients[client].Forget(core.SessionID(session), instant(wall, mono))
	return answer(client, nil)
}

// name, state and adopt are for hosts that share sessions. Of name and state the answer is what they return, and not an object of this
// program's: 0 where there is none.
//
//go:wasmexport name
func name(client uint32, session float64) uint32 {
	return out.plain(clients[client].Name(core.SessionID(session)))
}

//go:wasmexport state
func state(client uint32, session, wall, mono float64) uint32 {
	return out.plain(clients[client].State(core.SessionID(session), instant(wall, mono)))
}

//go:wasmexport adopt
func adopt(client uint32, session, wall, mono, age, held float64, n uint32) uint32 {
	more := clients[client].Adopt(core.SessionID(session), instant(wall, mono), int64(age), in[:n], uint64(held))
	wipe(n)
	return answer(client, func() { out.boolean("more", more) })
}

//go:wasmexport alone
func alone(client, alone uint32) uint32 {
	clients[client].Alone(alone != 0)
	return answer(client, nil)
}

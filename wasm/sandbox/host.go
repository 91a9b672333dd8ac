//go:build js && wasm

package main

import "unsafe"

// What the host does for the sandbox. None of these may call back into Go.

// hostHead begins the answer to a request: its status and headers as text.
//
//go:wasmimport sandbox head
func hostHead(id uint32, at unsafe.Pointer, n uint32)

// hostBody sends a part of the body. It returns 0 where the client is gone.
//
//go:wasmimport sandbox body
func hostBody(id uint32, at unsafe.Pointer, n uint32) uint32

// hostEnd ends the answer: well, or, if broken is not 0, by breaking the connection after what was sent.
//
//go:wasmimport sandbox end
func hostEnd(id, broken uint32)

// hostRefused tells why create has made no sandbox: {"option", "reason"} as JSON.
//
//go:wasmimport sandbox refused
func hostRefused(at unsafe.Pointer, n uint32)

// hostNow is the time of day in milliseconds, where the host has a clock of its own.
//
//go:wasmimport sandbox now
func hostNow() float64

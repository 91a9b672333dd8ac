//go:build js && wasm

package main

import (
	"strconv"

	"cctoken/core"
	"cctoken/core/quote"
)

// answer writes what a call results in, and the effects that came with it.
func answer(client uint32, result func()) uint32 {
	out.begin()
	if result != nil {
		result()
	}
	out.list("effects")
	for _, e := range clients[client].Effects() {
		out.effect(e)
	}
	out.close(']')
	return out.end()
}

// response reads what JavaScript says of a response: two numbers, and in the input
// from an offset on the headers that matter as JSON, if there are any, then the body.
func response(status, age float64, from, headers, body uint32) core.Response {
	var r core.Response
	if headers != 0 {
		r = core.ResponseHeaders(in[from : from+headers])
	}
	r.Status, r.Age = int(status), int64(age)
	r.Body = in[from+headers : from+headers+body]
	return r
}

// writer writes JSON into one buffer that is used again for every answer.
type writer struct {
	data  []byte
	comma bool
}

func (w *writer) begin() {
	clear(w.data) // the last answer may hold a secret
	if cap(w.data) > mostKept {
		w.data = nil
	}
	w.data, w.comma = append(w.data[:0], '{'), false
}

// plain answers with what is JSON already.
func (w *writer) plain(data []byte) uint32 {
	w.begin()
	w.data = append(w.data[:0], data...)
	clear(data)
	return uint32(len(w.data))
}

func (w *writer) end() uint32 {
	w.close('}')
	return uint32(len(w.data))
}

func (w *writer) separate() {
	if w.comma {
		w.data = append(w.data, ',')
	}
	w.comma = true
}

func (w *writer) open(bracket byte) {
	w.separate()
	w.data, w.comma = append(w.data, bracket), false
}

func (w *writer) close(bracket byte) {
	w.data, w.comma = append(w.data, bracket), true
}

func (w *writer) quote(s string) {
	w.separate()
	w.data = quote.Append(w.data, s)
}

// name writes the name of a member: one of this program's own, in which nothing is to be escaped.
func (w *writer) name(s string) {
	w.separate()
	w.data = append(append(append(w.data, '"'), s...), '"', ':')
	w.comma = false
}

func (w *writer) object(name string) {
	w.name(name)
	w.open('{')
}

func (w *writer) list(name string) {
	w.name(name)
	w.open('[')
}

func (w *writer) text(name, s string) {
	if s != "" {
		w.name(name)
		w.quote(s)
	}
}

func (w *writer) texts(name string, list []string) {
	if len(list) == 0 {
		return
	}
	w.list(name)
	for _, s := range list {
		w.quote(s)
	}
	w.close(']')
}

func (w *writer) number(name string, n int64) {
	if n != 0 {
		w.name(name)
		w.separate()
		w.data = strconv.AppendInt(w.data, n, 10)
	}
}

func (w *writer) boolean(name string, b bool) {
	if b {
		w.name(name)
		w.separate()
		w.data = append(w.data, "true"...)
	}
}

func (w *writer) pairs(name string, pairs []core.Pair) {
	if pairs == nil {
		return
	}
	w.list(name)
	for _, p := range pairs {
		w.open('[')
		w.quote(p.Name)
		w.quote(p.Value)
		w.close(']')
	}
	w.close(']')
}

// members writes pairs of which no two have the same name as an object, which
// JavaScript keeps in half the memory.
func (w *writer) members(name string, pairs []core.Pair) {
	if pairs == nil {
		return
	}
	w.object(name)
	for _, p := range pairs {
		w.quote(p.Name) // an edge may have said it
		w.data, w.comma = append(w.data, ':'), false
		w.quote(p.Value)
	}
	w.close('}')
}

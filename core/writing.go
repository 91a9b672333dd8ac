package core

import (
	"strconv"

	"cctoken/core/quote"
)

// writer writes JSON. Of an object it leaves out what is zero, false or empty.
type writer struct{ data []byte }

// separate puts a comma where something stands before that what follows must be told from.
func (w *writer) separate() {
	if n := len(w.data); n > 0 {
		if c := w.data[n-1]; c != '{' && c != '[' && c != ':' {
			w.data = append(w.data, ',')
		}
	}
}

func (w *writer) open(bracket byte) {
	w.separate()
	w.data = append(w.data, bracket)
}

func (w *writer) close(bracket byte) { w.data = append(w.data, bracket) }

func (w *writer) quote(s string) {
	w.separate()
	w.data = quote.Append(w.data, s)
}

func (w *writer) integer(n int64) {
	w.separate()
	w.data = strconv.AppendInt(w.data, n, 10)
}

// raw writes what is JSON already.
func (w *writer) raw(v value) {
	w.separate()
	w.data = append(w.data, v...)
}

// member writes a member as it stood elsewhere.
func (w *writer) member(quoted, v value) {
	w.raw(quoted)
	w.data = append(append(w.data, ':'), v...)
}

func (w *writer) name(s string) {
	w.quote(s)
	w.data = append(w.data, ':')
}

func (w *writer) text(name, s string) {
	if s != "" {
		w.name(name)
		w.quote(s)
	}
}

func (w *writer) number(name string, n int64) {
	if n != 0 {
		w.name(name)
		w.integer(n)
	}
}

func (w *writer) boolean(name string, b bool) {
	if b {
		w.name(name)
		w.raw(value("true"))
	}
}

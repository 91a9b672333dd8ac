//go:build js && wasm

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unsafe"
)

// answer has the sandbox answer one request, in its own goroutine. A panic other than http.ErrAbortHandler is a fault of
// the sandbox, and ends the program: the host reports it.
func answer(ctx context.Context, id uint32, head string, body []byte, broken bool) {
	w := &response{id: id, header: http.Header{}}
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler {
				panic(p)
			}
			hostEnd(id, 1)
		}
	}()
	r, err := request(head, body, broken)
	if err != nil {
		// As net/http's server answers what it cannot read.
		w.header.Set("Content-Type", "text/plain; charset=utf-8")
		w.header.Set("Connection", "close")
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, "400 Bad Request")
	} else {
		vendors.ServeHTTP(w, r.WithContext(ctx))
	}
	w.finish()
}

// request reads a head: method, target, and then names and values in turn, a line each.
func request(head string, body []byte, broken bool) (*http.Request, error) {
	lines := strings.Split(head, "\n")
	target, err := url.ParseRequestURI(lines[1])
	if err != nil {
		return nil, err
	}
	header := http.Header{}
	for i := 2; i+1 < len(lines); i += 2 {
		header.Add(lines[i], lines[i+1])
	}
	host := header.Get("Host")
	header.Del("Host") // where net/http's server has it too
	reader := io.Reader(bytes.NewReader(body))
	if broken {
		reader = io.MultiReader(reader, brokenOff{})
	}
	return &http.Request{
		Method: lines[0], URL: target, RequestURI: lines[1], Host: host, Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: io.NopCloser(reader), ContentLength: int64(len(body)),
	}, nil
}

type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A response is the http.ResponseWriter of one request. As net/http's server does, it holds back the first 2 KB, so that
// a short answer has a Content-Length.
type response struct {
	id     uint32
	header http.Header
	fixed  http.Header // the header as it was when the status was written
	status int
	held   []byte
	begun  bool // the head is with the host
}

const maxHeld = 2048

var errGone = errors.New("the client is gone")

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.fixed = status, w.header.Clone()
	}
}

func (w *response) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if !w.begun && len(w.held)+len(b) <= maxHeld {
		w.held = append(w.held, b...)
		return len(b), nil
	}
	if err := w.FlushError(); err != nil {
		return 0, err
	}
	return len(b), w.send(b)
}

// FlushError is what http.ResponseController calls.
func (w *response) FlushError() error {
	w.WriteHeader(http.StatusOK)
	if w.begun {
		return nil
	}
	w.begin()
	return w.send(w.held)
}

func (w *response) begin() {
	w.begun = true
	text := []byte(strconv.Itoa(w.status))
	for name, values := range w.fixed {
		for _, value := range values {
			text = append(append(append(append(text, '\n'), name...), '\n'), value...)
		}
	}
	hostHead(w.id, unsafe.Pointer(&text[0]), uint32(len(text)))
}

func (w *response) send(b []byte) error {
	if len(b) > 0 && hostBody(w.id, unsafe.Pointer(&b[0]), uint32(len(b))) == 0 {
		return errGone
	}
	return nil
}

// finish ends an answer that went well.
func (w *response) finish() {
	w.WriteHeader(http.StatusOK)
	if !w.begun {
		if w.status != http.StatusNoContent && w.fixed.Get("Content-Length") == "" {
			w.fixed.Set("Content-Length", strconv.Itoa(len(w.held)))
		}
		w.begin()
		w.send(w.held)
	}
	hostEnd(w.id, 0)
}

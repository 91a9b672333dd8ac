package vectors

import (
	"slices"
	"strings"
	"sync"
)

// World is what a case lets a host see: two clocks, timers, and vendors that
// answer what the case says. A host may use it from many goroutines.
type World struct {
	mu     sync.Mutex
	now    Instant
	timers []*timer
	unseen []*Request // sent, and not yet named by a step
	open   []*Request // named, and not yet answered
	events []string
}

// Instant is a reading of both clocks, in milliseconds.
type Instant struct {
	Wall int64
	Mono int64
}

type timer struct {
	at   int64 // on the monotonic clock
	wake func()
}

// Request is a request that is out, or a question to the caller's function.
type Request struct {
	Asks    bool // a question; it has no other member
	Method  string
	URL     string
	Headers map[string]string
	Query   map[string]string
	Form    map[string]string
	Body    string
	// Of is the user whose it is, where several play a case together; 0 for one alone. Whoever asks a caller's function says so;
	// all else is known by its URL.
	Of int

	// Ended is called once, with what came of the request.
	Ended func(Answer)

	name string
}

// Answer is what came of a request.
type Answer struct {
	Status  int
	Headers map[string]string
	Body    []byte

	Lost     bool   // the connection broke, or the function failed
	Received bool   // it broke after the response had begun
	Unsent   bool   // there never was one
	Supplied string // what the function gave

	Impossible bool // nor will there be one, as it is asked for
}

// Header returns the value of a header, of several the first that is there; or "".
func (a Answer) Header(names ...string) string {
	for _, name := range names {
		for key, value := range a.Headers {
			if strings.EqualFold(key, name) {
				return value
			}
		}
	}
	return ""
}

// Now reads both clocks.
func (w *World) Now() Instant {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// After wakes the host after so many milliseconds, unless it is stopped before.
func (w *World) After(ms int64, wake func()) (stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := &timer{w.now.Mono + ms, wake}
	w.timers = append(w.timers, t)
	slices.SortStableFunc(w.timers, func(a, b *timer) int { return int(a.at - b.at) })
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.timers = slices.DeleteFunc(w.timers, func(other *timer) bool { return other == t })
	}
}

// Send sends a request, or asks the caller's function.
func (w *World) Send(r *Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !r.Asks {
		r.URL, r.Of = plain(r.URL)
	}
	w.unseen = append(w.unseen, r)
}

// Notify tells of an event.
func (w *World) Notify(event string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, event)
}

// pass lets both clocks go on, and wakes what falls due on the way.
func (w *World) pass(ms int64, settle func()) {
	end := w.Now().Mono + ms
	for next := w.due(end); next != nil; next = w.due(end) {
		next.wake()
		settle()
	}
}

// due lets the clocks go on to the next timer, which it returns, or to the end.
func (w *World) due(end int64) *timer {
	w.mu.Lock()
	defer w.mu.Unlock()
	var next *timer
	if len(w.timers) > 0 && w.timers[0].at <= end {
		next, w.timers = w.timers[0], w.timers[1:]
		end = next.at
	}
	w.now = Instant{w.now.Wall + end - w.now.Mono, end}
	return next
}

// set sets the time of day forward, or back.
func (w *World) set(ms int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now.Wall += ms
}

// pauses returns how long the next timers still have to go, that many at most.
func (w *World) pauses(most int) []int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	var left []int64
	for _, t := range w.timers[:min(most, len(w.timers))] {
		left = append(left, t.at-w.now.Mono)
	}
	return left
}

// named takes a user's next request that no step has named yet, and gives it a name. It returns nil where none is out.
func (w *World) named(of int, name string) *Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := slices.IndexFunc(w.unseen, func(r *Request) bool { return r.Of == of })
	if at < 0 {
		return nil
	}
	r := w.unseen[at]
	r.name = name
	w.unseen, w.open = slices.Delete(w.unseen, at, at+1), append(w.open, r)
	return r
}

// take takes a user's oldest open request, or the one of that name. It returns nil where there is none.
func (w *World) take(of int, name string) *Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := slices.IndexFunc(w.open, func(r *Request) bool { return r.Of == of && (name == "" || r.name == name) })
	if at < 0 {
		return nil
	}
	r := w.open[at]
	w.open = slices.Delete(w.open, at, at+1)
	return r
}

// stray returns a request that no step has named, or nil.
func (w *World) stray() *Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.unseen) == 0 {
		return nil
	}
	return w.unseen[0]
}

// told returns the events since it was last called.
func (w *World) told() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	events := append([]string{}, w.events...)
	w.events = nil
	return events
}

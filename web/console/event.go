package console

import (
	"strconv"

	"cctoken/core"
	"cctoken/core/quote"
)

// EventType is an event's type as the package names it, or one of the page's own two.
type EventType string

const (
	Acquired            = EventType(core.EventAcquired)
	Renewed             = EventType(core.EventRenewed)
	Adopted             = EventType(core.EventAdopted)
	Rolled              = EventType(core.EventRolled)
	Rejected            = EventType(core.EventRejected)
	Replayed            = EventType(core.EventReplayed)
	Retrying            = EventType(core.EventRetrying)
	Failed              = EventType(core.EventFailed)
	Cooling             = EventType(core.EventCooling)
	Evicted             = EventType(core.EventEvicted)
	SignedOut           = EventType(core.EventSignedOut)
	Exchange  EventType = "exchange" // a request, and what came
	Fault     EventType = "fault"    // what the page's user did to the sandbox: a fault, a revocation, a roll
)

// EventTypes are all types, in the order of the legend.
var EventTypes = []EventType{Acquired, Renewed, Adopted, Rolled, Replayed, Rejected, Retrying, Failed, Cooling, Evicted, SignedOut, Exchange, Fault}

// Event is one moment of a session's life. It holds no secret and no token.
type Event struct {
	Type       EventType
	At         int64
	System     string
	Card       int   // the page's number of the session, or 0 where it has none
	Core       int64 // the package's number of it, or 0
	Step       string
	Logins     int
	ExpiresAt  int64
	RetryAt    int64
	Reason     string
	VendorCode string
	Trouble    *Trouble

	// Of an Exchange:
	Method string
	Path   string // without a query
	Status int    // 0 where nothing came
	Took   int64
	// Of a Fault: what was asked of the sandbox.
	Asked string
}

// Trouble is a failure as the package reports it.
type Trouble struct {
	Code      string
	Message   string
	Step      string
	Field     string
	Status    int
	Retryable bool
	RetryAt   int64
	At        int64
}

// maxEvents bounds the log. A tab that is open for days must not grow.
const maxEvents = 2000

// Log keeps the latest events, oldest first.
type Log struct {
	events  []Event
	dropped int
}

// Add appends an event.
func (l *Log) Add(e Event) {
	if len(l.events) == maxEvents {
		l.dropped += maxEvents / 10
		l.events = append(l.events[:0], l.events[maxEvents/10:]...)
	}
	l.events = append(l.events, e)
}

// Of returns the events of one card, or of all with 0.
func (l *Log) Of(card int) []Event {
	if card == 0 {
		return l.events
	}
	var out []Event
	for _, e := range l.events {
		if e.Card == card {
			out = append(out, e)
		}
	}
	return out
}

// Last returns the latest n events of a card, or of all with 0, newest first.
func (l *Log) Last(card, n int) []Event {
	var out []Event
	for i := len(l.events) - 1; i >= 0 && len(out) < n; i-- {
		if card == 0 || l.events[i].Card == card {
			out = append(out, l.events[i])
		}
	}
	return out
}

// JSON is the log of one card, or of all with 0, as a file to keep. Instants are milliseconds since 1970 UTC.
func (l *Log) JSON(card int, savedAt int64) []byte {
	b := []byte(`{"savedBy":"cctoken console","savedAt":`)
	b = strconv.AppendInt(b, savedAt, 10)
	b = append(b, `,"dropped":`...)
	b = strconv.AppendInt(b, int64(l.dropped), 10)
	b = append(b, `,"events":[`...)
	for i, e := range l.Of(card) {
		if i > 0 {
			b = append(b, ',')
		}
		b = e.append(append(b, "\n  "...))
	}
	return append(b, "\n]}\n"...)
}

// append writes the event as a JSON object; members that are empty are left out.
func (e Event) append(b []byte) []byte {
	w := object{append(b, '{')}
	w.text("type", string(e.Type))
	w.number("at", e.At)
	w.text("system", e.System)
	w.number("session", int64(e.Card))
	w.number("core", e.Core)
	w.text("step", e.Step)
	w.number("logins", int64(e.Logins))
	w.number("expiresAt", e.ExpiresAt)
	w.number("retryAt", e.RetryAt)
	w.text("reason", e.Reason)
	w.text("method", e.Method)
	w.text("path", e.Path)
	w.number("status", int64(e.Status))
	w.number("tookMs", e.Took)
	w.text("asked", e.Asked)
	if t := e.Trouble; t != nil {
		w.text("code", t.Code)
		w.text("message", t.Message)
		w.number("httpStatus", int64(t.Status))
	}
	return append(w.data, '}')
}

type object struct{ data []byte }

func (o *object) name(name string) {
	if o.data[len(o.data)-1] != '{' {
		o.data = append(o.data, ',')
	}
	o.data = quote.Append(o.data, name)
	o.data = append(o.data, ':')
}

func (o *object) text(name, text string) {
	if text != "" {
		o.name(name)
		o.data = quote.Append(o.data, text)
	}
}

func (o *object) number(name string, n int64) {
	if n != 0 {
		o.name(name)
		o.data = strconv.AppendInt(o.data, n, 10)
	}
}

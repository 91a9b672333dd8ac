package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Fault makes the next Count requests to one endpoint go wrong. Faults on an endpoint are used up in their order.
//
// With these the vendor does its work, and the answer is damaged: a login mints a token that nobody learns of.
//
//	delay     the answer comes DelayMs late
//	truncate  the Content-Length promises more than comes, and the connection breaks
//	types     the success has wrong JSON types: tokens are numbers, lifetimes are objects
//
// With these it does nothing:
//
//	reset     the connection breaks without an answer
//	html      status 200 with a page of HTML
//	html403 html418   such a page with that status, as by a firewall before the vendor
//	huge      status 200 with 2 MiB of JSON
//	empty     status 200 without a body
//	redirect  307 to /_sandbox/redirected, which counts who followed
//	401 403 429 500 502 503 504   that status, in the vendor's error form
//	denied    status 200 with the vendor's code for "no permission", where it has one
type Fault struct {
	System System `json:"system"`
	// Endpoint is login, refresh, verify or business, where the system has it, or the name of a system behind it: see
	// [SystemInfo].
	Endpoint string `json:"endpoint"`
	Kind     string `json:"fault"`
	Count    int    `json:"count"`   // 0 is 1
	DelayMs  int    `json:"delayMs"` // goes with every fault; delay needs it
	// RetryAfter is the header of a status: seconds, or an HTTP date.
	RetryAfter RetryAfter `json:"retryAfter"`
	// ExceptionInfo is the text of a status, of a system whose errors have one. Without it, there is the text that the
	// system's document has for that status.
	ExceptionInfo string `json:"exceptionInfo"`
}

// RetryAfter is seconds or an HTTP date. In JSON the seconds may be a number.
type RetryAfter string

// UnmarshalJSON reads a string or a whole number.
func (v *RetryAfter) UnmarshalJSON(b []byte) error {
	if _, err := strconv.ParseUint(string(b), 10, 32); err == nil {
		*v = RetryAfter(b)
		return nil
	}
	return json.Unmarshal(b, (*string)(v))
}

func (v RetryAfter) check() error {
	if _, err := strconv.ParseUint(string(v), 10, 32); err == nil {
		return nil
	}
	if _, err := http.ParseTime(string(v)); err == nil {
		return nil
	}
	return errors.New("retryAfter must be seconds or an HTTP date")
}

var (
	faultStatuses = []string{"401", "403", "429", "500", "502", "503", "504"}
	faultKinds    = append([]string{"delay", "reset", "truncate", "html", "html403", "html418", "types", "huge", "empty", "redirect", "denied"}, faultStatuses...)
)

const (
	maxFaultCount = 100_000
	maxDelayMs    = 600_000
	hugeBytes     = 2 << 20
)

// place finds the endpoint that a fault is for. The login of a system behind another is the other's as well, by this one's name.
func (f Fault) place() (faultPlace, error) {
	for _, e := range endpoints {
		behind := e.system.vendor().behind
		if e.system == f.System && string(e.step) == f.Endpoint ||
			behind != "" && behind == f.System && e.step == stepLogin && string(e.system) == f.Endpoint {
			return faultPlace{e.system, e.step}, nil
		}
	}
	var known []string
	for _, v := range vendors {
		if names := v.faultEndpoints(); len(names) > 0 {
			known = append(known, strings.Join(names, " or ")+" of "+string(v.name))
		}
	}
	return faultPlace{}, errors.New("there is no such system and endpoint: use " + strings.Join(known, ", "))
}

// check finds what no fault may be.
func (f Fault) check() error {
	isStatus := slices.Contains(faultStatuses, f.Kind)
	switch {
	case !slices.Contains(faultKinds, f.Kind):
		return fmt.Errorf("fault must be one of %s", strings.Join(faultKinds, ", "))
	case f.Count < 0 || f.Count > maxFaultCount:
		return fmt.Errorf("count must be 1 to %d", maxFaultCount)
	case f.DelayMs < 0 || f.DelayMs > maxDelayMs:
		return fmt.Errorf("delayMs must be 0 to %d", maxDelayMs)
	case f.Kind == "delay" && f.DelayMs == 0:
		return errors.New("the fault delay needs delayMs")
	case f.Kind == "denied" && f.System.vendor().denies == nil:
		return errors.New("the fault denied is for " + strings.Join(systemsWith(func(v *vendor) bool { return v.denies != nil }), " or ") + " only")
	case f.RetryAfter != "" && !isStatus:
		return errors.New("retryAfter goes with a status only")
	case f.ExceptionInfo != "" && (!isStatus || f.System.vendor().texts == nil):
		return errors.New("exceptionInfo goes with a status of " +
			strings.Join(systemsWith(func(v *vendor) bool { return v.texts != nil }), " or ") + " only")
	case f.RetryAfter != "":
		return f.RetryAfter.check()
	}
	return nil
}

type faultPlace struct {
	system System
	step   step
}

// faultQueues hold what waits, first in first out at each place.
type faultQueues map[faultPlace][]Fault

// take removes the next fault at a place; the zero Fault is none.
func (q faultQueues) take(system System, at step) Fault {
	place := faultPlace{system, at}
	waiting := q[place]
	if len(waiting) == 0 {
		return Fault{}
	}
	f := waiting[0]
	waiting[0].Count--
	if waiting[0].Count == 0 {
		q[place] = waiting[1:]
	}
	return f
}

func (q faultQueues) pending() int {
	n := 0
	for _, waiting := range q {
		for _, f := range waiting {
			n += f.Count
		}
	}
	return n
}

// Inject queues a fault. The error says what is wrong with it.
func (s *Sandbox) Inject(f Fault) error {
	place, err := f.place()
	if err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	f.Count = max(f.Count, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults[place]) >= maxFaultCount {
		return errors.New("too many faults are waiting at this endpoint")
	}
	s.faults[place] = append(s.faults[place], f)
	return nil
}

// ClearFaults forgets the faults that wait, and returns for how many requests they were.
func (s *Sandbox) ClearFaults() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.faults.pending()
	s.faults = faultQueues{}
	return n
}

// replaces reports whether the vendor's own work is left undone.
func (f Fault) replaces() bool {
	switch f.Kind {
	case "", "delay", "truncate", "types":
		return false
	}
	return true
}

// reply is the answer in place of the vendor's own. A reason is always there: each of these counts as a failure.
func (f Fault) reply(system System) reply {
	reason := "fault on demand: " + f.Kind
	switch f.Kind {
	case "denied":
		a := system.vendor().denies()
		a.reason = reason
		return a
	case "html":
		return reply{status: http.StatusOK, html: interception, reason: reason}
	case "html403":
		return reply{status: http.StatusForbidden, html: forbidden, reason: reason}
	case "html418":
		return reply{status: http.StatusTeapot, html: interception, reason: reason}
	case "redirect":
		a := reply{status: http.StatusTemporaryRedirect, reason: reason}
		a.set("Location", controlPrefix+"redirected")
		return a
	}
	status, err := strconv.Atoi(f.Kind)
	if err != nil { // reset, huge, empty
		return reply{status: http.StatusOK, reason: reason}
	}
	a := failure(system, status, cmp.Or(f.ExceptionInfo, system.vendor().texts[status], reason))
	a.reason = reason
	if f.RetryAfter != "" {
		a.set("Retry-After", string(f.RetryAfter))
	}
	return a
}

// forbidden is what nginx answers, be it for the address or for the key.
const forbidden = "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n" +
	"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

func (f Fault) delay() time.Duration { return time.Duration(f.DelayMs) * time.Millisecond }

func pause(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write sends the answer, damaged as the fault asks.
func (f Fault) write(w http.ResponseWriter, system System, a reply) {
	switch f.Kind {
	case "reset":
		panic(http.ErrAbortHandler)
	case "truncate":
		contentType, body := a.render()
		a.head(w, contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)+64))
		w.WriteHeader(a.status)
		w.Write(body[:len(body)/2])
		http.NewResponseController(w).Flush() // or the server would drop the half with the connection
		panic(http.ErrAbortHandler)
	case "huge":
		writeHuge(w, system, a)
		return
	case "types":
		a.body = wrongTypes(a.body, system.vendor().success)
	}
	a.write(w)
}

// writeHuge streams a success that is well-formed JSON: only its size is wrong with it.
func writeHuge(w http.ResponseWriter, system System, a reply) {
	a.head(w, "application/json;charset=UTF-8")
	w.WriteHeader(a.status)
	item := `"` + strings.Repeat("x", 1020) + `",` + "\n"
	start, err := json.Marshal(system.vendor().success)
	if err != nil {
		panic(err) // codes are strings, numbers and booleans
	}
	parts := []string{strings.TrimSuffix(string(start), "}")}
	if len(system.vendor().success) > 0 {
		parts = append(parts, ",")
	}
	parts = append(parts, `"data":[`)
	for range hugeBytes / len(item) {
		parts = append(parts, item)
	}
	parts = append(parts, `""]}`)
	for _, part := range parts {
		if _, err := w.Write([]byte(part)); err != nil {
			return // the client had enough, which is right of it
		}
	}
}

// wrongTypes changes the type of every field but those that say success.
func wrongTypes(body, success object) object {
	out := object{}
	for name, field := range body {
		if _, code := success[name]; code {
			out[name] = field
		} else {
			out[name] = wrongType(field)
		}
	}
	return out
}

// wrongType turns a text into a number, and all else into an object: also what is a number though it is written as a text.
func wrongType(v any) any {
	switch v := v.(type) {
	case object:
		return wrongTypes(v, nil)
	case string:
		if _, err := strconv.ParseUint(v, 10, 64); err != nil {
			return 12345
		}
	}
	return object{}
}

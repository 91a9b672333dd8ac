package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// A reply is what a vendor answers. A reason makes it a failure, and is for developers only.
type reply struct {
	status int
	header http.Header
	body   object
	html   string        // in place of body
	held   time.Duration // for so long, as nothing has happened that there is to tell
	reason string
}

func ok(body object) reply { return reply{status: http.StatusOK, body: body} }

func (a *reply) set(name, value string) {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
}

// failure is a system's own form of an error.
func failure(system System, status int, reason string) reply {
	return reply{status: status, body: system.vendor().failure(status, reason), reason: reason}
}

// render returns the content type and the bytes of the body.
func (a reply) render() (string, []byte) {
	if a.html != "" {
		return "text/html; charset=utf-8", []byte(a.html)
	}
	if a.body == nil {
		return "application/json;charset=UTF-8", nil
	}
	body, err := json.Marshal(a.body)
	if err != nil {
		panic(err) // a vendor's answer is made of strings, numbers and objects only
	}
	return "application/json;charset=UTF-8", body
}

// head sets all that comes before the status.
func (a reply) head(w http.ResponseWriter, contentType string) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", contentType)
	if a.reason != "" {
		w.Header().Set("X-Sandbox-Reason", a.reason)
	}
}

func (a reply) write(w http.ResponseWriter) {
	contentType, body := a.render()
	a.head(w, contentType)
	w.WriteHeader(a.status)
	w.Write(body) // a client that is gone is no concern of the vendor's
}

// writeJSON answers a control request.
func writeJSON(w io.Writer, v any) {
	json.NewEncoder(w).Encode(v)
}

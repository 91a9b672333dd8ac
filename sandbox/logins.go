package sandbox

import (
	"cmp"
	"net/http"
	"time"
)

// A user is somebody whose logins a system counts.
type user struct {
	system System
	who    string
}

// A window counts a user's logins since its start.
type window struct {
	start time.Time
	count int
}

// overBudget counts one more login of a user, and reports whether it is one too many.
func (s *Sandbox) overBudget(system System, who string, now time.Time) bool {
	budget := system.vendor().budget
	over := func(w window, length time.Duration) bool { return now.Sub(w.start) >= length }
	if len(s.logins) > 1000 { // many users: forget those whose window is over
		for u, w := range s.logins {
			if over(w, u.system.vendor().budget.window) {
				delete(s.logins, u)
			}
		}
	}
	u := user{system, who}
	w := s.logins[u]
	if w.count == 0 || over(w, budget.window) {
		w = window{start: now}
	}
	w.count++
	s.logins[u] = w
	return w.count > cmp.Or(s.options.Logins[system], budget.logins)
}

// intercepted is what a login over the budget gets. A firewall's page inside an HTTP 200 is the usual form, and the
// hardest.
func intercepted() reply {
	return reply{status: http.StatusOK, html: interception, reason: "too many logins in this window"}
}

const interception = `<!DOCTYPE html><html><head><title>Request intercepted</title></head>` +
	`<body><h1>Your request was intercepted</h1><p>Too many requests. Please try again later.</p></body></html>`

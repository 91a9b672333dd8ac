package sandbox

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Sandbox is the vendor systems. It is safe for concurrent use.
type Sandbox struct {
	options Options

	mu        sync.Mutex
	lifetimes Lifetimes
	store     store
	counts    map[System]*Counts
	refused   map[System]map[string]bool
	faults    faultQueues
	logins    map[user]window
	attempts  map[user]attempts
	followed  int // redirects that a client followed
}

// New makes a sandbox without tokens. Where the options are wrong it panics with an [*ArgumentError]; Options.Check
// returns the same error without a panic.
func New(options Options) *Sandbox {
	if err := options.Check(); err != nil {
		panic(err)
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Paths == "" {
		options.Paths = AsWritten
	}
	s := &Sandbox{options: options}
	s.Reset()
	return s
}

// Reset forgets all tokens, counts, refusals, locks, faults and changed lifetimes.
func (s *Sandbox) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lifetimes = s.options.lifetimes()
	s.store = newStore()
	s.counts = map[System]*Counts{}
	s.refused = map[System]map[string]bool{}
	for _, v := range vendors {
		s.counts[v.name] = &Counts{}
		s.refused[v.name] = map[string]bool{}
	}
	s.faults = faultQueues{}
	s.logins = map[user]window{}
	s.attempts = map[user]attempts{}
	s.followed = 0
}

const controlPrefix = "/_sandbox/"

// Owns reports whether a URL path is the sandbox's, for a server that has other things to serve beside it.
func Owns(path string) bool {
	return strings.HasPrefix(path, controlPrefix) || ownerOf(path) != nil
}

// ServeHTTP answers as the vendors do. A reset or truncate fault ends in the panic http.ErrAbortHandler, which
// net/http's server turns into a broken connection.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.cors(w, r) {
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	body, err := readBody(w, r)
	path := r.URL.EscapedPath() // as it was sent
	if strings.HasPrefix(path, controlPrefix) {
		s.control(w, r, body, err)
		return
	}
	if s.options.Paths != AsWritten {
		read, err := s.options.Paths.Read(path)
		if err != nil {
			reply{status: http.StatusBadRequest, reason: "the path cannot be read"}.write(w)
			return
		}
		path = read
		w.Header().Set("X-Sandbox-Path", url.PathEscape(read))
	}
	e, part, known := s.options.Paths.find(path)
	if !known {
		unknownPath(path).write(w)
		return
	}

	s.mu.Lock()
	count := s.counts[e.system]
	count.arrived(e.step)
	fault := s.faults.take(e.system, e.step)
	var answer reply
	switch {
	case fault.replaces():
		answer = fault.reply(e.system)
	case err != nil:
		answer = failure(e.system, http.StatusBadRequest, "the body is over 1 MiB, or broke off")
	case !slices.Contains(e.methods, r.Method):
		// Undocumented: the documents say which methods there are, not how another is refused.
		answer = failure(e.system, http.StatusMethodNotAllowed, "only "+strings.Join(e.methods, " and ")+" is supported here")
		answer.set("Allow", strings.Join(e.methods, ", "))
	default:
		answer = e.serve(s, call{Request: r, body: body, now: s.options.Now(), part: part})
	}
	if answer.reason != "" {
		count.Failed++
	}
	if fault.Kind != "" {
		count.Faulted++
	}
	s.mu.Unlock()

	// The wait comes after the work: a slow answer holds a token that has been alive for a while already.
	if pause(r.Context(), fault.delay()+answer.held) != nil {
		panic(http.ErrAbortHandler)
	}
	fault.write(w, e.system, answer)
}

// maxBody is far over anything that the vendors accept.
const maxBody = 1 << 20

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Body == nil { // a request that no server read, as in js/wasm
		return nil, nil
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
}

func unknownPath(path string) reply {
	if owner := ownerOf(path); owner != nil {
		return failure(owner.name, http.StatusNotFound, "no such path")
	}
	return reply{status: http.StatusNotFound, body: object{"error": "no such path"}, reason: "no such path"}
}

// cors answers a preflight, and marks answers for an allowed origin. It reports whether the request is done.
func (s *Sandbox) cors(w http.ResponseWriter, r *http.Request) bool {
	if len(s.options.AllowOrigins) == 0 {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if !slices.Contains(s.options.AllowOrigins, origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	// Without this a page can read neither a rolled token nor when to try again.
	h.Set("Access-Control-Expose-Headers", strings.Join(crossSite.exposes, ", "))
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", strings.Join(crossSite.methods, ", "))
	h.Set("Access-Control-Allow-Headers", strings.Join(crossSite.sends, ", "))
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

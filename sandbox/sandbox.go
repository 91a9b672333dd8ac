package sandbox

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A System names a vendor system.
type System string

// The systems. AccessToken is the one behind CCMessaging, and has a life, a count and a refusal of its own.
const (
	AppCube     System = "appcube"
	AccessToken System = "accessToken"
	CCMessaging System = "ccmessaging"
	ISales      System = "isales"
	CubeDrive   System = "cubedrive"
)

var systems = []System{AppCube, AccessToken, CCMessaging, ISales, CubeDrive}

// Options set up a [Sandbox]. The zero value is the documented behaviour.
type Options struct {
	// Lifetimes of the tokens; a zero field is the documented lifetime.
	Lifetimes Lifetimes
	// Now is the vendor's clock; nil is time.Now.
	Now func() time.Time
	// Secrets, for a system with an entry, are the only credentials accepted: public part to secret. A system
	// without one follows the rule in the package comment.
	Secrets map[System]map[string]string
	// CubeDriveLogins is how many logins a user has in each CubeDriveWindow before CubeDrive intercepts them; 0 is
	// 1000 in a minute. The document gives no number.
	CubeDriveLogins int
	CubeDriveWindow time.Duration
	// AllowOrigin is the one origin that CORS admits, such as "http://127.0.0.1:5173"; empty is none.
	AllowOrigin string
}

// A Sandbox is the four vendor systems. It is safe for concurrent use.
type Sandbox struct {
	options Options

	mu        sync.Mutex
	lifetimes Lifetimes
	store     store
	counts    map[System]*Counts
	refused   map[System]map[string]bool
	faults    faultQueues
	logins    map[string]window // of CubeDrive, by application and user
	followed  int               // redirects that a client followed
}

// New makes a sandbox without tokens.
func New(options Options) *Sandbox {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.CubeDriveLogins == 0 {
		options.CubeDriveLogins = 1000
	}
	if options.CubeDriveWindow == 0 {
		options.CubeDriveWindow = time.Minute
	}
	s := &Sandbox{options: options}
	s.Reset()
	return s
}

// Reset forgets all tokens, counts, refusals, faults and changed lifetimes.
func (s *Sandbox) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lifetimes = documentedLifetimes.with(s.options.Lifetimes)
	s.store = newStore()
	s.counts = map[System]*Counts{}
	s.refused = map[System]map[string]bool{}
	for _, system := range systems {
		s.counts[system] = &Counts{}
		s.refused[system] = map[string]bool{}
	}
	s.faults = faultQueues{}
	s.logins = map[string]window{}
	s.followed = 0
}

// A step is what an endpoint is for. Counts and faults go by it.
type step string

const (
	stepLogin    step = "login"
	stepRefresh  step = "refresh"
	stepVerify   step = "verify"
	stepBusiness step = "business"
)

// An endpoint is one vendor URL. Its serve runs with the sandbox locked.
type endpoint struct {
	system  System
	step    step
	methods []string
	serve   func(*Sandbox, call) reply
}

var endpoints = map[string]endpoint{
	"/oifde/rest/appcube/api/getAppCubeToken":  {AppCube, stepLogin, []string{"POST"}, (*Sandbox).appCubeLogin},
	"/oifde/rest/appcube/api/business":         {AppCube, stepBusiness, []string{"POST"}, (*Sandbox).appCubeBusiness},
	"/apigovernance/api/oauth/tokenByAkSk":     {AccessToken, stepLogin, []string{"POST"}, (*Sandbox).tokenByAkSk},
	"/apiaccess/ccmessaging/applyToken":        {CCMessaging, stepLogin, []string{"POST"}, (*Sandbox).applyToken},
	"/apiaccess/ccmessaging/poll":              {CCMessaging, stepBusiness, []string{"GET"}, (*Sandbox).poll},
	"/apiaccess/ccmessaging/send":              {CCMessaging, stepBusiness, []string{"POST"}, (*Sandbox).send},
	"/rest/isales/v1/openapi/obs/auth/login":   {ISales, stepLogin, []string{"POST"}, (*Sandbox).iSalesLogin},
	"/rest/isales/v1/openapi/obs/auth/refresh": {ISales, stepRefresh, []string{"POST"}, (*Sandbox).iSalesRefresh},
	"/rest/isales/v1/openapi/obs/business":     {ISales, stepBusiness, []string{"GET", "POST"}, (*Sandbox).iSalesBusiness},
	"/lite/getLogin":                           {CubeDrive, stepLogin, []string{"GET", "POST"}, (*Sandbox).getLogin},
	"/lite/verifyAuthToken":                    {CubeDrive, stepVerify, []string{"GET"}, (*Sandbox).verifyAuthToken},
	"/lite/commonPage":                         {CubeDrive, stepBusiness, []string{"GET"}, (*Sandbox).commonPage},
}

const controlPrefix = "/_sandbox/"

// owners says whose error form an unknown path below a prefix gets.
var owners = []struct {
	prefix string
	system System
}{
	{"/oifde/", AppCube},
	{"/apigovernance/", AccessToken},
	{"/apiaccess/", CCMessaging},
	{"/rest/", ISales},
	{"/lite/", CubeDrive},
}

// Owns reports whether a URL path is the sandbox's, for a server that has other things to serve beside it.
func Owns(path string) bool {
	if strings.HasPrefix(path, controlPrefix) {
		return true
	}
	for _, o := range owners {
		if strings.HasPrefix(path, o.prefix) {
			return true
		}
	}
	return false
}

// ServeHTTP answers as the vendors do. A reset or truncate fault ends in the panic http.ErrAbortHandler, which
// net/http's server turns into a broken connection.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.cors(w, r) {
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	body, err := readBody(w, r)
	path := r.URL.EscapedPath() // as it was sent: a path with an escape in it is another path
	if strings.HasPrefix(path, controlPrefix) {
		s.control(w, r, body, err)
		return
	}
	e, known := endpoints[path]
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
		answer = e.serve(s, call{Request: r, body: body, now: s.options.Now()})
	}
	if answer.reason != "" {
		count.Failed++
	}
	if fault.Kind != "" {
		count.Faulted++
	}
	s.mu.Unlock()

	// The wait comes after the work: a slow answer holds a token that has been alive for a while already.
	if fault.wait(r.Context()) != nil {
		panic(http.ErrAbortHandler)
	}
	fault.write(w, answer)
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
	for _, o := range owners {
		if strings.HasPrefix(path, o.prefix) {
			return failure(o.system, http.StatusNotFound, "no such path")
		}
	}
	return reply{status: http.StatusNotFound, body: object{"error": "no such path"}, reason: "no such path"}
}

// cors answers a preflight, and marks answers for the allowed origin. It reports whether the request is done.
func (s *Sandbox) cors(w http.ResponseWriter, r *http.Request) bool {
	if s.options.AllowOrigin == "" {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	if r.Header.Get("Origin") != s.options.AllowOrigin {
		return false
	}
	h.Set("Access-Control-Allow-Origin", s.options.AllowOrigin)
	// Without this a page can read neither a rolled token nor when to try again.
	h.Set("Access-Control-Expose-Headers", "ccmessaging-token, Retry-After, X-Sandbox-Reason")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authentication, Authorization, ccmessaging-token, Content-Type, "+
		"x-app-key, X-Auth-Token, X-TenantSpaceID, X-Token-Expire")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A Target says which tokens to end or to roll: those of a subject, the one of an id, or all of the system. Without a
// system, All must be set, and means every system.
type Target struct {
	System  System `json:"system"`
	Subject string `json:"subject"`
	ID      string `json:"id"`
	All     bool   `json:"all"`
}

func (t Target) check() error {
	given := 0
	for _, narrowed := range []bool{t.Subject != "", t.ID != "", t.All} {
		if narrowed {
			given++
		}
	}
	switch {
	case given > 1:
		return errors.New("give one of subject, id and all")
	case t.System == "" && t.All:
		return nil
	}
	return t.System.check()
}

func (t Target) hits(k *token) bool {
	return (t.System == "" || t.System == k.system) &&
		(t.Subject == "" || t.Subject == k.subject) &&
		(t.ID == "" || t.ID == k.id)
}

// each calls do for the live tokens of a target, and returns how many there were. A token that can still be refreshed
// counts as live.
func (s *Sandbox) each(target Target, do func(*token)) (int, error) {
	if err := target.check(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, now := 0, s.options.Now()
	for _, t := range s.store.order {
		refreshable := t.refresh != "" && t.end == "" && within(now, t.refreshExpires)
		if target.hits(t) && (t.live(now) || refreshable) {
			do(t)
			n++
		}
	}
	return n, nil
}

// Revoke ends tokens, with their refresh tokens, and returns how many.
func (s *Sandbox) Revoke(target Target) (int, error) {
	return s.each(target, func(t *token) { t.end = "revoked" })
}

// Roll has the next business response to each of the target's tokens bring a new one. The old one dies with it, unless the
// system lets it live to its own end. It returns how many tokens wait for that. The target's system must be one that rolls
// its tokens: without one, all that do.
func (s *Sandbox) Roll(target Target) (int, error) {
	rolling := systemsWith(func(v *vendor) bool { return v.rolls })
	if target.System != "" && !slices.Contains(rolling, string(target.System)) {
		return 0, unknownName("system", rolling)
	}
	n := 0
	_, err := s.each(target, func(t *token) {
		if t.system.vendor().rolls {
			t.rollDue = true
			n++
		}
	})
	return n, err
}

// Refuse turns a credential away, or lets it in again. Tokens that it has got live on. The credential is a public part,
// such as an app key or a user: see the Credentials of [SystemInfo].
func (s *Sandbox) Refuse(system System, credential string, refuse bool) error {
	if err := system.check(); err != nil {
		return err
	}
	if credential == "" {
		return errors.New("credential is missing: the public part, such as an appKey or a user")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if refuse {
		s.refused[system][credential] = true
	} else {
		delete(s.refused[system], credential)
	}
	return nil
}

// A controller carries out one control request, and returns what to answer.
type controller func(s *Sandbox, r *http.Request, body []byte) (any, error)

// reading makes a controller of a function that takes the body's fields.
func reading[T any](do func(s *Sandbox, in T) (any, error)) controller {
	return func(s *Sandbox, _ *http.Request, body []byte) (any, error) {
		var in T
		if err := decode(body, &in); err != nil {
			return nil, err
		}
		return do(s, in)
	}
}

// controls are the endpoints below controlPrefix, by path and method.
var controls = map[string]map[string]controller{
	"state": {"GET": func(s *Sandbox, _ *http.Request, _ []byte) (any, error) { return s.State(), nil }},
	"systems": {"GET": func(_ *Sandbox, r *http.Request, _ []byte) (any, error) {
		origin, err := originOf(r)
		return object{"systems": Systems(origin)}, err
	}},
	"revoke": {"POST": reading(func(s *Sandbox, in Target) (any, error) {
		n, err := s.Revoke(in)
		return object{"revoked": n}, err
	})},
	"roll": {"POST": reading(func(s *Sandbox, in Target) (any, error) {
		n, err := s.Roll(in)
		return object{"waiting": n}, err
	})},
	"refuse": {"POST": reading(func(s *Sandbox, in struct {
		Refusal
		Refuse *bool `json:"refuse"`
	}) (any, error) {
		if in.Refuse == nil {
			return nil, errors.New("refuse is missing: true or false")
		}
		return object{"refused": *in.Refuse}, s.Refuse(in.System, in.Credential, *in.Refuse)
	})},
	"lifetimes": {"POST": reading(func(s *Sandbox, in map[string]int64) (any, error) {
		lifetimes, err := lifetimesOf(in)
		if err == nil {
			err = s.SetLifetimes(lifetimes)
		}
		return s.State().Lifetimes, err
	})},
	"faults": {
		"POST": reading(func(s *Sandbox, in struct {
			Fault
			Count *int `json:"count"`
		}) (any, error) {
			in.Fault.Count = 1
			if in.Count != nil {
				in.Fault.Count = *in.Count
			}
			if in.Fault.Count == 0 { // in Go the zero value is 1; in JSON a 0 was written on purpose
				return nil, errors.New("count must be 1 or more")
			}
			err := s.Inject(in.Fault)
			return object{"pendingFaults": s.State().PendingFaults}, err
		}),
		"DELETE": func(s *Sandbox, _ *http.Request, _ []byte) (any, error) {
			return object{"cleared": s.ClearFaults()}, nil
		},
	},
	"reset": {"POST": func(s *Sandbox, _ *http.Request, body []byte) (any, error) {
		if len(body) > 0 {
			if err := decode(body, &struct{}{}); err != nil {
				return nil, err
			}
		}
		s.Reset()
		return object{"reset": true}, nil
	}},
}

// control answers below controlPrefix.
func (s *Sandbox) control(w http.ResponseWriter, r *http.Request, body []byte, readErr error) {
	name := strings.TrimPrefix(r.URL.EscapedPath(), controlPrefix)
	if name == "redirected" {
		s.mu.Lock()
		s.followed++
		s.mu.Unlock()
		refuseControl(w, http.StatusNotFound, "a redirect was followed to here")
		return
	}
	methods, known := controls[name]
	if !known {
		refuseControl(w, http.StatusNotFound, "no such path")
		return
	}
	do, allowed := methods[r.Method]
	if !allowed {
		for method := range methods {
			w.Header().Add("Allow", method)
		}
		refuseControl(w, http.StatusMethodNotAllowed, "no such method here")
		return
	}
	// This content type needs a preflight, so that a foreign page cannot reach a sandbox on its reader's machine.
	if types := r.Header.Values("Content-Type"); r.Method == "POST" && (len(types) != 1 || types[0] != "application/json") {
		refuseControl(w, http.StatusUnsupportedMediaType, "Content-Type must be application/json")
		return
	}
	if readErr != nil {
		refuseControl(w, http.StatusBadRequest, "the body is over 1 MiB, or broke off")
		return
	}
	out, err := do(s, r, body)
	if err != nil {
		refuseControl(w, http.StatusBadRequest, controlReason(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	writeJSON(w, out)
}

// controlReason is an error's text without what the body had for a name: somebody may have put a secret there.
func controlReason(err error) string {
	var e *ArgumentError
	if errors.As(err, &e) && e.Known != nil {
		argument, _, _ := strings.Cut(e.Argument, ".")
		return argument + " " + e.Reason
	}
	return err.Error()
}

// originOf is the address at which who asks can reach the sandbox: what the query says, since a proxy in between may have
// changed the Host, or else the Host.
func originOf(r *http.Request) (string, error) {
	if given := r.URL.Query().Get("origin"); given != "" {
		u, err := url.Parse(given)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || given != u.Scheme+"://"+u.Host {
			return "", errors.New("origin must be one, such as http://127.0.0.1:8787")
		}
		return given, nil
	}
	switch {
	case r.Host == "":
		return "", errors.New("give the parameter origin, or the header Host: they are in the addresses of the identities")
	case r.TLS != nil:
		return "https://" + r.Host, nil
	}
	return "http://" + r.Host, nil
}

func refuseControl(w http.ResponseWriter, status int, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	writeJSON(w, object{"error": reason})
}

// decode reads one JSON object whose fields are all known. Its errors repeat nothing of the body: somebody may have
// put a secret where none belongs.
func decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return errors.New("the body is not a JSON object")
	}
	if err := d.Decode(into); err != nil {
		return errors.New("the body is not valid JSON, or a field is unknown or of a wrong type")
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the JSON object")
	}
	return nil
}

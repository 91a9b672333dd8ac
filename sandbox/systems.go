package sandbox

import (
	"encoding/json"
	"slices"
	"time"
)

// SystemInfo is what the sandbox says of one system, so that a program can use systems that it does not know by name.
type SystemInfo struct {
	Name System `json:"name"`
	// Identity is an example that a new sandbox accepts, for getToken; nil where applications have none of this system.
	Identity json.RawMessage `json:"identity,omitempty"`
	Business *BusinessCall   `json:"business,omitempty"`
	// Endpoints are those that a Fault of this system may name.
	Endpoints []string `json:"endpoints"`
	// Behind is the system that asks this one for a token first. Its endpoints have this one's login among them.
	Behind      System         `json:"behind,omitempty"`
	Credentials []Credential   `json:"credentials"` // what Refuse takes
	Subject     string         `json:"subject"`     // which of them tells its tokens apart: what Revoke and Roll take
	Lifetimes   []LifetimeInfo `json:"lifetimes"`
	Rolls       bool           `json:"rolls"`         // whether Roll takes it
	Texts       bool           `json:"exceptionInfo"` // whether a Fault of a status may have a text
	Logins      *LoginsInfo    `json:"logins,omitempty"`
}

// A BusinessCall is one that carries a token. Its path follows the base address of the identity.
type BusinessCall struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   string `json:"body,omitempty"`
}

// LifetimeInfo is a kind of token that has a lifetime, in seconds.
type LifetimeInfo struct {
	Name       string `json:"name"`
	Documented int    `json:"documented"`     // 0: without an end
	Most       int    `json:"most,omitempty"` // 0: the system knows no bound
}

// LoginsInfo is how many logins one user has in a window before they are intercepted.
type LoginsInfo struct {
	Logins  int `json:"logins"`
	Seconds int `json:"seconds"`
}

// Systems lists the systems by name. The addresses in the identities begin with the origin of a sandbox, such as
// "http://127.0.0.1:8787".
func Systems(origin string) []SystemInfo {
	var out []SystemInfo
	for _, v := range vendors {
		info := SystemInfo{
			Name: v.name, Endpoints: v.faultEndpoints(), Behind: v.behind, Credentials: v.credentials,
			Subject: v.subject(), Lifetimes: []LifetimeInfo{}, Rolls: v.rolls, Texts: v.texts != nil,
		}
		if v.identity != nil {
			business := v.business
			info.Identity = append(fields{"system", v.name}, v.identity(origin)...).json()
			info.Business = &business
		}
		for _, l := range v.lifetimes {
			info.Lifetimes = append(info.Lifetimes, LifetimeInfo{l.name, int(l.documented / time.Second), int(l.most / time.Second)})
		}
		if v.budget.logins > 0 {
			info.Logins = &LoginsInfo{v.budget.logins, int(v.budget.window / time.Second)}
		}
		out = append(out, info)
	}
	return out
}

// subject is the name of the credential that the system's tokens have for their subject.
func (v *vendor) subject() string {
	if n := len(v.credentials); n > 0 {
		return v.credentials[n-1].Name
	}
	return ""
}

// faultEndpoints are the names that a Fault has for the system's endpoints, in the order of a token's life.
func (v *vendor) faultEndpoints() []string {
	out := []string{}
	for _, other := range vendors {
		if other.behind == v.name {
			out = append(out, string(other.name))
		}
	}
	for _, at := range []step{stepLogin, stepRefresh, stepVerify, stepBusiness} {
		if slices.ContainsFunc(v.endpoints, func(e endpoint) bool { return e.step == at }) {
			out = append(out, string(at))
		}
	}
	return out
}

// fields is a JSON object whose fields keep their order, for people to read: names and values in turn.
type fields []any

func (f fields) json() json.RawMessage {
	out := []byte{'{'}
	for i, v := range f {
		switch {
		case i > 0 && i%2 == 0:
			out = append(out, ',')
		case i > 0:
			out = append(out, ':')
		}
		if inner, is := v.(fields); is {
			out = append(out, inner.json()...)
			continue
		}
		b, err := json.Marshal(v)
		if err != nil {
			panic(err) // names and texts
		}
		out = append(out, b...)
	}
	return append(out, '}')
}

package sandbox

import (
	"cmp"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"time"
)

// A System names a vendor system. The constants stand in the systems' own files.
type System string

// A vendor is one system's half of the sandbox, and all that the code which serves every system knows of it. It is
// given to register by the init function of the system's own file, so that a further system is one file more.
type vendor struct {
	name System
	// prefix is the beginning of the system's paths, such as "/rest/". An unknown path below it gets the system's own
	// form of an error. Where prefixes lie inside one another, the longer one counts.
	prefix    string
	endpoints []endpoint
	// behind is the system that asks this one for a token before its own login. In a Fault, the login of this one is then
	// an endpoint of that system as well, by this one's name.
	behind System

	// success has the fields by which a body says that all is well. What damages an answer on demand leaves them.
	success object
	// failure is the body of an error. It may show the reason, which never holds a secret.
	failure func(status int, reason string) object
	// texts, where it is not nil, says that an error has a text that a Fault may set, and what it is by default for a status.
	texts map[int]string

	// credentials are the public parts that Refuse takes, by the names that an identity has for them. The last one is the
	// subject of the system's tokens.
	credentials []Credential
	// opens reports whether a secret belongs to a public part; nil where the system has no secret of its own.
	opens func(public, secret string) bool
	// denies is an answer that says "no permission" under HTTP 200; nil where the system has none.
	denies func() reply

	lifetimes []lifetime
	rolls     bool   // a business response may bring a new token
	budget    budget // the zero value is without bound
	lock      lock   // wrong secrets lock an account; the zero value locks none

	sends   []string // the request headers of its own that a page of another origin may send
	exposes []string // the response headers of its own that such a page may read

	// identity is an example that a new sandbox accepts, as an application passes it to getToken; nil where applications
	// have none of this system. Its addresses begin with the origin. The name of the system is put before it.
	identity func(origin string) fields
	business BusinessCall
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
	path    string // one segment may be "*", which stands for any: serve finds it in the call
	step    step
	methods []string
	serve   func(*Sandbox, call) reply
	system  System // set by register
}

var (
	vendors   []*vendor               // by name
	endpoints = map[string]endpoint{} // by path
	kinds     = map[string]lifetime{} // of tokens, by the name of their lifetime
	crossSite = struct{ methods, sends, exposes []string }{
		methods: []string{http.MethodDelete}, // of the control endpoints
		sends:   []string{"Content-Type"},
		exposes: []string{"Retry-After", "X-Sandbox-Reason"},
	}
)

// register adds a system. It must be called by init functions only. What two systems would share is a fault of the
// program, and told at once.
func register(v vendor) {
	clash := func(what string) { panic("sandbox: two systems have the " + what) }
	for _, other := range vendors {
		if other.name == v.name || other.prefix == v.prefix {
			clash("name or the prefix of " + string(v.name))
		}
	}
	for _, e := range v.endpoints {
		if _, taken := endpoints[e.path]; taken {
			clash("path " + e.path)
		}
		e.system = v.name
		endpoints[e.path] = e
		crossSite.methods = union(crossSite.methods, e.methods)
	}
	for _, l := range v.lifetimes {
		if _, taken := kinds[l.name]; taken {
			clash("lifetime " + l.name)
		}
		kinds[l.name] = l
	}
	if v.success == nil {
		v.success = object{}
	}
	crossSite.sends = union(crossSite.sends, v.sends)
	crossSite.exposes = union(crossSite.exposes, v.exposes)
	vendors = append(vendors, &v)
	slices.SortFunc(vendors, func(a, b *vendor) int { return cmp.Compare(a.name, b.name) })
}

// union adds names to others, in order. Names of headers have no case.
func union(names, more []string) []string {
	out := slices.Concat(names, more)
	key := textproto.CanonicalMIMEHeaderKey
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(key(a), key(b)) })
	return slices.CompactFunc(out, strings.EqualFold)
}

// vendor finds the system's description; nil is none.
func (s System) vendor() *vendor {
	for _, v := range vendors {
		if v.name == s {
			return v
		}
	}
	return nil
}

func (s System) check() error {
	if s.vendor() == nil {
		return unknownName("system", systemsWith(func(*vendor) bool { return true }))
	}
	return nil
}

// systemsWith names the systems that something is true of.
func systemsWith(is func(*vendor) bool) (names []string) {
	for _, v := range vendors {
		if is(v) {
			names = append(names, string(v.name))
		}
	}
	return names
}

// ownerOf is the system that a path belongs to; nil is none.
func ownerOf(path string) (owner *vendor) {
	for _, v := range vendors {
		if strings.HasPrefix(path, v.prefix) && (owner == nil || len(v.prefix) > len(owner.prefix)) {
			owner = v
		}
	}
	return owner
}

// A lifetime is how long tokens of one kind live.
type lifetime struct {
	name       string
	documented time.Duration // 0: without an end
	most       time.Duration // 0: the vendor knows no bound
	// of names, for a refresh token, the lifetime of the token that it is for.
	of string
}

// A budget is how many logins one user has in each window before the vendor intercepts them.
type budget struct {
	logins int
	window time.Duration
}

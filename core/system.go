package core

// system is one system: what it is, what it must be told, what it is asked, and
// what its answers mean. An implementation is an empty struct in a file of its
// own. A further system is that file, a line in systems, and its conformance cases.
type system interface {
	// description is what can be said of the system as data.
	description() *Description
	// ask returns the request of the next step of an acquisition.
	ask(id *identity, o occasion) Request
	// read says what the answer to such a request means.
	read(step Step, r Response) (grant, *Error)
	// carriage says how a business call carries the token.
	carriage(id *identity, g grant, bearer string) Carriage
	// judge says what the answer to a business call, given by its method and path, means for the token.
	judge(id *identity, call string, r Response) judgement
	// verification returns the request that asks the vendor about a token, or false.
	verification(id *identity, token, bearer string) (Request, bool)
	// confirms reads the answer to that request, which was sent then.
	confirms(r Response, sent Instant) (Verdict, *Error)
	// errand returns the request of an errand; a sign-in of a system that signs in itself is asked for by ask.
	errand(id *identity, e Errand, token, bearer string) Request
	// done says what the answer to it means for who asked for that; nil is success.
	done(step Step, r Response) *Error
	// foreign says what can be told of a token that the session does not know.
	foreign(id *identity, token string) Verdict
}

// systems are all there are: first those of vendors, in the order in which people
// are shown them, then the edge, then the parts that others depend on.
var systems = [...]system{
	appcube{},
	oiap{},
	apifabric{},
	ccmessaging{},
	isales{},
	cubedrive{},
	astrozero{},
	ccgateway{},
	ccgatewayconfig{},

	edge{},
	authorization{},
}

// systemNamed returns the system of that name, or nil.
func systemNamed(name string) system {
	for _, s := range systems {
		if s.description().Name == name {
			return s
		}
	}
	return nil
}

// isVendor reports whether a name is that of a vendor's system.
func isVendor(name string) bool {
	s := systemNamed(name)
	return s != nil && s.description().Vendor
}

// policy is what differs between systems in how often they may be called.
type policy struct {
	// retries is how many more times a transient failure is tried inside one acquisition.
	retries int
	// retryAnswered also rides out passing failures that the vendor answered (Unavailable, RateLimited).
	retryAnswered bool
	// backoff is the base of the waiting time after a failed acquisition, in milliseconds.
	backoff int64
	// logins is how many logins are allowed in any window (milliseconds); 0 is no limit.
	logins int
	window int64
	// locks is a vendor that locks accounts after a few wrong tries: refused credentials wait as long as locked ones.
	locks bool
	// relays is a system that says itself how long to wait, for the vendor behind it.
	relays bool
	// free is a system whose tokens cost no login: its part is asked of the caller's own function, or was given.
	free bool
	// detached is a system whose business calls do not carry the dependency's token.
	detached bool
}

// lenient is the policy of a system that states no limit.
var lenient = policy{retries: 2, retryAnswered: true, backoff: second}

// grant is what a successful acquisition gives.
type grant struct {
	token string
	life  int64 // milliseconds from before the request was sent; 0 where the vendor states none

	refresh     string // a refresh token, or ""
	refreshLife int64  // milliseconds

	remote *remote // what an edge said of the token, or nil
	serial uint64  // of the token at another client, or 0
}

// occasion is what the request of an acquisition is made with.
type occasion struct {
	held     grant  // what the session still has and can build on (a refresh token, say)
	rejected string // the token that is replaced because it was rejected, or ""
	forced   bool   // a caller insists on a new token, or on a sign-in that ends another one
	bearer   string // the dependency's token, or ""
}

// lifetime turns a vendor's number of seconds into milliseconds. A missing,
// zero, negative or absurd one (over a day) takes the documented default, so
// that no answer makes a loop of logins or a token without an end.
func lifetime(v value, byDefault int64) int64 {
	s, _ := asNumber(v)
	return seconds(s, byDefault)
}

func seconds(s float64, byDefault int64) int64 {
	if s < 1 || s > 24*60*60 {
		return byDefault
	}
	return int64(s * 1000)
}

// Pair is a name and its value, neither of them escaped.
type Pair struct{ Name, Value string }

// Request is one HTTP request to a vendor. The host assembles and escapes it
// with its own URL library, follows no redirect, sends no cookie and keeps no cache.
type Request struct {
	Step    Step
	Method  string
	URL     string // base URL and path, without a query
	Query   []Pair
	Headers []Pair
	Body    string // the exact bytes, or ""
	Form    []Pair // sent as application/x-www-form-urlencoded when not nil
	// Supplier asks for the caller's function of this number in place of an HTTP request, when not 0.
	Supplier int64
	// Rolls are the headers of the answer that may hold a token: the first that is there counts.
	Rolls []string
	// Share allows the answer to come from another page of the same user, which asked the same a moment ago.
	Share bool
}

// Response is one HTTP response.
type Response struct {
	Status     int
	RetryAfter string // the Retry-After header, or ""
	Date       string // the Date header, or ""
	Rolled     string // the first of the headers Rolls, of the Carriage or the Request, that is there; or ""
	Body       []byte // at most 1 MiB; a host reports a larger one as ResponseTooLarge. It is not kept
	Age        int64  // milliseconds since another page got the response that it hands on; otherwise 0
}

// Carriage is how a business call carries a token. A call carries all of
// Headers and Body; Query is another way that the vendor documents, for links.
type Carriage struct {
	Headers []Pair
	Query   []Pair
	Body    []Pair   // members of the JSON object in the request's body
	Rolls   []string // the response headers that may hold a new token: the first that is there counts
	Speaks  bool     // the body of an answer may say what becomes of the token, also under HTTP 200
}

// judgement is what the answer to a business call says of the token it carried.
type judgement struct {
	rolled string // a new token to adopt, or ""
	life   int64  // of the new token, in milliseconds
	token  bool   // the token is dead
	mute   bool   // a success by its status that the body calls a failure: it says nothing of the token
	bearer bool   // the dependency's token is dead
	reason Reason

	// Of a system that signs in:
	code  string // the vendor's own
	times int    // how many such answers in a row it takes until the token is dead; 0 is one
	out   bool   // the person is signed out, as was asked for
	sign  bool   // it was a sign of life, which extends a life that is counted from the last one
}

// speaker is a system with texts for people who fill in a form or read a reference.
// It is no part of system, so that nothing that a page loads knows of it: the
// linker leaves the texts out of the module, and their types.
type speaker interface{ texts() Texts }

// counsellor is a system with words for people who have got no token, and as far apart.
type counsellor interface{ counsel() Counsel }

// none is embedded by systems: by those that have no interface to verify, or no errands.
type none struct{}

func (none) verification(*identity, string, string) (Request, bool) { return Request{}, false }
func (none) confirms(Response, Instant) (Verdict, *Error)           { return Verdict{}, nil }
func (none) foreign(*identity, string) Verdict                      { return Verdict{Reason: Unknown} }
func (none) errand(*identity, Errand, string, string) Request       { return Request{} }
func (none) done(Step, Response) *Error                             { return nil }

package vectors

// Host is what gets, keeps and checks tokens: what a case is played against. Its
// answers to callers may come at once or later, in any goroutine.
type Host interface {
	Get(id Identity, want Want, done func(Outcome))
	Call(id Identity, call Call, done func(Outcome))
	Verify(id Identity, token string, done func(Outcome))
	// SignIn, SignOut and KeepAlive are errands. Only the first brings a token, and nobody waits for the last.
	SignIn(id Identity, force bool, done func(Outcome))
	SignOut(id Identity, done func(Outcome))
	KeepAlive(id Identity)
	Forget(id Identity) *Error
	// Settle returns when nothing more happens until the next step.
	Settle()
}

// Platform is a host that may be told of the network. A keeper is not: nobody tells it.
type Platform interface {
	Host
	// Online says that the network is there again.
	Online()
}

// Want is what a caller says beside its identity.
type Want struct {
	Force    bool
	Rejected string
}

// Call is a business call.
type Call struct {
	Method string
	Path   string
	Body   string
	Stream bool // the body can be sent once
}

// Outcome is what a caller got: an error, or what it asked for.
type Outcome struct {
	Err     *Error
	Token   Token
	Verdict Verdict
	Status  int // of the answer to a business call
}

// Token is a token, and how a call carries it.
type Token struct {
	Value   string
	Headers map[string]string
	Query   map[string]string
	Body    map[string]string
	Life    float64 // milliseconds from asking to expiry, or 0 where none is known
}

// Verdict is an opinion on a token.
type Verdict struct {
	Valid  *bool // nil where nobody knows
	Source string
	Reason string
}

// Error is a typed error.
type Error struct {
	Code       string
	System     string
	Step       string
	Field      string
	Status     int
	VendorCode string
	Reason     string // why nobody is signed in
	Retryable  bool
	RetryAt    float64 // wall-clock milliseconds
	Cause      string  // the code of the earlier failure that led to this one
}

// Pairs makes a map of names and values in order.
func Pairs[P ~struct{ Name, Value string }](pairs []P) map[string]string {
	m := map[string]string{}
	for _, p := range pairs {
		pair := struct{ Name, Value string }(p)
		m[pair.Name] = pair.Value
	}
	return m
}

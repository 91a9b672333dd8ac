package core

// SessionID names a session of one client. It is never used again for another
// identity, and never 0.
type SessionID uint64

// DecisionKind says what a caller of [Client.Get] gets.
type DecisionKind uint8

const (
	Use  DecisionKind = iota // Token may be used
	Wait                     // an Effect of kind Settled with the ID Acquisition will tell
	Fail                     // Err says why, and when to try again
)

// Decision is the answer to one caller.
type Decision struct {
	Kind        DecisionKind
	Token       Token
	Acquisition uint64
	Err         *Error
}

// Token is a token that may be used now, and how.
type Token struct {
	Session   SessionID
	Serial    uint64 // grows with every change of what a call carries
	System    string
	Value     string
	IssuedAt  int64 // wall-clock milliseconds, when it was asked for
	ExpiresAt int64 // wall-clock milliseconds, or 0 where none is known
	// RenewAt and UsableUntil are the wall-clock milliseconds from which the token
	// is renewed ahead of time, and from which it is not handed out any more; 0
	// where ExpiresAt is. RenewAt is also 0 where only a person can bring another
	// token. They tell a reader what will happen; Client decides.
	RenewAt     int64
	UsableUntil int64
	Carriage    Carriage
}

// EffectKind says what an Effect asks of the host.
type EffectKind uint8

const (
	// Send: send Request, answer with Answered, Lost or Supplied under ID within Limit milliseconds.
	Send EffectKind = iota
	// Sleep: call Woken with ID after Limit milliseconds. Where it is Idle, nobody waits for that: a
	// program that has nothing else to do may end before.
	Sleep
	// Cancel: the exchange ID is not wanted any more; its request may be aborted.
	Cancel
	// Settled: the acquisition ID has ended; its waiting callers get Token, or Err where there is no Token. With
	// both, no other token could be got, for the reason Err: whoever insisted on one, or has refused Token, gets Err.
	// Without either, an errand is done that brings no token.
	Settled
	// Verified: the verification ID has ended with Verdict, or Err when it is not nil.
	Verified
	// Evicted: the session is gone; its identity may be opened anew.
	Evicted
	// Notify: Event is for whoever watches.
	Notify
)

// Effect is one thing that the host has to do, in order.
type Effect struct {
	Kind    EffectKind
	Session SessionID
	ID      uint64
	Limit   int64 // milliseconds
	Idle    bool
	Request *Request
	Token   Token
	Verdict Verdict
	Err     *Error
	Event   *Event
}

// EventType says what happened to a session. Types are stable.
type EventType string

const (
	EventAcquired EventType = "acquired" // a first token, or one after a gap
	EventRenewed  EventType = "renewed"  // a token replaced one that could still be used
	EventAdopted  EventType = "adopted"  // another client of the same store got the token
	EventRolled   EventType = "rolled"   // the vendor sent a new token with a response
	EventRejected EventType = "rejected" // the vendor rejected the current token
	EventReplayed EventType = "replayed" // a business call is sent once more
	EventRetrying EventType = "retrying" // a transient failure is ridden out
	EventFailed   EventType = "failed"   // an acquisition or verification failed
	EventCooling  EventType = "cooling"  // no attempt is made before RetryAt
	EventEvicted  EventType = "evicted"  // the session was dropped to bound memory
	// EventSignedOut: nobody is signed in any more; Reason and Vendor say why.
	EventSignedOut EventType = "signed_out"
)

// Event is one moment of a session's life. It holds no secret and no token.
type Event struct {
	Type      EventType
	System    string
	Session   SessionID
	Step      Step
	At        int64 // wall-clock milliseconds
	Logins    int   // requests made so far that cost a login
	ExpiresAt int64 // wall-clock milliseconds, or 0
	RetryAt   int64 // wall-clock milliseconds, or 0
	Reason    Reason
	Vendor    string // the vendor's own code, or ""
	Err       *Error
}

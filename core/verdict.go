package core

// Reason says why a token is judged as it is. Reasons are stable.
type Reason string

const (
	// Live: the session got the token from the vendor, its life is not over, and nobody rejected it.
	Live Reason = "live"
	// Confirmed: the vendor says that the token is valid.
	Confirmed Reason = "confirmed"
	// Denied: the vendor says that the token is not valid.
	Denied Reason = "denied"
	// Expired: the token's life is over.
	Expired Reason = "expired"
	// Rejected: the vendor has rejected the token.
	Rejected Reason = "rejected"
	// Superseded: the session holds a newer token; the older one may or may not still be accepted.
	Superseded Reason = "superseded"
	// OtherSubject: the token says of itself that it belongs to another user or channel.
	OtherSubject Reason = "other_subject"
	// Unknown: nobody here can tell.
	Unknown Reason = "unknown"

	// TokenDead: a business call's answer means that the token is not accepted any more.
	TokenDead Reason = "token_dead"
	// AccessTokenDead: a business call's answer means that the AccessToken is not accepted any more.
	AccessTokenDead Reason = "access_token_dead"
	// KeyRefused: a business call's answer means that the app key is wrong.
	KeyRefused Reason = "key_refused"
	// AddressRefused: a business call's answer means that this network address is not admitted.
	AddressRefused Reason = "address_not_admitted"

	// NeverSignedIn: nobody has signed in yet.
	NeverSignedIn Reason = "never_signed_in"
	// ByCaller: the caller signed out, or had the session forgotten.
	ByCaller Reason = "by_caller"
)

// absence is a text as the reason why nobody is signed in, or "" where it is none.
func absence(text string) Reason {
	switch r := Reason(text); r {
	case Expired, Rejected, TokenDead, NeverSignedIn, ByCaller:
		return r
	}
	return ""
}

// verdict reports whether the reason is one that a Verdict can have.
func (r Reason) verdict() bool {
	switch r {
	case Live, Confirmed, Denied, Expired, Rejected, Superseded, OtherSubject, Unknown:
		return true
	}
	return false
}

// Verdict is the answer to "is this token valid?".
type Verdict struct {
	Valid     *bool // nil: nobody here can tell
	Vendor    bool  // the vendor was asked; false: by what the core knows
	Reason    Reason
	ExpiresAt int64 // wall-clock milliseconds, or 0 where no expiry is known
}

func valid(b bool) *bool { return &b }

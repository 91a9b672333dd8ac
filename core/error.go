package core

// Code says what went wrong. Codes are stable: programs may compare them.
type Code string

const (
	// InvalidIdentity: a field of the identity is missing or wrong. Nothing was sent.
	InvalidIdentity Code = "invalid_identity"
	// InvalidRequest: a business call cannot carry the token as asked. The call was not sent.
	InvalidRequest Code = "invalid_request"
	// CredentialsRefused: the vendor does not accept the credentials (401, 403, or its own word).
	CredentialsRefused Code = "credentials_refused"
	// AddressNotAdmitted: the vendor does not admit calls from this network address.
	AddressNotAdmitted Code = "address_not_admitted"
	// BadRequest: the vendor answered 400.
	BadRequest Code = "bad_request"
	// NotFound: the vendor answered 404; the base URL is likely wrong.
	NotFound Code = "not_found"
	// VendorFailure: the vendor answered 500, or a body whose own code says failure.
	VendorFailure Code = "vendor_failure"
	// UnexpectedStatus: the vendor answered a status that its documents do not have.
	UnexpectedStatus Code = "unexpected_status"
	// MalformedResponse: the answer is not what the vendor's document describes.
	MalformedResponse Code = "malformed_response"
	// ResponseTooLarge: the answer is larger than 1 MiB.
	ResponseTooLarge Code = "response_too_large"
	// Redirected: the vendor answered a redirect, which is never followed with credentials.
	Redirected Code = "redirected"
	// Network: no connection, or it was lost.
	Network Code = "network"
	// Timeout: the answer did not come in time.
	Timeout Code = "timeout"
	// Unavailable: the vendor answered 502, 503 or 504.
	Unavailable Code = "unavailable"
	// RateLimited: the vendor answered 429.
	RateLimited Code = "rate_limited"
	// CoolingDown: an attempt failed a moment ago; the vendor was not called. Cause says what failed.
	CoolingDown Code = "cooling_down"
	// LoginBudget: as many logins as the vendor tolerates were made; the vendor was not called.
	LoginBudget Code = "login_budget"
	// TokenRejected: the vendor rejects the tokens that it issues.
	TokenRejected Code = "token_rejected"
	// StaleOnArrival: the answer came so late that its token could not be used any more.
	StaleOnArrival Code = "stale_on_arrival"
	// Unauthorized: the edge does not accept the caller's authorization.
	Unauthorized Code = "unauthorized"
	// Forbidden: the edge does not give this connection to this user, or to this page's origin.
	Forbidden Code = "forbidden"
	// Sealed: the edge hands out no token of this connection; it makes the calls itself.
	Sealed Code = "sealed"
	// NotConfigured: the edge lacks a part of its configuration.
	NotConfigured Code = "not_configured"
	// SupplierFailed: the caller's own function failed or returned no token.
	SupplierFailed Code = "supplier_failed"
	// TooManySessions: every session is in use and none can be evicted.
	TooManySessions Code = "too_many_sessions"
	// Forgotten: the session was forgotten, evicted or closed while the caller waited.
	Forgotten Code = "forgotten"
)

// Step names the exchange in which an error happened.
type Step string

const (
	// StepInput is the check of what the caller gave, before anything is sent.
	StepInput Step = "input"
	// StepAccessToken gets the AccessToken that applyToken needs (tokenByAkSk).
	StepAccessToken Step = "access_token"
	// StepAuthorization asks the caller's function for what it shows to an edge.
	StepAuthorization Step = "authorization"
	// StepEdge gets a token from an edge.
	StepEdge Step = "edge"
	// StepApply gets a ccmessaging token (applyToken).
	StepApply Step = "apply"
	// StepLogin logs in with credentials.
	StepLogin Step = "login"
	// StepRefresh renews with a refresh token.
	StepRefresh Step = "refresh"
	// StepVerify asks the vendor whether a token is valid.
	StepVerify Step = "verify"
	// StepCall is a business call that carries a token.
	StepCall Step = "call"
)

// Error is every failure that core reports. It holds no secret, no token and
// no text from a vendor's body, so it may be printed and logged.
type Error struct {
	Code   Code
	System string // the system's name, or "" when it is not known
	Step   Step
	Field  string // the input field at fault, for InvalidIdentity and InvalidRequest
	Reason string // what is wrong with Field, or ""
	Status int    // the HTTP status, or 0
	Vendor int64  // the vendor's own numeric failure code, or 0

	// Retryable says whether the same call can succeed later, unchanged.
	Retryable bool
	// RetryAt is the wall-clock instant in milliseconds before which a further
	// call fails without calling the vendor, or 0.
	RetryAt int64
	// Cause is the earlier failure that led to this one, or nil.
	Cause *Error
}

// Error returns one line: what happened, to what, and what to do next.
func (e *Error) Error() string {
	text := ""
	if e.System != "" {
		text = e.System + ": "
	}
	if e.Field != "" {
		return text + e.Field + " " + e.Reason
	}
	if e.Step != "" && e.Step != StepInput {
		text += string(e.Step) + ": "
	}
	text += e.Code.advice()
	if e.Status != 0 {
		text += " (HTTP " + itoa(int64(e.Status)) + ")"
	}
	if e.Vendor != 0 {
		text += " (vendor code " + itoa(e.Vendor) + ")"
	}
	if e.Cause != nil {
		text += "; cause: " + string(e.Cause.Step) + ": " + e.Cause.Code.advice()
		if e.Cause.Status != 0 {
			text += " (HTTP " + itoa(int64(e.Cause.Status)) + ")"
		}
	}
	return text
}

// Unwrap returns the cause, so that errors.Is and errors.As reach it.
func (e *Error) Unwrap() error {
	if e.Cause == nil {
		return nil // a nil *Error in a non-nil error would never compare equal to nil
	}
	return e.Cause
}

// known reports whether the step is one of those above.
func (s Step) known() bool {
	switch s {
	case StepInput, StepAccessToken, StepAuthorization, StepEdge, StepApply, StepLogin, StepRefresh, StepVerify, StepCall:
		return true
	}
	return false
}

func (c Code) advice() string {
	switch c {
	case CredentialsRefused:
		return "the vendor refused the credentials; check the key, the secret and the account's state"
	case AddressNotAdmitted:
		return "the vendor does not admit this network address; have it added to the tenant's allow list"
	case BadRequest:
		return "the vendor called the request incorrect; check the base URL and the identity's fields"
	case NotFound:
		return "the vendor knows no such path; check the base URL"
	case VendorFailure:
		return "the vendor reported a failure; check the values of the identity's fields"
	case UnexpectedStatus:
		return "the vendor answered a status that its documents do not have"
	case MalformedResponse:
		return "the answer is not the documented JSON; check the base URL, and whether a proxy or a login page answered instead"
	case ResponseTooLarge:
		return "the answer is larger than 1 MiB and was not read"
	case Redirected:
		return "the vendor answered a redirect, which is not followed with credentials; use the final address as the base URL"
	case Network:
		return "no connection to the vendor, or it was lost"
	case Timeout:
		return "the vendor did not answer in time"
	case Unavailable:
		return "the vendor is unavailable; try again later"
	case RateLimited:
		return "the vendor asks for fewer calls; try again later"
	case CoolingDown:
		return "not tried: an earlier attempt failed and its waiting time is not over"
	case LoginBudget:
		return "not tried: the number of logins that the vendor tolerates is used up for now"
	case TokenRejected:
		return "the vendor rejects the tokens that it issues; check the account's state and the clock"
	case StaleOnArrival:
		return "the token was too old to use when it arrived; the connection is slower than the token's life"
	case Unauthorized:
		return "the edge does not accept the authorization; sign in again, and check its issuer, audience and expiry"
	case Forbidden:
		return "the edge does not give this connection to this user or origin; check its name and the edge's configuration"
	case Sealed:
		return "the edge hands out no token of this connection; let it make the call (fetch)"
	case NotConfigured:
		return "the edge lacks a part of its configuration; its /healthz says which"
	case SupplierFailed:
		return "the function given as accessToken or authorization failed, or gave no token"
	case TooManySessions:
		return "every session is in use; raise maxSessions or try again later"
	case Forgotten:
		return "the session was forgotten while the caller waited"
	}
	return string(c)
}

func invalid(system, field, reason string) *Error {
	return &Error{Code: InvalidIdentity, System: system, Step: StepInput, Field: field, Reason: reason}
}

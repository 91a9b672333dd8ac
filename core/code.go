package core

import "slices"

// Code says what went wrong. Codes are stable: programs may compare them.
type Code string

const (
	// InvalidIdentity: a field of the identity is missing or wrong. Nothing was sent.
	InvalidIdentity Code = "invalid_identity"
	// InvalidRequest: a business call cannot carry the token as asked. The call was not sent.
	InvalidRequest Code = "invalid_request"
	// CredentialsRefused: the vendor does not accept the credentials (401, 403, or its own word).
	CredentialsRefused Code = "credentials_refused"
	// AccountLocked: the vendor has locked the account, as it does after wrong credentials.
	AccountLocked Code = "account_locked"
	// Blocked: what stands before the vendor, such as a firewall, refused the request (403 with
	// a page, a text or nothing, or 418), and does not say why.
	Blocked Code = "blocked"
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
	// Unavailable: the vendor is not there for the moment, or overloaded (408, 425, 502 to 504, 520 to 524, 529).
	Unavailable Code = "unavailable"
	// RateLimited: the vendor answered 429.
	RateLimited Code = "rate_limited"
	// CoolingDown: an attempt failed a moment ago; the vendor was not called. Cause says what failed.
	CoolingDown Code = "cooling_down"
	// LoginBudget: as many logins as the vendor tolerates were made; the vendor was not called.
	LoginBudget Code = "login_budget"
	// TokenRejected: the token that a caller calls rejected was got for that caller's word a
	// moment ago. The refusal is its endpoint's own, or its account's; others go on with the token.
	TokenRejected Code = "token_rejected"
	// StaleOnArrival: the answer came so late that its token could not be used any more.
	StaleOnArrival Code = "stale_on_arrival"
	// SignedOut: nobody is signed in, and only a person's act changes that. Why says how it came.
	SignedOut Code = "signed_out"
	// AlreadySignedIn: the person is signed in elsewhere; whoever asked may end that session by force.
	AlreadySignedIn Code = "already_signed_in"
	// Unauthorized: the edge does not accept the caller's authorization.
	Unauthorized Code = "unauthorized"
	// Forbidden: the edge does not give this connection to this user, or to this page's origin.
	Forbidden Code = "forbidden"
	// Sealed: the edge hands out no token of this connection; it makes the calls itself.
	Sealed Code = "sealed"
	// Stopped: an operator of the edge has stopped this user.
	Stopped Code = "stopped"
	// NotConfigured: the edge lacks a part of its configuration.
	NotConfigured Code = "not_configured"
	// SupplierFailed: the caller's own function failed or returned no token.
	SupplierFailed Code = "supplier_failed"
	// FetchFailed: the caller's own fetch failed, or gave nothing that can be read.
	FetchFailed Code = "fetch_failed"
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
	// StepAccessToken gets an AccessToken (tokenByAkSk).
	StepAccessToken Step = "access_token"
	// StepSupply asks the caller's function for the token itself.
	StepSupply Step = "supply"
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
	// StepSignOut signs a person out.
	StepSignOut Step = "sign_out"
	// StepKeepAlive is a sign of life for a person who is signed in.
	StepKeepAlive Step = "keep_alive"
)

// codes are all of them, with what an error's message says of each: what happened, and what to do next.
var codes = [...]struct {
	code   Code
	advice string // "" where the message names a field instead
}{
	{InvalidIdentity, ""},
	{InvalidRequest, ""},
	{CredentialsRefused, "the vendor refused the credentials; check the key, the secret and the account's state"},
	{AccountLocked, "the vendor has locked the account; correct the credentials, and have it unlocked before the next attempt"},
	{Blocked, "what stands before the vendor refused the request, and does not say why: this network address may not be admitted, or the key or secret is wrong"},
	{AddressNotAdmitted, "the vendor does not admit this network address; have it added to the tenant's allow list"},
	{BadRequest, "the vendor called the request incorrect; check the base URL and the identity's fields"},
	{NotFound, "the vendor knows no such path; check the base URL"},
	{VendorFailure, "the vendor reported a failure; check the values of the identity's fields"},
	{UnexpectedStatus, "the vendor answered a status that its documents do not have"},
	{MalformedResponse, "the answer is not the documented JSON; check the base URL, and whether a proxy or a login page answered instead"},
	{ResponseTooLarge, "the answer is larger than 1 MiB and was not read"},
	{Redirected, "the vendor answered a redirect, which is not followed with credentials; use the final address as the base URL"},
	{Network, "no connection to the vendor, or it was lost"},
	{Timeout, "the vendor did not answer in time"},
	{Unavailable, "the vendor is unavailable; try again later"},
	{RateLimited, "the vendor asks for fewer calls; try again later"},
	{CoolingDown, "not tried: an earlier attempt failed and its waiting time is not over"},
	{LoginBudget, "not tried: the number of logins that the vendor tolerates is used up for now"},
	{TokenRejected, "a token that was got anew a moment ago is refused as well, so the refusal is the endpoint's own or the account's; check their rights"},
	{StaleOnArrival, "the token was too old to use when it arrived; the connection is slower than the token's life"},
	{SignedOut, "nobody is signed in; sign in when a person asks for it"},
	{AlreadySignedIn, "the person is signed in elsewhere; sign in by force to end that session"},
	{Unauthorized, "the edge does not accept the authorization; sign in again, and check its issuer, audience and expiry"},
	{Forbidden, "the edge does not give this connection to this user or origin; check its name and the edge's configuration"},
	{Sealed, "the edge hands out no token of this connection; let it make the call (fetch)"},
	{Stopped, "an operator of the edge has stopped this user"},
	{NotConfigured, "the edge lacks a part of its configuration; its /healthz says which"},
	{SupplierFailed, "the function given as token, accessToken or authorization failed, or gave no token"},
	{FetchFailed, "the fetch that was given failed by itself, or gave no Response that can be read"},
	{TooManySessions, "every session is in use; raise maxSessions or try again later"},
	{Forgotten, "the session was forgotten while the caller waited"},
}

// Codes returns all codes of the core.
func Codes() []Code {
	list := make([]Code, len(codes))
	for i, c := range codes {
		list[i] = c.code
	}
	return list
}

// known reports whether the code is one of the core's.
func (c Code) known() bool {
	for i := range codes {
		if codes[i].code == c {
			return true
		}
	}
	return false
}

func (c Code) advice() string {
	for i := range codes {
		if codes[i].code == c && codes[i].advice != "" {
			return codes[i].advice
		}
	}
	return string(c)
}

var steps = [...]Step{StepInput, StepAccessToken, StepSupply, StepAuthorization, StepEdge, StepApply, StepLogin, StepRefresh, StepVerify, StepCall, StepSignOut, StepKeepAlive}

// Steps returns all steps.
func Steps() []Step { return steps[:] }

// known reports whether the step is one of those above.
func (s Step) known() bool { return slices.Contains(steps[:], s) }

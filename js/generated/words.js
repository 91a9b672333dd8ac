// The stable words: codes, steps, reasons and types of events. Generated from the Go descriptions in core (make generate): change those.

/**
 * What went wrong. Codes are stable: programs may compare them.
 *
 * About a vendor or an identity:
 * - `invalid_identity`: a field of the identity is missing or wrong; `field` names it. Nothing was sent.
 * - `invalid_request`: a business call cannot carry the token as asked; `field` says what. The call was not sent.
 * - `credentials_refused`: the vendor does not accept the credentials.
 * - `account_locked`: the vendor has locked the account, as it does after wrong credentials.
 * - `blocked`: what stands before the vendor, such as a firewall, refused the request and does not say why.
 * - `address_not_admitted`: the vendor does not admit this network address.
 * - `bad_request`: the vendor answered 400.
 * - `not_found`: the vendor answered 404; the base URL is likely wrong.
 * - `vendor_failure`: the vendor answered 500, or a body whose own code (`vendorCode`) says failure.
 * - `unexpected_status`: a status that the vendor's documents do not have.
 * - `malformed_response`: the answer is not what the vendor's document describes.
 * - `response_too_large`: the answer is larger than 1 MiB.
 * - `redirected`: the vendor answered a redirect, which is never followed with credentials.
 * - `network`: no connection, or it was lost.
 * - `timeout`: no answer in time.
 * - `unavailable`: the vendor is not there for the moment, or overloaded: 408, 425, 502 to 504, 520 to 524 or 529.
 * - `rate_limited`: the vendor answered 429.
 * - `cooling_down`: not tried, as an earlier attempt failed a moment ago; `cause` is that failure.
 * - `login_budget`: not tried, as the logins that the vendor tolerates are used up for now.
 * - `token_rejected`: the caller had a token renewed a moment ago by calling it rejected, and rejects the new one too; others go on with that.
 * - `stale_on_arrival`: the token was too old to use when it arrived.
 * - `signed_out`: nobody is signed in; `reason` says why. Nothing but a sign-in that somebody asks for changes that.
 * - `already_signed_in`: the person is signed in elsewhere; a sign-in by force ends that session.
 *
 * From an edge:
 * - `unauthorized`: the edge does not accept the authorization.
 * - `forbidden`: the edge does not give this connection to this user, or to this page's origin.
 * - `sealed`: the edge hands out no token of this connection, but makes the calls.
 * - `stopped`: an operator of the edge has stopped this user.
 * - `not_configured`: the edge lacks a part of its configuration.
 *
 * About what the program did:
 * - `supplier_failed`: the `token`, `accessToken` or `authorization` function failed, or gave no token.
 * - `fetch_failed`: the client's own `fetch` failed by itself, or gave no answer that can be read; `cause` is its error.
 * - `too_many_sessions`: every session is in use, and none has become free in time.
 * - `forgotten`: the session was forgotten while the caller waited.
 *
 * From the package's JavaScript:
 * - `aborted`: the caller's AbortSignal fired; `cause` is its reason.
 * - `closed`: the client is closed.
 * - `invalid_option`: an option of a call is wrong; `field` names it.
 * - `module_not_found`: the WebAssembly file is not there.
 * - `module_invalid`: the WebAssembly file is not this package's, or compiling is forbidden.
 * - `module_stale`: the WebAssembly file is of another build than the JavaScript.
 * - `module_started`: `initialize` came with another source after the start.
 * - `client_started`: `configure` came after the first use of `getToken` or `verifyToken`, or for a second time.
 * - `module_failed`: the WebAssembly module died; the next call starts a fresh one.
 * @typedef {"invalid_identity" | "invalid_request" | "credentials_refused" | "account_locked" | "blocked" | "address_not_admitted" | "bad_request" | "not_found" | "vendor_failure" | "unexpected_status" | "malformed_response" | "response_too_large" | "redirected" | "network" | "timeout" | "unavailable" | "rate_limited" | "cooling_down" | "login_budget" | "token_rejected" | "stale_on_arrival" | "signed_out" | "already_signed_in" | "unauthorized" | "forbidden" | "sealed" | "stopped" | "not_configured" | "supplier_failed" | "fetch_failed" | "too_many_sessions" | "forgotten" | "aborted" | "closed" | "invalid_option" | "module_not_found" | "module_invalid" | "module_stale" | "module_started" | "client_started" | "module_failed"} TokenErrorCode
 */

/**
 * The exchange in which something happened.
 * - `input`: is the check of what the caller gave, before anything is sent.
 * - `access_token`: gets an AccessToken (tokenByAkSk).
 * - `supply`: asks the caller's function for the token itself.
 * - `authorization`: asks the caller's function for what it shows to an edge.
 * - `edge`: gets a token from an edge.
 * - `apply`: gets a ccmessaging token (applyToken).
 * - `login`: logs in with credentials.
 * - `refresh`: renews with a refresh token.
 * - `verify`: asks the vendor whether a token is valid.
 * - `call`: is a business call that carries a token.
 * - `sign_out`: signs a person out.
 * - `keep_alive`: is a sign of life for a person who is signed in.
 * @typedef {"input" | "access_token" | "supply" | "authorization" | "edge" | "apply" | "login" | "refresh" | "verify" | "call" | "sign_out" | "keep_alive"} Step
 */

/**
 * Why a token is judged as it is, or a call was refused.
 * - `live`: the session got the token from the vendor, its life is not over, and nobody rejected it.
 * - `confirmed`: the vendor says that the token is valid.
 * - `denied`: the vendor says that the token is not valid.
 * - `expired`: the token's life is over.
 * - `rejected`: the vendor has rejected the token.
 * - `superseded`: the session holds a newer token; the older one may or may not still be accepted.
 * - `other_subject`: the token says of itself that it belongs to another user or channel.
 * - `unknown`: nobody here can tell.
 * - `token_dead`: a business call's answer means that the token is not accepted any more.
 * - `access_token_dead`: a business call's answer means that the AccessToken is not accepted any more.
 * - `key_refused`: a business call's answer means that the app key is wrong.
 * - `address_not_admitted`: a business call's answer means that this network address is not admitted.
 * - `never_signed_in`: nobody has signed in yet.
 * - `by_caller`: the caller signed out, or had the session forgotten.
 * @typedef {"live" | "confirmed" | "denied" | "expired" | "rejected" | "superseded" | "other_subject" | "unknown" | "token_dead" | "access_token_dead" | "key_refused" | "address_not_admitted" | "never_signed_in" | "by_caller"} Reason
 */

/**
 * What happened to a session.
 * - `acquired`: a first token, or one after a gap
 * - `renewed`: a token replaced one that could still be used
 * - `adopted`: another client of the same store got the token
 * - `rolled`: the vendor sent a new token with a response
 * - `rejected`: the vendor rejected the current token
 * - `replayed`: a business call is sent once more
 * - `retrying`: a transient failure is ridden out
 * - `failed`: an acquisition or verification failed
 * - `cooling`: no attempt is made before `retryAt`
 * - `evicted`: the session was dropped to bound memory
 * - `signed_out`: nobody is signed in any more; `reason` and `vendorCode` say why
 * @typedef {"acquired" | "renewed" | "adopted" | "rolled" | "rejected" | "replayed" | "retrying" | "failed" | "cooling" | "evicted" | "signed_out"} EventType
 */

export {};

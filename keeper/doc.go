// Package keeper is the keeper without its platform: an http.Handler that obeys
// core, keeps what must not be forgotten in an encrypted record, and answers
// small JSON. It decides nothing about a token.
//
// It runs inside a Durable Object, where all of its platform is JavaScript, and
// natively in its tests, where all of it is Go.
//
// # Requests
//
// Each is a POST of a JSON object with the members "identity" (as the core reads
// it) and "session", its name: a keyed hash, under which its record is stored. There may be "object" and
// "former", the names of this keeper's own object and of those that may have had the session before; and, where the token on which the session depends has a keeper of its own,
// "dependencyObject", the name of that keeper's object. Only the front door and
// other keepers send them. An unknown member is an error.
//
//	/token   rejected?: a token that a vendor refused; force?: true for a new one in any case
//	         → system, value, serial, expiresIn? and leaseMs?, headers, query?, body?, rolls?
//	/verify  token
//	         → valid: true, false or null; source: "vendor" or "core"; reason; expiresIn?
//	/judge   serial of the token that a business call carried; sentAgo in milliseconds; of its answer status, retryAfter?,
//	         date?, rolled? and body?, base64
//	         → replay, rolled, reason?
//	/release to: the object that has the session from now on
//	         → state?, as the core has saved it
//	/forget  drops the token; what protects the vendor stays. before?: only one that was asked for before that, in milliseconds since 1970
//	         → {}
//
// What operators ask is about the keeper as a whole, and has no identity:
//
//	/status  → age, sessions by state, known, unstored, logins, requests, cooling, budgets, more: as [Status]
//	/reset   session: its waiting time after a failure is over
//	         → reset: whether there was one
//	/ready   → {}, once the storage has answered
//
// expiresIn and retryAfter are seconds, and may have a fraction. An error is a
// [Problem]; its statuses are listed beside it.
package keeper

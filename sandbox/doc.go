// Package sandbox is the vendor systems as one strict http.Handler, for tests and demos.
//
//	s := sandbox.New(sandbox.Options{})
//	server := httptest.NewServer(s)
//
// It answers as the vendors' documents say, and refuses what they do not allow: a wrong method, path, header, type
// or field gets the vendor's own error form. The response header X-Sandbox-Reason then says, for developers, which
// rule was broken; no secret or token is ever in it. Where the documents are silent, a comment beside the code says
// "undocumented" and what was chosen.
//
// With [Options].Paths, a path is read first as a server or gateway before such systems reads it, and X-Sandbox-Path says
// as what.
//
// # Systems
//
// All that is particular to one system stands in one file. The comment on a system's constant says what its endpoints
// and its credentials are, and [Systems] lists all of them, each with an identity that works, for programs that should
// work with any system. So that a test can have as many identities as it likes, a secret follows from its public part;
// [Options].Secrets replaces that rule by fixed pairs.
//
// # Control endpoints
//
// JSON in and out. A POST needs the header Content-Type: application/json, so that no foreign page can send one. An
// error is {"error": "…"}: 400 for a wrong body, 404, 405 or 415 for a wrong path, method or Content-Type. Each is
// also a Go function or a method of [Sandbox].
//
//	GET    /_sandbox/systems?origin=…  {"systems": […]}: see [SystemInfo]
//	GET    /_sandbox/state             counts by system, tokens, lifetimes, refusals: see [State]
//	POST   /_sandbox/revoke            {"system", and at most one of "subject", "id", "all": true}, or {"all": true}
//	POST   /_sandbox/roll              the same, of a system that rolls its tokens
//	POST   /_sandbox/refuse            {"system", "credential": the public part, "refuse": bool}
//	POST   /_sandbox/lifetimes         {a kind of token: seconds, …}
//	POST   /_sandbox/faults            {"system", "endpoint", "fault", "count", "delayMs", "retryAfter", "exceptionInfo"}: see [Fault]
//	DELETE /_sandbox/faults            forgets all faults that are waiting
//	POST   /_sandbox/reset             {} or no body: back to a new sandbox
//
// The addresses in the identities of systems begin with the origin, which is by default that of the request's Host.
package sandbox

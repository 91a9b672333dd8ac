//go:build js && wasm

package main

import "cctoken/core"

// The forms in which JavaScript reads the core's answers. Members that are
// zero, false or empty are left out; js/module/wall.js has the same forms as types.

var effectNames = [...]string{
	core.Send: "send", core.Sleep: "sleep", core.Cancel: "cancel", core.Settled: "settled",
	core.Verified: "verified", core.Evicted: "evicted", core.Notify: "notify",
}

func (w *writer) decision(d core.Decision) {
	switch d.Kind {
	case core.Use:
		if d.Token.Value != "" { // of an errand that brings none
			w.token("token", d.Token)
		}
	case core.Wait:
		w.number("acquisition", int64(d.Acquisition))
	default:
		w.failure("error", d.Err)
	}
}

func (w *writer) effect(e core.Effect) {
	w.open('{')
	w.text("do", effectNames[e.Kind])
	w.number("session", int64(e.Session))
	w.number("id", int64(e.ID))
	w.number("limit", e.Limit)
	w.boolean("idle", e.Idle)
	switch {
	case e.Kind == core.Send:
		w.request("request", e.Request)
	case e.Kind == core.Notify:
		w.event("event", e.Event)
	case e.Kind == core.Settled:
		if e.Err != nil {
			w.failure("error", e.Err)
		}
		if e.Token.Value != "" {
			w.token("token", e.Token)
		}
	case e.Err != nil:
		w.failure("error", e.Err)
	case e.Kind == core.Verified:
		w.verdict("verdict", e.Verdict)
	}
	w.close('}')
}

func (w *writer) request(name string, r *core.Request) {
	w.object(name)
	w.text("step", string(r.Step))
	w.text("method", r.Method)
	w.text("url", r.URL)
	w.pairs("query", r.Query)
	w.pairs("headers", r.Headers)
	w.text("body", r.Body)
	w.pairs("form", r.Form)
	w.number("supplier", r.Supplier)
	w.texts("rolls", r.Rolls)
	w.boolean("share", r.Share)
	w.close('}')
}

func (w *writer) token(name string, t core.Token) {
	w.object(name)
	w.number("session", int64(t.Session))
	w.number("serial", int64(t.Serial))
	w.text("system", t.System)
	w.text("value", t.Value)
	w.number("issuedAt", t.IssuedAt)
	if t.ExpiresAt != 0 {
		// From issuedAt on: V8 keeps a small number for nothing, and one of a whole date in an object of its own.
		w.number("expires", t.ExpiresAt-t.IssuedAt)
		if t.RenewAt != 0 {
			w.number("renew", t.RenewAt-t.IssuedAt)
		}
		w.number("usable", t.UsableUntil-t.IssuedAt)
	}
	w.members("headers", t.Carriage.Headers)
	w.members("query", t.Carriage.Query)
	w.members("body", t.Carriage.Body)
	w.texts("rolls", t.Carriage.Rolls)
	w.boolean("speaks", t.Carriage.Speaks)
	w.close('}')
}

func (w *writer) verdict(name string, v core.Verdict) {
	w.object(name)
	if v.Valid != nil {
		w.boolean("valid", *v.Valid)
		w.boolean("invalid", !*v.Valid)
	}
	w.boolean("vendor", v.Vendor)
	w.text("reason", string(v.Reason))
	w.number("expiresAt", v.ExpiresAt)
	w.close('}')
}

func (w *writer) event(name string, e *core.Event) {
	w.object(name)
	w.text("type", string(e.Type))
	w.text("system", e.System)
	w.number("session", int64(e.Session))
	w.text("step", string(e.Step))
	w.number("at", e.At)
	w.number("logins", int64(e.Logins))
	w.number("expiresAt", e.ExpiresAt)
	w.number("retryAt", e.RetryAt)
	w.text("reason", string(e.Reason))
	w.text("vendorCode", e.Vendor)
	if e.Err != nil {
		w.failure("error", e.Err)
	}
	w.close('}')
}

func (w *writer) failure(name string, e *core.Error) {
	w.object(name)
	w.text("code", string(e.Code))
	w.text("message", e.Error())
	w.text("system", e.System)
	w.text("step", string(e.Step))
	w.text("field", e.Field)
	w.number("httpStatus", int64(e.Status))
	w.text("vendorCode", e.Vendor)
	w.text("reason", string(e.Why))
	w.boolean("retryable", e.Retryable)
	w.number("retryAt", e.RetryAt)
	if e.Cause != nil {
		w.failure("cause", e.Cause)
	}
	w.close('}')
}

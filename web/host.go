//go:build js

package main

import (
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"cctoken/web/console"
)

// await waits for a promise. It must run on a goroutine of its own: while a handler waits, nothing else can happen.
func await(promise js.Value) (value, reason js.Value, ok bool) {
	done := make(chan struct{})
	var fulfilled, rejected js.Func
	fulfilled = js.FuncOf(func(_ js.Value, args []js.Value) any {
		value, ok = first(args), true
		close(done)
		return nil
	})
	rejected = js.FuncOf(func(_ js.Value, args []js.Value) any {
		reason = first(args)
		close(done)
		return nil
	})
	promise.Call("then", fulfilled, rejected)
	<-done
	fulfilled.Release()
	rejected.Release()
	return value, reason, ok
}

func first(args []js.Value) js.Value {
	if len(args) == 0 {
		return js.Undefined()
	}
	return args[0]
}

// troubleOf reads what a promise was rejected with. What is no TokenError, such as the TypeError of a fetch that did
// not come through, has no code, and its text is left alone: it could quote a URL.
func troubleOf(reason js.Value) console.Trouble {
	if reason.Type() != js.TypeObject || text(reason, "name") != "TokenError" {
		return console.Trouble{}
	}
	return console.Trouble{
		Code: text(reason, "code"), Message: text(reason, "message"), Step: text(reason, "step"), Field: text(reason, "field"),
		Status: int(num(reason, "httpStatus")), Retryable: reason.Get("retryable").Truthy(), RetryAt: date(reason, "retryAt"),
	}
}

// eventOf reads an event of the package.
func eventOf(v js.Value) console.Event {
	e := console.Event{
		Type: console.EventType(text(v, "type")), At: date(v, "at"), System: text(v, "system"), Core: num(v, "session"),
		Step: text(v, "step"), Logins: int(num(v, "logins")), ExpiresAt: date(v, "expiresAt"), RetryAt: date(v, "retryAt"),
		Reason: text(v, "reason"), VendorCode: text(v, "vendorCode"),
	}
	if reason := v.Get("error"); reason.Type() == js.TypeObject {
		t := troubleOf(reason)
		e.Trouble = &t
	}
	return e
}

// lifeOf reads what a Token says of its life.
func lifeOf(token js.Value) console.Life {
	return console.Life{
		IssuedAt: date(token, "issuedAt"), ExpiresAt: date(token, "expiresAt"), RenewAt: date(token, "renewAt"),
		UsableUntil: date(token, "usableUntil"),
	}
}

// text reads a member that is a string, or "".
func text(v js.Value, name string) string {
	if m := v.Get(name); m.Type() == js.TypeString {
		return m.String()
	}
	return ""
}

// num reads a member that is a number, or 0.
func num(v js.Value, name string) int64 {
	if m := v.Get(name); m.Type() == js.TypeNumber {
		return int64(m.Float())
	}
	return 0
}

// date reads a member that is a Date, in milliseconds, or 0.
func date(v js.Value, name string) int64 {
	if m := v.Get(name); m.Type() == js.TypeObject {
		return int64(m.Call("getTime").Float())
	}
	return 0
}

// objectOf makes an identity for the package.
func objectOf(members []console.Member) js.Value {
	var entries []any
	for _, m := range members {
		value := m.Value
		if pairs, ok := value.([]console.Pair); ok {
			var inner []any
			for _, p := range pairs {
				inner = append(inner, []any{p.Name, p.Value})
			}
			value = fromEntries(inner)
		}
		entries = append(entries, []any{m.Name, value})
	}
	return fromEntries(entries)
}

// fromEntries makes an object whatever its members' names are; __proto__ is a name too.
func fromEntries(entries []any) js.Value {
	return js.Global().Get("Object").Call("fromEntries", js.ValueOf(entries))
}

// listing reads what the sandbox lists of its systems.
func listing(list js.Value) console.Listing {
	var out console.Listing
	for i := range list.Length() {
		entry := list.Index(i)
		listed := console.Listed{
			Name: text(entry, "name"), Subject: text(entry, "subject"), Behind: text(entry, "behind"), Rolls: entry.Get("rolls").Truthy(),
		}
		endpoints := entry.Get("endpoints")
		for j := range endpoints.Length() {
			listed.Places = append(listed.Places, endpoints.Index(j).String())
		}
		if identity, call := entry.Get("identity"), entry.Get("business"); identity.Truthy() {
			listed.Values = map[string]string{}
			for _, name := range namesOf(identity) {
				listed.Values[name] = typedOf(identity.Get(name))
			}
			listed.Call = console.Call{Method: text(call, "method"), Path: text(call, "path"), Body: text(call, "body")}
		}
		out = append(out, listed)
	}
	return out
}

// typedOf is a member of an identity as it is typed into a form.
func typedOf(value js.Value) string {
	switch value.Type() {
	case js.TypeString:
		return value.String()
	case js.TypeNumber:
		return strconv.FormatFloat(value.Float(), 'f', -1, 64)
	case js.TypeBoolean:
		return strconv.FormatBool(value.Bool())
	}
	var pairs []console.Pair
	for _, name := range namesOf(value) {
		pairs = append(pairs, console.Pair{Name: name, Value: text(value, name)})
	}
	return console.WritePairs(pairs)
}

func namesOf(object js.Value) []string {
	names := js.Global().Get("Object").Call("keys", object)
	out := make([]string, names.Length())
	for i := range out {
		out[i] = names.Index(i).String()
	}
	return out
}

func itoa(n int) string { return strconv.Itoa(n) }

func hide(el dom.Element, hidden bool) {
	if hidden {
		el.SetAttribute("hidden", "")
	} else {
		el.RemoveAttribute("hidden")
	}
}

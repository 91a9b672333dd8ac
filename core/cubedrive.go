package core

import (
	"slices"
	"strings"
)

// cubedrive is CubeDrive: its API page "Token" (xAuthToken).
type cubedrive struct{ none }

func (cubedrive) name() string { return "cubedrive" }

// "This interface cannot be called frequently, otherwise it will be
// intercepted": the page gives no number, so the budget is a careful one, and a
// login is repeated only if the vendor cannot have seen it.
func (cubedrive) policy() policy {
	return policy{retries: 1, backoff: 10 * second, logins: 5, window: 10 * minute}
}

// The values are the method, then the parameters as name, value, name, value …
// in the order of their names. The page does not name the parameters ("the
// application information and user information"), so they are the caller's.
func (cubedrive) identify(f *fields) []string {
	method := "POST" // a query may be logged on its way; a body is not
	if f.has("method") {
		method = f.text("method")
	}
	if method != "GET" && method != "POST" {
		f.fail("method", `must be "GET" or "POST"`)
	}
	params, ok := f.take("params")
	if !ok {
		f.fail("params", "is missing")
		return nil
	}
	var pairs []Pair
	err := eachMember(params, func(name string, v value) {
		text, ok := asString(v)
		if !ok || name == "" {
			f.fail("params", "must be an object whose names are not empty and whose values are strings")
			return
		}
		at, twice := slices.BinarySearchFunc(pairs, name, func(p Pair, n string) int { return strings.Compare(p.Name, n) })
		if twice {
			pairs[at].Value = text
		} else {
			pairs = slices.Insert(pairs, at, Pair{name, text})
		}
	})
	if err != nil || len(pairs) == 0 {
		f.fail("params", "must be an object with at least one parameter")
	}
	values := []string{method}
	for _, p := range pairs {
		values = append(values, p.Name, p.Value)
	}
	return values
}

func (cubedrive) ask(id *identity, _ occasion) Request {
	var params []Pair
	for nv := range slices.Chunk(id.values[1:], 2) {
		params = append(params, Pair{nv[0], nv[1]})
	}
	r := Request{Step: StepLogin, Method: id.values[0], URL: id.base + "/getLogin"}
	if r.Method == "GET" {
		r.Query = params
	} else {
		r.Form = params
	}
	return r
}

// No lifetime is given, and none is guaranteed: the token is used until it is rejected.
func (cubedrive) read(step Step, r Response) (grant, *Error) {
	if err := answerError(step, r); err != nil {
		return grant{}, err
	}
	var success, known, usable bool
	var g grant
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "success":
			success, known = asBool(v)
		case "x-auth-token":
			g.token, usable = asToken(v)
		}
	})
	switch {
	case err != nil || !known:
		return grant{}, malformed(step, r)
	case !success: // a login has nothing else that could be refused
		return grant{}, &Error{Code: CredentialsRefused, Step: step, Status: r.Status}
	case !usable:
		return grant{}, malformed(step, r)
	}
	return g, nil
}

func (cubedrive) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{
		Headers: []Pair{{"X-Auth-Token", g.token}},
		Query:   []Pair{{"x-auth-token", g.token}},
	}
}

func (cubedrive) judge(_ *identity, r Response) judgement { return judgeByStatus(r) }

func (cubedrive) verification(id *identity, token, _ string) (Request, bool) {
	return Request{
		Step:   StepVerify,
		Method: "GET",
		URL:    id.base + "/verifyAuthToken",
		Query:  []Pair{{"authToken", token}},
	}, true
}

// The answer is {"success":true,"valid":true}. Without success it says nothing
// of the token, whatever valid may be.
func (cubedrive) confirms(r Response) (Verdict, *Error) {
	if err := answerError(StepVerify, r); err != nil {
		return Verdict{}, err
	}
	var success, yes, known, said bool
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "success":
			success, known = asBool(v)
		case "valid":
			yes, said = asBool(v)
		}
	})
	switch {
	case err != nil || !known:
		return Verdict{}, malformed(StepVerify, r)
	case !success:
		return Verdict{}, failed(StepVerify, r, 0)
	case !said:
		return Verdict{}, malformed(StepVerify, r)
	case !yes:
		return Verdict{Valid: valid(false), Vendor: true, Reason: Denied}, nil
	}
	return Verdict{Valid: valid(true), Vendor: true, Reason: Confirmed}, nil
}

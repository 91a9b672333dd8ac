package core

import (
	"math"
	"slices"
)

// answerError returns the error for a status that is not success, or nil for
// 2xx. Success is still the body's to say: HTTP 200 with a failing code is a failure.
func answerError(d *Description, step Step, r Response) *Error {
	if r.Status >= 200 && r.Status < 300 {
		return nil
	}
	e := &Error{Step: step, Status: r.Status}
	switch s := r.Status; {
	case s >= 300 && s < 400:
		e.Code = Redirected
	case s == 400:
		e.Code = BadRequest
	case s == 401 || s == 403:
		e.Code = CredentialsRefused
	case s == 404:
		e.Code = NotFound
	case s == 429:
		e.Code, e.Retryable = RateLimited, true
	case s == 500:
		e.Code = VendorFailure
	case s == 502 || s == 503 || s == 504:
		e.Code, e.Retryable = Unavailable, true
	default:
		e.Code = UnexpectedStatus
	}
	// The body's own code is kept when it is a number; its text never is.
	_ = eachMember(r.Body, func(name string, v value) {
		if slices.Contains(d.Codes, name) {
			e.Vendor = vendorCode(v)
		}
	})
	return e
}

func malformed(step Step, r Response) *Error {
	return &Error{Code: MalformedResponse, Step: step, Status: r.Status, Retryable: true}
}

// failed is the error for a body whose own code says failure.
func failed(step Step, r Response, code float64) *Error {
	return &Error{Code: VendorFailure, Step: step, Status: r.Status, Vendor: smallInteger(code)}
}

func vendorCode(v value) int64 {
	f, _ := asNumber(v)
	return smallInteger(f)
}

// smallInteger returns f where it can be a failure code, and 0 where it cannot:
// a token or a secret made of digits would be longer.
func smallInteger(f float64) int64 {
	if f != math.Trunc(f) || math.Abs(f) >= 1e8 {
		return 0
	}
	return int64(f)
}

// jsonObject writes the pairs as a JSON object of strings, in order.
func jsonObject(pairs ...Pair) string {
	most := 2
	for _, p := range pairs {
		most += len(p.Name) + len(p.Value) + 6 // or more, where something is escaped
	}
	w := writer{make([]byte, 0, most)}
	w.open('{')
	for _, p := range pairs {
		w.name(p.Name)
		w.quote(p.Value)
	}
	w.close('}')
	return string(w.data)
}

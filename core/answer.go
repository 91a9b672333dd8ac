package core

import "slices"

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
	case d.blocked(r):
		e.Code = Blocked
	case s == 401 || s == 403:
		e.Code = CredentialsRefused
	case s == 404:
		e.Code = NotFound
	case s == 429:
		e.Code, e.Retryable = RateLimited, true
	case s == 500:
		e.Code = VendorFailure
	case s == 408 || s == 425 || s >= 502 && s <= 504 || s >= 520 && s <= 524 || s == 529:
		e.Code, e.Retryable = Unavailable, true
	default:
		e.Code = UnexpectedStatus
	}
	if code, ok := d.said(r.Body); ok && r.Status >= 400 && !slices.Contains(d.Success, code) { // what means success explains nothing
		e.explain(d, code)
	}
	return e
}

func malformed(step Step, r Response) *Error {
	return &Error{Code: MalformedResponse, Step: step, Status: r.Status, Retryable: true}
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

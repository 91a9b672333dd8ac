package core

import "strings"

// Error is every failure that core reports. It holds no secret, no token and
// no text from a vendor's body, so it may be printed and logged.
type Error struct {
	Code   Code
	System string // the system's name, or "" when it is not known
	Step   Step
	Field  string // the input field at fault, or of a token that the caller gave or supplies and that is refused; or ""
	Reason string // what is wrong with Field, or ""
	Status int    // the HTTP status, or 0
	Vendor string // the vendor's own failure code, such as "200800002" or "100-006", or ""
	Why    Reason // why nobody is signed in, for SignedOut

	// Retryable says whether the same call can succeed later, unchanged.
	Retryable bool
	// RetryAt is the wall-clock instant in milliseconds before which a further
	// call fails without calling the vendor, or 0.
	RetryAt   int64
	unreached bool // no vendor was reached
	// Cause is the earlier failure that led to this one, or nil.
	Cause *Error
}

// Error returns one line: what happened, to what, and what to do next.
func (e *Error) Error() string {
	text := ""
	if e.System != "" {
		text = e.System + ": "
	}
	text += e.what()
	if e.Why != "" {
		text += " (" + string(e.Why) + ")"
	}
	if e.Status != 0 {
		text += " (HTTP " + itoa(int64(e.Status)) + ")"
	}
	if e.Vendor != "" {
		text += " (vendor code " + e.Vendor + ")"
	}
	if e.Cause != nil {
		text += "; cause: " + e.Cause.what()
		if e.Cause.Status != 0 {
			text += " (HTTP " + itoa(int64(e.Cause.Status)) + ")"
		}
	}
	return text
}

// what is what happened, without the circumstances.
func (e *Error) what() string {
	if e.Field != "" {
		return e.Field + " " + e.Reason
	}
	if e.Step == "" || e.Step == StepInput {
		return e.advice()
	}
	return string(e.Step) + ": " + e.advice()
}

// of is the error as the callers of another session know it, whose token depends on what has failed.
func (e *Error) of(s *session) *Error {
	own := *e
	own.System = s.systemName()
	if e.Cause != nil {
		own.Cause = e.Cause.of(s)
	}
	return &own
}

// advice is what the code says, and of 418 what it mostly means: TLS has no name for who calls an address.
func (e *Error) advice() string {
	if e.Code == Blocked && e.Status == 418 {
		return "what stands before the vendor refused the request, as it does to who calls an address; the base URL must have the vendor's host name"
	}
	text := e.Code.advice()
	if d := DescriptionOf(e.System); d != nil && !d.Vendor {
		text = strings.ReplaceAll(text, "the vendor", "the "+d.Name) // it is the one that was asked
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

func invalid(system, field, reason string) *Error {
	return &Error{Code: InvalidIdentity, System: system, Step: StepInput, Field: field, Reason: reason}
}

package keeper

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"

	"cctoken/core"
)

// Problem is an error as the keeper answers it: RFC 9457 with the core's fields.
type Problem struct {
	Type         string  `json:"type"`
	Title        string  `json:"title"`
	Status       int     `json:"status"`
	Code         string  `json:"code"`
	System       string  `json:"system,omitempty"`
	Step         string  `json:"step,omitempty"`
	Field        string  `json:"field,omitempty"`
	VendorStatus int     `json:"vendorStatus,omitempty"`
	VendorCode   string  `json:"vendorCode,omitempty"`
	Reason       string  `json:"reason,omitempty"` // why nobody is signed in
	Retryable    bool    `json:"retryable"`
	RetryAfter   float64 `json:"retryAfter,omitempty"` // seconds
	MovedTo      string  `json:"movedTo,omitempty"`    // the object that has the session
	Cause        string  `json:"cause,omitempty"`      // the code of the earlier failure that led to this one
}

// StorageFailed is the keeper's own code: the record could not be read or
// written, so nothing was handed out.
const StorageFailed core.Code = "storage_failed"

// moduleFailed is the code with which the object answers for a program that has died.
const moduleFailed = "module_failed"

// StatusOf is the one table from codes to statuses. A console sees these
// statuses too, as the front door passes them on.
//
//	421  another object has the session: moved
//	500  whoever called the keeper is at fault: invalid_identity, invalid_request
//	429  not for this caller, whose word is used up: token_rejected, or rate_limited for force
//	409  a person must decide: signed_out, already_signed_in
//	503  not now, and the vendor was spared: cooling_down, login_budget, rate_limited, unavailable,
//	     too_many_sessions, forgotten; or the keeper itself cannot: not_configured, storage_failed, module_failed
//	504  the vendor did not answer in time: timeout
//	502  the vendor answered, but not with a token: all others
//
// The one exception is a token to verify that cannot be one. It comes from the
// console, not from the configuration: 400.
func StatusOf(code core.Code, field string) int {
	switch code {
	case Moved:
		return http.StatusMisdirectedRequest
	case core.InvalidIdentity, core.InvalidRequest:
		if field == "token" {
			return http.StatusBadRequest
		}
		return http.StatusInternalServerError
	case core.SignedOut, core.AlreadySignedIn:
		return http.StatusConflict
	case core.TokenRejected:
		return http.StatusTooManyRequests
	case core.RateLimited:
		if field == "force" {
			return http.StatusTooManyRequests
		}
		return http.StatusServiceUnavailable
	case core.CoolingDown, core.LoginBudget, core.Unavailable, core.TooManySessions, core.Forgotten,
		core.NotConfigured, StorageFailed, moduleFailed:
		return http.StatusServiceUnavailable
	case core.Timeout:
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}

// problemOf is the answer for an error; now is for how long it will last.
func problemOf(e *core.Error, now core.Instant) Problem {
	p := Problem{
		Type:         core.ProblemURN + string(e.Code),
		Title:        title(e),
		Status:       StatusOf(e.Code, e.Field),
		Code:         string(e.Code),
		System:       e.System,
		Step:         string(e.Step),
		Field:        e.Field,
		VendorStatus: e.Status,
		VendorCode:   e.Vendor,
		Reason:       string(e.Why),
		Retryable:    e.Retryable,
	}
	switch e.Code {
	case Moved:
		p.MovedTo = e.Reason
	case moduleFailed:
		p.RetryAfter = 1
	}
	for cause := e.Cause; cause != nil; cause = cause.Cause { // one pause may be for another: the first failure is told
		p.Cause = string(cause.Code)
	}
	if left := e.RetryAt - now.Wall; e.RetryAt != 0 && left > 0 {
		p.RetryAfter = float64(left) / 1000
	}
	return p
}

func title(e *core.Error) string {
	switch e.Code {
	case StorageFailed:
		return "the keeper's storage failed; nothing was handed out"
	case Moved:
		return "another object has the session"
	case moduleFailed:
		return "the keeper failed at this session; try again"
	}
	return e.Error()
}

// errorOf is the error that a problem of another keeper tells of.
func errorOf(p Problem, now core.Instant) *core.Error {
	e := &core.Error{
		Code:      core.Code(p.Code),
		System:    p.System,
		Step:      core.Step(p.Step),
		Status:    p.VendorStatus,
		Vendor:    p.VendorCode,
		Why:       core.Reason(p.Reason),
		Retryable: p.Retryable,
	}
	if p.Cause != "" {
		e.Cause = &core.Error{Code: core.Code(p.Cause), System: p.System, Step: e.Step, Status: p.VendorStatus}
	}
	if p.RetryAfter > 0 {
		e.RetryAt = now.Wall + int64(p.RetryAfter*1000)
	}
	return e
}

// answer is what a handler has to say.
type answer struct {
	status     int
	kind       string // its content type
	retryAfter string
	body       []byte
}

func answerOf(v any) answer {
	body, err := json.Marshal(v)
	if err != nil { // no value here has a form that fails
		return Problem{Type: core.ProblemURN + moduleFailed, Code: moduleFailed, Status: http.StatusServiceUnavailable}.answer()
	}
	return answer{status: http.StatusOK, kind: "application/json", body: body}
}

func (p Problem) answer() answer {
	body, _ := json.Marshal(p)
	a := answer{status: p.Status, kind: core.ProblemMedia, body: body}
	if p.RetryAfter > 0 {
		a.retryAfter = strconv.FormatInt(int64(math.Ceil(p.RetryAfter)), 10)
	}
	return a
}

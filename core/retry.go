package core

import (
	"strconv"
	"strings"
)

const (
	retryBase       = second / 2  // the base of the pause before a repeated request
	refusedCooldown = 5 * minute  // refused credentials are not tried again for this long
	lockedCooldown  = 30 * minute // each attempt may lock the account for longer
	answerBackoff   = 5 * second  // the base after an answer that repetition is unlikely to change
	maxBackoff      = 10 * minute
	maxRetryAfter   = hour // a vendor that asks for more is asked again after this
)

// between returns a random number from low up to, not including, high.
func (c *Client) between(low, high int64) int64 {
	if high <= low {
		return low
	}
	return low + c.random.Int64N(high-low)
}

// failed decides what follows a failed request: a repetition, another step, or the end.
func (c *Client) failed(t *task, now Instant, err *Error, received bool, after int64) {
	s := t.session
	if t.errand == 0 && c.retry(t, now, err, received, after) {
		return
	}
	passing := err.Code == Network || err.Code == Timeout || err.Code == Unavailable || err.Code == RateLimited
	if t.request.Step == StepRefresh && !passing {
		s.held.refresh = "" // dead or refused: log in again
		c.advance(t, now)
		return
	}
	c.settle(t, now, err, after)
}

// retry repeats a request that failed for a passing reason, if the vendor's
// policy and the caller's time allow it. A timeout is not repeated: the time is up.
func (c *Client) retry(t *task, now Instant, err *Error, received bool, after int64) bool {
	s := t.session
	p := s.identity.system.description().policy
	passing := err.Code == Network || err.Code == Unavailable || err.Code == RateLimited
	if !passing || t.retries >= p.retries || received && !p.retryAnswered {
		return false
	}
	pause := c.between(0, retryBase<<t.retries)
	if after > 0 {
		pause += after
	}
	if now.waited(t.began)+pause >= c.timeout {
		return false
	}
	t.retries++
	err.System = s.systemName()
	c.notify(s, now, Event{Type: EventRetrying, Step: t.request.Step, RetryAt: now.Wall + pause, Err: err})
	c.wait(t, Effect{Kind: Sleep, Limit: pause})
	return true
}

// coolDown keeps further attempts away for a while after a failed one: backoff
// with full jitter over a floor, or as long as the vendor asks for.
func (c *Client) coolDown(s *session, now Instant, err *Error, after int64) {
	if s.signsIn && err.Code != CredentialsRefused && err.Code != AccountLocked {
		return // a person decides when to try again
	}
	wait := int64(0)
	switch err.Code {
	case Forgotten:
		return
	case LoginBudget:
		if s.identity.system.description().policy.logins > 0 { // the budget itself keeps attempts away
			err.RetryAt = now.Wall + after
			return
		}
		wait = answerBackoff
	case CredentialsRefused, AccountLocked:
		if s.identity.system.description().policy.relays && after > 0 {
			break // the vendor is protected at the other end
		}
		if wait = refusedCooldown; err.Code == AccountLocked {
			wait = lockedCooldown
		}
	case Unauthorized:
		wait = answerBackoff // not growing: the user who signs in again should not have to wait for it
	case Network, Timeout, Unavailable, RateLimited, StaleOnArrival, SupplierFailed:
		wait = c.backoff(s.identity.system.description().policy.backoff, int(s.failures))
	default:
		wait = c.backoff(max(answerBackoff, s.identity.system.description().policy.backoff), int(s.failures))
	}
	s.failures++
	wait = max(wait, after)
	err.RetryAt = now.Wall + wait
	s.barrier = &barrier{cause: err, since: now, wait: wait}
	c.notify(s, now, Event{Type: EventCooling, Step: err.Step, RetryAt: err.RetryAt})
}

func (c *Client) backoff(base int64, failures int) int64 {
	ceiling := min(base<<min(failures, 16), maxBackoff)
	return base/4 + c.between(0, ceiling)
}

// retryAfter returns how long a Retry-After header asks to wait, in
// milliseconds, or 0. It is a number of seconds, or an HTTP date (RFC 9110,
// section 10.2.3), which is compared with the response's own Date where there
// is one: the host's clock may be wrong.
func retryAfter(r Response, now Instant) int64 {
	text := strings.TrimSpace(r.RetryAfter)
	if n, err := strconv.ParseUint(text, 10, 32); err == nil {
		return min(int64(n)*second, maxRetryAfter)
	}
	at, ok := httpDate(text)
	if !ok {
		return 0
	}
	from, ok := httpDate(strings.TrimSpace(r.Date))
	if !ok {
		from = now.Wall
	}
	return min(max(0, at-from), maxRetryAfter)
}

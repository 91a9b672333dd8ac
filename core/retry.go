package core

import "strings"

const (
	retryBase       = second / 2  // the base of the pause before a repeated request
	refusedCooldown = 5 * minute  // refused credentials are not tried again for this long
	blockedBackoff  = minute      // the base where another address may be admitted, and who knocks too often is not
	lockedCooldown  = 30 * minute // each attempt may lock the account for longer
	answerBackoff   = 5 * second  // the base after an answer that repetition is unlikely to change
	maxBackoff      = 10 * minute
	mostGrowth      = 16   // failures after which a waiting time does not grow any more, whatever its base
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
	passing := err.Code == Network || err.Code == Timeout || err.Code == Unavailable || err.Code == RateLimited ||
		err.Code == FetchFailed // it says nothing of the refresh token
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
	if !passing || !err.Retryable || t.retries >= p.retries || received && !p.retryAnswered {
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
	t.idles = err.unreached
	return true
}

// coolDown keeps further attempts away for a while after a failed one: backoff
// with full jitter over a floor, or as long as the vendor asks for.
func (c *Client) coolDown(s *session, now Instant, err *Error, after int64) {
	if s.signsIn && err.Code != CredentialsRefused && err.Code != AccountLocked {
		return // a person decides when to try again
	}
	p := &s.identity.system.description().policy
	wait, most := int64(0), maxBackoff
	told := p.relays && after > 0 // the vendor is spared at the other end
	if told {
		most = maxOutage
	}
	switch err.Code {
	case Forgotten:
		return
	case LoginBudget:
		if p.logins > 0 { // the budget itself keeps attempts away
			err.RetryAt = now.Wall + after
			return
		}
		wait = answerBackoff
	case CredentialsRefused, AccountLocked, Blocked:
		if told {
			break
		}
		switch wait = refusedCooldown; {
		case err.Code == Blocked:
			wait = c.backoff(blockedBackoff, int(s.failures), maxBackoff)
		case err.Code == AccountLocked || p.locks:
			wait = lockedCooldown
		}
	case Unauthorized:
		wait = answerBackoff // not growing: the user who signs in again should not have to wait for it
	case Network, Timeout, Unavailable, RateLimited, StaleOnArrival, SupplierFailed:
		if err.unreached {
			wait = c.backoff(p.backoff, int(s.outages), maxOutage)
			break
		}
		wait = c.backoff(p.backoff, int(s.failures), most)
	default:
		wait = c.backoff(max(answerBackoff, p.backoff), int(s.failures), most)
	}
	if err.unreached {
		s.outages = min(s.outages+1, mostGrowth)
	} else {
		s.failures, s.outages = min(s.failures+1, mostGrowth), 0
	}
	wait = max(wait, after)
	err.RetryAt = now.Wall + wait
	s.barrier = &barrier{cause: err, since: now, wait: wait}
	c.notify(s, now, Event{Type: EventCooling, Step: err.Step, RetryAt: err.RetryAt})
}

// backoff is a waiting time that grows with the failures, up to most.
func (c *Client) backoff(base int64, failures int, most int64) int64 {
	least := base / 4
	return least + c.between(0, min(base<<failures, most-least))
}

// retryAfter returns how long a Retry-After header asks to wait, in
// milliseconds, or 0. It is a number of seconds, or an HTTP date in any of its forms (RFC 9110,
// section 10.2.3), which is compared with the response's own Date where there
// is one: the host's clock may be wrong.
func retryAfter(r Response, now Instant) int64 {
	text := strings.TrimSpace(r.RetryAfter)
	if text != "" && strings.Trim(text, "0123456789") == "" {
		seconds := int64(0)
		for _, digit := range []byte(text) { // however many there are
			seconds = min(seconds*10+int64(digit-'0'), maxRetryAfter/second)
		}
		return seconds * second
	}
	from, ok := httpDate(strings.TrimSpace(r.Date), now.Wall)
	if !ok {
		from = now.Wall
	}
	at, ok := httpDate(text, from)
	if !ok {
		return 0
	}
	return min(max(0, at-from), maxRetryAfter)
}

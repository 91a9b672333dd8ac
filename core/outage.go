package core

// A failure by which no vendor was reached (no network, no such name, a refused
// connection) says nothing of the vendor, and there is none to be spared. So what
// follows it is short, and ends as soon as somebody knows better: the platform,
// which is online again, or a caller who insists. Nothing begins by itself then.
// The next caller begins it, or a thousand sessions would log in at once.
//
// A timeout is another matter: a vendor that is overloaded looks like that.

const (
	// maxOutage is the longest waiting time after such a failure.
	maxOutage = 30 * second
	// mostOnline is how often in a minute the platform's word is taken: a network that
	// comes and goes must not make a loop of logins.
	mostOnline = 5
)

// Reach says how far a request has come that brought no response that can be read.
type Reach uint8

const (
	// Unanswered: the vendor may have got it, or not.
	Unanswered Reach = iota
	// Answering: the vendor had begun to answer.
	Answering
	// Unsent: it has certainly not left the host.
	Unsent
	// Impossible: nor will another one, unchanged. TLS is spoken to what does not speak it, say.
	Impossible
)

// unreached marks an error as one by which no vendor was reached, where it is, and
// gives back a login that was not made.
func (t *task) unreached(err *Error, reach Reach) {
	err.unreached = err.Code == Network && reach != Answering
	if reach >= Unsent && t.request.Step.CostsLogin() {
		t.session.refund(t.login)
	}
}

// Online reports that the platform has its network again, or may have: the waiting
// times and pauses end that follow a failure by which no vendor was reached. Those
// by which a vendor is spared stay.
func (c *Client) Online(now Instant) {
	if now.waited(c.onlineSince) >= minute {
		c.onlineSince, c.onlines = now, 0
	}
	if c.onlines == mostOnline {
		return
	}
	ended := false
	for _, s := range c.slots {
		if s != nil && s.barrier.passable() {
			s.barrier, s.outages, ended = nil, 0, true
		}
	}
	for _, s := range c.slots { // only now, as one session's request may depend on another
		if s != nil && s.task != nil && s.task.idles {
			ended = true
			c.cancel(s.task)
			c.resume(s.task, now)
		}
	}
	if ended {
		c.onlines++
	}
}

// passable reports whether it spares no vendor.
func (b *barrier) passable() bool { return b != nil && b.cause.unreached }

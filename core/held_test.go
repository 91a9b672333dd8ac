package core

// Token returns the session's current token and whether it may be used, for
// tests that look without asking.
func (c *Client) Token(id SessionID, now Instant) (Token, bool) {
	if s := c.session(id); s != nil && s.ready(now) {
		return s.token(), true
	}
	return Token{}, false
}

package core

// Instant is one reading of the host's two clocks, in milliseconds.
//
// Wall is the time of day, as milliseconds since 1970-01-01 UTC; it can be set
// forward and back. Mono never goes back, from an arbitrary start; on many hosts
// it stands still while the machine sleeps. Neither can be trusted alone.
type Instant struct {
	Wall int64
	Mono int64
}

// Since returns the milliseconds that have passed since t. Of the two clocks
// the one that says "later" wins: sleep, which stops Mono, does not lengthen a
// token's life, and neither does a time of day that is set back. The answer is
// never negative.
func (now Instant) Since(t Instant) int64 {
	return max(now.Wall-t.Wall, now.Mono-t.Mono, 0)
}

// waited returns the milliseconds that have been waited since t. Only Mono
// counts: a time of day that is set forward must not end a wait.
func (now Instant) waited(t Instant) int64 { return max(now.Mono-t.Mono, 0) }

const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
)

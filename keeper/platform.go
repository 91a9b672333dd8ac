package keeper

import (
	"context"
	"errors"
	"strconv"

	"cctoken/core"
)

// Platform is all that the keeper needs of where it runs.
type Platform struct {
	Clock   Clock
	Vendor  Vendor
	Objects Objects
	Store   Store
	// Log takes one entry; it holds no secret, no token and no subject.
	Log func(Entry)
	// Login is told of each request that counts as a login at the vendor; nil where nobody counts.
	Login func(system string, step core.Step)
	// Keys opens and seals the record; nil where none is configured, and then every request is refused.
	Keys *Keys
	// Place names where the records are stored; a record from another place does not open here.
	Place string
	// Seed is two random numbers.
	Seed [2]uint64
	// Timeout bounds an acquisition or a verification with all its tries, in milliseconds; 0 takes the core's default.
	Timeout int64
	// MaxSessions bounds how many identities are in memory; 0 takes the keeper's own default. The
	// others are in the store.
	MaxSessions int
	// Connections bounds how many requests to vendors are under way at once; 0 is no bound.
	Connections int
}

const defaultMaxSessions = 20_000

// A Clock reads the platform's two clocks and sets timers.
type Clock interface {
	Now() core.Instant
	// After calls wake once, after so many milliseconds, on a goroutine that may block. stop ends the wait for it.
	After(ms int64, wake func()) (stop func())
}

// A Vendor sends requests to vendor systems: no redirect followed, no cookie, no cache.
type Vendor interface {
	// Send begins a request, without blocking. wait returns the response, with a body of at most 1 MiB, or why there
	// is none; it ends soon after ctx does.
	Send(ctx context.Context, r *core.Request) (wait func() (core.Response, *Lost))
}

// Lost is why a request brought no response that can be read: Network, or
// ResponseTooLarge. Received says whether the vendor had begun to answer.
type Lost struct {
	Code     core.Code
	Received bool
}

func (l *Lost) reach() core.Reach {
	if l.Received {
		return core.Answering
	}
	return core.Unanswered // as far as such a platform tells
}

// Objects reaches other keepers by the names of their objects.
type Objects interface {
	// Ask posts a JSON body to a path of the object, without blocking. wait returns what it answers.
	Ask(ctx context.Context, object, path string, body []byte) (wait func() (status int, answer []byte, err error))
}

// A Store holds records by their keys. When Save returns, all of them outlive the program. It may drop a record that was
// not saved for longer than [core.MostKept].
type Store interface {
	// Load returns a record, or nil where there is none.
	Load(ctx context.Context, key string) ([]byte, error)
	Save(ctx context.Context, records map[string][]byte) error
}

// Entry is one line of the keeper's log.
type Entry struct {
	Event  string `json:"event"`
	System string `json:"system,omitempty"`
	Step   string `json:"step,omitempty"`
	Code   string `json:"code,omitempty"`
	Reason string `json:"reason,omitempty"`
	Status int    `json:"status,omitempty"` // the vendor's HTTP status
	Logins int    `json:"logins,omitempty"` // requests so far that count as a login at the vendor
	// RetryIn is for how many milliseconds the vendor is left alone.
	RetryIn int64  `json:"retryInMs,omitempty"`
	Key     string `json:"key,omitempty"` // the id of a storage key, for a record that does not open
}

// ParseTimeout reads [Platform].Timeout: a whole number of milliseconds within the core's bounds.
func ParseTimeout(text string) (int64, error) {
	return parse(text, core.LeastKeeperTimeout, core.MostKeeperTimeout, "milliseconds")
}

// ParseConnections reads [Platform].Connections.
func ParseConnections(text string) (int, error) {
	n, err := parse(text, 1, core.MostKeeperConnections, "requests")
	return int(n), err
}

func parse(text string, least, most int64, of string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, errors.New("must be a whole number of " + of + " from " + strconv.FormatInt(least, 10) + " to " + strconv.FormatInt(most, 10))
	}
	return n, nil
}

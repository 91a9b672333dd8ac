// Package core decides everything that cctoken does about tokens, and does nothing itself.
//
// It fetches, keeps, renews and checks the tokens of vendors' systems. Each of them
// is a file of its own, and [Described] lists them all.
//
// The package is a state machine. Bytes and instants go in; decisions come out
// as [Decision] values and [Effect] values: send this request, wait this long,
// hand out that token, fail with this error. It performs no I/O, reads no clock,
// starts no goroutine, keeps no global and knows no JavaScript. A host obeys: it
// sends each request with its platform's own HTTP client and reports what came.
//
//	c := core.New(core.Options{Seed: seed})
//	id, err := c.Open(identityJSON, now)
//	switch d := c.Get(id, now, core.Want{}); d.Kind {
//	case core.Use:  // d.Token may be used at once
//	case core.Wait: // settled later, by an effect that names d.Acquisition
//	case core.Fail: // d.Err says why, and when to try again
//	}
//	for _, e := range c.Effects() { … } // what the host has to do now
//
// A Client is not safe for concurrent use: a host calls it from one thread, or
// holds a lock for the length of each call. No call blocks.
//
// All durations are int64 milliseconds and all instants are [Instant] values.
// Vendors state lifetimes in seconds; they are converted where they are read.
package core

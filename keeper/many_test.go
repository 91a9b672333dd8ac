package keeper_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A keeper has many sessions. What one of them does concerns no other.

func TestAThousandSessionsOfOneKeeperHaveARecordEach(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		tokens := make([]string, 1000)
		var all sync.WaitGroup
		for i := range tokens {
			all.Go(func() { tokens[i] = w.ask("a", "/token", isales(fmt.Sprint("u", i)), nil).token })
		}
		all.Wait()
		s := w.storeOf("a")
		require.Len(t, s.records, 1000)
		before, writes := keysOf(s.records), s.writes
		w.token("a", isales("u7"), fields{"force": true})
		require.Equal(t, 2, s.writes-writes, "its login and its token, and nothing of the others")
		require.Equal(t, before, keysOf(s.records))
		w.evict("a")
		for i := range 20 {
			if i != 7 {
				require.Equal(t, tokens[i], w.token("a", isales(fmt.Sprint("u", i)), nil))
			}
		}
		require.Equal(t, 1000, w.requests("/auth/login"))
	})
}

func keysOf(records map[string][]byte) []string {
	var keys []string
	for key := range records {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func TestARecordIsReadWhenItsSessionIsFirstAskedFor(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.token("a", cubedrive, nil)
		w.token("a", isales("u"), nil)
		w.evict("a")
		s := w.storeOf("a")
		reads := s.reads
		for range 3 {
			w.token("a", cubedrive, nil)
		}
		require.Equal(t, 1, s.reads-reads)
	})
}

func TestASessionThatNobodyUsesLeavesMemoryAndComesBackAsItWas(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("a", appcube("k"), nil)
		s := w.storeOf("a")
		time.Sleep(11 * time.Minute)
		w.token("a", isales("u"), nil) // somebody else's request lets it go
		reads := s.reads
		require.Equal(t, before, w.token("a", appcube("k"), nil))
		require.Equal(t, 1, s.reads-reads, "it came from the store")
		require.Equal(t, 1, w.requests("/getAppCubeToken"))
		reads = s.reads
		time.Sleep(9 * time.Minute)
		w.token("a", isales("u"), nil)
		w.token("a", appcube("k"), nil)
		require.Equal(t, reads, s.reads, "who was asked for a moment ago stays")
	})
}

// leave lets the time pass after which sessions leave memory that nobody asks for.
func (w *world) leave() {
	time.Sleep(11 * time.Minute)
	w.token("a", isales("somebody-else"), nil)
}

func TestASessionThatLeavesMemoryBetweenItsLoginsHasTheBudgetOfOneThatStays(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		for range 6 { // in more than an hour, of five in ten minutes
			w.token("a", cubedrive, fields{"force": true})
			w.leave()
		}
		for range 5 {
			w.token("a", cubedrive, fields{"force": true})
		}
		refused := w.ask("a", "/token", cubedrive, fields{"force": true})
		require.Equal(t, "login_budget", refused.problem.Code)
		require.InDelta(t, 600, refused.problem.RetryAfter, 1)
		w.evict("a") // another program has waited for nothing itself
		require.Equal(t, "login_budget", w.ask("a", "/token", cubedrive, fields{"force": true}).problem.Code)
	})
}

func TestNothingIsReadStaleWhileARecordIsBeingWritten(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.maxSessions = 2
		before := w.ask("a", "/token", ccmessaging("u"), byObject)
		w.token("a", appcube("k"), nil)
		s := w.storeOf("a")
		s.slow = make(chan struct{})
		rolled := fields{"dependencyObject": "app", "serial": before.serial, "sentAgo": 5, "status": 200, "rolled": "T-rolled"}
		judged, later := make(chan answer, 1), make(chan answer, 1)
		go func() { judged <- w.ask("a", "/judge", ccmessaging("u"), rolled) }()
		synctest.Wait()
		third := make(chan answer, 1)
		go func() { third <- w.ask("a", "/token", isales("u"), nil) }() // takes the first one's place
		synctest.Wait()
		reads := s.reads
		go func() { later <- w.ask("a", "/token", ccmessaging("u"), byObject) }()
		synctest.Wait()
		close(s.slow)
		require.True(t, (<-judged).rolled)
		require.Equal(t, "T-rolled", (<-later).token)
		require.Equal(t, reads, s.reads, "the store would have said otherwise")
		require.NotEmpty(t, (<-third).token)
	})
}

func TestAVendorThatHangsForOneUserHoldsUpNobodyElse(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.connections = 2
		hanging := true
		w.hangs = func(path string) bool { return hanging && path == "/lite/getLogin" }
		stuck := make(chan answer, 1)
		go func() { stuck <- w.ask("a", "/token", cubedrive, nil) }()
		synctest.Wait()
		began := time.Now()
		for i := range 50 {
			w.token("a", isales(fmt.Sprint("u", i)), nil)
		}
		require.Less(t, time.Since(began), time.Second)
		require.Equal(t, "timeout", (<-stuck).problem.Code)
	})
}

func TestRequestsToVendorsAreQueuedWithinTheLimit(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.connections, w.timeout = 3, 5000
		w.hangs = func(string) bool { return true }
		answers := make(chan answer, 10)
		for i := range 10 {
			go func() { answers <- w.ask("a", "/token", isales(fmt.Sprint("u", i)), nil) }()
		}
		synctest.Wait()
		require.Equal(t, 3, w.requests("/auth/login"), "no more are under way at once")
		for range 10 {
			require.Equal(t, "timeout", (<-answers).problem.Code, "and no wait is longer than its limit")
		}
		w.hangs = func(string) bool { return false }
		time.Sleep(time.Minute)
		sent := w.requests("/auth/login")
		for i := range 10 {
			w.token("a", isales(fmt.Sprint("u", i)), nil)
		}
		require.Equal(t, 10, w.requests("/auth/login")-sent, "every line is free again")
	})
}

func TestAFaultInOneSessionCostsItsCallerOneAnswerAndNobodyElseAnything(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		other := w.token("a", isales("u"), nil)
		broken := true
		w.breaks = func(path string) bool { return broken && path == "/lite/getLogin" }
		a := w.ask("a", "/token", cubedrive, nil)
		require.Equal(t, http.StatusBadGateway, a.status, a.text)
		require.True(t, a.problem.Retryable)
		require.NotContains(t, a.text, "a fault")
		require.Contains(t, w.events(), "session_failed")
		require.Equal(t, other, w.token("a", isales("u"), nil))
		require.Zero(t, w.requests("/getLogin"))
		broken = false
		time.Sleep(time.Minute)
		w.token("a", cubedrive, nil)
	})
}

func TestAFaultWhileAnAnswerIsWaitedForIsThatSessionsOwn(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		other := w.token("a", isales("u"), nil)
		w.breaksLater = func(path string) bool { return path == "/lite/getLogin" }
		a := w.ask("a", "/token", cubedrive, nil)
		require.Equal(t, http.StatusBadGateway, a.status, a.text)
		require.True(t, a.problem.Retryable)
		require.Equal(t, other, w.token("a", isales("u"), nil))
		require.Equal(t, 1, w.requests("/auth/login"))
	})
}

func TestAFaultWhileASessionIsAskedIsAnswered503(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		other := w.token("a", isales("u"), nil)
		broken, reads := true, 0
		w.clockBreaks = func() bool { reads++; return broken && reads == 2 } // in the middle of the request
		a := w.ask("a", "/judge", isales("u"), fields{"serial": 1, "sentAgo": 5, "status": 401})
		require.Equal(t, http.StatusServiceUnavailable, a.status, a.text)
		require.Equal(t, "module_failed", a.problem.Code)
		require.Equal(t, "1", a.header.Get("Retry-After"))
		broken = false
		require.Equal(t, other, w.token("a", isales("u"), nil))
		require.Equal(t, 1, w.requests("/auth/login"))
	})
}

func TestAFaultAtAnyMomentCostsOneAnswerNoLoginAndNobodyOfAThousand(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		var left atomic.Int64 // readings of the clock until one fails
		w.clockBreaks = func() bool { return left.Add(-1) == 0 }
		tokens := make([]string, 1000)
		var all sync.WaitGroup
		for i := range tokens {
			all.Go(func() { tokens[i] = w.ask("a", "/token", isales(fmt.Sprint("u", i)), nil).token })
		}
		all.Wait()
		says := map[string]fields{"/judge": {"serial": 1, "status": 401}, "/verify": {"token": "T"}, "/release": {"to": "b"}}
		for moment := int64(1); moment <= 8; moment++ {
			for _, path := range []string{"/token", "/judge", "/verify", "/forget", "/release"} {
				left.Store(moment)
				a := w.ask("a", path, isales(fmt.Sprint("broken-", moment, path[1:])), says[path])
				left.Store(0)
				require.Contains(t, []int{http.StatusOK, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout}, a.status, a.text)
			}
		}
		logins := w.requests("/auth/login")
		require.LessOrEqual(t, logins, 1000+8)
		for i := range tokens {
			require.Equal(t, tokens[i], w.token("a", isales(fmt.Sprint("u", i)), nil))
		}
		require.Equal(t, logins, w.requests("/auth/login"))
	})
}

func TestAStoreThatNeverAnswersIsAFailureInTime(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		s := w.storeOf("a")
		s.slow = make(chan struct{})
		began := time.Now()
		require.Equal(t, "storage_failed", w.ask("a", "/token", cubedrive, nil).problem.Code)
		require.LessOrEqual(t, time.Since(began), 20*time.Second)
		require.Zero(t, w.requests("/getLogin"))
		close(s.slow)
	})
}

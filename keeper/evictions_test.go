package keeper_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// A company has more sessions than a keeper has in memory: they leave it and come back all day.
func TestAHundredThousandEvictionsLeaveNothingBehindAndNothingIsReadStale(t *testing.T) {
	const sessions, evictions = 1000, 100_000
	in(t, func(t *testing.T, w *world) {
		w.maxSessions = 100
		random := rand.New(rand.NewPCG(1, 1))
		newest := make([]string, sessions)
		asks := func(i int) answer {
			a := w.ask("a", "/token", ccmessaging(fmt.Sprint("u", i)), byObject)
			require.Equal(t, http.StatusOK, a.status, a.text)
			require.True(t, newest[i] == "" || newest[i] == a.token, "session %d gets a token that is not its newest", i)
			newest[i] = a.token
			return a
		}
		for i := range sessions {
			asks(i)
		}
		left, rolls := 0, 0
		evict := func(times int) (heap uint64, goroutines int) {
			for end := left + times; left < end; {
				i := random.IntN(sessions)
				a := asks(i)
				if random.IntN(10) == 0 { // its token rolls, and it leaves right after
					rolls++
					newest[i] = fmt.Sprint("rolled-", rolls)
					judged := w.ask("a", "/judge", ccmessaging(fmt.Sprint("u", i)), fields{
						"dependencyObject": "app", "serial": a.serial, "sentAgo": 5, "status": 200, "rolled": newest[i]})
					require.True(t, judged.rolled, judged.text)
				}
				for _, e := range w.log {
					if e.Event == "evicted" {
						left++
					}
				}
				require.Empty(t, w.sent, "nobody logs in again")
				w.log = w.log[:0]
			}
			synctest.Wait()
			return heapInUse(), runtime.NumGoroutine()
		}
		require.Equal(t, sessions, w.requests("/applyToken"))
		w.sent = nil
		before, running := evict(evictions / 5)
		after, still := evict(evictions * 4 / 5)
		t.Logf("heap after %d evictions %d KiB, after %d %d KiB", evictions/5, before>>10, evictions, after>>10)
		require.Less(t, after, before+256<<10)
		require.LessOrEqual(t, still, running)
		require.Len(t, w.storeOf("a").records, sessions)
	})
}

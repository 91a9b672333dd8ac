package keeper_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// The number of keepers may change while sessions live.

// from is what the front door says where a session may have been with another keeper before.
func from(former ...string) fields { return fields{"former": former} }

func TestASessionGoesToItsNewKeeperWithoutALogin(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("old", cubedrive, nil)
		require.Equal(t, before, w.token("new", cubedrive, from("old")))
		require.Equal(t, 1, w.requests("/getLogin"))
		w.evict("old")
		w.evict("new")
		require.Equal(t, before, w.token("new", cubedrive, from("old")))
		require.Equal(t, before, w.token("new", cubedrive, nil), "and once the change is over")
		require.Equal(t, 1, w.requests("/getLogin"))
	})
}

func TestAnIsolateWithTheFormerSettingIsToldWhereTheSessionIs(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.token("old", cubedrive, nil)
		w.token("new", cubedrive, from("old"))
		for range 2 {
			a := w.ask("old", "/token", cubedrive, nil)
			require.Equal(t, http.StatusMisdirectedRequest, a.status)
			require.Equal(t, "moved", a.problem.Code)
			require.Equal(t, "new", a.problem.MovedTo)
			w.evict("old")
		}
		require.Equal(t, 1, w.requests("/getLogin"))
	})
}

func TestASessionThatWasNewDuringTheChangeIsOne(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		token := w.token("new", cubedrive, from("old"))
		a := w.ask("old", "/token", cubedrive, nil)
		require.Equal(t, "new", a.problem.MovedTo, "an isolate that does not know yet")
		require.Equal(t, token, w.token("new", cubedrive, nil))
		require.Equal(t, 1, w.requests("/getLogin"))
	})
}

func TestAMoveForgetsNoBudget(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		for range 5 {
			w.token("old", cubedrive, fields{"force": true})
		}
		a := w.ask("new", "/token", cubedrive, fields{"former": []string{"old"}, "force": true})
		require.Equal(t, "login_budget", a.problem.Code, a.text)
		require.Equal(t, 5, w.requests("/getLogin"))
	})
}

func TestASessionComesBackWhenTheChangeIsTakenBack(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("a", cubedrive, nil)
		for _, step := range [][2]string{{"b", "a"}, {"a", "b"}, {"b", "a"}, {"c", "b"}, {"a", "c"}} {
			require.Equal(t, before, w.token(step[0], cubedrive, from(step[1])), step)
		}
		require.Equal(t, 1, w.requests("/getLogin"))
	})
}

func TestASecondMoveIsFollowed(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("a", cubedrive, nil)
		w.token("b", cubedrive, from("a"))
		require.Equal(t, before, w.token("c", cubedrive, from("a")), "a knows that b has it")
		require.Equal(t, 1, w.requests("/getLogin"))
	})
}

func TestWhoMayHaveTheSessionAndCannotBeAskedCostsNoLogin(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("old", cubedrive, nil)
		w.evict("old")
		w.storeOf("old").fails = true
		a := w.ask("new", "/token", cubedrive, from("old"))
		require.Equal(t, http.StatusServiceUnavailable, a.status, a.text)
		require.True(t, a.problem.Retryable)
		w.storeOf("old").fails = false
		w.evict("old")
		require.Equal(t, before, w.token("new", cubedrive, from("old")))
		require.Equal(t, 1, w.requests("/getLogin"))
	})
}

func TestAKeeperThatEndsInTheMiddleOfAMoveLosesNothing(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("old", cubedrive, nil)
		s := w.storeOf("new")
		s.slow = make(chan struct{})
		go w.ask("new", "/token", cubedrive, from("old"))
		synctest.Wait() // handed over, and not stored yet
		require.Empty(t, s.records)
		w.evict("new")
		s.slow = nil
		require.Equal(t, before, w.token("new", cubedrive, from("old")))
		require.Equal(t, before, w.token("new", cubedrive, nil), "it is stored at once: the change may be over tomorrow")
		require.Equal(t, 1, w.requests("/getLogin"))
	})
}

func TestALoginInFlightIsWaitedForBeforeASessionMoves(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		hangs := true
		w.hangs = func(string) bool { return hangs }
		w.timeout = 5000
		first, second := make(chan answer, 1), make(chan answer, 1)
		go func() { first <- w.ask("old", "/token", cubedrive, nil) }()
		synctest.Wait()
		go func() { second <- w.ask("new", "/token", cubedrive, from("old")) }()
		synctest.Wait()
		require.Empty(t, second)
		require.Equal(t, 1, w.requests("/getLogin"))
		hangs = false
		require.Equal(t, "timeout", (<-first).problem.Code)
		a := <-second
		require.Equal(t, "cooling_down", a.problem.Code, "what it ended with came along")
		time.Sleep(time.Minute)
		w.token("new", cubedrive, from("old"))
		require.Equal(t, 2, w.requests("/getLogin"))
	})
}

func TestAKeeperThatNeverAnswersHoldsASessionUpNoLongerThanItsLimit(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("old", cubedrive, nil)
		w.deaf = func(object string) bool { return object == "old" }
		began := time.Now()
		a := w.ask("new", "/token", cubedrive, from("old"))
		require.LessOrEqual(t, time.Since(began), 20*time.Second)
		require.Equal(t, http.StatusServiceUnavailable, a.status, a.text)
		require.True(t, a.problem.Retryable)
		w.deaf = func(string) bool { return false }
		require.Equal(t, before, w.token("new", cubedrive, from("old")))
		require.Equal(t, 1, w.requests("/getLogin"))
	})
}

package keeper_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cctoken/core"
	"cctoken/keeper"
)

// overview asks an object what operators ask.
func (w *world) overview(path, body string, into any) (status int, text string) {
	recorder := httptest.NewRecorder()
	w.keeper("a").ServeHTTP(recorder, httptest.NewRequest("POST", "https://keeper"+path, strings.NewReader(body)))
	require.NoError(w.t, json.Unmarshal(recorder.Body.Bytes(), into), recorder.Body.String())
	return recorder.Code, recorder.Body.String()
}

func (w *world) status() keeper.Status {
	var s keeper.Status
	status, _ := w.overview("/status", `{}`, &s)
	require.Equal(w.t, http.StatusOK, status)
	return s
}

// refused is an identity whose credentials the vendor does not accept.
func refused(user string) fields {
	id := isales(user)
	id["passwd"] = "another-password"
	return id
}

func TestAStatusCountsSessionsByStateAndSaysWhyAndUntilWhen(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		require.Equal(t, map[core.State]int{"live": 0, "renewing": 0, "cooling": 0, "rejected": 0, "idle": 0}, w.status().Sessions)
		w.token("a", isales("u1"), nil)
		w.token("a", isales("u2"), nil)
		w.token("a", cubedrive, nil)
		require.Equal(t, "credentials_refused", w.ask("a", "/token", refused("u3"), nil).problem.Code)
		w.hangs = func(string) bool { return true }
		go w.ask("a", "/token", isales("u4"), nil)
		time.Sleep(10 * time.Second)
		s := w.status()
		time.Sleep(time.Minute) // until that one has given up
		require.Equal(t, map[core.State]int{"live": 3, "renewing": 1, "cooling": 1, "rejected": 0, "idle": 0}, s.Sessions)
		require.Equal(t, 5, s.Logins)
		require.Equal(t, 5, s.Known)
		require.Equal(t, 1, s.Requests.Open)
		require.InDelta(t, 10, s.Age, 1)
		require.Len(t, s.Cooling, 1)
		c := s.Cooling[0]
		require.Equal(t, keyOf(refused("u3")), c.Session)
		require.Equal(t, "credentials_refused login", c.Code+" "+c.Step)
		require.InDelta(t, 290, c.EndsIn, 1)
		require.Equal(t, []keeper.Budget{{Session: keyOf(cubedrive), Used: 1, Most: 5}}, s.Budgets)
	})
}

func TestAStatusShowsNoSecretNoTokenAndNoSubject(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		token := w.token("a", cubedrive, nil)
		w.ask("a", "/token", refused("somebody"), fields{"user": "hash-of-a-user"})
		w.token("a", ccmessaging("an-agent"), nil)
		_, text := w.overview("/status", `{}`, &keeper.Status{})
		for _, hidden := range []string{token, "app-secret-of-app-1", "user-1", "somebody", "another-password", "hash-of-a-user", "an-agent", base} {
			require.NotContains(t, text, hidden)
		}
	})
}

func TestLoginsAreCountedForAnHour(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.token("a", isales("u1"), nil)
		time.Sleep(30 * time.Minute)
		w.token("a", isales("u2"), nil)
		require.Equal(t, 2, w.status().Logins)
		time.Sleep(31 * time.Minute)
		require.Equal(t, 1, w.status().Logins)
		time.Sleep(30 * time.Minute)
		require.Zero(t, w.status().Logins)
		time.Sleep(1000 * time.Hour)
		w.token("a", isales("u3"), nil)
		require.Equal(t, 1, w.status().Logins)
	})
}

func TestAStatusIsBoundedHoweverManySessionsCoolDown(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		for i := range 130 {
			w.ask("a", "/token", refused(fmt.Sprintf("u%d", i)), nil)
		}
		s := w.status()
		require.Equal(t, 130, s.Sessions[core.StateCooling])
		require.Len(t, s.Cooling, 100)
		require.Equal(t, 30, s.More)
	})
}

func TestAWaitingTimeThatIsResetIsOverAlsoForTheNextProgram(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		id := refused("u")
		reset := func() bool {
			var answer struct{ Reset bool }
			status, text := w.overview("/reset", `{"session":"`+keyOf(id)+`"}`, &answer)
			require.Equal(t, http.StatusOK, status, text)
			return answer.Reset
		}
		require.False(t, reset(), "nobody knows it")
		w.ask("a", "/token", id, nil)
		require.Equal(t, "cooling_down", w.ask("a", "/token", id, nil).problem.Code)
		require.True(t, reset())
		require.False(t, reset(), "it is over")
		w.evict("a")
		require.Equal(t, "credentials_refused", w.ask("a", "/token", id, nil).problem.Code, "it is tried again")
	})
}

func TestForgettingWhoWasStoppedLeavesWhatCameAfterwards(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		id := isales("u")
		first := w.token("a", id, nil)
		time.Sleep(time.Second)
		stopped := fields{"before": time.Now().UnixMilli()}
		w.ask("a", "/forget", id, stopped)
		second := w.token("a", id, nil)
		require.NotEqual(t, first, second, "it was forgotten")
		for range 3 {
			w.ask("a", "/forget", id, stopped)
		}
		require.Equal(t, second, w.token("a", id, nil), "this one came after the stop")
		require.Equal(t, 2, w.requests("/login"))
		w.evict("a")
		w.ask("a", "/forget", id, fields{"before": time.Now().UnixMilli() + 1})
		require.NotEqual(t, second, w.token("a", id, nil), "one in storage is forgotten as well")
	})
}

func TestAKeeperIsReadyOnceItsStorageAnswers(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		var p keeper.Problem
		status, _ := w.overview("/ready", `{}`, &p)
		require.Equal(t, http.StatusOK, status)
		w.storeOf("a").fails = true
		status, _ = w.overview("/ready", `{}`, &p)
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Equal(t, "storage_failed", p.Code)
	})
}

func TestWhatIsAboutASessionNeedsOne(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		for _, path := range []string{"/token", "/verify", "/judge", "/forget", "/release"} {
			var p keeper.Problem
			status, _ := w.overview(path, `{}`, &p)
			require.Equal(t, http.StatusBadRequest, status, path)
		}
	})
}

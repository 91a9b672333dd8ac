package core

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// extremes are the least and the most of many draws.
func extremes(draws int, draw func() int64) (least, most int64) {
	least, most = math.MaxInt64, math.MinInt64
	for range draws {
		n := draw()
		least, most = min(least, n), max(most, n)
	}
	return least, most
}

func TestARandomNumberIsFromTheLowerBoundUpToBelowTheUpper(t *testing.T) {
	c := New(Options{Seed: [2]uint64{1, 2}})
	least, most := extremes(1000, func() int64 { return c.between(3, 7) })
	require.Equal(t, int64(3), least)
	require.Equal(t, int64(6), most)
	require.Equal(t, int64(5), c.between(5, 5))
	require.Equal(t, int64(5), c.between(5, 4))
	require.Equal(t, int64(5), c.between(5, 6))
	require.Zero(t, c.backoff(1, 0, maxBackoff), "jitter begins at nothing")
	least, most = extremes(1000, func() int64 { return c.backoff(4, 1, maxBackoff) })
	require.Equal(t, int64(1), least)
	require.Equal(t, int64(8), most)
}

// The pause before a repetition is anywhere from none to half a second, and then to a second: who failed together does not
// come back together.
func TestAPauseBeforeARepetitionIsShortAndRandom(t *testing.T) {
	var first, second []int64
	for seed := range uint64(4000) {
		c, now := New(Options{Seed: [2]uint64{seed, 1}}), Instant{}
		id, err := c.Open([]byte(exampleIdentity), now)
		require.Nil(t, err)
		c.Get(id, now, Want{})
		for _, pauses := range []*[]int64{&first, &second} {
			for _, e := range append([]Effect(nil), c.Effects()...) {
				if e.Kind == Send {
					c.Lost(e.ID, now, Network, Unanswered)
				}
			}
			for _, e := range append([]Effect(nil), c.Effects()...) {
				switch {
				case e.Kind == Sleep:
					*pauses = append(*pauses, e.Limit)
					c.Woken(e.ID, now)
				case e.Kind == Notify && e.Event.Type == EventRetrying:
					require.Equal(t, Network, e.Event.Err.Code)
					require.Equal(t, "appcube", e.Event.Err.System)
				}
			}
		}
	}
	for ceiling, pauses := range map[int64][]int64{500: first, 1000: second} {
		require.Len(t, pauses, 4000)
		at := -1
		least, most := extremes(len(pauses), func() int64 { at++; return pauses[at] })
		require.Zero(t, least)
		require.Equal(t, ceiling-1, most)
	}
}

func TestARenewalFallsDueInTheFirstFifthOfItsWindow(t *testing.T) {
	for life, want := range map[int64][2]int64{100 * second: {75_001, 80_000}, 24 * hour: {24*hour - 15*minute + 1, 24*hour - 12*minute}} {
		c := New(Options{Seed: [2]uint64{1, 2}})
		id, err := c.Open([]byte(exampleIdentity), Instant{})
		require.Nil(t, err)
		s := c.session(id)
		least, most := extremes(20_000, func() int64 {
			c.install(s, Instant{}, Instant{}, grant{token: "T", life: life}, EventAcquired, StepLogin)
			c.Effects()
			return int64(s.renewAge)
		})
		require.GreaterOrEqual(t, least, want[0])
		require.Less(t, least, want[0]+(want[1]-want[0])/100)
		require.LessOrEqual(t, most, want[1])
		require.Greater(t, most, want[1]-(want[1]-want[0])/100)
	}
}

// after is what a vendor asks for, beyond what is waited anyhow.
func TestARepetitionThatWouldComeTooLateIsNone(t *testing.T) {
	for after, repeated := range map[int64]bool{0: true, DefaultTimeout - 501: true, DefaultTimeout: false, DefaultTimeout + 1: false} {
		b := newBench(t, exampleIdentity)
		b.get(Want{})
		b.sent()
		s := b.session(b.id)
		err := &Error{Code: Unavailable, Step: StepLogin, Retryable: true}
		require.Equal(t, repeated, b.retry(s.task, b.now, err, true, after), "after %d ms", after)
	}
	// To the millisecond: a pause at whose end the time is up is none.
	for seed := range uint64(200) {
		for early, repeated := range map[int64]bool{0: false, 1: true} {
			b := newBench(t, exampleIdentity)
			b.get(Want{})
			b.sent()
			b.random = New(Options{Seed: [2]uint64{seed, 1}}).random
			pause := New(Options{Seed: [2]uint64{seed, 1}}).between(0, retryBase)
			b.pass(DefaultTimeout - pause - early)
			require.Equal(t, repeated, b.retry(b.session(b.id).task, b.now, &Error{Code: Network, Retryable: true}, false, 0), "%d ms", pause)
		}
	}
}

// A timeout is over, and an answer of another kind would come again.
func TestOnlyWhatPassesIsRepeatedAndTwiceAtMost(t *testing.T) {
	for _, code := range Codes() {
		b := newBench(t, exampleIdentity)
		b.get(Want{})
		b.sent()
		task := b.session(b.id).task
		passing := code == Network || code == Unavailable || code == RateLimited
		require.False(t, b.retry(task, b.now, &Error{Code: code}, false, 0), "%s, which would come again", code)
		for n := range 3 {
			require.Equal(t, passing && n < 2, b.retry(task, b.now, &Error{Code: code, Retryable: true}, true, 0), "%s, %d", code, n)
		}
		drive := newBench(t, exampleDrive) // tolerates few logins: only where the vendor cannot have seen it, and once
		drive.get(Want{})
		drive.sent()
		task = drive.session(drive.id).task
		require.False(t, drive.retry(task, drive.now, &Error{Code: code, Retryable: true}, true, 0), "%s, which the vendor has seen", code)
		require.Equal(t, passing, drive.retry(task, drive.now, &Error{Code: code, Retryable: true}, false, 0), "%s", code)
		require.False(t, drive.retry(task, drive.now, &Error{Code: code, Retryable: true}, false, 0), "%s, again", code)
	}
}

func TestHowLongNothingIsTriedFollowsFromWhatFailed(t *testing.T) {
	const base, floor = second, answerBackoff
	type bounds struct{ least, most int64 }
	grows := func(base int64) bounds { return bounds{base / 4, base/4 + base - 1} }
	for _, code := range Codes() {
		want, known := map[Code]bounds{
			Forgotten:          {0, 0},
			LoginBudget:        {floor, floor},
			CredentialsRefused: {5 * minute, 5 * minute},
			AccountLocked:      {30 * minute, 30 * minute},
			Blocked:            grows(minute),
			Unauthorized:       {floor, floor},
			Network:            grows(base), Timeout: grows(base), Unavailable: grows(base), RateLimited: grows(base), StaleOnArrival: grows(base), SupplierFailed: grows(base),
		}[code]
		if !known {
			want = grows(floor)
		}
		for range 50 {
			b := newBench(t, exampleIdentity)
			s := b.session(b.id)
			err := &Error{Code: code, Retryable: true}
			b.coolDown(s, b.now, err, 0)
			if code == Forgotten {
				require.Nil(t, s.barrier)
				require.Zero(t, err.RetryAt+int64(s.failures))
				continue
			}
			require.Equal(t, b.now.Wall+s.barrier.left(b.now), err.RetryAt)
			require.Equal(t, int8(1), s.failures)
			require.GreaterOrEqual(t, s.barrier.wait, want.least, "%s", code)
			require.LessOrEqual(t, s.barrier.wait, want.most, "%s", code)

			b.coolDown(s, b.now, err, 2*hour)
			require.Equal(t, 2*hour, s.barrier.wait, "what the vendor asks for counts where that is more")
		}
	}
	drive := newBench(t, exampleDrive)
	s, err := drive.session(drive.id), &Error{Code: LoginBudget}
	drive.coolDown(s, drive.now, err, minute)
	require.Equal(t, drive.now.Wall+minute, err.RetryAt)
	require.Nil(t, s.barrier, "the budget itself keeps attempts away")

	through := newBench(t, goneEdge)
	for after, wait := range map[int64]int64{0: 5 * minute, 1: 1, minute: minute} {
		s, err := through.session(through.id), &Error{Code: CredentialsRefused}
		through.coolDown(s, through.now, err, after)
		require.Equal(t, wait, s.barrier.wait, "an edge says itself how long, for the vendor behind it")
		if after > 0 {
			through.coolDown(s, through.now, &Error{Code: Blocked}, after)
			require.Equal(t, wait, s.barrier.wait, "also of what is blocked there")
		}
	}
}

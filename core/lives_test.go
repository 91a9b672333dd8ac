package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// held is a session with a token of a life, asked for a while ago and to be renewed at an age.
func held(t *testing.T, identity string, life, age, renewAge int64) (*bench, *session) {
	b := newBench(t, identity)
	b.pass(2 * hour)
	s := b.session(b.id)
	s.generation, s.held = 1, grant{token: "T", life: life}
	s.issued, s.renewAge = Instant{b.now.Wall - age, b.now.Mono - age}, int32(renewAge)
	return b, s
}

func TestATokenTellsWhenItIsRenewedAndWhenItEnds(t *testing.T) {
	b, s := held(t, exampleIdentity, 1000*second, 0, 800*second)
	token := s.token()
	require.Equal(t, b.now.Wall, token.IssuedAt)
	require.Equal(t, b.now.Wall+1000*second, token.ExpiresAt)
	require.Equal(t, b.now.Wall+800*second, token.RenewAt)
	require.Equal(t, b.now.Wall+940*second, token.UsableUntil)

	b, s = held(t, exampleDrive, 0, 0, 0)
	token = s.token()
	require.Equal(t, b.now.Wall, token.IssuedAt)
	require.Zero(t, token.ExpiresAt|token.RenewAt|token.UsableUntil, "nobody knows")
}

func TestATokenIsDueFromItsRenewalOnOrWhenItIsInDoubt(t *testing.T) {
	for name, c := range map[string]struct {
		life, age int64
		change    func(b *bench, s *session)
		due       bool
	}{
		"before":                      {1000 * second, 800*second - 1, nil, false},
		"at its renewal":              {1000 * second, 800 * second, nil, true},
		"without an end":              {0, hour, nil, false},
		"in doubt":                    {1000 * second, 0, func(_ *bench, s *session) { s.suspect = true }, true},
		"in doubt, without an end":    {0, 0, func(_ *bench, s *session) { s.suspect = true }, true},
		"while another is on its way": {1000 * second, 900 * second, func(_ *bench, s *session) { s.task = &task{} }, false},
		"while nothing is tried":      {1000 * second, 900 * second, func(b *bench, s *session) { s.barrier = &barrier{since: b.now, wait: 1} }, false},
		"when something may be tried": {1000 * second, 900 * second, func(b *bench, s *session) { s.barrier = &barrier{since: b.now, wait: 0} }, true},
	} {
		b, s := held(t, exampleIdentity, c.life, c.age, 800*second)
		if c.change != nil {
			c.change(b, s)
		}
		require.Equal(t, c.due, s.due(b.now), name)
	}
	b, s := held(t, stateGiven, 0, 0, 0)
	s.dependency.suspect = true
	require.False(t, s.dependency.due(b.now), "nobody but the caller has another one")
	require.True(t, s.dependency.given())
}

const stateGiven = `{"system":"ccmessaging","baseUrl":"https://vendor.example","appKey":"k","accessToken":"AT","userId":"u","userName":"n","channelId":"c","locale":"zh"}`

func TestHowLongNothingChangesByItself(t *testing.T) {
	for name, c := range map[string]struct {
		life, age int64
		change    func(b *bench, s *session)
		calm      int64
	}{
		"until the renewal":                      {1000 * second, 300 * second, nil, 500 * second},
		"a millisecond before the renewal":       {1000 * second, 800*second - 1, nil, 1},
		"due":                                    {1000 * second, 800 * second, nil, 0},
		"over":                                   {1000 * second, 940 * second, nil, 0},
		"without an end":                         {0, 0, nil, hour},
		"dead":                                   {1000 * second, 0, func(_ *bench, s *session) { s.dead = true }, 0},
		"another is on its way":                  {1000 * second, 850 * second, func(_ *bench, s *session) { s.task = &task{} }, 90 * second},
		"another is on its way, and none is due": {1000 * second, 300 * second, func(_ *bench, s *session) { s.task = &task{} }, 500 * second},
		"nothing is tried, for less than is left": {1000 * second, 850 * second, func(b *bench, s *session) { s.barrier = &barrier{since: b.now, wait: 5 * second} }, 5 * second},
		"nothing is tried, for more than is left": {1000 * second, 850 * second, func(b *bench, s *session) { s.barrier = &barrier{since: b.now, wait: hour} }, 90 * second},
		"in doubt":                            {1000 * second, 0, func(_ *bench, s *session) { s.suspect = true }, 0},
		"in doubt, and another is on its way": {1000 * second, 0, func(_ *bench, s *session) { s.suspect, s.task = true, &task{} }, 940 * second},
		"in doubt, and nothing is tried":      {0, 0, func(b *bench, s *session) { s.suspect, s.barrier = true, &barrier{since: b.now, wait: 7} }, 7},
		"in doubt without an end, on its way": {0, 0, func(_ *bench, s *session) { s.suspect, s.task = true, &task{} }, hour},
	} {
		b, s := held(t, exampleIdentity, c.life, c.age, 800*second)
		if c.change != nil {
			c.change(b, s)
		}
		require.Equal(t, c.calm, s.calm(b.now), name)
		require.Equal(t, c.calm, b.Lease(b.id, b.now), name)
	}
	b, s := held(t, stateGiven, hour, 0, hour-10*minute)
	require.Equal(t, hour-10*minute, b.Lease(b.id, b.now))
	s.dependency.suspect = true
	require.Equal(t, hour, s.dependency.calm(b.now), "what the caller gave is not renewed")
}

// A call carries both, so both say how long nothing is asked.
func TestALeaseIsThatOfBothTokensOfACall(t *testing.T) {
	b, s := held(t, stateCCMessaging, hour, 0, 50*minute)
	d := s.dependency
	d.generation, d.held, d.issued, d.renewAge = 3, grant{token: "AT", life: 10 * minute}, b.now, int32(8*minute)
	require.Equal(t, 8*minute, b.Lease(b.id, b.now))
	require.Equal(t, uint64(5), b.Live(b.id, b.now), "one more than the sum of what was installed")
	b.pass(8*minute - 1)
	require.NotZero(t, b.Live(b.id, b.now))
	b.pass(1)
	require.Zero(t, b.Live(b.id, b.now), "the AccessToken is due")
	require.Zero(t, b.Lease(b.id, b.now))
	d.renewAge = int32(hour)
	require.NotZero(t, b.Live(b.id, b.now))
	b.pass(minute)
	require.Zero(t, b.Live(b.id, b.now), "the AccessToken is over")
	s.renewAge = 0
	d.held.life = hour
	require.Zero(t, b.Live(b.id, b.now), "its own token is due")
}

func TestARefreshTokenIsOfUseUntilItsMargin(t *testing.T) {
	for age, of := range map[int64]bool{0: true, 940*second - 1: true, 940 * second: false, 1000 * second: false} {
		b, s := held(t, stateISales, 300*second, age, 250*second)
		s.held.refresh, s.held.refreshLife = "R", 1000*second
		require.Equal(t, of, s.refreshable(b.now).refresh == "R", "%d", age)
		s.held.refresh = ""
		require.Equal(t, grant{}, s.refreshable(b.now))
	}
}

func TestALoginLeavesTheBudgetWithItsWindow(t *testing.T) {
	b := newBench(t, exampleDrive)
	s := b.session(b.id)
	require.Zero(t, b.overBudget(s, b.now))
	for range 4 {
		b.spend(s, b.now)
		b.pass(minute)
	}
	require.Zero(t, b.overBudget(s, b.now), "four of five")
	b.spend(s, b.now)
	require.Equal(t, 6*minute, b.overBudget(s, b.now))
	require.True(t, b.protects(s, b.now))
	b.pass(6*minute - 1)
	require.Equal(t, int64(1), b.overBudget(s, b.now))
	require.Len(t, s.recent(), 5)
	b.pass(1)
	require.Zero(t, b.overBudget(s, b.now))
	require.Len(t, s.recent(), 4)
	b.now.Wall += hour // a time of day that is set forward ends no wait
	require.Len(t, s.recent(), 4)
	b.spend(s, b.now)
	require.Equal(t, minute, b.overBudget(s, b.now))
	b.pass(10 * minute)
	require.False(t, b.protects(s, b.now))
	s.barrier = &barrier{since: b.now, wait: 1}
	require.True(t, b.protects(s, b.now))
	b.pass(1)
	require.False(t, b.protects(s, b.now))

	free := newBench(t, exampleIdentity)
	s = free.session(free.id)
	for range 9 {
		free.spend(s, free.now)
	}
	require.Zero(t, free.overBudget(s, free.now), "a system without a budget")
}

func TestAnInstantIsWhatTheLaterClockSays(t *testing.T) {
	at := Instant{100, 1000}
	for now, want := range map[Instant][2]int64{
		{100, 1000}: {0, 0}, {101, 1000}: {1, 0}, {100, 1001}: {1, 1}, {150, 1010}: {50, 10}, {110, 1050}: {50, 50}, {90, 990}: {0, 0}, {90, 1005}: {5, 5}, {105, 990}: {5, 0},
	} {
		require.Equal(t, want, [2]int64{now.Since(at), now.waited(at)}, "%v", now)
	}
}

// What a session says of its own tokens: of the current one and of the two before it.
func TestAVerdictFollowsFromWhatIsRemembered(t *testing.T) {
	b, s := held(t, exampleIdentity, 1000*second, 999*second, 800*second)
	said := func(token string) Verdict {
		v, check, err := b.Verify(b.id, token, b.now)
		require.Nil(t, err)
		require.Zero(t, check)
		return v
	}
	expires := s.issued.Wall + 1000*second
	require.Equal(t, Verdict{Valid: valid(true), Reason: Live, ExpiresAt: expires}, said("T"))
	b.pass(second - 1)
	require.Equal(t, Live, said("T").Reason)
	b.pass(1)
	require.Equal(t, Verdict{Valid: valid(false), Reason: Expired, ExpiresAt: expires}, said("T"))
	s.dead = true
	require.Equal(t, Verdict{Valid: valid(false), Reason: Rejected}, said("T"))

	for _, token := range []string{"T2", "T3"} {
		b.install(s, b.now, b.now, grant{token: token, life: 100 * second}, EventAcquired, StepLogin)
	}
	require.Equal(t, Verdict{Valid: valid(false), Reason: Rejected}, said("T"), "it was rejected when it was replaced")
	require.Equal(t, Verdict{Reason: Superseded}, said("T2"))
	b.pass(100*second - 1)
	require.Equal(t, Superseded, said("T2").Reason)
	b.pass(1)
	require.Equal(t, Verdict{Valid: valid(false), Reason: Expired, ExpiresAt: b.now.Wall}, said("T2"))
	b.install(s, b.now, b.now, grant{token: "T4"}, EventAcquired, StepLogin)
	require.Equal(t, Expired, said("T2").Reason)
	require.Equal(t, Unknown, said("T").Reason, "of no more than two")
	require.Equal(t, Unknown, said("other").Reason)
	b.pass(1000 * hour)
	require.Equal(t, Verdict{Valid: valid(true), Reason: Live}, said("T4"), "it has no end")

	_, _, err := b.Verify(b.id, "", b.now)
	require.Equal(t, InvalidIdentity, err.Code)
	require.Equal(t, "token", err.Field)
}

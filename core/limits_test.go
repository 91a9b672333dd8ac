package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheLimitsAreThoseThatTheDocumentsTell(t *testing.T) {
	for name, limit := range map[string][2]int64{
		"a token's bytes":                         {MaxToken, 16_384},
		"an answer's bytes":                       {MaxAnswer, 1_048_576},
		"an acquisition's time":                   {DefaultTimeout, 30_000},
		"the most of it":                          {MaxTimeout, 600_000},
		"sessions":                                {DefaultSessions, 1_000},
		"the most of them":                        {MaxSessions, 500_000},
		"an edge's acquisition":                   {KeeperTimeout, 20_000},
		"the least of it":                         {LeastKeeperTimeout, 1_000},
		"the most of it at an edge":               {MostKeeperTimeout, 120_000},
		"refused credentials":                     {refusedCooldown, 300_000},
		"a locked account":                        {lockedCooldown, 1_800_000},
		"the base after an answer":                {answerBackoff, 5_000},
		"the longest wait":                        {maxBackoff, 600_000},
		"the longest wait that a vendor asks for": {maxRetryAfter, 3_600_000},
		"the base of a pause":                     {retryBase, 500},
		"a word's time":                           {beliefWindow, 300_000},
		"words of one source in it":               {mostBelieved, 5},
		"renewals for nothing":                    {mostUseless, 3},
		"sources":                                 {mostHeard, 8},
		"an AccessToken's life":                   {maxAccessTokenLife, 3_600_000},
		"a function's token's life":               {suppliedLife, 600_000},
	} {
		require.Equal(t, limit[1], limit[0], name)
	}
}

// They are saved with who has spoken, and must be the same in the next version.
func TestThePlacesThatAreNoCallsKeepTheirNumbers(t *testing.T) {
	require.Equal(t, [...]int{1, 2, 3, 4}, [...]int{wordPlace, verifyPlace, forcePlace, applyPlace})
}

func TestHowOftenASystemIsAskedIsItsOwnPolicy(t *testing.T) {
	for name, want := range map[string]policy{
		"appcube":       {retries: 2, retryAnswered: true, backoff: second},
		"ccmessaging":   {retries: 2, retryAnswered: true, backoff: second},
		"isales":        {retries: 2, retryAnswered: true, backoff: second},
		"apifabric":     {retries: 2, retryAnswered: true, backoff: second},
		"authorization": {retries: 2, retryAnswered: true, backoff: second, free: true},
		"edge":          {retries: 1, backoff: second, relays: true, detached: true},
		"cubedrive":     {retries: 1, backoff: 10 * second, logins: 5, window: 10 * minute},
	} {
		require.Equal(t, want, DescriptionOf(name).policy, name)
	}
}

func TestAClientWithoutSettingsHasTheDefaults(t *testing.T) {
	for _, o := range []Options{{}, {Timeout: -1, MaxSessions: -1}} {
		c := New(o)
		require.Equal(t, int64(DefaultTimeout), c.timeout)
		require.Equal(t, DefaultSessions, c.max)
		require.True(t, c.watched)
	}
	c := New(Options{Timeout: 1, MaxSessions: 1, Unwatched: true})
	require.Equal(t, int64(1), c.timeout)
	require.Equal(t, 1, c.max)
	require.False(t, c.watched)
	require.Equal(t, 524_288, New(Options{MaxSessions: 1 << 30}).max, "the other half is for dependencies")
}

func TestALifetimeIsBetweenASecondAndADay(t *testing.T) {
	for _, c := range []struct {
		life, margin, window int64
	}{
		{second, 100, 250}, {100 * second, 10 * second, 25 * second}, {10 * minute, minute, 150 * second}, {hour, minute, 15 * minute}, {24 * hour, minute, 15 * minute},
	} {
		require.Equal(t, c.margin, margin(c.life))
		require.Equal(t, c.window, window(c.life))
	}
	for _, text := range []string{"1", "86400"} {
		require.NotEqual(t, int64(7), lifetime(value(text), 7))
	}
	for life, want := range map[int64]int64{-1: suppliedLife, 0: suppliedLife, 1: 1, 24 * hour: 24 * hour, 24*hour + 1: suppliedLife} {
		g, err := Supply{Token: "T", Life: life}.grant(StepAuthorization)
		require.Nil(t, err)
		require.Equal(t, grant{token: "T", life: want}, g)
	}
	_, err := Supply{Token: "", Life: 1}.grant(StepAuthorization)
	require.Equal(t, &Error{Code: SupplierFailed, Step: StepAuthorization}, err)
	for stated, want := range map[string]int64{
		`1`: 1000, `"2"`: 2000, `0.001`: 1, `0.0001`: over, `0`: over, `-5`: over, `null`: over, `86400`: 24 * hour, `86401`: 24 * hour, `1e18`: 24 * hour,
	} {
		require.Equal(t, want, remaining(value(stated), 0), stated)
	}
	require.Equal(t, int64(700), remaining(value(`1`), 300), "the answer itself is old")
	require.Equal(t, int64(1), remaining(value(`1`), 999))
	require.Equal(t, int64(over), remaining(value(`1`), 1000))
	require.Equal(t, int64(over), remaining(value(`1`), 5000))
	require.False(t, (&session{}).lasts(over, Instant{}, Instant{}), "not even in the millisecond in which it comes")
	require.Equal(t, int64(1000), remaining(value(`1`), -300), "no answer is from tomorrow")
}

package console

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestASessionGoesThroughALife(t *testing.T) {
	s := Session{Card: 1}
	state := func(now int64, want State) {
		t.Helper()
		assert.Equal(t, want, s.State(now), "at %d", now)
	}
	state(0, Empty)
	s.Waiting = 1
	state(0, Asking)
	s.Follow(Event{Type: Acquired, At: 1_000_100, Logins: 1, ExpiresAt: 1_300_000})
	s.Waiting = 0
	state(1_000_100, Live) // as soon as the event tells, before the token is there
	s.Take(five)
	assert.Equal(t, []int{1, 1}, []int{s.Logins, s.Tokens})
	state(1_234_999, Live)
	state(1_235_000, Due)
	state(1_269_999, Due)
	state(1_270_000, Withheld)
	state(1_299_999, Withheld)
	state(1_300_000, Expired)
	state(9_000_000, Expired) // after a night's sleep
	s.Waiting = 1
	state(9_000_000, Asking)
}

func TestALiveTokenStaysLiveWhileItIsRenewed(t *testing.T) {
	s := Session{Waiting: 1}
	s.Take(five)
	assert.Equal(t, Live, s.State(1_100_000))
}

func TestATokenWithoutAStatedLifeLivesUntilItIsRejected(t *testing.T) {
	s := Session{}
	s.Take(Life{IssuedAt: 1_000_000})
	assert.Equal(t, Live, s.State(9_000_000_000))
	s.Follow(Event{Type: Rejected, At: 9_000_000_001})
	assert.Equal(t, Denied, s.State(9_000_000_001))
	s.Follow(Event{Type: Acquired, At: 9_000_000_002})
	assert.Equal(t, Live, s.State(9_000_000_003))
}

func TestARejectionOfNothingIsNoRejection(t *testing.T) {
	s := Session{}
	s.Follow(Event{Type: Rejected})
	assert.Equal(t, Empty, s.State(0))
}

func TestAfterAFailureTheStateSaysWhetherThereIsAPause(t *testing.T) {
	s := Session{}
	s.Follow(Event{Type: Failed, At: 500, RetryAt: 2000, Trouble: &Trouble{Code: "unavailable", Retryable: true}})
	assert.Equal(t, Paused, s.State(1999))
	assert.Equal(t, Broken, s.State(2000))
	assert.Equal(t, int64(500), s.Trouble.At)
	s.Follow(Event{Type: Cooling, RetryAt: 3000})
	assert.Equal(t, Paused, s.State(2000))
}

func TestAFailedRenewalLeavesALiveTokenLive(t *testing.T) {
	s := Session{}
	s.Take(five)
	s.Follow(Event{Type: Failed, At: 1_240_000, RetryAt: 1_250_000, Trouble: &Trouble{Code: "unavailable"}})
	assert.Equal(t, Due, s.State(1_240_000))
	s.Follow(Event{Type: Rejected, At: 1_240_001})
	assert.Equal(t, Paused, s.State(1_249_999), "now that there is none to use, the pause is what counts")
	assert.Equal(t, Denied, s.State(1_250_000))
}

func TestAnEventDoesNotChangeWhatItTellsOf(t *testing.T) {
	trouble := Trouble{Code: "network"}
	e := Event{Type: Retrying, At: 5, RetryAt: 9, Trouble: &trouble}
	s := Session{}
	s.Follow(e)
	assert.Equal(t, Trouble{Code: "network"}, trouble)
	assert.Equal(t, int64(9), s.Trouble.RetryAt)
}

func TestANewTokenEndsTheTrouble(t *testing.T) {
	for _, kind := range []EventType{Acquired, Renewed, Adopted, Rolled} {
		s := Session{}
		s.Fail(Trouble{Code: "network", RetryAt: 99})
		s.Follow(Event{Type: kind, At: 1, ExpiresAt: 1000})
		assert.Nil(t, s.Trouble, kind)
		assert.Equal(t, Live, s.State(2), kind)
	}
}

func TestALostTokenIsSaidToBeLost(t *testing.T) {
	s := Session{}
	s.Take(five)
	s.Follow(Event{Type: Evicted})
	assert.Equal(t, Gone, s.State(1_100_000))
	s.Take(five)
	assert.Equal(t, Live, s.State(1_100_000))
}

func TestWhoeverIsSignedOutIsSaidToBeUntilTheNextToken(t *testing.T) {
	s := Session{}
	s.Take(five)
	s.Follow(Event{Type: SignedOut, Reason: "token_dead", VendorCode: "100-006"})
	assert.Equal(t, Out, s.State(1_100_000))
	assert.Equal(t, "Signed out: the vendor has ended the session (100-006)", reader.State(s, 1_100_000))
	assert.Equal(t, "已签出：系统已结束会话 (100-006)", Reader{Language: Chinese}.State(s, 1_100_000))
	assert.False(t, s.Held)
	s.Fail(Trouble{Code: "signed_out"})
	assert.Equal(t, Out, s.State(1_100_000), "and no failure")
	s.Follow(Event{Type: Acquired, At: 1, ExpiresAt: 1000})
	assert.Equal(t, "Live", reader.State(s, 2))
	s.Follow(Event{Type: SignedOut})
	assert.Equal(t, "Signed out", reader.State(s, 2))
}

func TestLoginsNeverGoBack(t *testing.T) {
	s := Session{}
	for _, n := range []int{1, 2, 1, 0} { // an event of another kind may not know
		s.Follow(Event{Type: Replayed, Logins: n})
	}
	assert.Equal(t, 2, s.Logins)
}

func TestChangesAreToldInAFewWordsHoweverManyThereAre(t *testing.T) {
	expired := func(card int) Session { return Session{Card: card, Held: true, Life: five} }
	assert.Empty(t, reader.Changes(nil, 2_000_000))
	assert.Equal(t, "Session 4: Expired. ", reader.Changes([]Session{expired(4)}, 2_000_000))
	many := []Session{expired(1), expired(2), expired(3), expired(4), expired(5)}
	assert.Equal(t, "Session 1: Expired. Session 2: Expired. Session 3: Expired. And 2 more.", reader.Changes(many, 2_000_000))
}

func TestWhatIsToldIsWhatIsBad(t *testing.T) {
	for _, state := range States {
		good := state == Empty || state == Asking || state == Live || state == Due || state == Withheld || state == Out // which the status line tells, with its reason
		assert.Equal(t, !good, state.Bad(), state)
	}
}

package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	goneEdge = `{"edge":"https://e.example","connection":"c","subject":"u","authorizationSupplier":1}`
	noOne    = SessionID(99)
)

// Whose session is forgotten can open it anew, and try again.
func TestAForgottenSessionSaysSoAndThatANewTryHelps(t *testing.T) {
	b := newBench(t, exampleDrive)
	b.Forget(b.id, b.now)
	for _, id := range []SessionID{b.id, noOne} {
		d := b.Get(id, b.now, Want{})
		require.Equal(t, Decision{Kind: Fail, Err: &Error{Code: Forgotten, Step: StepInput, Retryable: true}}, d)
		verdict, check, err := b.Verify(id, "T", b.now)
		require.Zero(t, check)
		require.Equal(t, Verdict{}, verdict)
		require.Equal(t, &Error{Code: Forgotten, Step: StepVerify, Retryable: true}, err)
		require.Equal(t, Outcome{}, b.Judge(id, 1, Place{}, b.now, b.now, Response{Status: 401}))
		require.Zero(t, b.Live(id, b.now))
		require.Zero(t, b.Lease(id, b.now))
		require.Nil(t, b.Save(id, b.now))
		b.Effects()
		b.Accepted(id, 1, Place{}, b.now)
		b.Replayed(id, b.now)
		b.Forget(id, b.now)
		require.Empty(t, b.Effects())
	}
}

func TestWhoWaitsWhileASessionIsForgottenLearnsThatANewTryHelps(t *testing.T) {
	for _, identity := range []string{exampleIdentity, stateISales, stateCCMessaging, exampleDrive, goneEdge} {
		b := newBench(t, identity)
		require.Equal(t, Wait, b.get(Want{}).Kind)
		b.Effects()
		b.Forget(b.id, b.now)
		told := 0
		for _, e := range b.Effects() {
			if e.Kind == Settled && e.Session == b.id {
				require.Equal(t, Forgotten, e.Err.Code)
				require.True(t, e.Err.Retryable)
				require.Zero(t, e.Err.RetryAt, "at once")
				told++
			}
		}
		require.Equal(t, 1, told, identity)
	}
}

// verifying is a session with a token, and the exchange that asks about that token.
func verifying(t *testing.T, identity string, answer func(b *bench, exchange uint64)) (b *bench, exchange uint64) {
	b = newBench(t, identity)
	b.get(Want{})
	answer(b, b.sent())
	_, check, err := b.Verify(b.id, "T", b.now)
	require.Nil(t, err)
	require.NotZero(t, check)
	return b, b.sent()
}

func drive(b *bench, exchange uint64) {
	b.Answered(exchange, b.now, Response{Status: 200, Body: []byte(`{"success":true,"x-auth-token":"T"}`)})
}

func throughEdge(b *bench, exchange uint64) {
	b.Supplied(exchange, b.now, Supply{Token: "JWT", Life: 0})
	b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"system":"appcube","token":"T","expiresIn":3600}`)})
}

// paused has a verification's request fail for a passing reason, and returns the pause.
func paused(t *testing.T, b *bench, exchange uint64) Effect {
	b.Lost(exchange, b.now, Network, Unanswered)
	for _, e := range b.Effects() {
		if e.Kind == Sleep {
			return e
		}
	}
	require.Fail(t, "there is no pause")
	return Effect{}
}

// It needs nothing of the session: the vendor is asked about a text.
func TestAVerificationWithoutADependencyOutlivesItsSession(t *testing.T) {
	b, exchange := verifying(t, exampleDrive, drive)
	pause := paused(t, b, exchange)
	s := b.session(b.id)
	b.remove(s)
	b.Effects()
	b.pass(pause.Limit)
	b.Woken(pause.ID, b.now)
	exchange = b.sent()
	require.NotZero(t, exchange)
	b.Answered(exchange, b.now, Response{Status: 200, Body: []byte(`{"success":true,"valid":false}`)})
	effects := b.Effects()
	require.Len(t, effects, 1, "nothing is renewed for a session that is gone")
	require.Equal(t, Verified, effects[0].Kind)
	require.Equal(t, Denied, effects[0].Verdict.Reason)
}

func TestAVerificationEndsWithTheSessionWhoseDependencyItCarries(t *testing.T) {
	b, exchange := verifying(t, goneEdge, throughEdge)
	pause := paused(t, b, exchange)
	b.Forget(b.id, b.now)
	b.Effects()
	b.pass(pause.Limit)
	b.Woken(pause.ID, b.now)
	var verified []Effect
	for _, e := range b.Effects() {
		require.NotEqual(t, Send, e.Kind)
		if e.Kind == Verified {
			verified = append(verified, e)
		}
	}
	require.Len(t, verified, 1)
	require.Equal(t, Forgotten, verified[0].Err.Code)
	require.True(t, verified[0].Err.Retryable)
	require.Equal(t, StepVerify, verified[0].Err.Step)
}

// An authorization that dies on the way of a verification is got anew for it.
func TestAVerificationThatCarriesADependencyGoesOnWithItsNewToken(t *testing.T) {
	b, exchange := verifying(t, goneEdge, throughEdge)
	pause := paused(t, b, exchange)
	b.session(b.id).dependency.dead = true
	b.pass(pause.Limit)
	b.Woken(pause.ID, b.now)
	b.Supplied(b.sent(), b.now, Supply{Token: "JWT-2", Life: 0})
	for _, e := range b.Effects() {
		if e.Kind == Send {
			require.Equal(t, "Bearer JWT-2", e.Request.Headers[0].Value)
			return
		}
	}
	require.Fail(t, "the vendor is not asked")
}

func TestAVerificationEndsOnce(t *testing.T) {
	b := newBench(t, goneEdge)
	_, check, err := b.Verify(b.id, "T", b.now)
	require.Nil(t, err)
	require.NotZero(t, check)
	var supply, pause uint64
	for _, e := range b.Effects() {
		switch e.Kind {
		case Send:
			supply = e.ID
		case Sleep:
			require.Equal(t, int64(DefaultTimeout), e.Limit)
			pause = e.ID
		}
	}
	b.pass(DefaultTimeout)
	b.Woken(pause, b.now) // the host's timers fire in any order
	ended := 0
	count := func() {
		for _, e := range b.Effects() {
			if e.Kind == Verified {
				require.Equal(t, check, e.ID)
				require.Equal(t, Timeout, e.Err.Code)
				require.True(t, e.Err.Retryable)
				require.Equal(t, StepAuthorization, e.Err.Step, "that is what it waited for")
				ended++
			}
			require.False(t, e.Kind == Send, "it is over")
		}
	}
	count()
	b.Supplied(supply, b.now, Supply{Token: "JWT", Life: 0})
	count()
	require.Equal(t, 1, ended)
}

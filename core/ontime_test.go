package core

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
)

// The pause was short, but the host slept through it.
func TestARequestIsSentWhileAMillisecondIsLeft(t *testing.T) {
	for left, sent := range map[int64]bool{1: true, 0: false, -1: false} {
		b := newBench(t, exampleIdentity)
		b.get(Want{})
		b.Lost(b.sent(), b.now, Network, Unanswered)
		var pause uint64
		for _, e := range b.Effects() {
			if e.Kind == Sleep {
				pause = e.ID
			}
		}
		b.pass(DefaultTimeout - left)
		b.Woken(pause, b.now)
		for _, e := range b.Effects() {
			switch e.Kind {
			case Send:
				require.True(t, sent)
				require.Equal(t, left, e.Limit)
				sent = false
			case Settled:
				require.False(t, sent)
				require.Equal(t, Network, e.Err.Code, "what led to the pause")
				require.Equal(t, StepLogin, e.Err.Step)
				require.True(t, e.Err.Retryable)
			}
		}
		require.False(t, sent, "it is sent with what is left")
	}
}

func TestWhatIsLostCanBeTriedAgainWhereItPasses(t *testing.T) {
	for code, retryable := range map[Code]bool{Network: true, Timeout: true, SupplierFailed: true, ResponseTooLarge: false, Redirected: false, FetchFailed: false} {
		b := newBench(t, exampleDrive)
		b.get(Want{})
		b.Lost(b.sent(), b.now, code, Answering)
		err := b.settled()
		require.Equal(t, code, err.Code)
		require.Equal(t, retryable, err.Retryable, "%s", code)
		require.Equal(t, StepLogin, err.Step)
	}
}

func TestOnlyLoginsCountAsLogins(t *testing.T) {
	for step, want := range map[Step]bool{StepLogin: true, StepApply: true, StepAccessToken: true, StepRefresh: false, StepVerify: false, StepEdge: false, StepAuthorization: false, StepCall: false, StepInput: false} {
		require.Equal(t, want, step.CostsLogin(), "%s", step)
	}
	b := newBench(t, exampleDrive)
	b.get(Want{})
	exchange := b.sent()
	s := b.session(b.id)
	require.Equal(t, int32(1), s.logins)
	require.Len(t, s.recent(), 1)
	drive(b, exchange)
	for _, e := range b.Effects() {
		if e.Kind == Notify {
			require.Equal(t, 1, e.Event.Logins)
		}
	}
	free := newBench(t, exampleIdentity)
	free.get(Want{})
	require.Nil(t, free.session(free.id).budget, "a system without a budget keeps none")
	require.Equal(t, int32(1), free.session(free.id).logins)
}

// Who insists on a new token costs a login, and uses a token that others use too.
func TestAUserInsistsOnceInFiveMinutes(t *testing.T) {
	b := newBench(t, exampleIdentity)
	insist := func(user string) Decision {
		d := b.get(Want{Force: true, User: user})
		if exchange := b.sent(); exchange != 0 {
			b.Answered(exchange, b.now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T"}`)})
			b.Effects()
		}
		return d
	}
	require.Equal(t, Wait, insist("a").Kind)
	b.pass(beliefWindow - 1)
	require.Equal(t, &Error{Code: RateLimited, System: "appcube", Step: StepInput, Field: "force", Reason: "was asked for a moment ago; try again later",
		Retryable: true, RetryAt: b.now.Wall + 1}, insist("a").Err)
	require.Equal(t, Wait, insist("b").Kind, "another user")
	require.Equal(t, Wait, insist("").Kind, "where no users are told apart")
	b.pass(1)
	require.Equal(t, Wait, insist("a").Kind)
	require.Equal(t, RateLimited, insist("a").Err.Code)
}

func TestAWordThatIsNotBelievedSaysWhenItWouldBe(t *testing.T) {
	b := newBench(t, exampleIdentity)
	answer := func(token string) {
		b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"` + token + `"}`)})
		b.Effects()
	}
	b.get(Want{})
	answer("T1")
	require.Equal(t, Wait, b.get(Want{Rejected: "T1"}).Kind)
	answer("T2")
	b.pass(minute)
	d := b.get(Want{Rejected: "T2"})
	require.Equal(t, &Error{Code: TokenRejected, System: "appcube", Step: StepCall, Retryable: true, RetryAt: b.now.Wall + beliefWindow}, d.Err)
	require.Equal(t, Use, b.get(Want{Rejected: "T1"}).Kind, "the session has moved on from it")
	b.pass(beliefWindow)
	require.Equal(t, Wait, b.get(Want{Rejected: "T2"}).Kind)
}

// Two seconds are for the host's own timer.
func TestWhatWasNeverAnsweredEndsForItsDependentsToo(t *testing.T) {
	b := newBench(t, stateCCMessaging)
	require.Equal(t, Wait, b.get(Want{}).Kind)
	b.Effects()
	b.pass(DefaultTimeout + 2*second)
	require.Equal(t, Wait, b.get(Want{}).Kind)
	b.pass(1)
	former := maps.Clone(b.tasks)
	require.Equal(t, Wait, b.get(Want{}).Kind, "another is under way at once")
	cancelled, settled := 0, 0
	for _, e := range b.Effects() {
		switch e.Kind {
		case Cancel:
			require.NotZero(t, e.ID)
			cancelled++
		case Settled:
			require.Equal(t, Timeout, e.Err.Code)
			require.Equal(t, StepAccessToken, e.Err.Step, "that is what was waited for")
			require.True(t, e.Err.Retryable)
			settled++
		}
	}
	require.Equal(t, 2, cancelled, "the request, and the dependent's timer")
	require.Equal(t, 2, settled)
	for id := range former {
		require.NotContains(t, b.tasks, id)
	}
}

// Only the caller can replace it, and has to know which one.
func TestAGivenTokenThatIsRefusedIsTheCallersToReplace(t *testing.T) {
	b := newBench(t, stateGiven)
	b.session(b.id).dependency.dead = true
	d := b.get(Want{})
	require.Equal(t, Fail, d.Kind)
	require.Equal(t, CredentialsRefused, d.Err.Code)
	require.Equal(t, StepAccessToken, d.Err.Step)
	require.Equal(t, "ccmessaging", d.Err.System)
	require.False(t, d.Err.Retryable)
}

func TestACooldownTellsItsCause(t *testing.T) {
	b := newBench(t, exampleIdentity)
	b.get(Want{})
	b.Answered(b.sent(), b.now, Response{Status: 403, Body: []byte(`{}`)})
	b.pass(minute)
	at := b.now.Wall + 4*minute
	require.Equal(t, &Error{Code: CoolingDown, System: "appcube", Step: StepLogin, Status: 403, RetryAt: at,
		Cause: &Error{Code: CredentialsRefused, System: "appcube", Step: StepLogin, Status: 403, RetryAt: at}}, b.get(Want{}).Err)
	b.pass(4*minute - 1)
	require.Equal(t, b.now.Wall+1, b.get(Want{}).Err.RetryAt)
	b.pass(1)
	require.Equal(t, Wait, b.get(Want{}).Kind)
}

// Who has waited for a dependency waits no more when it is there.
func TestADependentThatHasWaitedRidesOutItsOwnFailure(t *testing.T) {
	b := newBench(t, stateCCMessaging)
	b.get(Want{})
	s := b.session(b.id)
	require.True(t, s.task.blocked)
	require.Equal(t, StepAccessToken, s.task.step())
	b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"AccessToken":"AT1","Expires":"600"}`)})
	require.False(t, s.task.blocked)
	require.Equal(t, StepApply, s.task.step())
	pause := paused(t, b, b.sent())
	b.pass(pause.Limit)
	b.Woken(pause.ID, b.now)
	b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"resultCode":"0","token":"T1"}`)})
	require.Equal(t, Use, b.get(Want{}).Kind)
}

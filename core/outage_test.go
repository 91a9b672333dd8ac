package core

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

const exampleMessaging = `{"system":"ccmessaging","baseUrl":"https://m.example","appKey":"k","appSecret":"s","userId":"u","userName":"n","channelId":"c","locale":"en"}`

// lose loses every request of an acquisition with its repetitions, and returns the error that it ends with.
func (b *bench) lose(code Code, reach Reach) *Error {
	for range 10 {
		for _, e := range slices.Clone(b.Effects()) {
			switch e.Kind {
			case Send:
				b.Lost(e.ID, b.now, code, reach)
			case Sleep:
				if t := b.tasks[e.ID]; t != nil && !t.blocked { // who is blocked sleeps until its time is up
					b.pass(e.Limit)
					b.Woken(e.ID, b.now)
				}
			case Settled:
				if e.Err != nil {
					return e.Err
				}
			}
		}
	}
	require.Fail(b, "nothing has ended")
	return nil
}

func TestWaitingTimeAfterAnOutageGrowsToHalfAMinute(t *testing.T) {
	for _, identity := range []string{exampleIdentity, exampleMessaging} {
		for _, reach := range []Reach{Unanswered, Unsent} {
			b := newBench(t, identity)
			longest := int64(0)
			for n := range 200 {
				require.Equal(t, Wait, b.get(Want{}).Kind)
				wait := b.lose(Network, reach).RetryAt - b.now.Wall
				require.LessOrEqual(t, wait, 30*second)
				require.Greater(t, wait, int64(0))
				require.True(t, n > 0 || wait <= 1250, "it grows")
				longest = max(longest, wait)
				b.pass(wait)
			}
			require.Greater(t, longest, 25*second)
		}
	}
}

// A vendor that does not answer may be overloaded, and one whose answer breaks off has been reached.
func TestWaitingTimeAfterATimeoutOrABrokenAnswerIsNoOutages(t *testing.T) {
	for _, lost := range []struct {
		code  Code
		reach Reach
	}{{Timeout, Unanswered}, {Network, Answering}} {
		b := newBench(t, exampleIdentity)
		longest := int64(0)
		for range 40 {
			require.Equal(t, Wait, b.get(Want{}).Kind)
			longest = max(longest, b.lose(lost.code, lost.reach).RetryAt-b.now.Wall)
			b.Online(b.now)
			require.Equal(t, CoolingDown, b.get(Want{}).Err.Code)
			require.Equal(t, CoolingDown, b.get(Want{Force: true}).Err.Code)
			b.pass(maxBackoff)
		}
		require.Greater(t, longest, minute)
	}
}

// What an outage has counted must not be paid once the vendor is there again.
func TestOutageDoesNotLengthenTheWaitingTimesOfItsVendor(t *testing.T) {
	b := newBench(t, exampleIdentity)
	for range 20 {
		b.get(Want{})
		b.pass(b.lose(Network, Unanswered).RetryAt - b.now.Wall)
	}
	b.get(Want{})
	b.Answered(b.sent(), b.now, Response{Status: 500})
	require.LessOrEqual(t, b.settled().RetryAt-b.now.Wall, int64(6250))
	b.pass(minute)
	b.get(Want{})
	require.LessOrEqual(t, b.lose(Network, Unanswered).RetryAt-b.now.Wall, int64(1250), "nor the vendor's those of the next outage")
}

func TestOnlineEndsTheWaitingTimesOfAnOutageAndBeginsNothing(t *testing.T) {
	for _, identity := range []string{exampleIdentity, exampleMessaging, exampleDrive} {
		b := newBench(t, identity)
		for range 2 {
			b.get(Want{Force: true})
			b.lose(Network, Unanswered)
		}
		b.pass(100)
		require.Equal(t, CoolingDown, b.get(Want{}).Err.Code)
		b.Effects()
		b.Online(b.now)
		require.Empty(t, b.Effects())
		require.Equal(t, Wait, b.get(Want{}).Kind)
		require.NotZero(t, b.sent())
	}
}

func TestOnlineEndsAPauseWithinAnAcquisitionOnlyWhereNoVendorWasReached(t *testing.T) {
	for _, c := range []struct {
		lose func(*bench)
		ends bool
	}{
		{func(b *bench) { b.Lost(b.sent(), b.now, Network, Unanswered) }, true},
		{func(b *bench) { b.Lost(b.sent(), b.now, Network, Answering) }, false},
		{func(b *bench) { b.Answered(b.sent(), b.now, Response{Status: 503}) }, false},
		{func(b *bench) { b.Answered(b.sent(), b.now, Response{Status: 429, RetryAfter: "5"}) }, false},
	} {
		for _, identity := range []string{exampleIdentity, exampleMessaging} {
			b := newBench(t, identity)
			b.get(Want{})
			c.lose(b)
			effects := b.Effects()
			pause := effects[len(effects)-1]
			require.Equal(t, Sleep, pause.Kind)
			b.Online(b.now)
			effects = b.Effects()
			if !c.ends {
				require.Empty(t, effects)
				continue
			}
			require.Len(t, effects, 2)
			require.Equal(t, Effect{Kind: Cancel, Session: pause.Session, ID: pause.ID}, effects[0], "the host's timer is not needed any more")
			require.Equal(t, Send, effects[1].Kind)
			b.Woken(pause.ID, b.now)
			require.Empty(t, b.Effects())
		}
	}
}

func TestOnlineAndForceLeaveAVendorAloneThatIsToBeSpared(t *testing.T) {
	for _, r := range []Response{{Status: 429}, {Status: 503, RetryAfter: "60"}, {Status: 401}, {Status: 500}} {
		b := newBench(t, exampleIdentity)
		for d := b.get(Want{}); d.Kind == Wait && b.settledBy(r) == nil; {
		}
		b.Online(b.now)
		require.Equal(t, CoolingDown, b.get(Want{}).Err.Code)
		require.Equal(t, CoolingDown, b.get(Want{Force: true}).Err.Code)
	}
}

// settledBy answers all that is out, and returns the error of the acquisition where it has ended so.
func (b *bench) settledBy(r Response) *Error {
	for _, e := range slices.Clone(b.Effects()) {
		switch e.Kind {
		case Send:
			b.Answered(e.ID, b.now, r)
		case Sleep:
			b.pass(e.Limit)
			b.Woken(e.ID, b.now)
		case Settled:
			return e.Err
		}
	}
	return nil
}

func TestWhoInsistsPassesTheWaitingTimeOfAnOutage(t *testing.T) {
	for _, identity := range []string{exampleIdentity, exampleMessaging} {
		b := newBench(t, identity)
		b.get(Want{})
		b.lose(Network, Unanswered)
		require.Equal(t, CoolingDown, b.get(Want{}).Err.Code)
		b.Effects()
		require.Equal(t, Wait, b.get(Want{Force: true}).Kind)
		require.NotZero(t, b.sent())
		require.Equal(t, Wait, b.get(Want{}).Kind, "the others join")
	}
}

// A network that comes and goes must not make a loop of logins.
func TestOnlineIsHeededFiveTimesInAMinute(t *testing.T) {
	b := newBench(t, exampleIdentity)
	begun := 0
	for range 600 {
		if b.get(Want{}).Kind == Wait {
			begun++
			b.lose(Network, Unanswered)
		}
		b.Online(b.now)
		b.pass(100)
	}
	require.GreaterOrEqual(t, begun, 6)
	require.LessOrEqual(t, begun, 30)
	for b.get(Want{}).Kind == Wait {
		b.lose(Network, Unanswered)
	}
	b.pass(minute)
	b.get(Want{})
	b.lose(Network, Unanswered)
	b.Online(b.now)
	require.Equal(t, Wait, b.get(Want{}).Kind, "in the next minute it is heeded again")
}

// A word that ends nothing costs nothing: pages are looked at all day.
func TestOnlineThatEndsNothingDoesNotCount(t *testing.T) {
	b := newBench(t, exampleIdentity)
	for range 100 {
		b.Online(b.now)
	}
	b.get(Want{})
	b.lose(Network, Unanswered)
	b.Online(b.now)
	require.Equal(t, Wait, b.get(Want{}).Kind)
}

func TestLoginThatNeverLeftDoesNotCountInTheBudget(t *testing.T) {
	for reach, counts := range map[Reach]bool{Unsent: false, Impossible: false, Unanswered: true, Answering: true} {
		b := newBench(t, exampleDrive)
		var last *Error
		for range 10 {
			if b.get(Want{Force: true}).Kind == Wait {
				last = b.lose(Network, reach)
			}
			b.pass(30 * second)
		}
		require.Equal(t, counts, b.get(Want{}).Kind == Fail, "%d %v", reach, last)
	}
}

// A verification that never left gives no login back.
func TestVerificationThatNeverLeftDoesNotTouchTheBudget(t *testing.T) {
	b := newBench(t, exampleDrive)
	b.get(Want{})
	login := b.sent()
	_, id, err := b.Verify(b.id, "T", b.now)
	require.Nil(t, err)
	require.NotZero(t, id)
	b.Lost(b.sent(), b.now, Network, Unsent)
	require.Len(t, b.session(b.id).recent(), 1)
	b.Lost(login, b.now, Network, Unsent)
	require.Empty(t, b.session(b.id).recent())
}

// A hidden page's timers sleep for a minute, and its machine's for a night.
func TestPauseOfAnOutageThatEndsTooLateIsNoTimeout(t *testing.T) {
	for _, identity := range []string{exampleIdentity, exampleMessaging} {
		for name, late := range map[string]func(b *bench, pauses []uint64){
			"woken": func(b *bench, pauses []uint64) {
				for _, id := range pauses {
					b.Woken(id, b.now)
				}
			},
			"never woken": func(b *bench, _ []uint64) { b.get(Want{}) },
		} {
			b := newBench(t, identity)
			b.get(Want{})
			pauses := []uint64{}
			for range 2 {
				for _, e := range slices.Clone(b.Effects()) {
					switch e.Kind {
					case Send:
						b.Lost(e.ID, b.now, Network, Unanswered)
					case Sleep:
						pauses = append(pauses, e.ID)
					}
				}
			}
			b.pass(DefaultTimeout + 3*second)
			late(b, pauses)
			require.Equal(t, Network, b.settled().Code, name)
			b.Online(b.now)
			require.Equal(t, Wait, b.get(Want{}).Kind, name)
		}
	}
}

func TestOnlineOrASuccessBeginsTheGrowthAnew(t *testing.T) {
	for _, ends := range []func(*bench){
		func(b *bench) { b.Online(b.now) },
		func(b *bench) {
			b.pass(minute)
			b.get(Want{Force: true})
			b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T"}`)})
		},
	} {
		b, longest := newBench(t, exampleIdentity), int64(0)
		for range 60 {
			for range 6 {
				require.Equal(t, Wait, b.get(Want{Force: true}).Kind)
				b.lose(Network, Unanswered)
			}
			ends(b)
			require.Equal(t, Wait, b.get(Want{Force: true}).Kind)
			longest = max(longest, b.lose(Network, Unanswered).RetryAt-b.now.Wall)
			b.pass(minute)
		}
		require.LessOrEqual(t, longest, int64(1250))
	}
}

// What a session depends on may be found dead only on the way.
func TestWhoInsistsPassesAnOutageThatIsMetOnTheWay(t *testing.T) {
	for force, want := range map[bool]Step{true: StepAccessToken, false: StepApply} { // once more with the one that there is
		b := newBench(t, exampleMessaging)
		b.get(Want{})
		b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"AccessToken":"A","Expires":"600"}`)})
		b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"resultCode":"0","token":"T"}`)})
		b.pass(8 * minute)
		require.Equal(t, Use, b.get(Want{}).Kind) // and the AccessToken is renewed ahead of time
		b.lose(Network, Unanswered)
		require.Equal(t, Wait, b.get(Want{Force: force, Rejected: "T"}).Kind)
		b.Answered(b.sent(), b.now, Response{Status: 401, Body: []byte(`{"exceptionInfo":"illegal or expired token info"}`)})
		sent := []Step{}
		for _, e := range slices.Clone(b.Effects()) {
			if e.Kind == Send {
				sent = append(sent, e.Request.Step)
			}
		}
		require.Equal(t, []Step{want}, sent)
	}
}

func TestRestartRemembersThatNoVendorWasReached(t *testing.T) {
	h := newStateHost(t, stateCCMessaging)
	b := &bench{T: t, Client: h.client, id: h.session, now: h.now}
	for range 6 {
		b.get(Want{Force: true})
		b.lose(Network, Unanswered)
	}
	h.now = b.now
	h.restart(1)
	require.Equal(t, CoolingDown, h.get().Err.Code)
	require.EqualValues(t, 6, h.client.session(h.session).dependency.outages)
	h.client.Online(h.now)
	require.Equal(t, Wait, h.get().Kind)
}

package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// onlyOld is a session of ccmessaging with both tokens, whose AccessToken cannot be got anew for a while.
func onlyOld(t *testing.T) (*bench, *session) {
	b := newBench(t, stateCCMessaging)
	b.get(Want{})
	b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"AccessToken":"AT1","Expires":"600"}`)})
	b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"resultCode":"0","token":"T1"}`)})
	b.Effects()
	s := b.session(b.id)
	s.dependency.barrier = &barrier{since: b.now, wait: minute, cause: &Error{Code: Unavailable, System: "ccmessaging", Step: StepAccessToken, Retryable: true}}
	return b, s
}

// A 401 can mean either token. Where only one of the two can be got anew, that one may be what has died.
func TestWhereTheAccessTokenCannotBeReplacedTheOldOneIsCarriedOnceMore(t *testing.T) {
	b, s := onlyOld(t)
	o := b.Judge(b.id, s.serial(), Place{Call: "GET /"}, b.now, b.now, Response{Status: 401})
	require.True(t, o.Replay)
	require.Equal(t, TokenDead, o.Reason)
	var sent []*Request
	for _, e := range b.Effects() {
		if e.Kind == Send {
			sent = append(sent, e.Request)
		}
	}
	require.Len(t, sent, 1)
	require.Equal(t, StepApply, sent[0].Step)
	require.Contains(t, sent[0].Headers, Pair{"Authorization", "Bearer AT1"})
	require.Zero(t, s.task.shuns)
	require.False(t, s.dependency.dead, "others go on with it")
}

func TestAnOldAccessTokenIsCarriedOnlyWhereThatCanHelp(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *task, d *session)
		want   bool
	}{
		"all of it":                        {func(*task, *session) {}, true},
		"its own token is not replaced":    {func(t *task, _ *session) { t.ahead = false }, false},
		"it is another AccessToken":        {func(t *task, _ *session) { t.shuns++ }, false},
		"no AccessToken is shunned":        {func(t *task, _ *session) { t.shuns = 0 }, false},
		"the AccessToken is dead":          {func(_ *task, d *session) { d.dead = true }, false},
		"there is no AccessToken any more": {func(_ *task, d *session) { d.held = grant{} }, false},
	} {
		b, s := onlyOld(t)
		d := s.dependency
		of := &task{session: s, ahead: true, shuns: d.generation}
		c.change(of, d)
		before := of.shuns
		require.Equal(t, c.want, of.relents(d, b.now), name)
		if c.want {
			require.Zero(t, of.shuns)
		} else {
			require.Equal(t, before, of.shuns, name)
		}
	}
}

// A refusal concerns what the call carried, and is noted of that.
func TestAnAcceptanceIsOfTheTokenThatTheCallCarried(t *testing.T) {
	b, s := onlyOld(t)
	at := Place{Call: "GET /"}
	b.Accepted(b.id, s.serial()-1, at, b.now)
	require.Nil(t, s.testimony, "an older one")
	b.Accepted(b.id, s.serial()+1, at, b.now)
	require.Nil(t, s.testimony)
	require.Nil(t, s.dependency.testimony)
	b.Accepted(b.id, s.serial(), at, b.now)
	require.True(t, s.inUse(b.now))
	require.True(t, s.dependency.inUse(b.now), "and of the AccessToken beside it")
	require.Equal(t, at.source(), s.testimony.heard[0].source)
	require.Equal(t, at.source().through(s), s.dependency.testimony.heard[0].source)

	empty := newBench(t, exampleIdentity)
	empty.Accepted(empty.id, 0, at, empty.now)
	require.Nil(t, empty.session(empty.id).testimony, "there is no token")
}

func TestAnAnswerToAnOlderTokensCallKillsNothing(t *testing.T) {
	b, s := onlyOld(t)
	at := Place{Call: "GET /"}
	require.Equal(t, Outcome{Replay: true, Reason: TokenDead}, b.Judge(b.id, s.serial()-1, at, b.now, b.now, Response{Status: 401}))
	require.Equal(t, Outcome{}, b.Judge(b.id, s.serial()-1, at, b.now, b.now, Response{Status: 200}))
	require.Equal(t, Outcome{}, b.Judge(b.id, s.serial()-1, at, b.now, b.now, Response{Status: 200, Rolled: "T2"}))
	require.Nil(t, s.testimony)
	require.Equal(t, Outcome{}, b.Judge(b.id, s.serial(), at, b.now, b.now, Response{Status: 200, Rolled: "T1"}), "it is the same")
	require.True(t, s.acceptedBy(at.source()), "and accepted")
	require.Empty(t, b.Effects())
	s.since = s.serial() + 1
	require.Equal(t, Outcome{Reason: TokenDead}, b.Judge(b.id, s.serial(), at, b.now, b.now, Response{Status: 401}), "of before it was forgotten")
	s.since = s.serial()
	require.True(t, b.Judge(b.id, s.serial(), at, b.now, b.now, Response{Status: 401}).Replay)
}

package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// viewed is a client with one session, and what an operator sees of it.
type viewed struct {
	*testing.T
	c   *Client
	id  SessionID
	now Instant
}

func newViewed(t *testing.T, identity string) *viewed {
	v := &viewed{T: t, c: New(Options{Seed: [2]uint64{1, 2}}), now: Instant{Wall: 1_790_000_000_000, Mono: 5}}
	id, err := v.c.Open([]byte(identity), v.now)
	require.Nil(t, err)
	v.id = id
	return v
}

func (v *viewed) see() View {
	v.Helper()
	view, ok := v.c.View(v.id, v.now)
	require.True(v, ok)
	return view
}

func (v *viewed) pass(ms int64) {
	v.now = Instant{Wall: v.now.Wall + ms, Mono: v.now.Mono + ms}
}

// answer has the requests that are under way answered.
func (v *viewed) answer(r Response) {
	for _, e := range append([]Effect(nil), v.c.Effects()...) {
		if e.Kind == Send {
			v.c.Answered(e.ID, v.now, r)
		}
	}
}

func TestAnOperatorSeesEachStateOfASession(t *testing.T) {
	v := newViewed(t, exampleIdentity)
	require.Equal(t, View{System: "appcube", State: StateIdle}, v.see())
	v.pass(10)
	v.c.Get(v.id, v.now, Want{})
	began := v.now.Wall
	v.pass(10)
	require.Equal(t, View{System: "appcube", State: StateRenewing, Since: began}, v.see())
	v.answer(Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"a-token-of-some-length","expireTime":3600}`)})
	require.Equal(t, View{System: "appcube", State: StateLive, Since: began}, v.see())
	v.c.session(v.id).dead = true
	require.Equal(t, View{System: "appcube", State: StateRejected, Since: began}, v.see())
	v.c.Get(v.id, v.now, Want{})
	require.Equal(t, StateRenewing, v.see().State)
	v.answer(Response{Status: 401})
	view := v.see()
	require.Equal(t, StateCooling, view.State)
	require.Equal(t, CredentialsRefused, view.Cooling.Code)
	require.Equal(t, v.now.Wall+refusedCooldown, view.Cooling.RetryAt)
	v.pass(refusedCooldown - 1)
	require.Equal(t, v.now.Wall+1, v.see().Cooling.RetryAt)
	v.pass(1)
	require.Nil(t, v.see().Cooling)
	require.Equal(t, StateRejected, v.see().State)
	_, ok := v.c.View(v.id+1, v.now)
	require.False(t, ok)
	require.ElementsMatch(t, States(), []State{StateLive, StateRenewing, StateCooling, StateRejected, StateIdle})
}

func TestAWaitingTimeThatAnOperatorEndsIsOver(t *testing.T) {
	v := newViewed(t, exampleIdentity)
	require.False(t, v.c.Relent(v.id, v.now), "there is none")
	v.c.Get(v.id, v.now, Want{})
	v.answer(Response{Status: 401})
	require.Equal(t, Fail, v.c.Get(v.id, v.now, Want{}).Kind)
	require.True(t, v.c.Relent(v.id, v.now))
	require.Nil(t, v.see().Cooling)
	require.Equal(t, Wait, v.c.Get(v.id, v.now, Want{}).Kind, "it is tried at once")
	require.False(t, v.c.Relent(v.id+1, v.now))
}

func TestAnOperatorSeesTheBudgetAndDoesNotEndIt(t *testing.T) {
	v := newViewed(t, `{"system":"cubedrive","baseUrl":"https://d.test/lite","params":{"appId":"a","appSecret":"s","user":"u"}}`)
	for n := range 5 {
		v.c.Get(v.id, v.now, Want{Force: true})
		require.Equal(t, n+1, v.see().Used)
		v.answer(Response{Status: 200, Body: []byte(`{"success":true,"x-auth-token":"a-token-of-some-length"}`)})
		v.pass(second)
	}
	view := v.see()
	require.Equal(t, 5, view.Most)
	require.Equal(t, 10*minute-5*second, view.Free)
	v.c.Relent(v.id, v.now)
	require.Equal(t, view, v.see())
	v.pass(view.Free)
	require.Equal(t, 4, v.see().Used)
	require.Zero(t, v.see().Free)
}

func TestAWaitingTimeOfWhatASessionDependsOnIsSeenAndEnds(t *testing.T) {
	v := newViewed(t, `{"system":"ccmessaging","baseUrl":"https://c.test","appKey":"k","appSecret":"s","userId":"u","userName":"n","channelId":"c","locale":"en"}`)
	v.c.Get(v.id, v.now, Want{})
	v.answer(Response{Status: 401})
	require.Equal(t, StateCooling, v.see().State)
	require.Equal(t, StepAccessToken, v.see().Cooling.Step)
	require.True(t, v.c.Relent(v.id, v.now))
	require.Equal(t, Wait, v.c.Get(v.id, v.now, Want{}).Kind)
}

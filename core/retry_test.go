package core

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

const exampleDrive = `{"system":"cubedrive","baseUrl":"https://c.example","params":{"user":"u"}}`

// bench is one session with what a test needs to drive it.
type bench struct {
	*testing.T
	*Client
	id  SessionID
	now Instant
}

func newBench(t *testing.T, identity string) *bench {
	b := &bench{T: t, Client: New(Options{Seed: [2]uint64{3, 4}}), now: Instant{Wall: 1_000_000, Mono: 1_000}}
	id, err := b.Open([]byte(identity), b.now)
	require.Nil(t, err)
	b.id = id
	return b
}

func (b *bench) pass(ms int64) { b.now.Wall += ms; b.now.Mono += ms }

// sent returns the exchange of the one request that went out, or 0.
func (b *bench) sent() uint64 {
	id := uint64(0)
	for _, e := range b.Effects() {
		if e.Kind == Send {
			require.Zero(b, id, "one request at a time")
			id = e.ID
		}
	}
	return id
}

// settled returns the error of the acquisition that ended.
func (b *bench) settled() *Error {
	for _, e := range b.Effects() {
		if e.Kind == Settled {
			return e.Err
		}
	}
	require.Fail(b, "nothing has ended")
	return nil
}

func (b *bench) get(want Want) Decision { return b.Get(b.id, b.now, want) }

func TestBackoffGrowsWithTheFailuresUpToItsBound(t *testing.T) {
	c := New(Options{Seed: [2]uint64{1, 2}})
	for failures, ceiling := range []int64{10, 20, 40, 80, 160, 320, 600, 600, 600} {
		var least, most int64 = hour, 0
		for range 2000 {
			wait := c.backoff(10*second, failures, maxBackoff)
			least, most = min(least, wait), max(most, wait)
		}
		require.GreaterOrEqual(t, least, int64(2500), "never at once")
		require.Less(t, least, 2500+ceiling*second/20, "jitter over the whole of it")
		require.Less(t, most, 2500+ceiling*second)
		require.Greater(t, most, 2500+ceiling*second*95/100)
	}
	require.LessOrEqual(t, c.backoff(10*second, mostGrowth, maxBackoff), maxBackoff, "no failure overflows it")
}

// Short at first, as an address may be admitted at any moment; but who knocks again and again is banned.
func TestWhatIsBlockedIsTriedAgainLaterAndLater(t *testing.T) {
	ceilings := []int64{minute, 2 * minute, 4 * minute, 8 * minute, maxBackoff, maxBackoff}
	longest := make([]int64, len(ceilings))
	for seed := range uint64(300) {
		b := &bench{T: t, Client: New(Options{Seed: [2]uint64{seed, 4}}), now: Instant{Wall: 1_000_000, Mono: 1_000}}
		id, invalid := b.Open([]byte(exampleIdentity), b.now)
		require.Nil(t, invalid)
		b.id = id
		for n, ceiling := range ceilings {
			require.Equal(t, Wait, b.get(Want{}).Kind)
			b.Answered(b.sent(), b.now, Response{Status: 403, Body: []byte("<html>")})
			err := b.settled()
			require.Equal(t, Blocked, err.Code)
			wait := err.RetryAt - b.now.Wall
			require.GreaterOrEqual(t, wait, minute/4, "never at once")
			require.LessOrEqual(t, wait, minute/4+ceiling)
			longest[n] = max(longest[n], wait)
			b.pass(wait - 1)
			require.Equal(t, CoolingDown, b.get(Want{Force: true}).Err.Code, "whoever insists")
			b.pass(1)
		}
	}
	for n, ceiling := range ceilings {
		require.Greater(t, longest[n], ceiling*95/100, "it grows")
	}
}

// A login that is repeated because the connection broke counts as well.
func TestRepetitionKeepsToTheBudget(t *testing.T) {
	b := newBench(t, exampleDrive)
	began := b.now
	for n := range int64(4) {
		require.Equal(t, Wait, b.get(Want{Force: true}).Kind)
		b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"success":true,"x-auth-token":"T` + itoa(n) + `"}`)})
		b.pass(second)
	}
	require.Equal(t, Wait, b.get(Want{Force: true}).Kind)
	fifth := b.sent()
	require.NotZero(t, fifth)
	b.Lost(fifth, b.now, Network, Unanswered)
	for _, e := range b.Effects() {
		if e.Kind == Sleep {
			b.pass(e.Limit)
			b.Woken(e.ID, b.now)
		}
	}
	err := b.settled()
	require.Equal(t, LoginBudget, err.Code)
	require.Equal(t, began.Wall+10*minute, err.RetryAt, "when the first login leaves the window")
	d := b.get(Want{})
	require.Equal(t, Use, d.Kind, "while the token is good nobody suffers")
	d = b.get(Want{Rejected: d.Token.Value})
	require.Equal(t, Fail, d.Kind)
	require.Equal(t, LoginBudget, d.Err.Code)
	b.now = Instant{d.Err.RetryAt - 1, b.now.Mono + d.Err.RetryAt - 1 - b.now.Wall}
	require.Equal(t, Fail, b.get(Want{Force: true}).Kind, "a millisecond before")
	b.pass(1)
	require.Equal(t, Wait, b.get(Want{Force: true}).Kind, "when it said")
}

// Where the platform drops a request without a word, the next caller ends it, and begins another.
func TestRequestThatIsNeverAnsweredEndsWithTheNextCaller(t *testing.T) {
	b := newBench(t, exampleIdentity)
	first := b.get(Want{})
	exchange := b.sent()
	b.pass(DefaultTimeout + 2*second)
	require.Equal(t, first, b.get(Want{}), "the host's own timer comes first")
	b.pass(1)
	d := b.get(Want{})
	require.Equal(t, Wait, d.Kind)
	require.NotEqual(t, first, d)
	require.Equal(t, Timeout, b.settled().Code)
	b.Answered(exchange, b.now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"LATE"}`)})
	require.Empty(t, b.Effects())
}

// A rolled token's life is counted from when the call was sent that brought it.
func TestRolledTokenLivesFromItsCall(t *testing.T) {
	b := newBench(t, `{"system":"ccmessaging","baseUrl":"https://m.example","appKey":"k","accessToken":"AT","userId":"u","userName":"n","channelId":"c","locale":"en"}`)
	b.get(Want{})
	b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"resultCode":"0","token":"T"}`)})
	called := b.now
	b.pass(20 * second)
	d := b.get(Want{})
	require.True(t, b.Judge(b.id, d.Token.Serial, Place{}, called, b.now, Response{Status: 200, Rolled: "T2"}).Rolled)
	token, ok := b.Token(b.id, b.now)
	require.True(t, ok)
	require.Equal(t, "T2", token.Value)
	require.Equal(t, called.Wall, token.IssuedAt)
	require.Equal(t, called.Wall+hour, token.ExpiresAt)
}

// What the call before a pause knew may be out of date when it is over.
func TestRequestIsNotRepeatedWhereATokenWasRolledInMeanwhile(t *testing.T) {
	b := newBench(t, `{"system":"ccmessaging","baseUrl":"https://m.example","appKey":"k","accessToken":"AT","userId":"u","userName":"n","channelId":"c","locale":"en"}`)
	b.get(Want{})
	b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"resultCode":"0","token":"T"}`)})
	serial := b.get(Want{}).Token.Serial
	require.Equal(t, Wait, b.get(Want{Rejected: "T"}).Kind)
	b.Answered(b.sent(), b.now, Response{Status: 503})
	effects := b.Effects()
	pause := effects[len(effects)-1]
	require.Equal(t, Sleep, pause.Kind)
	require.True(t, b.Judge(b.id, serial, Place{}, b.now, b.now, Response{Status: 200, Rolled: "T2"}).Rolled)
	b.Effects()
	b.pass(pause.Limit)
	b.Woken(pause.ID, b.now)
	effects = b.Effects()
	require.Len(t, effects, 1)
	require.Equal(t, Settled, effects[0].Kind)
	require.Equal(t, "T2", effects[0].Token.Value)
}

func TestALoginThatGetsNoAnswerIsSentOnceMoreWhereTriesAreCounted(t *testing.T) {
	for name, identity := range map[string]string{
		"they lock an account": `{"system":"ccgatewayconfig","baseUrl":"https://g.example","agentId":101,"password":"p"}`,
		"five are allowed":     exampleDrive,
	} {
		b := newBench(t, identity)
		b.get(Want{})
		sent, over := 0, false
		for !over {
			for _, e := range slices.Clone(b.Effects()) {
				switch e.Kind {
				case Send:
					sent++
					b.Lost(e.ID, b.now, Network, Unanswered)
				case Sleep:
					b.pass(e.Limit)
					b.Woken(e.ID, b.now)
				case Settled:
					over = true
				}
			}
		}
		require.Equal(t, 2, sent, name)
	}
}

func TestATokenKeepsTheNumberThatAnotherClientGaveIt(t *testing.T) {
	s := &session{generation: 5, held: grant{token: "T"}}
	for _, c := range []struct {
		g    grant
		want uint64
		why  string
	}{
		{grant{token: "U", serial: 9}, 9, "it is of later"},
		{grant{token: "T", serial: 5}, 5, "it is the same"},
		{grant{token: "U", serial: 5}, 6, "another token has another number"},
		{grant{token: "T", serial: 4}, 6, "a number never goes back"},
		{grant{token: "U"}, 6, "it has none"},
	} {
		require.Equal(t, c.want, s.follows(c.g), c.why)
	}
	require.EqualValues(t, 1, (&session{}).follows(grant{}), "none is no number")
}

package core

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	stateISales      = `{"system":"isales","baseUrl":"https://vendor.example","user":"u","passwd":"p"}`
	stateCubeDrive   = `{"system":"cubedrive","baseUrl":"https://vendor.example","params":{"user":"u"}}`
	stateCCMessaging = `{"system":"ccmessaging","baseUrl":"https://vendor.example","appKey":"k","appSecret":"s","userId":"u","userName":"n","channelId":"c","locale":"zh"}`
)

// stateHost is a host that can be put away: its client is saved, and another
// one, whose monotonic clock begins anew, takes its place.
type stateHost struct {
	t        testing.TB
	identity string
	client   *Client
	session  SessionID
	now      Instant
}

func newStateHost(t testing.TB, identity string) *stateHost {
	h := &stateHost{t: t, identity: identity, now: Instant{Wall: 1_700_000_000_000, Mono: 50_000}}
	h.open()
	return h
}

func (h *stateHost) open() {
	h.client = New(Options{Seed: [2]uint64{uint64(h.now.Mono), 2}})
	id, err := h.client.Open([]byte(h.identity), h.now)
	require.Nil(h.t, err)
	h.session = id
}

func (h *stateHost) pass(ms int64) { h.now = Instant{Wall: h.now.Wall + ms, Mono: h.now.Mono + ms} }

// restart puts the host away for a while, as far as the time of day tells.
func (h *stateHost) restart(away int64) {
	saved := h.client.Save(h.session, h.now)
	h.now = Instant{Wall: h.now.Wall + away, Mono: 7}
	h.open()
	require.True(h.t, h.client.Restore(h.session, h.now, saved, 0))
}

func (h *stateHost) get() Decision { return h.client.Get(h.session, h.now, Want{}) }

// sent returns the request that is out, and its exchange.
func (h *stateHost) sent() (uint64, *Request) {
	for _, e := range h.client.Effects() {
		if e.Kind == Send {
			return e.ID, e.Request
		}
	}
	require.Fail(h.t, "no request is out")
	return 0, nil
}

func (h *stateHost) answer(status int, body string) {
	exchange, _ := h.sent()
	h.client.Answered(exchange, h.now, Response{Status: status, Body: []byte(body)})
}

const isalesAnswer = `{"result":0,"resultData":{"token":"T1","tokenExpirationTime":300,"refreshToken":"R1","refreshExpirationTime":3600}}`

func TestARestoredSessionUsesItsTokenAndItsRefreshToken(t *testing.T) {
	h := newStateHost(t, stateISales)
	h.get()
	h.answer(200, isalesAnswer)
	h.pass(10 * second)
	before := h.get().Token
	h.restart(20 * second)
	d := h.get()
	require.Equal(t, Use, d.Kind)
	require.Equal(t, before.Value, d.Token.Value)
	require.Equal(t, before.Serial, d.Token.Serial, "what a call carried is still told apart")
	require.Equal(t, before.ExpiresAt, d.Token.ExpiresAt, "its life goes on where it was")

	h.restart(300 * second)
	require.Equal(t, Wait, h.get().Kind)
	_, r := h.sent()
	require.Equal(t, StepRefresh, r.Step)
	require.Contains(t, r.Body, "R1")
}

func TestARestoredTokenDiesOnTheSameInstant(t *testing.T) {
	h := newStateHost(t, stateISales)
	h.get()
	h.answer(200, isalesAnswer)
	h.restart(270*second - 1) // the margin of 300 s is 30 s
	require.NotZero(t, h.get().Token.Value)
	h = newStateHost(t, stateISales)
	h.get()
	h.answer(200, isalesAnswer)
	h.restart(270 * second)
	require.Equal(t, Wait, h.get().Kind)
}

func TestATimeOfDaySetBackWhileAwayDoesNotMakeATokenOlderThanNothing(t *testing.T) {
	h := newStateHost(t, stateISales)
	h.get()
	h.answer(200, isalesAnswer)
	h.pass(100 * second)
	h.restart(-1000 * second)
	d := h.get()
	require.Equal(t, Use, d.Kind)
	require.Equal(t, 200*second, d.Token.ExpiresAt-h.now.Wall, "it has no more life left than when it was saved")
}

func TestARejectionOutlivesTheHost(t *testing.T) {
	h := newStateHost(t, stateISales)
	h.get()
	h.answer(200, isalesAnswer)
	serial := h.get().Token.Serial
	h.client.Judge(h.session, serial, Place{Call: "GET /business"}, h.now, h.now, Response{Status: 401})
	h.restart(second)
	require.Equal(t, Wait, h.get().Kind, "a rejected token is not handed out after a restart")
}

func TestACooldownOutlivesTheHost(t *testing.T) {
	h := newStateHost(t, stateISales)
	h.get()
	h.answer(403, `{"errorCode":7}`)
	h.restart(4 * minute)
	d := h.get()
	require.Equal(t, Fail, d.Kind)
	require.Equal(t, CoolingDown, d.Err.Code)
	require.Equal(t, CredentialsRefused, d.Err.Cause.Code)
	require.Equal(t, 403, d.Err.Cause.Status)
	require.Equal(t, "7", d.Err.Cause.Vendor)
	require.Equal(t, h.now.Wall+minute, d.Err.RetryAt)
	h.restart(minute)
	require.Equal(t, Wait, h.get().Kind)
}

// A host may die at any moment: each login counts from when its request is handed out.
func TestALoopOfDyingHostsKeepsTheLoginBudget(t *testing.T) {
	h := newStateHost(t, stateCubeDrive)
	logins := 0
	for range 20 {
		if h.get().Kind == Wait {
			h.sent()
			logins++
		}
		h.restart(second)
	}
	require.Equal(t, cubedrive{}.description().policy.logins, logins)
	d := h.get()
	require.Equal(t, LoginBudget, d.Err.Code)
	h.restart(d.Err.RetryAt - h.now.Wall)
	require.Equal(t, Wait, h.get().Kind)
}

// A clock that was set forward while the host was away looks like time that has gone by. It frees one login, not the whole
// budget: nobody can tell the two apart, and the account pays for a wrong guess.
func TestAClockSetForwardWhileAwayFreesOneLogin(t *testing.T) {
	h := newStateHost(t, stateCubeDrive)
	logins := func() (n int) {
		for range 20 {
			if h.get().Kind == Wait {
				n++
			}
			h.restart(second)
		}
		return n
	}
	require.Equal(t, cubedrive{}.description().policy.logins, logins())
	h.restart(365 * 24 * hour)
	require.Equal(t, 1, logins())
}

// Who was believed is remembered beyond the host: a start neither believes the same source once more, nor makes everybody
// else wait until the time is over.
func TestWhoWasBelievedOutlivesTheHost(t *testing.T) {
	h := newStateHost(t, stateCubeDrive)
	closed, open := Place{Call: "GET /closed", User: "a"}, Place{Call: "GET /open", User: "b"}
	get := func() uint64 {
		if h.get().Kind == Wait {
			h.answer(200, `{"success":true,"x-auth-token":"T`+strconv.Itoa(int(h.now.Wall))+`"}`)
		}
		return h.get().Token.Serial
	}
	refused := func(at Place, serial uint64) bool {
		return h.client.Judge(h.session, serial, at, h.now, h.now, Response{Status: 401}).Replay
	}
	require.True(t, refused(closed, get()), "the first time it is believed")
	h.get()
	for _, e := range h.client.Effects() {
		if e.Kind == Send { // in the background, as the others go on
			h.client.Answered(e.ID, h.now, Response{Status: 200, Body: []byte(`{"success":true,"x-auth-token":"FRESH"}`)})
		}
	}
	require.Equal(t, "FRESH", h.get().Token.Value)
	h.client.Accepted(h.session, h.get().Token.Serial, open, h.now)
	require.False(t, refused(closed, h.get().Token.Serial), "it refuses the fresh one as well")

	for range 5 {
		h.restart(10 * second)
		require.Equal(t, "FRESH", h.get().Token.Value)
		require.False(t, refused(closed, h.get().Token.Serial), "not again, although the host has begun anew")
		require.Equal(t, "FRESH", h.get().Token.Value, "the others' token lives on")
	}
	require.True(t, refused(open, h.get().Token.Serial), "who has accepted this token is believed at once, though the host has begun anew")
}

func TestTheAccessTokenIsRestoredWithTheSessionThatNeedsIt(t *testing.T) {
	h := newStateHost(t, stateCCMessaging)
	h.get()
	h.answer(200, `{"AccessToken":"AT1","Expires":"600"}`)
	h.answer(200, `{"resultCode":"0","token":"T1"}`)
	before := h.get().Token
	h.restart(second)
	d := h.get()
	require.Equal(t, Use, d.Kind)
	require.Equal(t, before.Carriage, d.Token.Carriage)
	require.Equal(t, before.Serial, d.Token.Serial)
}

func TestWhatCannotBeUsedIsNotRestored(t *testing.T) {
	h := newStateHost(t, stateISales)
	h.get()
	h.answer(200, isalesAnswer)
	good := string(h.client.Save(h.session, h.now))
	for name, data := range map[string]string{
		"nothing":            "",
		"not JSON":           "{",
		"another version":    strings.Replace(good, `"version":1`, `"version":2`, 1),
		"no version":         strings.Replace(good, `"version":1,`, ``, 1),
		"a negative age":     strings.Replace(good, `"renewAge":`, `"age":-5,"renewAge":`, 1),
		"an endless life":    strings.Replace(good, `"life":300000`, `"life":99999999999`, 1),
		"a fraction":         strings.Replace(good, `"life":300000`, `"life":1.5`, 1),
		"a text as a number": strings.Replace(good, `"life":300000`, `"life":null`, 1),
		"an unknown list":    strings.Replace(good, `"version":1`, `"version":1,"others":[1]`, 1),
		"texts in a list":    strings.Replace(good, `"version":1`, `"version":1,"recent":["x"]`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, good, data)
			fresh := newStateHost(t, stateISales)
			require.False(t, fresh.client.Restore(fresh.session, fresh.now, []byte(data), 0))
			require.Equal(t, Wait, fresh.get().Kind, "it begins anew")
		})
	}
	require.False(t, h.client.Restore(h.session, h.now, []byte(good), 0), "a session that has lived is not overwritten")
	require.False(t, h.client.Restore(99, h.now, []byte(good), 0))
	require.Nil(t, h.client.Save(99, h.now))
}

func TestACallersOwnTokenIsNotStored(t *testing.T) {
	h := newStateHost(t, strings.Replace(stateCCMessaging, `"appSecret":"s"`, `"accessToken":"GIVEN"`, 1))
	h.get()
	h.answer(200, `{"resultCode":"0","token":"T1"}`)
	require.NotContains(t, string(h.client.Save(h.session, h.now)), "GIVEN")
	h.restart(second)
	require.Equal(t, Use, h.get().Kind)
}

// Whatever is stored, a restored session obeys the rules of any other.
func FuzzRestore(f *testing.F) {
	h := newStateHost(f, stateISales)
	h.get()
	h.answer(200, isalesAnswer)
	f.Add(h.client.Save(h.session, h.now), int64(1000))
	h.client.Judge(h.session, h.get().Token.Serial, Place{}, h.now, h.now, Response{Status: 401})
	h.answer(403, ``)
	f.Add(h.client.Save(h.session, h.now), int64(-1000))
	f.Add([]byte(`{"version":1,"token":"T","life":5000,"age":1,"renewAge":4000,"recent":[1,2],"ids":[3,4],"dependency":{"token":"A"}}`), int64(0))
	f.Fuzz(func(t *testing.T, data []byte, away int64) {
		for _, identity := range []string{stateISales, stateCubeDrive, stateCCMessaging} {
			c := New(Options{})
			now := Instant{Wall: 1_700_000_000_000 + away%(48*hour), Mono: 3}
			id, _ := c.Open([]byte(identity), now)
			ok := c.Restore(id, now, data, 0)
			s := c.session(id)
			if !ok {
				require.Zero(t, s.generation)
				require.Empty(t, s.held.token)
				continue
			}
			d := c.Get(id, now, Want{})
			if d.Kind == Use {
				require.True(t, isToken(d.Token.Value))
				require.True(t, d.Token.ExpiresAt == 0 || d.Token.ExpiresAt > now.Wall)
				require.LessOrEqual(t, d.Token.ExpiresAt, now.Wall+24*hour)
			}
			if d.Kind == Fail {
				require.LessOrEqual(t, d.Err.RetryAt, now.Wall+maxRetryAfter)
			}
			again := New(Options{})
			twin, _ := again.Open([]byte(identity), now)
			require.True(t, again.Restore(twin, now, c.Save(id, now), 0), "what it saves can be restored")
		}
	})
}

// Whoever stores what Save returned may delete it after that long.
func TestNothingThatIsSavedMattersForLongerThanADay(t *testing.T) {
	most := itoa(MostKept)
	for _, identity := range []string{stateISales, stateCubeDrive, stateCCMessaging} {
		members := `"generation":5,"token":"TTTT","life":` + most + `,"refresh":"RRRR","refreshLife":` + most +
			`,"barrier":` + itoa(maxRetryAfter) + `,"code":"refused","recent":[0,0,0,0,0],"ids":[1,2,3,4,5],"logins":5,"failures":16`
		members += `,"dependency":{` + members + `}`
		var c *Client
		var id SessionID
		at := func(passed int64) (Instant, View) {
			c = New(Options{})
			now := Instant{Wall: 1_000_000 + passed, Mono: MostKept}
			var err *Error
			id, err = c.Open([]byte(identity), now)
			require.Nil(t, err)
			require.True(t, c.Restore(id, now, []byte(`{"version":1,"saved":1000000,`+members+`}`), 0), members)
			view, _ := c.View(id, now)
			return now, view
		}
		_, view := at(MostKept / 2)
		require.Equal(t, StateLive, view.State, identity)
		_, view = at(1)
		require.NotNil(t, view.Cooling)
		now, view := at(MostKept)
		require.Equal(t, StateIdle, view.State, identity)
		require.Nil(t, view.Cooling)
		require.Zero(t, view.Free)
		require.Equal(t, Wait, c.Get(id, now, Want{}).Kind, "a login begins")
	}
	for _, s := range systems {
		policy := s.description().policy
		require.LessOrEqual(t, policy.window, int64(MostKept))
	}
	require.LessOrEqual(t, int64(maxRetryAfter), int64(MostKept))
}

package core

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

const exampleIdentity = `{"system":"appcube","baseUrl":"https://a.example","appKey":"k","appSecret":"s"}`

func TestAnswerToAnExchangeThatIsOverOrAPauseHasNoEffect(t *testing.T) {
	c, now := New(Options{}), Instant{}
	id, err := c.Open([]byte(exampleIdentity), now)
	require.Nil(t, err)
	require.Equal(t, Wait, c.Get(id, now, Want{}).Kind)
	send := c.Effects()[0]
	require.Equal(t, Send, send.Kind)

	good := Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T"}`)}
	c.Answered(send.ID, now, Response{Status: 503})
	effects := c.Effects()
	pause := effects[len(effects)-1]
	require.Equal(t, Sleep, pause.Kind)

	c.Answered(send.ID, now, good)
	c.Answered(pause.ID, now, good)
	c.Lost(pause.ID, now, Network, Unanswered)
	require.Empty(t, c.Effects())
	_, usable := c.Token(id, now)
	require.False(t, usable)

	c.Woken(pause.ID, now)
	require.Equal(t, Send, c.Effects()[0].Kind)
	c.Woken(pause.ID, now)
	require.Empty(t, c.Effects())
}

func TestSessionIDIsNeverUsedForAnotherIdentity(t *testing.T) {
	c, now := New(Options{MaxSessions: 1}), Instant{}
	seen := map[SessionID]bool{}
	for _, key := range []string{"a", "b", "c", "a", "b"} {
		id, err := c.Open([]byte(`{"system":"appcube","baseUrl":"https://a.example","appKey":"`+key+`","appSecret":"s"}`), now)
		require.Nil(t, err)
		require.False(t, seen[id])
		seen[id] = true
		for old := range seen {
			require.Equal(t, old == id, c.Get(old, now, Want{}).Kind == Wait, "only the newest session lives")
		}
		c.Forget(id, now) // ends the acquisition, so that the next identity finds room
	}
}

func TestTokenEdges(t *testing.T) {
	for _, life := range []int64{1, 2, 10, 300, 600, 3600, 86400} {
		c, now := New(Options{}), Instant{Wall: 1_000_000, Mono: 50}
		id, _ := c.Open([]byte(exampleIdentity), now)
		c.Get(id, now, Want{})
		c.Answered(c.Effects()[0].ID, now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T","expireTime":` + itoa(life) + `}`)})
		end := life*second - min(minute, life*second/10)
		for _, clock := range []func(int64) Instant{
			func(ms int64) Instant { return Instant{now.Wall + ms, now.Mono + ms} },
			func(ms int64) Instant { return Instant{now.Wall + ms, now.Mono} },
			func(ms int64) Instant { return Instant{now.Wall - hour, now.Mono + ms} },
		} {
			_, usable := c.Token(id, clock(end-1))
			require.True(t, usable, "%d s, a millisecond before its margin", life)
			_, usable = c.Token(id, clock(end))
			require.False(t, usable, "%d s, at its margin", life)
		}
	}
}

func TestLeaseEndsWhereLiveWouldChange(t *testing.T) {
	c, now := New(Options{}), Instant{}
	id, _ := c.Open([]byte(exampleIdentity), now)
	require.Zero(t, c.Lease(id, now))
	c.Get(id, now, Want{})
	c.Answered(c.Effects()[0].ID, now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T","expireTime":1000}`)})
	for now.Mono < 1_000_000 {
		lease := c.Lease(id, now)
		if lease == 0 {
			require.Zero(t, c.Live(id, now))
			break
		}
		last := Instant{now.Wall + lease - 1, now.Mono + lease - 1}
		require.NotZero(t, c.Live(id, last))
		now = Instant{now.Wall + lease, now.Mono + lease}
		require.Zero(t, c.Live(id, now))
	}
	require.Less(t, now.Mono, int64(800_001), "the lease ends at the renewal")
}

func TestEqualIdentitiesShareASessionWhateverTheirForm(t *testing.T) {
	c := New(Options{})
	one, _ := c.Open([]byte(`{"system":"cubedrive","baseUrl":"https://C.example/lite/","params":{"a":"1","b":"2"}}`), Instant{})
	two, err := c.Open([]byte(` {"params":{"b":"2","a":"1"}, "method":"POST", "baseUrl":"https://c.example:443/lite","system":"cubedrive"}`), Instant{})
	require.Nil(t, err)
	require.Equal(t, one, two)
	for _, other := range []string{
		`{"system":"cubedrive","baseUrl":"https://c.example/lite","params":{"a":"12"}}`,
		`{"system":"cubedrive","baseUrl":"https://c.example/lite","params":{"a":"1","b":"2"},"method":"GET"}`,
		`{"system":"cubedrive","baseUrl":"http://c.example/lite","params":{"a":"1","b":"2"}}`,
	} {
		id, err := c.Open([]byte(other), Instant{})
		require.Nil(t, err)
		require.NotEqual(t, one, id)
	}
}

// An AccessToken that the caller gave is part of the identity: forgetting its
// session must not leave those that need it without one.
func TestForgetLeavesAGivenAccessToken(t *testing.T) {
	c, now := New(Options{}), Instant{}
	open := func(identity string) SessionID {
		id, err := c.Open([]byte(identity), now)
		require.Nil(t, err)
		return id
	}
	user := open(`{"system":"ccmessaging","baseUrl":"https://m","appKey":"k","accessToken":"AT","userId":"u","userName":"n","channelId":"c","locale":"en"}`)
	c.Forget(open(`{"system":"apifabric","baseUrl":"https://m","appKey":"k","accessToken":"AT"}`), now)
	require.Equal(t, Wait, c.Get(user, now, Want{}).Kind)
}

// A clock that is set back can make a token usable again while its successor is
// on its way. Who forgets the session must not hand it to those who wait.
func TestForgetGivesTheTokenToNobody(t *testing.T) {
	c, now := New(Options{}), Instant{Wall: 10 * hour}
	id, err := c.Open([]byte(exampleIdentity), now)
	require.Nil(t, err)
	c.Get(id, now, Want{})
	c.Answered(c.Effects()[0].ID, now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T"}`)})
	c.Effects()
	require.Equal(t, Wait, c.Get(id, Instant{Wall: 12 * hour}, Want{}).Kind)
	c.Effects()
	c.Forget(id, now)
	for _, e := range c.Effects() {
		if e.Kind == Settled {
			require.Equal(t, Forgotten, e.Err.Code)
			return
		}
	}
	require.Fail(t, "nobody was told")
}

// Nothing of a user is kept who has signed out: not what authorized them, be it
// held for tokens or for calls, nor what their function may still give.
func TestForgetLeavesNothingOfAnEdgesUser(t *testing.T) {
	now := Instant{Wall: 10 * hour}
	authorized := map[string]func(c *Client, supply uint64){
		"before": func(c *Client, supply uint64) { c.Supplied(supply, now, Supply{Token: "JWT"}) },
		"not":    func(*Client, uint64) {},
	}
	for name, authorize := range authorized {
		t.Run(name, func(t *testing.T) {
			c := New(Options{})
			var ids []SessionID
			for _, identity := range []string{
				`{"edge":"https://e","connection":"c","subject":"u","authorizationSupplier":1}`,
				`{"system":"authorization","edge":"https://e","subject":"u","authorizationSupplier":1}`,
			} {
				id, err := c.Open([]byte(identity), now)
				require.Nil(t, err)
				require.Equal(t, Wait, c.Get(id, now, Want{}).Kind)
				ids = append(ids, id)
			}
			effects := slices.Clone(c.Effects())
			supply := slices.IndexFunc(effects, func(e Effect) bool { return e.Kind == Send })
			authorize(c, effects[supply].ID)
			c.Forget(ids[0], now)
			for _, s := range c.slots {
				require.Nil(t, s)
			}
			require.Empty(t, c.tasks)
			require.Empty(t, c.index)
			c.Effects()
			c.Supplied(effects[supply].ID, now, Supply{Token: "JWT-late"})
			require.Empty(t, c.Effects())
			require.Zero(t, c.Live(ids[0], now)+c.Live(ids[1], now))
		})
	}
}

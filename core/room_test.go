package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func room(t *testing.T, most int) (*Client, func(key string) (SessionID, *Error)) {
	c := New(Options{MaxSessions: most})
	return c, func(key string) (SessionID, *Error) {
		return c.Open([]byte(`{"system":"appcube","baseUrl":"https://a.example","appKey":"`+key+`","appSecret":"s"}`), Instant{})
	}
}

// order is the sessions from the newest to the oldest, as the list has them in both directions.
func order(t *testing.T, c *Client) (ids []SessionID) {
	for s := c.newest; s != nil; s = s.older {
		ids = append(ids, s.id)
		require.True(t, s.listed)
	}
	at := len(ids)
	for s := c.oldest; s != nil; s = s.newer {
		at--
		require.Equal(t, ids[at], s.id)
	}
	require.Zero(t, at)
	require.Len(t, ids, c.listed)
	return ids
}

func TestTheLeastRecentlyUsedSessionMakesRoom(t *testing.T) {
	c, open := room(t, 3)
	a, _ := open("a")
	b, _ := open("b")
	d, _ := open("d")
	require.Equal(t, []SessionID{d, b, a}, order(t, c))
	again, err := open("a")
	require.Nil(t, err)
	require.Equal(t, a, again)
	require.Equal(t, []SessionID{a, d, b}, order(t, c))
	_, _ = open("a")
	require.Equal(t, []SessionID{a, d, b}, order(t, c))
	_, _ = open("d")
	require.Equal(t, []SessionID{d, a, b}, order(t, c), "from the middle")
	c.Effects()

	e, err := open("e")
	require.Nil(t, err)
	require.Equal(t, []SessionID{e, d, a}, order(t, c), "b went")
	require.Equal(t, []EffectKind{Notify, Evicted}, []EffectKind{c.effects[0].Kind, c.effects[1].Kind})
	require.Equal(t, EventEvicted, c.effects[0].Event.Type)
	for _, effect := range c.Effects() {
		require.Equal(t, b, effect.Session)
	}
	require.Nil(t, c.session(b))

	c.Get(a, Instant{}, Want{}) // waits: it is in use
	require.Equal(t, []SessionID{a, e, d}, order(t, c))
	c.Get(d, Instant{}, Want{})
	f, err := open("f")
	require.Nil(t, err)
	require.Equal(t, []SessionID{f, d, a}, order(t, c), "nobody who is in use goes")
	c.Get(f, Instant{}, Want{})
	_, err = open("g")
	require.Equal(t, &Error{Code: TooManySessions, System: "appcube", Step: StepInput, Retryable: true}, err)
	c.Forget(d, Instant{})
	require.Equal(t, []SessionID{f, a}, order(t, c))
	_, err = open("g")
	require.Nil(t, err)
}

func TestASessionInABusinessCallIsInUse(t *testing.T) {
	c, open := room(t, 2)
	a, _ := open("a")
	b, _ := open("b")
	c.Hold(a, 1)
	c.Hold(a, 1)
	d, err := open("d")
	require.Nil(t, err)
	require.Equal(t, []SessionID{d, a}, order(t, c), "b went, though a is older")
	c.Hold(b, 1) // is gone
	c.Hold(d, 1)
	_, err = open("e")
	require.Equal(t, TooManySessions, err.Code)
	c.Hold(a, -1)
	_, err = open("e")
	require.Equal(t, TooManySessions, err.Code, "one call is still under way")
	c.Hold(a, -1)
	e, err := open("e")
	require.Nil(t, err)
	require.Equal(t, []SessionID{e, d}, order(t, c))
	c.Forget(d, Instant{})
	require.Nil(t, c.session(d), "its user's word counts for more")
}

// A page that opens and forgets for days holds no more than what is open.
func TestRoomThatIsFreeIsUsedAgain(t *testing.T) {
	c, open := room(t, 10)
	seen := map[SessionID]bool{}
	for range 5 {
		for _, key := range []string{"a", "b"} {
			id, err := open(key)
			require.Nil(t, err)
			require.False(t, seen[id], "an id is never used again")
			require.NotZero(t, id)
			seen[id] = true
		}
		require.Len(t, c.slots, 2)
		require.Len(t, c.index, 2)
		for id := range seen {
			c.Forget(id, Instant{})
		}
		require.Len(t, c.free, 2)
		require.Empty(t, c.index)
		require.Nil(t, c.newest)
		require.Nil(t, c.oldest)
		require.Zero(t, c.listed)
	}
	require.Nil(t, c.session(0))
	require.Nil(t, c.session(1))
	require.Nil(t, c.session(SessionID(len(c.slots))))
}

// Two identities may have one hash.
func TestSessionsOfOneHashAreToldApart(t *testing.T) {
	for gone := range 3 {
		c, open := room(t, 10)
		var all []*session
		for _, key := range []string{"a", "b", "d"} {
			id, err := open(key)
			require.Nil(t, err)
			all = append(all, c.session(id))
		}
		hash := all[0].identity.hash(c.seed)
		for _, s := range all[1:] { // as if they had the same
			delete(c.index, s.identity.hash(c.seed))
		}
		all[0].sameHash, all[1].sameHash, all[2].sameHash = all[1], all[2], nil
		c.index[hash] = all[0]
		require.Same(t, all[0], c.find(&all[0].identity))
		if gone == 0 {
			c.remove(all[0])
			require.Same(t, all[1], c.index[hash])
			require.Same(t, all[2], all[1].sameHash)
			continue
		}
		s := all[gone]
		other := s.identity
		s.identity = all[0].identity // so that it is looked for where it stands
		c.remove(s)
		s.identity = other
		require.Same(t, all[0], c.index[hash])
		left := all[3-gone]
		require.Same(t, left, all[0].sameHash)
		require.Nil(t, left.sameHash)
	}
}

func TestADependencyStaysWhileSomebodyNeedsIt(t *testing.T) {
	identity := func(user string) []byte {
		return []byte(`{"system":"ccmessaging","baseUrl":"https://m.example","appKey":"k","appSecret":"s","userId":"` + user + `","userName":"n","channelId":"c","locale":"zh"}`)
	}
	c, now := New(Options{}), Instant{}
	open := func(data []byte) SessionID {
		id, err := c.Open(data, now)
		require.Nil(t, err)
		return id
	}
	a, b := open(identity("a")), open(identity("b"))
	d := c.session(a).dependency
	require.Same(t, d, c.session(b).dependency)
	require.Equal(t, int32(2), d.dependents)
	require.False(t, d.listed)
	require.False(t, d.gone)
	c.Forget(a, now)
	require.Equal(t, int32(1), d.dependents)
	require.False(t, d.gone)
	c.Forget(b, now)
	require.True(t, d.gone)

	// One that a caller has opened stays the caller's.
	a = open(identity("a"))
	d = c.session(open([]byte(`{"system":"apifabric","baseUrl":"https://m.example","appKey":"k","appSecret":"s"}`)))
	require.Same(t, d, c.session(a).dependency)
	c.Forget(d.id, now)
	require.False(t, d.gone, "it is needed")
	c.Forget(a, now)
	require.False(t, d.gone, "it is listed")
	c.Forget(d.id, now)
	require.True(t, d.gone)

	// What is on its way is waited for, and goes then.
	a = open(identity("a"))
	c.Effects()
	require.Equal(t, Wait, c.Get(a, now, Want{}).Kind)
	exchange := uint64(0)
	for _, e := range c.Effects() {
		if e.Kind == Send {
			exchange = e.ID
		}
	}
	d = c.session(a).dependency
	c.Forget(a, now)
	require.False(t, d.gone)
	c.Answered(exchange, now, Response{Status: 200, Body: []byte(`{"AccessToken":"AT","Expires":"600"}`)})
	require.True(t, d.gone)
	require.Empty(t, c.index)

	// What protects the vendor stays, be it the dependency's.
	a = open(identity("a"))
	s := c.session(a)
	s.dependency.barrier = &barrier{since: now, wait: 1}
	c.Forget(a, now)
	require.False(t, s.gone)
	b = open(identity("b"))
	c.Forget(a, now)
	require.True(t, s.gone, "another holds the dependency")
	c.Forget(b, Instant{Mono: 1})
	require.Empty(t, c.index)
}

func TestASessionThatProtectsTheVendorOutlivesItsBeingForgotten(t *testing.T) {
	b := newBench(t, exampleIdentity)
	b.get(Want{})
	b.Answered(b.sent(), b.now, Response{Status: 403})
	s := b.session(b.id)
	b.Forget(b.id, b.now)
	require.False(t, s.gone)
	require.Equal(t, CoolingDown, b.get(Want{}).Err.Code)
	b.pass(5 * minute)
	b.Forget(b.id, b.now)
	require.True(t, s.gone)
}

// It protects nobody, and who signs in again should not have to wait for it.
func TestAFunctionThatFailedIsForgottenWithItsUser(t *testing.T) {
	for identity, stays := range map[string]bool{
		goneEdge: false,
		`{"system":"ccmessaging","baseUrl":"https://m.example","appKey":"k","accessTokenSupplier":1,"userId":"u","userName":"n","channelId":"c","locale":"zh"}`: true,
	} {
		b := newBench(t, identity)
		b.get(Want{})
		b.Lost(b.sent(), b.now, SupplierFailed, Unanswered)
		d := b.session(b.id).dependency
		require.Equal(t, SupplierFailed, d.barrier.cause.Code)
		b.Forget(b.id, b.now)
		require.Equal(t, stays, d.barrier != nil)
		require.Equal(t, stays, d.failures > 0)
	}
	b := newBench(t, goneEdge)
	d := b.session(b.id).dependency
	d.barrier = &barrier{since: b.now, wait: minute, cause: &Error{Code: Network}}
	b.Forget(b.id, b.now)
	require.NotNil(t, d.barrier, "another failure says nothing of the user")
}

func TestNobodyIsToldWhoDoesNotWatch(t *testing.T) {
	for _, unwatched := range []bool{false, true} {
		c := New(Options{Unwatched: unwatched})
		id, err := c.Open([]byte(exampleIdentity), Instant{})
		require.Nil(t, err)
		c.Replayed(id, Instant{Wall: 5})
		if unwatched {
			require.Empty(t, c.Effects())
			continue
		}
		require.Equal(t, Event{Type: EventReplayed, System: "appcube", Session: id, Step: StepCall, At: 5}, *c.Effects()[0].Event)
	}
}

func TestEvictionTakesASessionFromMemoryUnlessItIsInUse(t *testing.T) {
	b := newBench(t, exampleIdentity)
	b.get(Want{})
	require.False(t, b.Evict(b.id), "a login is on its way")
	require.NotNil(t, b.session(b.id))
	b.Answered(b.sent(), b.now, Response{Status: 400})
	require.True(t, b.Evict(b.id))
	require.Nil(t, b.session(b.id))
	require.True(t, b.Evict(b.id), "it is gone already")
}

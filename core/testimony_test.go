package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// heardOf is a session with its first token, which has heard what is given, ten minutes after it began. A token that was
// accepted has the generation 1, so that accepted is 2 with who has accepted this one, and 1 with who has only an older one.
func heardOf(t *testing.T, heard ...hearing) (*bench, *session) {
	b := newBench(t, exampleIdentity)
	b.pass(10 * minute)
	b.get(Want{})
	b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T"}`)})
	s := b.session(b.id)
	s.testimony = &testimony{heard: heard}
	return b, s
}

const (
	thatPlace  = applyPlace + 1 // the first that is a call's
	otherPlace = applyPlace + 2
	user       = 100
	otherUser  = 200
)

func TestAWordIsSpentThatWasBelievedAMomentAgo(t *testing.T) {
	now := newBench(t, exampleIdentity).now.Mono + 10*minute
	believed := func(user, place uint32, ago int64, accepted uint64) hearing {
		return hearing{source: source{user, place}, believed: 1, first: now - ago, accepted: accepted}
	}
	silent := func(user, place uint32, accepted uint64) hearing {
		return hearing{source: source{user, place}, first: now, accepted: accepted}
	}
	for name, c := range map[string]struct {
		from  source
		heard []hearing
		spent bool
	}{
		"nobody has said anything":                    {source{0, thatPlace}, nil, false},
		"its own":                                     {source{0, thatPlace}, []hearing{believed(0, thatPlace, 0, 0)}, true},
		"its own, until the time is over":             {source{0, thatPlace}, []hearing{believed(0, thatPlace, beliefWindow-1, 0)}, true},
		"its own, and the time is over":               {source{0, thatPlace}, []hearing{believed(0, thatPlace, beliefWindow, 0)}, false},
		"its own, that was not believed":              {source{0, thatPlace}, []hearing{silent(0, thatPlace, 0)}, false},
		"its own, and it has accepted the token":      {source{0, thatPlace}, []hearing{believed(0, thatPlace, 0, 2)}, false},
		"its own, and it has accepted an older token": {source{0, thatPlace}, []hearing{believed(0, thatPlace, 0, 1)}, true},
		"another place's":                             {source{0, thatPlace}, []hearing{believed(0, otherPlace, 0, 0)}, false},
		"its user's elsewhere":                        {source{user, thatPlace}, []hearing{believed(user, otherPlace, 0, 0)}, true},
		"its user's elsewhere, who accepts the token": {source{user, thatPlace}, []hearing{believed(user, otherPlace, 0, 0), silent(user, otherPlace+1, 2)}, false},
		"another user's here":                         {source{user, thatPlace}, []hearing{believed(otherUser, thatPlace, 0, 0)}, true},
		"another user's here, whom others contradict": {source{user, thatPlace}, []hearing{believed(otherUser, thatPlace, 0, 0), silent(otherUser+1, thatPlace, 2)}, false},
		"another user's elsewhere":                    {source{user, thatPlace}, []hearing{believed(otherUser, otherPlace, 0, 0)}, false},
		"another user's, at no call's place":          {source{user, applyPlace}, []hearing{believed(otherUser, applyPlace, 0, 0)}, false},
		"its user's is, though the place's is not": {source{user, thatPlace},
			[]hearing{believed(user, otherPlace, 0, 0), silent(otherUser, thatPlace, 2)}, true},
		"the place's is, though its user's is not": {source{user, thatPlace},
			[]hearing{believed(otherUser, thatPlace, 0, 0), silent(user, otherPlace, 2)}, true},
	} {
		b, s := heardOf(t, c.heard...)
		require.Equal(t, now, b.now.Mono)
		require.Equal(t, c.spent, s.spent(c.from, b.now), name)
	}
}

func TestASessionIsWaryWhileAWordIsUnproven(t *testing.T) {
	b, s := heardOf(t)
	for name, c := range map[string]struct {
		t     testimony
		until int64 // from now, or 0
	}{
		"nothing":                 {testimony{at: b.now.Mono, since: b.now.Mono}, 0},
		"a word that was taken":   {testimony{unproven: true, at: b.now.Mono}, beliefWindow},
		"one token for nothing":   {testimony{useless: 1, since: b.now.Mono}, beliefWindow},
		"a word and, later, such": {testimony{unproven: true, at: b.now.Mono - minute, useless: 1, since: b.now.Mono}, beliefWindow},
		"such and, later, a word": {testimony{unproven: true, at: b.now.Mono, useless: 1, since: b.now.Mono - minute}, beliefWindow},
	} {
		s.testimony = &c.t
		require.Equal(t, c.until > 0, s.wary(b.now), name)
		require.Equal(t, max(second, c.until), s.disbelief(source{0, thatPlace}, b.now), name)
		if c.until > 0 {
			require.True(t, s.wary(Instant{Mono: b.now.Mono + c.until - 1}), name)
			require.False(t, s.wary(Instant{Mono: b.now.Mono + c.until}), name)
		}
	}
}

func TestDisbeliefEndsWhenNothingCountsAgainstTheSource(t *testing.T) {
	b, s := heardOf(t)
	for name, c := range map[string]struct {
		h    hearing
		want int64
	}{
		"nothing said":              {hearing{}, second},
		"its own for a while":       {hearing{own: b.now.Mono + minute}, minute},
		"its own, and soon over":    {hearing{own: b.now.Mono + 1}, second},
		"believed a minute ago":     {hearing{believed: 1, first: b.now.Mono - minute}, beliefWindow - minute},
		"once believed":             {hearing{believed: 1, first: b.now.Mono - beliefWindow}, second},
		"never believed":            {hearing{first: b.now.Mono}, second},
		"both, and its own is more": {hearing{believed: 1, first: b.now.Mono - minute, own: b.now.Mono + beliefWindow}, beliefWindow},
	} {
		c.h.source = source{0, thatPlace}
		s.testimony = &testimony{heard: []hearing{c.h}}
		require.Equal(t, c.want, s.disbelief(source{0, thatPlace}, b.now), name)
		require.Equal(t, second, s.disbelief(source{0, otherPlace}, b.now), name)
	}
}

func TestATokenIsInUseThatWasAcceptedAMomentAgo(t *testing.T) {
	b, s := heardOf(t)
	require.False(t, s.inUse(b.now))
	for name, c := range map[string]struct {
		h    hearing
		want bool
	}{
		"just now":         {hearing{accepted: 2, at: b.now.Mono}, true},
		"a moment ago":     {hearing{accepted: 2, at: b.now.Mono - beliefWindow + 1}, true},
		"some time ago":    {hearing{accepted: 2, at: b.now.Mono - beliefWindow}, false},
		"an older token":   {hearing{accepted: 1, at: b.now.Mono}, false},
		"no token, so far": {hearing{at: b.now.Mono}, false},
	} {
		s.testimony = &testimony{heard: []hearing{{}, c.h}}
		require.Equal(t, c.want, s.inUse(b.now), name)
	}
	s.testimony = nil
	require.False(t, s.inUse(b.now))
}

// Of a user, at whatever place; where no users are told apart, of a place.
func TestWhoHasAcceptedATokenIsAUserOrAPlace(t *testing.T) {
	for _, c := range []struct {
		from, other source
		same        bool
	}{
		{source{0, thatPlace}, source{0, thatPlace}, true},
		{source{0, thatPlace}, source{0, otherPlace}, false},
		{source{user, thatPlace}, source{user, otherPlace}, true},
		{source{user, thatPlace}, source{otherUser, thatPlace}, false},
		{source{0, thatPlace}, source{user, thatPlace}, false},
		{source{user, thatPlace}, source{0, thatPlace}, false},
	} {
		require.Equal(t, !c.same, c.from.other(c.other))
		_, s := heardOf(t, hearing{source: c.other, accepted: 2})
		require.Equal(t, c.same, s.acceptedBy(c.from))
		_, s = heardOf(t, hearing{source: c.other, accepted: 1})
		require.False(t, s.acceptedBy(c.from), "an older one")
	}
}

// Sessions with many users hear many. What counts against a source stays longest, and of the others the oldest goes first.
func TestWhatCountsAgainstASourceIsForgottenLast(t *testing.T) {
	at := func(n int) source { return source{user: uint32(n), place: thatPlace} }
	fill := func(b *bench, counts func(n int) hearing) (h []hearing) {
		for n := range mostHeard {
			one := counts(n)
			one.source = at(n)
			h = append(h, one)
		}
		return h
	}
	b, s := heardOf(t)
	left := func() (users []uint32) {
		for _, h := range s.testimony.heard {
			users = append(users, h.user)
		}
		return users
	}
	now := b.now.Mono

	s.testimony.heard = fill(b, func(n int) hearing { return hearing{own: now + int64(mostHeard-n)} })
	s.hear(at(3), b.now)
	require.Len(t, left(), mostHeard, "who is known needs no room")
	require.Equal(t, at(99), s.hear(at(99), b.now).source)
	require.Equal(t, []uint32{0, 1, 2, 3, 4, 5, 6, 99}, left(), "what is over soonest")

	s.testimony.heard = fill(b, func(int) hearing { return hearing{own: now + 5} })
	s.hear(at(99), b.now)
	require.Equal(t, []uint32{1, 2, 3, 4, 5, 6, 7, 99}, left(), "of two alike the older one")

	s.testimony.heard = fill(b, func(n int) hearing { return hearing{own: now + 2 - int64(n)} })
	s.hear(at(99), b.now)
	require.Equal(t, []uint32{0, 1, 3, 4, 5, 6, 7, 99}, left(), "the oldest of what is over, to the millisecond")

	s.testimony.heard = fill(b, func(n int) hearing { return hearing{believed: 1, first: now - int64(n)} })
	s.hear(at(99), b.now)
	require.Equal(t, []uint32{0, 1, 2, 3, 4, 5, 6, 99}, left(), "who was believed counts until the time is over")

	s.testimony.heard = fill(b, func(n int) hearing {
		if n == 4 {
			return hearing{first: now}
		}
		return hearing{believed: 1, first: now}
	})
	s.hear(at(99), b.now)
	require.NotContains(t, left(), uint32(4), "who was never believed does not")
}

func TestASourceIsBelievedAgainWhenItsTimeIsOver(t *testing.T) {
	b, s := heardOf(t)
	word := source{0, wordPlace}
	require.True(t, s.believes(word, b.now))
	require.False(t, s.believes(word, b.now), "one word in five minutes")
	b.pass(beliefWindow - 1)
	require.False(t, s.believes(word, b.now))
	b.pass(1)
	require.True(t, s.believes(word, b.now))
}

// One that accepts and refuses by turns makes no loop of logins.
func TestASourceThatAcceptsIsBelievedFiveTimes(t *testing.T) {
	b, s := heardOf(t)
	from := source{0, thatPlace}
	for range 5 {
		s.accept(from, b.now)
		require.True(t, s.believes(from, b.now))
	}
	s.accept(from, b.now)
	require.False(t, s.believes(from, b.now))
	b.pass(beliefWindow)
	require.True(t, s.believes(from, b.now))
}

// While a fresh token is unproven, only those are believed that have accepted one before; after three for nothing only those
// that have accepted this one.
func TestWhoIsBelievedWhileNothingHasComeOfIt(t *testing.T) {
	for _, c := range []struct {
		accepted uint64
		useless  int8
		unproven bool
		believed bool
	}{
		{0, 0, false, true}, {0, 0, true, false}, {0, 1, false, false}, {0, 3, false, false},
		{1, 0, true, true}, {1, 1, false, true}, {1, 2, false, true}, {1, 3, false, false},
		{2, 0, true, true}, {2, 2, true, true}, {2, 3, true, true},
	} {
		b, s := heardOf(t, hearing{source: source{0, thatPlace}, accepted: c.accepted})
		s.testimony.useless, s.testimony.since, s.testimony.unproven, s.testimony.at = c.useless, b.now.Mono, c.unproven, b.now.Mono
		require.Equal(t, c.believed, s.believes(source{0, thatPlace}, b.now), "%+v", c)
	}
}

// The source for whose word a token was got anew refuses that one too: then it is the source's own.
func TestARefusalOfTheTokenThatWasGotForItIsTheSourcesOwn(t *testing.T) {
	from := source{0, thatPlace}
	fresh := func() (*bench, *session) {
		b, s := heardOf(t)
		s.testimony.because, s.testimony.of, s.testimony.at = from, s.generation, b.now.Mono
		return b, s
	}
	b, s := fresh()
	require.False(t, s.believes(from, b.now))
	require.Equal(t, b.now.Mono+beliefWindow, s.said(from).own)
	require.Equal(t, int8(1), s.testimony.useless)
	require.Equal(t, b.now.Mono, s.testimony.since)

	b, s = fresh()
	b.pass(beliefWindow - 1)
	require.False(t, s.believes(from, b.now))
	b, s = fresh()
	b.pass(beliefWindow)
	require.True(t, s.believes(from, b.now), "it was good for long enough")

	b, s = fresh()
	s.accept(from, b.now)
	require.True(t, s.believes(from, b.now), "it has accepted it")
	b, s = fresh()
	require.True(t, s.believes(source{0, otherPlace}, b.now), "another place has nothing to do with it")
	b, s = fresh()
	s.testimony.of--
	require.True(t, s.believes(from, b.now), "it was another token")
	b, s = fresh()
	s.generation, s.testimony.of = 0, 0
	require.True(t, s.believes(from, b.now), "none was got for it")

	b, s = fresh()
	s.testimony.refresh, s.held.refresh = true, "R"
	require.True(t, s.believes(from, b.now), "behind a refresh there is a login")
	require.Empty(t, s.held.refresh)
	require.False(t, s.believes(from, b.now), "once")
	b, s = fresh()
	s.held.refresh = "R"
	require.False(t, s.believes(from, b.now), "it came by a login")

	for since, useless := range map[int64]int8{beliefWindow - 1: 3, beliefWindow: 1} {
		b, s = fresh()
		s.testimony.useless, s.testimony.since = 2, b.now.Mono-since
		require.False(t, s.believes(from, b.now))
		require.Equal(t, useless, s.testimony.useless, "in a row")
	}
	b, s = fresh()
	s.testimony.useless, s.testimony.since = mostUseless, b.now.Mono
	require.False(t, s.believes(from, b.now))
	require.Equal(t, int8(mostUseless), s.testimony.useless, "it counts no further")
}

func TestWhoAcceptsATokenProvesIt(t *testing.T) {
	from := source{0, thatPlace}
	for _, c := range []struct {
		of       uint64
		because  source
		useless  int8
		unproven bool
	}{
		{1, from, 0, false},
		{1, source{0, otherPlace}, 2, false},
		{0, from, 2, false},
		{2, from, 2, true}, // of a token that is still on its way
	} {
		b, s := heardOf(t)
		s.testimony = &testimony{of: c.of, because: c.because, useless: 2, unproven: true, confirmed: true}
		s.dead = true
		s.accept(from, b.now)
		require.Equal(t, c.useless, s.testimony.useless, "%+v", c)
		require.Equal(t, c.unproven, s.testimony.unproven, "%+v", c)
		require.False(t, s.testimony.confirmed)
		require.Equal(t, uint64(2), s.said(from).accepted)
		require.Equal(t, b.now.Mono, s.said(from).at)
		require.False(t, s.dead)
		require.True(t, s.suspect)
	}
}

func TestATokenDiesByTheVendorsWordOrByTwoOthers(t *testing.T) {
	type outcome struct{ another, dead, suspect bool }
	one, two := source{0, thatPlace}, source{0, otherPlace}
	for name, c := range map[string]struct {
		words []source
		uses  bool // somebody else
		want  outcome
	}{
		"one place":                           {[]source{one}, false, outcome{true, true, false}},
		"one place, and others use it":        {[]source{one}, true, outcome{true, false, true}},
		"one of several users":                {[]source{{user, thatPlace}}, false, outcome{true, false, true}},
		"two users":                           {[]source{{user, thatPlace}, {otherUser, otherPlace}}, false, outcome{true, true, false}},
		"one user at two places":              {[]source{{user, thatPlace}, {user, otherPlace}}, false, outcome{true, false, true}},
		"two places, and others use it":       {[]source{one, two}, true, outcome{true, false, true}},
		"the vendor":                          {[]source{{0, verifyPlace}}, false, outcome{true, true, false}},
		"the vendor, though others use it":    {[]source{{0, verifyPlace}}, true, outcome{true, true, false}},
		"one of several, and then the vendor": {[]source{{user, thatPlace}, {0, verifyPlace}}, false, outcome{true, true, false}},
	} {
		b, s := heardOf(t)
		if c.uses {
			s.accept(source{0, otherPlace + 1}, b.now)
		}
		s.task = &task{session: s} // another one is on its way
		var got outcome
		for _, word := range c.words {
			got.another = b.refuse(s, b.now, word, TokenDead)
		}
		got.dead, got.suspect = s.dead, s.suspect
		require.Equal(t, c.want, got, name)
	}

	b, s := heardOf(t)
	require.True(t, b.refuse(s, b.now, one, TokenDead))
	require.True(t, s.dead)
	for _, word := range []source{one, two, {user, thatPlace}} {
		require.True(t, b.refuse(s, b.now, word, TokenDead), "it is dead: whoever says so gets another one")
	}
	b, s = heardOf(t)
	s.held.token = ""
	require.False(t, b.refuse(s, b.now, one, TokenDead), "there is none")
	b, s = heardOf(t)
	b.pass(hour)
	require.True(t, b.refuse(s, b.now, one, TokenDead), "its life is over")
	require.False(t, s.dead || s.suspect, "so nobody's word is needed")
	b, s = heardOf(t, hearing{source: one})
	s.testimony.heard[0].own = b.now.Mono + 1
	require.False(t, b.refuse(s, b.now, one, TokenDead), "it is its own")
	b.pass(1)
	require.True(t, b.refuse(s, b.now, one, TokenDead), "not any more")
}

func TestASessionThatIsForgottenStaysWary(t *testing.T) {
	b, s := heardOf(t)
	s.testimony.unproven, s.testimony.at, s.testimony.of, s.testimony.since = true, b.now.Mono, 1, 7
	s.remain(b.now)
	require.Equal(t, testimony{unproven: true, at: b.now.Mono, since: b.now.Mono, useless: mostUseless}, *s.testimony)

	b, s = heardOf(t)
	s.testimony.useless, s.testimony.since, s.testimony.of = 1, b.now.Mono, 1
	s.remain(b.now)
	require.Equal(t, testimony{since: b.now.Mono, useless: mostUseless}, *s.testimony)

	b, s = heardOf(t)
	s.testimony.of = 1
	s.remain(b.now)
	require.Equal(t, testimony{of: 1}, *s.testimony, "there is nothing to be wary of")
	s.testimony = nil
	s.remain(b.now)
	require.Nil(t, s.testimony)
}

func TestWhatIsSpokenOfAPlaceIsNotOfItsUser(t *testing.T) {
	require.Equal(t, source{}.user, Place{Call: "GET /"}.source().user)
	require.NotEqual(t, Place{Call: "GET /", User: "a"}.source(), Place{Call: "GET /", User: "b"}.source())
	require.NotEqual(t, Place{Call: "GET /a"}.source(), Place{Call: "GET /b"}.source())
	for _, call := range []string{"", "GET /", "POST /a"} {
		require.Greater(t, Place{Call: call}.source().place, uint32(1<<31-1), "no call is one of the places that are none")
	}
}

func TestATokenThatTheVendorHasDeniedDoesNotComeBackWithTheTimeOfDay(t *testing.T) {
	b, s := held(t, exampleIdentity, hour, 0, 30*minute)
	b.now.Wall += 2 * hour // set forward: the life seems to be over
	require.True(t, b.refuse(s, b.now, source{place: verifyPlace}, Denied))
	b.now.Wall -= 2 * hour
	require.False(t, s.usable(b.now))
}

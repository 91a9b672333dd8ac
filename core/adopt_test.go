package core

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pair is two clients of one application with a session of the same identity, each at its own clock.
func pair(t *testing.T, identity string) (a, b *bench) {
	a, b = newBench(t, identity), newBench(t, identity)
	b.seed++
	b.now = Instant{Wall: b.now.Wall + hour, Mono: b.now.Mono + 77*minute}
	return a, b
}

// tell hands on what one client knows to another, age milliseconds later.
func tell(from, to *bench, age int64) { to.Adopt(to.id, to.now, age, from.State(from.id, from.now), 0) }

func install(b *bench, token string, generation uint64, age, life int64) {
	s := b.session(b.id)
	s.held, s.generation = grant{token: token, life: life}, generation
	s.issued, s.renewAge = b.ago(age), int32(life)
}

func (b *bench) ago(ms int64) Instant { return Instant{Wall: b.now.Wall - ms, Mono: b.now.Mono - ms} }

func TestATokenThatAnotherClientGotIsUsedAndItsLifeCountsFromWhenThatOneAskedForIt(t *testing.T) {
	a, b := pair(t, exampleIdentity)
	install(a, "T", 1, minute, hour)
	tell(a, b, 2*minute)
	d := b.Get(b.id, b.now, Want{})
	require.Equal(t, Use, d.Kind)
	require.Equal(t, "T", d.Token.Value)
	require.Equal(t, b.now.Wall-3*minute, d.Token.IssuedAt, "whatever time of day it is at the other")
	require.Equal(t, b.now.Wall+57*minute, d.Token.ExpiresAt)
}

func TestTheTokenThatWasGotLaterIsTheSessionsWhoeverTellsFirst(t *testing.T) {
	for _, c := range []struct {
		name      string
		of, other uint64 // generations
		older     int64  // by how much a's token is older
		ofA, ofB  string
	}{
		{"a later generation", 1, 2, 0, "B", "B"},
		{"an equal one, later", 1, 1, minute, "B", "B"},
		{"an equal one, earlier", 1, 1, -minute, "A", "A"},
		{"an equal one, of the same time: that which the others have", 1, 1, 0, "B", "A"},
	} {
		a, b := pair(t, exampleIdentity)
		install(a, "A", c.of, 2*minute+c.older, hour)
		install(b, "B", c.other, 2*minute, hour)
		serial := a.session(a.id).serial()
		fromA, fromB := a.State(a.id, a.now), b.State(b.id, b.now)
		a.Adopt(a.id, a.now, 0, fromB, 0)
		b.Adopt(b.id, b.now, 0, fromA, 0)
		require.Equal(t, c.ofA, a.session(a.id).held.token, c.name)
		require.Equal(t, c.ofB, b.session(b.id).held.token, c.name)
		if c.ofA == "B" {
			require.Greater(t, a.session(a.id).serial(), serial, "another token has another serial")
		}
		for range 3 { // as far as one store has both, they agree
			b.Adopt(b.id, b.now, 0, a.State(a.id, a.now), 0)
			a.Adopt(a.id, a.now, 0, b.State(b.id, b.now), 0)
			require.Equal(t, a.session(a.id).held.token, b.session(b.id).held.token, c.name)
		}
		require.Equal(t, a.session(a.id).generation, b.session(b.id).generation)
	}
}

func TestATokenThatAnotherClientGotIsToldOfAsSuchAndAsNoLoginOfThisOnes(t *testing.T) {
	a, b := pair(t, exampleIdentity)
	told := func() (types []EventType) {
		for _, e := range b.Effects() {
			if e.Kind == Notify {
				types = append(types, e.Event.Type)
			}
		}
		return types
	}
	install(a, "T", 1, minute, hour)
	tell(a, b, 0)
	require.Equal(t, []EventType{EventAdopted}, told())
	tell(a, b, 0)
	require.Empty(t, told(), "it is the same")
	install(a, "U", 2, 0, hour)
	tell(a, b, 0)
	require.Equal(t, []EventType{EventAdopted}, told(), "also where there was one")
	a.Forget(a.id, a.now)
	tell(a, b, 0)
	require.Empty(t, told(), "there is none")
}

func TestATokenThatOneClientFoundDeadIsDeadForAllAndALaterOneIsNot(t *testing.T) {
	a, b := pair(t, exampleIdentity)
	install(a, "T", 1, 0, hour)
	tell(a, b, 0)
	a.session(a.id).dead = true
	tell(a, b, 0)
	require.True(t, b.session(b.id).dead)
	install(b, "U", 2, 0, hour)
	b.session(b.id).dead = false
	tell(a, b, 0)
	require.False(t, b.session(b.id).dead)
	tell(b, a, 0)
	require.False(t, a.session(a.id).dead)
	require.Equal(t, "U", a.session(a.id).held.token)
}

func TestWhatOneClientForgetsAllForgetAndTheNextTokenIsTheirs(t *testing.T) {
	a, b := New(Options{Shared: true}), newBench(t, exampleIdentity)
	now := b.now
	id, err := a.Open([]byte(exampleIdentity), now)
	require.Nil(t, err)
	s := a.session(id)
	s.held, s.generation, s.issued = grant{token: "T", life: hour}, 1, now
	b.Adopt(b.id, now, 0, a.State(id, now), 0)
	a.Forget(id, now)
	require.NotNil(t, a.session(id), "the others have to be told")
	for range 2 { // again changes nothing
		b.Adopt(b.id, now, 0, a.State(id, now), 0)
		require.Empty(t, b.session(b.id).held.token)
		require.EqualValues(t, 2, b.session(b.id).generation)
	}
	s.held, s.generation = grant{token: "U", life: hour}, 3
	b.Adopt(b.id, now, 0, a.State(id, now), 0)
	require.Equal(t, "U", b.session(b.id).held.token)
}

func TestEachLoginOfAnyClientCountsOnce(t *testing.T) {
	a, b := pair(t, exampleDrive)
	for range 2 {
		a.spend(a.session(a.id), a.now)
		b.spend(b.session(b.id), b.now)
		a.pass(second)
		b.pass(second)
	}
	for range 3 {
		tell(a, b, 0)
		tell(b, a, 0)
		require.Len(t, a.session(a.id).recent(), 4)
		require.Len(t, b.session(b.id).recent(), 4)
	}
	require.Zero(t, a.overBudget(a.session(a.id), a.now))
	a.spend(a.session(a.id), a.now)
	tell(a, b, 3*second)
	require.Equal(t, 10*minute-3*second, b.overBudget(b.session(b.id), b.now), "until the oldest leaves the window")
}

func TestALoginThatWaitsForTheOthersIsCountedOnceAndNotAtAllWhereTheyHaveAToken(t *testing.T) {
	a, b := pair(t, exampleDrive)
	require.Equal(t, Wait, b.Get(b.id, b.now, Want{}).Kind)
	held := sent(t, b)
	a.spend(a.session(a.id), a.now)
	tell(a, b, 0) // without that exchange: it goes on
	require.Len(t, b.session(b.id).recent(), 2)
	require.False(t, b.Adopt(b.id, b.now, 0, a.State(a.id, a.now), held))
	again := sent(t, b)
	require.NotEqual(t, held, again)
	require.Len(t, b.session(b.id).recent(), 2, "the other's, and its own")
	require.EqualValues(t, 1, b.session(b.id).logins)

	install(a, "T", 1, 0, 0)
	b.Adopt(b.id, b.now, 0, a.State(a.id, a.now), again)
	settled := b.Effects()
	require.Equal(t, "T", settled[len(settled)-1].Token.Value)
	require.Len(t, b.session(b.id).recent(), 1)
	require.Zero(t, b.Pending(b.id))
}

// sent returns the exchange of the one request that is to be sent.
func sent(t *testing.T, b *bench) (exchange uint64) {
	t.Helper()
	for _, e := range b.Effects() {
		if e.Kind == Send {
			require.Zero(t, exchange)
			exchange = e.ID
		}
	}
	require.NotZero(t, exchange)
	return exchange
}

func TestWhoWaitsForTheOthersIsKeptAwayByTheirFailureAndByTheirLogins(t *testing.T) {
	a, b := pair(t, exampleDrive)
	require.Equal(t, Wait, b.Get(b.id, b.now, Want{}).Kind)
	a.session(a.id).barrier = &barrier{since: a.now, wait: hour, cause: &Error{Code: CredentialsRefused, System: "cubedrive", Step: StepLogin}}
	b.Adopt(b.id, b.now, minute, a.State(a.id, a.now), sent(t, b))
	e := settledWith(t, b)
	require.Equal(t, CoolingDown, e.Code)
	require.Equal(t, b.now.Wall+59*minute, e.RetryAt)
	require.Empty(t, b.session(b.id).recent())

	a, b = pair(t, exampleDrive)
	require.Equal(t, Wait, b.Get(b.id, b.now, Want{}).Kind)
	for range 5 {
		a.spend(a.session(a.id), a.now)
	}
	b.Adopt(b.id, b.now, 0, a.State(a.id, a.now), sent(t, b))
	require.Equal(t, LoginBudget, settledWith(t, b).Code)
	require.Len(t, b.session(b.id).recent(), 5)
}

func settledWith(t *testing.T, b *bench) *Error {
	t.Helper()
	for _, e := range b.Effects() {
		if e.Kind == Settled {
			return e.Err
		}
	}
	t.Fatal("nothing is settled")
	return nil
}

func TestAClientThatIsAloneLogsInOnceInAWindow(t *testing.T) {
	b := newBench(t, exampleDrive)
	s := b.session(b.id)
	b.spend(s, b.now)
	b.Alone(true)
	require.Zero(t, b.overBudget(s, b.now), "what was made before is known to all")
	b.pass(minute)
	b.spend(s, b.now)
	b.pass(minute)
	require.Equal(t, 9*minute, b.overBudget(s, b.now))
	b.Alone(false)
	require.Zero(t, b.overBudget(s, b.now))
	b.Alone(true)
	require.Equal(t, 9*minute, b.overBudget(s, b.now), "it has no further share when that happens again")
}

func TestAStateOfNoUseChangesNothingButWhatWaitsIsDecidedAnew(t *testing.T) {
	b := newBench(t, exampleDrive)
	for _, data := range []string{"", "x", `{}`, `{"version":2}`, `{"version":1,"generation":-1}`, `{"version":1,"recent":[1]}`} {
		before := string(b.State(b.id, b.now))
		require.True(t, b.Adopt(b.id, b.now, 0, []byte(data), 0), "the others know less: %s", data)
		require.Equal(t, before, string(b.State(b.id, b.now)), data)
	}
	require.Equal(t, Wait, b.Get(b.id, b.now, Want{}).Kind)
	require.True(t, b.Adopt(b.id, b.now, 0, nil, sent(t, b)))
	sent(t, b)
	require.Len(t, b.session(b.id).recent(), 1)
	require.False(t, b.Adopt(b.id+1, b.now, 0, nil, 0))
	require.Nil(t, b.State(b.id+1, b.now))
}

func TestANameTellsIdentitiesApartAndNotTheirSpellings(t *testing.T) {
	c := New(Options{})
	name := func(identity string) string {
		id, err := c.Open([]byte(identity), Instant{})
		require.Nil(t, err)
		return string(c.Name(id))
	}
	plain := name(exampleIdentity)
	require.Equal(t, plain, name(strings.Replace(exampleIdentity, `"system"`, ` "system"`, 1)))
	for _, other := range []string{exampleDrive, strings.Replace(exampleIdentity, "https://", "https://x", 1)} {
		require.NotEqual(t, plain, name(other))
	}
	require.Nil(t, c.Name(77))
}

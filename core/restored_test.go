package core

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// restored puts a state into a new session of an identity and returns that, or nil where the state is refused.
func restored(t *testing.T, identity string, now Instant, members string) *session {
	c := New(Options{})
	id, err := c.Open([]byte(identity), now)
	require.Nil(t, err)
	if !c.Restore(id, now, []byte(`{"version":1,"saved":1000000,`+members+`}`), 0) {
		return nil
	}
	return c.session(id)
}

var restoredAt = Instant{Wall: 1_000_000, Mono: 20 * minute}

func TestWhatIsRestoredIsBoundedOnBothSides(t *testing.T) {
	const most = 1 << 52
	day, hours := itoa(24*hour), itoa(maxRetryAfter)
	next := func(n string) string {
		v, err := strconv.ParseInt(n, 10, 64)
		require.NoError(t, err)
		return itoa(v + 1)
	}
	heard := func(numbers ...string) string { return `"heard":[` + strings.Join(numbers, ",") + `]` }
	one := func(at int, number string) string {
		numbers := []string{"1", "1", "1", "1", "1", "1", "1"}
		numbers[at] = number
		return heard(numbers...)
	}
	many := strings.TrimSuffix(strings.Repeat("1,", mostHeard*hearingNumbers), ",")
	for _, c := range []struct {
		members string
		good    bool
	}{
		{`"generation":` + itoa(most), true}, {`"generation":` + itoa(most+1), false}, {`"generation":-1`, false}, {`"generation":0`, true},
		{`"recent":[0,` + itoa(most) + `],"ids":[1,2]`, true}, {`"recent":[` + itoa(most+1) + `]`, false}, {`"recent":[-1]`, false}, {`"recent":[1.5],"ids":[1]`, true}, {`"recent":[1]`, false},
		{`"life":` + day, true}, {`"life":` + next(day), false},
		{`"refreshLife":` + day, true}, {`"refreshLife":` + next(day), false},
		{`"barrier":` + hours, true}, {`"barrier":` + next(hours), false},
		{`"life":5,"renewAge":5`, true}, {`"life":5,"renewAge":6`, false}, {`"renewAge":1`, false},
		{`"failures":16`, true}, {`"failures":17`, false}, {`"outages":16`, true}, {`"outages":17`, false},
		{`"unreached":true,"barrier":30000`, true}, {`"unreached":true,"barrier":30001`, false}, {`"logins":1048575`, true}, {`"logins":1048576`, false},
		{`"useless":3`, true}, {`"useless":4`, false},
		{`"becauseUser":4294967295`, true}, {`"becauseUser":4294967296`, false}, {`"becausePlace":4294967295`, true}, {`"becausePlace":4294967296`, false},
		{heard(), true}, {heard(many), true}, {heard(many, many), false}, {heard("1", "1"), false}, {heard(many, "1,1,1,1,1,1,1"), false},
		{one(0, "4294967295"), true}, {one(0, "4294967296"), false}, {one(1, "4294967295"), true}, {one(1, "4294967296"), false},
		{one(4, "300000"), true}, {one(4, "300001"), false}, {one(5, "5"), true}, {one(5, "6"), false}, {one(6, itoa(most)), true}, {one(6, "-1"), false},
		{`"other":"x"`, true},
	} {
		require.Equal(t, c.good, restored(t, stateISales, restoredAt, c.members) != nil, c.members)
		inside := restored(t, stateCCMessaging, restoredAt, `"dependency":{`+c.members+`}`)
		require.Equal(t, c.good, inside != nil, "of a dependency: %s", c.members)
	}
	for _, members := range []string{`"others":[]`, `"code":null`, `"generation":1.5`, `"recent":["x"]`} {
		require.Nil(t, restored(t, stateISales, restoredAt, members), members)
		s := restored(t, stateCCMessaging, restoredAt, `"generation":3,"dependency":{"generation":5,`+members+`}`)
		require.Equal(t, uint64(3), s.generation, "of a dependency: %s", members)
		require.Zero(t, s.dependency.generation, "which is left out")
	}
}

// A session that has begun to live does not take back what another life has saved.
func TestOnlyASessionThatKnowsNothingIsRestored(t *testing.T) {
	for _, known := range []func(s *session){
		func(s *session) { s.generation = 1 }, func(s *session) { s.logins = 1 }, func(s *session) { s.task = &task{} },
	} {
		c := New(Options{})
		id, err := c.Open([]byte(stateCCMessaging), restoredAt)
		require.Nil(t, err)
		s := c.session(id)
		known(s.dependency)
		require.True(t, c.Restore(id, restoredAt, []byte(`{"version":1,"saved":1,"generation":5,"dependency":{"generation":7,"token":"A"}}`), 0))
		require.Equal(t, uint64(5), s.generation)
		require.Empty(t, s.dependency.held.token, "the dependency knows something")

		id, err = c.Open([]byte(stateISales), restoredAt)
		require.Nil(t, err)
		s = c.session(id)
		known(s)
		require.False(t, c.Restore(id, restoredAt, []byte(`{"version":1,"saved":1,"generation":5}`), 0))
	}
}

func TestWhatIsSavedIsRestoredWhole(t *testing.T) {
	h := newStateHost(t, stateCCMessaging)
	h.pass(hour)
	s := h.client.session(h.session)
	cause := &Error{Code: CredentialsRefused, System: "ccmessaging", Step: StepApply, Status: 403, Vendor: "100-006", Retryable: true}
	for _, s := range []*session{s, s.dependency} {
		s.generation, s.logins, s.failures = 7, 5, 3
		s.held = grant{token: "T", life: hour, refresh: "R", refreshLife: 2 * hour}
		s.issued, s.renewAge, s.suspect, s.dead = Instant{h.now.Wall - minute, h.now.Mono - minute}, 2_800_000, true, true
		s.barrier = &barrier{cause: cause, since: h.now, wait: 1}
		s.testimony = &testimony{
			because: source{11, 12}, of: 13, at: h.now.Mono - 14, refresh: true, unproven: true, confirmed: true, useless: 2, since: h.now.Mono - 15,
			heard: []hearing{
				{source: source{21, 22}, accepted: 23, at: h.now.Mono - 24, own: h.now.Mono + 25, believed: 2, first: h.now.Mono - 27},
				{source: source{31, 32}, accepted: 33, at: h.now.Mono, own: h.now.Mono, believed: 3, first: h.now.Mono},
			},
		}
	}
	told := func(s *session) (in session) {
		return session{generation: s.generation, logins: s.logins, failures: s.failures, held: s.held, renewAge: s.renewAge, suspect: s.suspect, dead: s.dead}
	}
	saved := h.client.Save(h.session, h.now)
	again := newStateHost(t, stateCCMessaging)
	again.now = h.now
	require.True(t, again.client.Restore(again.session, h.now, saved, 0))
	twin := again.client.session(again.session)
	for _, pair := range [][2]*session{{s, twin}, {s.dependency, twin.dependency}} {
		require.Equal(t, told(pair[0]), told(pair[1]))
		require.Equal(t, pair[0].issued, pair[1].issued)
		require.Equal(t, *pair[0].testimony, *pair[1].testimony)
		require.Equal(t, int64(1), pair[1].barrier.left(h.now))
		want := *cause
		want.RetryAt, want.System = h.now.Wall+1, pair[1].systemName()
		require.Equal(t, want, *pair[1].barrier.cause)
	}
	require.Equal(t, saved, again.client.Save(again.session, h.now), "and is saved the same")
}

func TestWhoHasSpokenIsSavedHoweverManyTheyAre(t *testing.T) {
	for many := range mostHeard + 1 {
		h := newStateHost(t, stateISales)
		s := h.client.session(h.session)
		s.testimony = &testimony{of: 1, at: h.now.Mono, since: h.now.Mono}
		for n := range many {
			s.testimony.heard = append(s.testimony.heard, hearing{source: source{uint32(n), thatPlace}, at: h.now.Mono, own: h.now.Mono, first: h.now.Mono})
		}
		want := *s.testimony
		saved := h.client.Save(h.session, h.now)
		require.Equal(t, many > 0, strings.Contains(string(saved), `"heard"`))
		h.open()
		require.True(t, h.client.Restore(h.session, h.now, saved, 0))
		require.Equal(t, want, *h.client.session(h.session).testimony)
	}
}

func TestEachThingThatATestimonyHoldsIsWorthSaving(t *testing.T) {
	for members, want := range map[string]bool{
		`"of":1`: true, `"useless":1`: true, `"confirmed":true`: true, `"heard":[1,1,1,1,1,1,1]`: true, `"unproven":true`: false, `"asked":5`: false, `"generation":3`: false,
	} {
		s := restored(t, stateISales, restoredAt, members)
		require.NotNil(t, s, members)
		require.Equal(t, want, s.testimony != nil, members)
	}
}

// Both clocks say how old a restored token is: neither sleep nor a time of day that is set back makes it younger.
func TestARestoredTokenAgesOnBothClocks(t *testing.T) {
	const members = `"generation":1,"token":"T","life":300000,"age":40000,"renewAge":200000`
	now := Instant{Wall: 1_030_000, Mono: 20 * minute}
	s := restored(t, stateISales, now, members)
	require.Equal(t, Instant{Wall: now.Wall - 70_000, Mono: now.Mono - 70_000}, s.issued)
	s = restored(t, stateISales, Instant{Wall: 900_000, Mono: 20 * minute}, members)
	require.Equal(t, Instant{Wall: 860_000, Mono: 20*minute - 40_000}, s.issued, "a time of day that was set back counts as none passed")

	s = restored(t, stateISales, now, `"of":1,"asked":1000,"since":2000,"heard":[1,2,3,4000,50000,2,6000]`)
	require.Equal(t, testimony{of: 1, at: now.Mono - 31_000, since: now.Mono - 32_000, heard: []hearing{
		{source: source{1, 2}, accepted: 3, at: now.Mono - 34_000, own: now.Mono + 20_000, believed: 2, first: now.Mono - 36_000},
	}}, *s.testimony)
}

func TestARestoredCooldownIsOverWhenItWouldHaveBeen(t *testing.T) {
	const members = `"generation":1,"barrier":60000,"code":"unavailable"`
	for passed, left := range map[int64]int64{0: 60_000, 59_999: 1, 60_000: 0, 60_001: 0} {
		now := Instant{Wall: 1_000_000 + passed, Mono: 7}
		s := restored(t, stateISales, now, members)
		require.Equal(t, left, s.barrier.left(now))
		require.Equal(t, left > 0, s.barrier != nil)
	}
}

func TestARestoredBudgetKeepsItsAges(t *testing.T) {
	p := cubedriveDescription.policy // 5 in ten minutes
	now := Instant{Wall: 5_000_000, Mono: 4_000_000}
	ages := func(b *budget) (ages []int64) {
		if b == nil {
			return nil
		}
		for _, at := range b.recent {
			require.Equal(t, now.Wall-at.Wall, now.Mono-at.Mono)
			ages = append(ages, now.Mono-at.Mono)
		}
		return ages
	}
	after := func(p policy, ages []int64, now Instant, passed, waited int64) *budget {
		return budgetAfter(p, state{recent: ages, ids: make([]int64, len(ages))}, now, passed, waited)
	}
	full := []int64{500_000, 400_000, 300_000, 200_000, 100_000}
	require.Equal(t, full, ages(after(p, full, now, 0, 0)))
	require.Equal(t, full, ages(after(p, full, now, 99_999, 0)), "none is over")
	require.Equal(t, full[1:], ages(after(p, full, now, 100_000, 0)), "one is free where the oldest is over")
	require.Equal(t, full[:4], ages(after(p, full[:4], now, hour, 0)), "none of one that is not full")
	more := append([]int64{600_000}, full...)
	require.Equal(t, more[2:], ages(after(p, more, now, 0, 0)))
	require.Nil(t, after(p, nil, now, 0, 0))
	require.Nil(t, after(lenient, full, now, 0, 0), "a system without a budget")
	require.Equal(t, []int64{599_999, 499_999, 399_999, 299_999, 199_999}, ages(after(p, full, now, hour, 99_999)), "what the host has waited itself counts, and nothing else")
}

package keeper_test

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"cctoken/core"
	"cctoken/keeper"
)

var daySeed = flag.Uint64("day", 1, "the seed of the simulated day")

// TestADayOfAContactCentre lives a day of a company whose sessions one keeper has: shifts, breaks, tokens that
// roll and tokens that the vendor ends, outages of four kinds, endpoints that refuse, passwords that were changed, programs that
// are killed and clocks that are set. After everything that happens, what must always hold is looked at.
// 100 agents live it, or as many as SOAK_AGENTS says: a seed decides what happens to them. Another one:
//
//	SOAK_AGENTS=2000 go test ./keeper -run TestADayOfAContactCentre -v -day 7
func TestADayOfAContactCentre(t *testing.T) {
	agents := 100
	if text := os.Getenv("SOAK_AGENTS"); text != "" {
		_, err := fmt.Sscan(text, &agents)
		require.NoError(t, err)
	}
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t, agents, *daySeed)
		defer c.close()
		c.plan()
		var before uint64
		c.in(12*hour, func() { before = heapInUse() })
		c.live(day, c.look)
		c.report()
		require.Greater(t, c.served, 80*agents, "a day in which hardly anybody works would prove nothing")
		require.Empty(t, c.offices.broken, "seed %d", *daySeed)
		require.Empty(t, c.broken, "seed %d", *daySeed)
		after := heapInUse()
		t.Logf("heap at noon %d KiB, at midnight %d KiB", before>>10, after>>10)
		require.Less(t, after, before+before/4+1<<20, "what is held does not grow with the day")
	})
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// shard and app are the keepers of the day: one has all agents' sessions, the other the token on which many depend.
const (
	shard = "shard"
	app   = "app"
)

// refusing is a place at the vendors' that answers 401 to whatever token.
const refusing = "POST /refuses"

type centre struct {
	*house
	people []*agent
	broken []string

	finished []func() // what agents were told since all was at rest, under mu
	order    []int

	asked, served, unserved, calls int
}

// agent is one who works: a shift, calls in it, and a break in its middle.
type agent struct {
	centre   *centre
	number   int
	random   *rand.Rand
	identity fields
	more     fields // what the front door says beside it
	session  string
	system   string
	owner    string // the account at the vendor
	ends     int64
	serial   uint64
	waits    bool        // to ask again, as it got no token
	mistaken int64       // when it last called what refuses whatever token, on the monotonic clock
	accepted [][2]string // by the token of serial
}

func newCentre(t *testing.T, agents int, seed uint64) *centre {
	h := &house{
		calendar: &calendar{now: core.Instant{Wall: 1_700_000_000_000, Mono: 0}}, t: t,
		maxSessions: max(50, agents/4), random: rand.New(rand.NewPCG(seed, 1)),
		programs: map[string]*resident{}, records: map[string]map[string][]byte{}, log: map[string]int{},
	}
	h.offices = newOffices(h)
	c := &centre{house: h}
	for i := range agents {
		c.people = append(c.people, newAgent(c, i, seed))
	}
	return c
}

func newAgent(c *centre, number int, seed uint64) *agent {
	a := &agent{centre: c, number: number, mistaken: -day, random: rand.New(rand.NewPCG(seed, uint64(number)+2))}
	name := fmt.Sprint("agent-", number)
	switch number % 10 {
	case 0: // a machine's account, which many share
		a.system, name = "appcube", "agent-0"
		a.identity = appcube(name)
	case 1, 2:
		a.system = "cubedrive"
		a.identity = fields{"system": "cubedrive", "baseUrl": base + "/lite", "params": fields{"user": name}}
	case 3, 4, 5:
		a.system, a.identity = "isales", isales(name)
	default:
		a.system, a.identity = "ccmessaging", ccmessaging(name)
		a.more = fields{"dependencyObject": app}
	}
	a.owner, a.session = a.system+" of "+name, keyOf(a.identity)
	return a
}

// plan writes the day into the calendar.
func (c *centre) plan() {
	for _, a := range c.people {
		starts := 7*hour + a.random.Int64N(3*hour) // most of them work by day
		if a.random.IntN(4) == 0 {
			starts = a.random.Int64N(16 * hour)
		}
		a.ends = starts + 8*hour
		pause := starts + 3*hour + a.random.Int64N(2*hour)
		c.in(starts, a.work)
		for at := starts; at < a.ends; at += 2*minute + a.random.Int64N(4*minute) {
			if at < pause || at > pause+45*minute {
				c.in(at, a.work)
			}
		}
	}
	for _, o := range []struct {
		at, lasts int64
		system    string
		how       outage
	}{
		{8 * hour, 12 * minute, "", overloaded},
		{9*hour + 30*minute, 20 * minute, "", unreachable},
		{11 * hour, 5 * minute, "isales", silent},
		{11*hour + 30*minute, 8 * minute, "ccmessaging", silent},
		{13 * hour, 10 * minute, "apifabric", overloaded},
		{14 * hour, 10 * minute, "cubedrive", busy},
		{14*hour + 30*minute, 15 * minute, "appcube", unreachable},
		{15 * hour, 3 * minute, "isales", busy},
		{17 * hour, 30 * minute, "", unreachable},
	} {
		c.in(o.at, func() { c.offices.fails(o.system, o.how) })
		c.in(o.at+o.lasts, func() { c.offices.fails(o.system, "") })
	}
	for _, system := range []string{"isales", "ccmessaging", "cubedrive", "appcube", "apifabric"} {
		for range 2 { // a deployment ends all tokens
			c.in(8*hour+c.random.Int64N(10*hour), func() { c.offices.endAll(system) })
		}
	}
	for range 12 {
		object := []string{shard, shard, app}[c.random.IntN(3)]
		c.in(c.random.Int64N(day), func() { c.kill(object) })
	}
	for range 20 { // a password is changed, and changed back
		a := c.people[c.random.IntN(len(c.people))]
		at := 7*hour + c.random.Int64N(10*hour)
		c.in(at, func() { c.offices.refuses(a.owner, true) })
		c.in(at+c.random.Int64N(2*hour), func() { c.offices.refuses(a.owner, false) })
	}
	c.in(10*hour+30*minute, func() { c.set(10 * minute) })
	c.in(12*hour+30*minute, func() { c.set(-10 * minute) })
	c.in(16*hour, func() { c.set(-2 * minute) })
	for at := hour; at < day; at += hour {
		c.in(at, c.measure)
	}
}

// measure looks at how much the agents' keeper holds.
func (c *centre) measure() {
	for _, record := range c.records[shard] {
		c.rule(len(record) < 4096, "a record has %d bytes", len(record))
	}
	c.rule(len(c.records[shard]) <= len(c.people), "there are %d records", len(c.records[shard]))
	go func() {
		var s keeper.Status
		if _, ok := c.post(shard, "/status", fields{}, &s); ok {
			c.rule(s.Known <= c.maxSessions, "%d sessions are in memory", s.Known)
		}
	}()
}

// work is what an agent does all day: to get a token, and to make a call with it.
func (a *agent) work() {
	if !a.waits { // for a token since the last time
		a.get(0, func(t tokenAnswer) { a.call(t, false) })
	}
}

// ask asks the agent's keeper. then is told what came, when all is at rest.
func (a *agent) ask(path string, more fields, into any, then func(problem *keeper.Problem, ok bool)) {
	members := fields{"identity": a.identity, "session": a.session, "object": shard, "user": fmt.Sprint("user-", a.number)}
	for _, of := range []fields{a.more, more} {
		for name, value := range of {
			members[name] = value
		}
	}
	go func() {
		problem, ok := a.centre.post(shard, path, members, into)
		a.centre.mu.Lock()
		defer a.centre.mu.Unlock()
		a.centre.finished = append(a.centre.finished, func() { then(problem, ok) })
		a.centre.order = append(a.centre.order, a.number)
	}()
}

// get gets a token; another one than that of a serial, or any.
func (a *agent) get(instead uint64, then func(tokenAnswer)) {
	c, token := a.centre, &tokenAnswer{}
	c.asked++
	a.waits = false
	asked := c.Now()
	a.ask("/token", fields{"instead": instead}, token, func(problem *keeper.Problem, ok bool) {
		switch {
		case !ok: // its keeper was killed
			a.waits = true
			c.in(second, func() { a.get(0, then) })
		case problem != nil && instead != 0: // there is no other one: the refusal is the agent's to see
		case problem != nil:
			c.unserved++
			c.excused(a, problem, asked)
			if retry := int64(problem.RetryAfter * 1000); c.Now().Mono+retry < a.ends {
				a.waits = true
				c.in(max(retry, second), func() { a.get(0, then) })
			}
		default:
			c.served++
			c.good(a, token)
			then(*token)
		}
	})
}

// call makes a business call, and has its answer judged.
func (a *agent) call(t tokenAnswer, again bool) {
	c := a.centre
	c.calls++
	path := "POST /work"
	if a.random.IntN(30) == 0 {
		path = refusing
	}
	sent := c.Now().Mono
	c.in(50+a.random.Int64N(200), func() {
		status, rolled := c.offices.called(a.system, t.Value, path)
		if a.serial != t.Serial {
			a.serial, a.accepted = t.Serial, nil
		}
		if status == 200 && rolled == "" {
			if place := [2]string{fmt.Sprint("user-", a.number), path}; !slices.Contains(a.accepted, place) {
				a.accepted = append(a.accepted, place)
			}
			return
		}
		if status == 0 {
			return
		}
		if path == refusing {
			a.mistaken = c.Now().Mono
		}
		outcome := &struct{ Replay, Rolled bool }{}
		a.ask("/judge", fields{
			"serial": t.Serial, "call": path, "status": status, "rolled": rolled, "sentAgo": c.Now().Mono - sent, "accepted": a.accepted,
		}, outcome, func(problem *keeper.Problem, ok bool) {
			if outcome.Rolled {
				c.offices.rolled(rolled)
			}
			if outcome.Replay && !again {
				a.get(t.Serial, func(other tokenAnswer) {
					if other.Serial != t.Serial {
						a.call(other, true)
					}
				})
			}
		})
	})
}

// look goes on with what agents were told, in their order, and looks at what must always hold.
func (c *centre) look() {
	for {
		c.mu.Lock()
		finished, order := c.finished, c.order
		c.finished, c.order = nil, nil
		c.mu.Unlock()
		if len(finished) == 0 {
			break
		}
		index := make([]int, len(order))
		for i := range index {
			index[i] = i
		}
		slices.SortStableFunc(index, func(i, j int) int { return cmp.Compare(order[i], order[j]) })
		for _, i := range index {
			finished[i]()
		}
		synctest.Wait()
	}
}

func (c *centre) rule(holds bool, rule string, args ...any) {
	if !holds && len(c.broken) < 20 {
		c.broken = append(c.broken, fmt.Sprintf("%6.1f min: ", float64(c.Now().Mono)/60000)+fmt.Sprintf(rule, args...))
	}
}

// good holds a token that an agent has got against what the vendor knows of it.
func (c *centre) good(a *agent, t *tokenAnswer) {
	o := c.offices
	o.mu.Lock()
	defer o.mu.Unlock()
	i := o.issued[t.Value]
	if i == nil {
		c.rule(false, "%s gets a token that ended hours ago, or that nobody has given", a.owner)
		return
	}
	c.rule(i.owner.name == a.owner, "%s gets a token of %s", a.owner, i.owner.name)
	left := i.life - (c.Now().Mono - i.asked.Mono)
	c.rule(left >= min(minute, i.life/10) || c.wasSetBack(i), "%s gets a token of which %d ms are left", a.owner, left)
}

// excused holds it against the vendor that an agent got none.
func (c *centre) excused(a *agent, p *keeper.Problem, asked core.Instant) {
	o := c.offices
	o.mu.Lock()
	defer o.mu.Unlock()
	failed := o.account(a.owner).failed
	if a.system == "ccmessaging" {
		app := o.account("apifabric of app-1")
		failed = max(failed, app.failed)
		// Where somebody has just been believed who was wrong, that token's end is believed five minutes later.
		if app.held != nil && app.held.ended && c.Now().Mono-app.held.endedAt < 5*minute+20*second {
			return
		}
	}
	if cause := cmp.Or(p.Cause, p.Code); cause == string(core.TokenRejected) && c.Now().Mono-a.mistaken < 10*minute {
		return // it is the agent's own word that is not believed
	}
	if p.Code == string(core.LoginBudget) && failed < c.killed {
		return // whoever is started anew does not know how long ago the logins were
	}
	since := c.Now().Mono - failed
	c.rule(since < 10*minute+20*second, "%s gets no token (%s), and no request of its has failed for %d s", a.owner, p.Code, since/1000)
}

// wasSetBack reports whether the time of day was set back since a token was given: who is started anew then takes it for younger.
func (c *centre) wasSetBack(i *issue) bool {
	now := c.Now()
	return now.Wall-i.asked.Wall < now.Mono-i.asked.Mono
}

func (c *centre) report() {
	o := c.offices
	bytes := 0
	for _, r := range c.records[shard] {
		bytes += len(r)
	}
	c.t.Logf("%d agents ask %d times for a token, %d without one; %d calls", len(c.people), c.asked, c.unserved, c.calls)
	c.t.Logf("%d logins, of which %d for tokens that were good, and %d renewals; at most %d requests of one account in ten minutes", o.logins, o.needless, o.renewals, o.most)
	c.t.Logf("%d records of %d bytes; %v", len(c.records[shard]), bytes, c.log)
}

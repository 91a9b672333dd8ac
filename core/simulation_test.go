package core

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

var simulationSeed = flag.Uint64("seed", 0, "replay one seed of the simulation, with a trace")

// TestSimulation lives random lives: callers, answers, faults and clocks from a
// seed, and after every step what must always hold. A seed that fails is
// printed, and replays with
//
//	go test ./core -run TestSimulation -seed N
//
// SIM_SEEDS sets how many are run, 2,000 where it is not set; 500 under -short.
func TestSimulation(t *testing.T) {
	if *simulationSeed != 0 {
		w := newWorld(*simulationSeed, true)
		broken := w.live()
		t.Log("\n" + strings.Join(w.trace, "\n"))
		require.Empty(t, broken)
		return
	}
	seeds := uint64(2000)
	if testing.Short() {
		seeds = 500
	}
	if text := os.Getenv("SIM_SEEDS"); text != "" {
		var err error
		seeds, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
	}
	var next, handed atomic.Uint64
	var failed sync.Map
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for seed := next.Add(1); seed <= seeds; seed = next.Add(1) {
				w := newWorld(seed, false)
				if broken := w.live(); broken != "" {
					failed.Store(seed, broken)
					return
				}
				handed.Add(uint64(w.handed))
			}
		})
	}
	workers.Wait()
	failed.Range(func(seed, broken any) bool {
		t.Errorf("seed %d: %s\nreplay: go test ./core -run TestSimulation -seed %d", seed, broken, seed)
		return true
	})
	// A world in which hardly anything succeeds would prove nothing.
	require.Greater(t, handed.Load(), seeds*10, "tokens handed out")
}

const (
	simulatedTimeout  = 30 * second
	simulatedSessions = 5
)

// world is a vendor, a host and callers, all at the mercy of a seed.
type world struct {
	random *rand.Rand
	client *Client
	now    Instant
	trace  []string
	traced bool
	script []byte // the kinds of steps to take, in place of random ones

	people []person
	issued map[string]*issue // by token
	values []string          // of issued, in order
	handed int

	open     map[uint64]*flying // requests and pauses that the host runs
	permits  map[SessionID]int  // sign-ins that somebody asked for, and that have not been sent
	errands  map[uint64]bool    // what is done that brings no token
	late     []uint64           // exchanges that ended without an answer
	waiting  map[uint64][]*simulatedCaller
	checks   map[uint64]bool // verifications under way
	sessions map[SessionID]*witness
	carried  []Token // tokens that callers still use

	own          map[string]bool // places, people and users who refuse every token, for reasons of their own
	again        []func()        // calls that are sent once more
	jury         *jury
	auditor      *auditor
	lastExchange uint64
	dark         bool    // no request reaches a vendor
	online       []int64 // when, within a minute, it has ended something that the network was there again
	unreached    bool    // such a loss is being reported
	mortal       bool    // the host is put away now and then, and started again
	luck         int     // how many of a hundred answers bring what was asked for
	paces        []int64 // the lengths of time that pass, in milliseconds
}

type person struct {
	json string
	name string // system and subject; tells whose a token is
	app  string // whose AccessToken goes with it, or ""
}

// issue is what the vendor knows of a token.
type issue struct {
	owner string
	life  int64 // as the core must understand it; 0 is none
	asked Instant
	dead  bool // it must not be handed out any more: it was forgotten, or the vendor was asked and said no
	ended bool // the vendor does not accept it any more, whether or not anybody knows
	past  bool // its session was forgotten since
	whole bool // it is used to the end of its life
}

// margin is the rest of its life in which it must not be handed out.
func (i *issue) margin() int64 {
	if i.whole {
		return 0
	}
	return min(minute, i.life/10)
}

type flying struct {
	id      uint64
	session SessionID
	request *Request
	sent    Instant
	ends    int64 // on the monotonic clock

	verifies bool // not an acquisition, of which there is one at a time
}

// witness is what an onlooker remembers of a session.
type witness struct {
	barrier  Instant
	wait     int64
	passable bool // no vendor was reached before it
	retries  int
	held     *Token // the last one handed out, while nothing is known against it
	present  bool   // somebody is signed in, as events say
}

type simulatedCaller struct {
	who     person
	want    Want
	began   Instant
	fresh   bool // the token that it refused was not yet too old: a clock that is set back makes it young again
	spared  bool // the token was good when it asked, and nobody but one source has said otherwise
	session SessionID
	at      Place    // of a call that is sent once more,
	reasons []Reason // for these; nil for a caller who makes no call
}

func newWorld(seed uint64, traced bool) *world {
	w := &world{
		random: rand.New(rand.NewPCG(seed, 7)), traced: traced,
		client:   New(Options{Seed: [2]uint64{seed, 1}, Timeout: simulatedTimeout, MaxSessions: simulatedSessions}),
		now:      Instant{Wall: 1_700_000_000_000, Mono: 1_000},
		issued:   map[string]*issue{},
		open:     map[uint64]*flying{},
		waiting:  map[uint64][]*simulatedCaller{},
		checks:   map[uint64]bool{},
		permits:  map[SessionID]int{},
		errands:  map[uint64]bool{},
		sessions: map[SessionID]*witness{},
		own:      map[string]bool{},
		jury:     newJury(),
		auditor:  newAuditor(),
	}
	add := func(name, app string, fields map[string]any) {
		data, _ := json.Marshal(fields)
		w.people = append(w.people, person{string(data), name, app})
	}
	for _, n := range []string{"1", "2"} {
		add("appcube "+n, "", map[string]any{"system": "appcube", "baseUrl": "https://a", "appKey": n, "appSecret": "SECRET-a"})
		add("isales "+n, "", map[string]any{"system": "isales", "baseUrl": "https://i", "user": n, "passwd": "SECRET-i"})
		add("cubedrive "+n, "", map[string]any{"system": "cubedrive", "baseUrl": "https://c", "params": map[string]string{"user": n, "key": "SECRET-c"}})
		for _, app := range []string{"x", "y"} {
			add("ccmessaging "+app+n, "app "+app, map[string]any{"system": "ccmessaging", "baseUrl": "https://m", "appKey": app,
				"appSecret": "SECRET-m", "userId": n, "userName": "n", "channelId": "c", "locale": "en"})
		}
	}
	add("config 7", "", map[string]any{"system": "ccgatewayconfig", "baseUrl": "https://g", "agentId": 7, "password": "SECRET-g"})
	add("app x", "", map[string]any{"system": "apifabric", "baseUrl": "https://m", "appKey": "x", "appSecret": "SECRET-m"})
	add("ccmessaging s", "app s", map[string]any{"system": "ccmessaging", "baseUrl": "https://m", "appKey": "s",
		"accessTokenSupplier": 1, "userId": "s", "userName": "n", "channelId": "c", "locale": "en"})
	for number, user := range []string{"x", "y"} {
		for _, connection := range []string{"one", "two"} {
			add("edge "+connection+" "+user, "user "+user, map[string]any{"edge": "https://e", "connection": connection, "subject": user, "authorizationSupplier": 2 + number})
		}
	}
	for agent, mode := range map[int]string{101: "dynamic", 102: "dynamic", 103: "static"} {
		add(fmt.Sprintf("ccgateway %d", agent), "", map[string]any{"system": "ccgateway", "baseUrl": "https://g", "agentId": agent,
			"password": "SECRET-g", "phonenum": "7", "mode": mode})
	}
	slices.SortFunc(w.people, func(a, b person) int { return strings.Compare(a.name, b.name) }) // a map has no order
	// Some worlds are small, hasty or unlucky: in others the rare states are too rare.
	if w.chance(40) {
		w.random.Shuffle(len(w.people), func(i, j int) { w.people[i], w.people[j] = w.people[j], w.people[i] })
		w.people = w.people[:1+w.random.IntN(3)]
	}
	for _, name := range []string{"/c", "/d", "/e", "bad", pick(w, w.people).name} {
		w.own[name] = w.chance(50)
	}
	w.mortal = w.chance(30)
	w.luck = pick(w, []int{62, 62, 62, 90, 30})
	w.paces = []int64{1, 90, 1000, 9000, 40 * second, 4 * minute, 20 * minute, hour, 9 * hour}
	w.paces = w.paces[:pick(w, []int{len(w.paces), len(w.paces), 6, 5})]
	return w
}

// live runs a life and returns what was broken, or "".
func (w *world) live() (broken string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case brokenRule:
			broken = string(r)
		default:
			broken = fmt.Sprintf("panic: %v", r)
			if w.traced {
				panic(r)
			}
		}
	}()
	if w.script == nil {
		for range 150 {
			w.step(w.random.IntN(100))
		}
	}
	for _, n := range w.script {
		w.step(int(n) % 100)
	}
	// Nobody waits for ever: with no answer to come, the timers end it all.
	for range 20 {
		w.pass(simulatedTimeout)
	}
	w.rule(len(w.waiting) == 0, "11: callers still wait after everything has timed out")
	w.rule(len(w.checks) == 0, "11: verifications still run after everything has timed out")
	w.rule(len(w.open) == 0, "11: requests are still out after everything has timed out")
	return ""
}

type brokenRule string

func (w *world) rule(holds bool, text string, args ...any) {
	if !holds {
		panic(brokenRule("rule " + fmt.Sprintf(text, args...)))
	}
}

func (w *world) say(text string, args ...any) {
	if w.traced {
		w.trace = append(w.trace, fmt.Sprintf("%d/%d ", w.now.Wall-1_700_000_000_000, w.now.Mono)+fmt.Sprintf(text, args...))
	}
}

func (w *world) chance(percent int) bool { return w.random.IntN(100) < percent }

func pick[T any](w *world, from []T) T { return from[w.random.IntN(len(from))] }

// step takes one step; n, from 0 to 99, says of which kind.
func (w *world) step(n int) {
	switch {
	case n < 40:
		w.ask(pick(w, w.people))
	case n < 66:
		w.answerSome()
	case n < 78:
		w.pass(w.duration())
	case n < 81:
		ms := w.duration()
		w.say("sleep %d", ms)
		w.now.Wall += ms
	case n < 83:
		ms := (w.duration() - w.duration())
		w.say("clock %+d", ms)
		w.now.Wall += ms
	case n < 90:
		w.business()
	case n < 91:
		w.network()
	case n < 92:
		w.end()
	case n < 96:
		w.verify()
	case n < 97:
		w.forget()
	case n < 99 || !w.mortal:
		w.answerLate()
	default:
		w.restart()
	}
	w.obey()
	w.auditor.tick(w)
	for _, seen := range w.sessions { // a waiting time that was over stays over, wherever the clock is set to
		if w.now.Since(seen.barrier) >= seen.wait {
			seen.wait = 0
		}
	}
	w.rule(w.client.listed <= simulatedSessions, "12: %d sessions are kept", w.client.listed)
}

func (w *world) duration() int64 {
	return pick(w, w.paces) * int64(1+w.random.IntN(9)) / 4
}

func (w *world) open1(p person) (SessionID, bool) {
	id, err := w.client.Open([]byte(p.json), w.now)
	w.obey()
	if err != nil {
		w.clean(err)
		w.rule(err.Code == TooManySessions, "12: a good identity gives %s", err.Code)
		return 0, false
	}
	if w.sessions[id] == nil {
		w.sessions[id] = &witness{}
	}
	return id, true
}

func (w *world) ask(p person) {
	id, ok := w.open1(p)
	if !ok {
		return
	}
	want := Want{Force: w.chance(6), User: w.user(p)}
	if len(w.values) > 0 && w.chance(6) {
		want.Rejected = pick(w, w.values)
		if held := w.sessions[id].held; held != nil && w.chance(60) {
			want.Rejected = held.Value
		}
	}
	if strings.HasPrefix(p.name, "ccgateway") {
		w.attend(p, id, want)
		return
	}
	before := w.sessions[id].held
	s := w.client.session(id)
	if s == nil { // a call that was sent once more has met its end meanwhile
		return
	}
	plain := !want.Force && want.Rejected != s.held.token && !(s.doubtful() && s.refusedBy(want.User))
	spared := plain && w.jury.spares(w, s)
	mustUse := before != nil && spared && w.good(before)
	inUse := spared && w.jury.inUse(w, s)
	young := s.ready(w.now)
	sat := w.jury.before(s, source{})
	w.jury.word(w, s, want)
	if want.Force { // it ends what spares no vendor, also of what the session depends on
		w.passable(s, s.dependency)
	}
	d := w.client.Get(id, w.now, want)
	w.say("%s asks %+v: %v", p.name, want, d.Kind)
	w.jury.begun(w, s, sat, want)
	w.rule(!spared || d.Kind != Fail, "13: a good token is kept from %s for what one other says: %v", p.name, d.Err)
	w.rule(!inUse || d.Kind == Use, "13: a token that others use is kept from %s", p.name)
	if want.Rejected != "" && d.Kind == Use {
		w.rule(d.Token.Value != want.Rejected, "6: a token is handed out to who says that it was rejected")
	}
	w.rule(!mustUse || d.Kind == Use, "5: a good token is not handed out")
	switch d.Kind {
	case Use:
		w.use(p, d.Token)
	case Wait:
		w.waiting[d.Acquisition] = append(w.waiting[d.Acquisition], &simulatedCaller{p, want, w.now, young, spared, id, Place{}, nil})
	case Fail:
		w.clean(d.Err)
		w.rule(d.Err.Code != CoolingDown || d.Err.RetryAt > w.now.Wall, "8: a waiting time that is over stops an attempt")
		if d.Err.Code == CoolingDown && d.Err.Cause.unreached {
			w.rule(!want.Force, "15: who insists waits for a network that may be there")
			w.rule(d.Err.RetryAt <= w.now.Wall+30*second, "15: a network that may be there is waited for %d ms", d.Err.RetryAt-w.now.Wall)
		}
	}
	w.obey()
}

// good reports whether both parts of what a call carries may be used by both clocks.
func (w *world) good(t *Token) bool {
	for _, value := range w.parts(t) {
		i := w.issued[value]
		if i == nil || i.dead || i.life != 0 && w.age(i) >= i.life-i.margin() {
			return false
		}
	}
	return true
}

func (w *world) age(i *issue) int64 { return max(w.now.Wall-i.asked.Wall, w.now.Mono-i.asked.Mono) }

func (w *world) parts(t *Token) []string {
	parts := []string{t.Value}
	for _, h := range t.Carriage.Headers {
		if bearer := strings.TrimPrefix(h.Value, "Bearer "); h.Name == "Authorization" && bearer != t.Value {
			parts = append(parts, bearer)
		}
	}
	return parts
}

// use checks a token that somebody gets.
func (w *world) use(p person, t Token) {
	w.handed++
	for n, value := range w.parts(&t) {
		i := w.issued[value]
		w.rule(i != nil, "1: a token that nobody issued is handed out")
		owner := p.name
		if n == 1 {
			owner = p.app
		}
		w.rule(i.owner == owner, "1: %s gets a token of %s", owner, i.owner)
		w.rule(!i.dead, "6: a rejected token is handed out to %s", owner)
		w.rule(!i.past, "13: %s gets a token of before it was forgotten", owner)
		if i.life != 0 {
			left := i.life - w.age(i)
			w.rule(left > 0 && left >= i.margin(), "3: a token of %d ms is handed out with %d left", i.life, left)
		}
	}
	if seen := w.sessions[t.Session]; seen != nil {
		seen.held = &t
	}
	w.carried = append(w.carried, t)
	w.auditor.use(w, t)
}

func (w *world) obey() {
	for {
		effects := slices.Clone(w.client.Effects())
		if len(effects) == 0 {
			break
		}
		for _, e := range effects {
			w.effect(e)
		}
	}
	for len(w.again) > 0 {
		call := w.again[0]
		w.again = w.again[1:]
		call()
	}
}

func (w *world) effect(e Effect) {
	seen := w.sessions[e.Session]
	if seen == nil {
		seen = &witness{}
		w.sessions[e.Session] = seen
	}
	if e.Kind == Evicted { // what protects the vendor goes with its session
		w.jury.forget(w.auditor.holders[e.Session])
	}
	w.auditor.effect(w, e)
	switch e.Kind {
	case Send:
		w.lastExchange = e.ID
		w.say("send %d %s for session %d", e.ID, e.Request.Step, e.Session)
		w.rule(e.Limit > 0 && e.Limit <= simulatedTimeout, "11: a request may take %d ms", e.Limit)
		if e.Request.Step != StepVerify {
			for _, other := range w.open {
				w.rule(other.session != e.Session || other.verifies || e.Request.Step == StepKeepAlive, "2: two acquisitions run for one session")
			}
			if strings.Contains(e.Request.URL, "/onlineagent/") && e.Request.Step == StepLogin {
				w.permits[e.Session]--
				w.rule(w.permits[e.Session] >= 0, "14: somebody is signed in whom nobody asked to")
			}
			leaves := e.Request.Step == StepSignOut || e.Request.Step == StepKeepAlive // which no waiting time is for
			w.rule(leaves || w.now.Since(seen.barrier) >= seen.wait || seen.passable && w.insisted(e.Session), "8: the vendor is called %d ms into a waiting time of %d", w.now.Since(seen.barrier), seen.wait)
		}
		w.open[e.ID] = &flying{e.ID, e.Session, e.Request, w.now, w.now.Mono + e.Limit, e.Request.Step == StepVerify || e.Request.Step == StepKeepAlive}
	case Sleep:
		w.open[e.ID] = &flying{e.ID, e.Session, nil, w.now, w.now.Mono + e.Limit, w.idle(e)}
	case Cancel:
		delete(w.open, e.ID)
		w.late = append(w.late, e.ID)
	case Settled:
		w.say("settled %d: %v", e.ID, e.Err)
		seen.retries = 0
		callers := w.waiting[e.ID]
		delete(w.waiting, e.ID)
		if e.Err != nil {
			w.clean(e.Err)
		}
		for _, c := range callers {
			w.rule(w.now.Mono-c.began.Mono <= simulatedTimeout, "11: a caller waits for %d ms", w.now.Mono-c.began.Mono)
			refused := e.Token.Value != "" && (c.want.Force && e.Err != nil || e.Token.Value == c.want.Rejected || e.Token.Serial == c.want.Instead)
			w.rule(!refused || e.Err != nil || !c.fresh, "6: a token is handed out, as another one, to who has refused it")
			if c.spared && e.Token.Value == "" && e.Err.Code != Forgotten {
				if s := w.client.session(c.session); s != nil {
					w.rule(!w.jury.spares(w, s), "13: %s fails for what one other says: %v", c.who.name, e.Err)
				}
			}
			if e.Token.Value != "" && !refused {
				w.use(c.who, e.Token)
				if c.reasons != nil {
					w.again = append(w.again, func() { w.call(c.who, e.Token, c.at, c.reasons) })
				}
			}
		}
	case Verified:
		w.rule(w.checks[e.ID], "11: a verification ends twice")
		delete(w.checks, e.ID)
		if e.Err != nil {
			w.clean(e.Err)
		}
	case Evicted:
		for _, other := range w.open {
			w.rule(other.session != e.Session || other.verifies, "12: a session in flight is evicted")
		}
		delete(w.sessions, e.Session)
	case Notify:
		w.say("event %s %s session %d", e.Event.Type, e.Event.Step, e.Session)
		w.notified(e.Event, seen)
	}
}

func (w *world) notified(e *Event, seen *witness) {
	if e.Err != nil {
		w.clean(e.Err)
	}
	switch e.Type {
	case EventSignedOut:
		w.rule(seen.present, "14: somebody is signed out twice")
		w.rule(absence(string(e.Reason)) != "" && e.Reason != NeverSignedIn, "14: somebody is signed out for %q", e.Reason)
		seen.held, seen.present = nil, false
	case EventRejected:
		seen.held = nil
		for _, other := range w.sessions { // an AccessToken, perhaps, that other sessions carry
			other.held = nil
		}
	case EventAcquired, EventRenewed, EventRolled:
		seen.present = true
		seen.held = nil // until the next one is handed out
		if e.Step == StepAccessToken {
			for _, other := range w.sessions {
				other.held = nil
			}
		}
	case EventRetrying:
		if e.Step != StepVerify {
			seen.retries++
		}
		limit := 4 // two for a refresh or an AccessToken's dependent, and never more than two for one task
		if e.System == "cubedrive" {
			limit = 1
		} else if e.System == "edge" && e.Step == StepEdge {
			limit = 1
		} else {
			limit = 2
		}
		w.rule(seen.retries <= limit, "11: a transient failure is repeated %d times", seen.retries)
	case EventCooling:
		seen.barrier, seen.wait, seen.passable = w.now, e.RetryAt-w.now.Wall, w.unreached
		w.rule(!w.unreached || seen.wait <= 30*second, "15: a vendor that was not reached is spared for %d ms", seen.wait)
		if e.Step == StepLogin || e.Step == StepApply {
			w.rule(seen.wait > 0, "8: a waiting time of %d ms", seen.wait)
		}
	}
}

// clean checks that an error tells no secret.
func (w *world) clean(e *Error) {
	for ; e != nil; e = e.Cause {
		text := strings.Join([]string{e.Error(), e.System, e.Field, e.Reason, string(e.Code), string(e.Step)}, " ") // all the text it has
		w.rule(!strings.Contains(text, "SECRET") && !strings.Contains(text, "TOKEN"), "10: an error tells a secret: %s", text)
	}
}

// pass lets time go on, with the host's timers.
func (w *world) pass(ms int64) {
	end := w.now.Mono + ms
	w.say("pass %d", ms)
	for {
		var next *flying
		for _, f := range w.open {
			if f.ends <= end && (next == nil || f.ends < next.ends || f.ends == next.ends && f.id < next.id) {
				next = f
			}
		}
		if next == nil {
			break
		}
		at := max(next.ends, w.now.Mono)
		w.now = Instant{Wall: w.now.Wall + at - w.now.Mono, Mono: at}
		delete(w.open, next.id)
		if next.request == nil {
			w.client.Woken(next.id, w.now)
		} else {
			w.late = append(w.late, next.id)
			w.auditor.lost(w, next, Answering) // nobody knows what the vendor has seen
			w.client.Lost(next.id, w.now, Timeout, Unanswered)
		}
		w.obey()
	}
	w.now = Instant{Wall: w.now.Wall + end - w.now.Mono, Mono: end}
}

func (w *world) requests() []*flying {
	var out []*flying
	for _, f := range w.open {
		if f.request != nil {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *flying) int { return int(a.id) - int(b.id) })
	return out
}

func (w *world) answerSome() {
	flights := w.requests()
	if len(flights) == 0 {
		return
	}
	f := pick(w, flights)
	if w.chance(70) {
		w.pass(int64(w.random.IntN(400)))
		if w.open[f.id] == nil {
			return
		}
	}
	delete(w.open, f.id)
	switch n := w.random.IntN(100); {
	case w.dark:
		w.lose(f, Network, pick(w, []Reach{Unanswered, Unsent}))
	case n < w.luck:
		w.succeed(f)
	case n < w.luck+8:
		code, reach := pick(w, []Code{Network, Network, ResponseTooLarge, Redirected}), pick(w, []Reach{Answering, Unanswered})
		w.lose(f, code, reach)
	default:
		r := Response{Status: pick(w, []int{200, 302, 400, 401, 403, 403, 404, 408, 418, 425, 429, 500, 502, 503, 503, 504, 522, 529})}
		if w.chance(40) {
			r.RetryAfter = pick(w, []string{"1", "30", "4000", "x", "-1", "Sun, 06 Nov 1994 08:49:37 GMT"})
		}
		r.Body = []byte(pick(w, []string{"", "<html>SECRET</html>", `{"errorCode":"77","resultCode":1,"result":"5","success":false,"errorMsg":"TOKEN"}`,
			`{"retcode":"100-002"}`, `{"retcode":"100-006"}`, `{"retcode":"000-003"}`, `{"exceptionInfo":"auth fail! illegal or expired token info. refresh the access token"}`, `{"errorCode":0,"authTo`, `[]`, `{"success":true}`}))
		w.say("answer %d with %d %s", f.id, r.Status, r.Body)
		if s := w.client.session(f.session); s != nil && f.request.Step == StepApply && (r.Status == 401 || r.Status == 403) {
			w.jury.refuse(s.dependency, source{place: applyPlace}.through(s))
		}
		w.auditor.answered(w, f, r)
		w.client.Answered(f.id, w.now, r)
	}
	w.obey()
}

func (w *world) lose(f *flying, code Code, reach Reach) {
	w.say("lose %d: %s, %d", f.id, code, reach)
	w.late = append(w.late, f.id)
	w.auditor.lost(w, f, reach)
	w.unreached = code == Network && reach != Answering
	w.client.Lost(f.id, w.now, code, reach)
	w.obey()
	w.unreached = false
}

// network goes, or is there again; the platform tells of that, and now and then of nothing.
func (w *world) network() {
	if !w.dark && w.chance(50) {
		w.say("the network is gone")
		w.dark = true
		return
	}
	w.dark = w.dark && w.chance(20)
	w.say("the platform is online")
	var spared, passable []*session
	pauses := 0
	for _, s := range w.client.slots {
		if s != nil && s.barrier.left(w.now) > 0 {
			if w.sessions[s.id].passable {
				passable = append(passable, s)
			} else {
				spared = append(spared, s)
			}
		}
		if s != nil && s.task != nil && s.task.pausing {
			pauses++
		}
	}
	w.client.Online(w.now)
	for _, e := range w.client.effects {
		if e.Kind == Send {
			pauses--
		}
	}
	w.rule(pauses >= 0, "15: an acquisition begins by itself as the network is there")
	for _, s := range spared {
		w.rule(s.barrier.left(w.now) > 0, "15: a vendor is not spared any more as the network is there")
	}
	w.online = slices.DeleteFunc(w.online, func(at int64) bool { return w.now.Mono-at >= minute })
	must, did := len(w.online) < 5, false
	for _, s := range passable {
		w.rule(s.barrier.left(w.now) == 0 || !must, "15: a network that is there is waited for")
		if s.barrier.left(w.now) == 0 {
			w.passable(s)
			did = true
		}
	}
	if did {
		w.online = append(w.online, w.now.Mono)
	}
	w.rule(len(w.online) <= 10, "15: %d words of one minute that the network is there are taken", len(w.online))
}

// insisted reports whether a caller who insists waits for a session, or for one that depends on it.
func (w *world) insisted(id SessionID) bool {
	for _, callers := range w.waiting {
		for _, c := range callers {
			s := w.client.session(c.session)
			if c.want.Force && s != nil && (s.id == id || s.dependency != nil && s.dependency.id == id) {
				return true
			}
		}
	}
	return false
}

// passable ends what the witnesses of sessions know of waiting times that spare no vendor.
func (w *world) passable(sessions ...*session) {
	for _, s := range sessions {
		if s == nil {
			continue
		}
		if seen := w.sessions[s.id]; seen != nil && seen.passable {
			seen.wait = 0
		}
	}
}

// owner says whose token an answer to this request brings.
func (w *world) owner(r *Request) string {
	body := map[string]any{}
	_ = json.Unmarshal([]byte(r.Body), &body)
	header := func(name string) string {
		for _, h := range r.Headers {
			if h.Name == name {
				return strings.TrimPrefix(h.Value, "Bearer ")
			}
		}
		return ""
	}
	switch {
	case strings.Contains(r.URL, "/onlineagent/"):
		agent, _, _ := strings.Cut(r.URL[strings.Index(r.URL, "/onlineagent/")+len("/onlineagent/"):], "/")
		return "ccgateway " + agent
	case r.Supplier == 1:
		return "app s"
	case r.Supplier != 0:
		return "user " + string("xy"[r.Supplier-2])
	case strings.Contains(r.URL, "/v1/token"):
		user, ok := strings.CutPrefix(w.issued[header("Authorization")].owner, "user ")
		w.rule(ok, "9: the edge is shown another token than a user's")
		return "edge " + body["connection"].(string) + " " + user
	case strings.Contains(r.URL, "/config/login"):
		return fmt.Sprintf("config %v", body["agentId"])
	case strings.Contains(r.URL, "getAppCubeToken"):
		return "appcube " + body["appKey"].(string)
	case strings.Contains(r.URL, "tokenByAkSk"):
		return "app " + body["app_key"].(string)
	case strings.Contains(r.URL, "applyToken"):
		app := "app " + header("x-app-key")
		w.rule(w.issued[header("Authorization")].owner == app, "9: applyToken carries another app's AccessToken")
		if app == "app s" {
			return "ccmessaging s"
		}
		return "ccmessaging " + header("x-app-key") + body["userId"].(string)
	case strings.Contains(r.URL, "auth/login"):
		return "isales " + body["user"].(string)
	case strings.Contains(r.URL, "auth/refresh"):
		return w.issued[strings.Replace(body["refreshToken"].(string), "REFRESH", "TOKEN", 1)].owner
	}
	for _, p := range r.Form {
		if p.Name == "user" {
			return "cubedrive " + p.Value
		}
	}
	panic("a request that no vendor has: " + r.URL)
}

// succeed answers as a vendor that issues a token, or that confirms one.
func (w *world) succeed(f *flying) {
	r := f.request
	if r.Step == StepVerify {
		ok := w.chance(60)
		var token string
		if r.Query != nil {
			token = r.Query[0].Value
		} else {
			asked := map[string]string{}
			_ = json.Unmarshal([]byte(r.Body), &asked)
			token = asked["token"]
		}
		if !ok {
			w.deadIfCurrent(f.session, token)
		}
		if i := w.issued[token]; !ok && i != nil {
			i.ended = true
		}
		w.say("verified %v", ok)
		w.client.Answered(f.id, w.now, Response{Status: 200, Body: fmt.Appendf(nil, `{"success":true,"valid":%v}`, ok)})
		return
	}
	if r.Step == StepSignOut || r.Step == StepKeepAlive {
		w.errand(f)
		return
	}
	token, body, life := w.mint(w.owner(r), r)
	w.auditor.brought(w, f, token)
	w.issued[token].asked, w.issued[token].life = f.sent, life
	w.say("answer %d with %s of %d ms for %s", f.id, token, life, w.issued[token].owner)
	if r.Supplier != 0 {
		w.client.Supplied(f.id, w.now, Supply{Token: token})
		return
	}
	w.client.Answered(f.id, w.now, Response{Status: 200, Body: []byte(body), Rolled: w.headerOf(token)})
}

// headerOf is the header that brings an agent's token, or "".
func (w *world) headerOf(token string) string {
	if w.issued[token].whole {
		return "JSESSIONID=" + token
	}
	return ""
}

// mint issues a token and returns the answer that brings it, and its life as the documents have it.
func (w *world) mint(owner string, r *Request) (token, body string, life int64) {
	token = fmt.Sprintf("TOKEN-%d", len(w.values))
	w.values = append(w.values, token)
	w.issued[token] = &issue{owner: owner}
	seconds := pick(w, []int64{1, 2, 10, 60, 300, 600, 3600, 3600, 3600, 86400})
	life = seconds * second
	stated := strconv.FormatInt(seconds, 10)
	odd := w.chance(15)
	if odd {
		stated = pick(w, []string{`0`, `-1`, `1e99`, `"x"`, `null`, `{}`})
	} else if w.chance(40) {
		stated = `"` + stated + `"`
	}
	switch {
	case strings.Contains(r.URL, "/onlineagent/"):
		w.vacate(owner)
		w.issued[token].whole = true
		return token, `{"retcode":"0","message":"","result":{}}`, 2 * minute
	case strings.Contains(r.URL, "/config/login"):
		return token, fmt.Sprintf(`{"retcode":"0","result":{"guid":%q}}`, token), 2 * minute
	case r.Supplier != 0:
		return token, "", 10 * minute
	case strings.Contains(r.URL, "/v1/token"):
		switch {
		case stated == "1e99":
			life = 24 * hour
		case odd:
			life = 1
		}
		return token, fmt.Sprintf(`{"system":"ccmessaging","token":%q,"expiresIn":%s,"headers":{"ccmessaging-token":%q}}`, token, stated, token), life
	case strings.Contains(r.URL, "getAppCubeToken"):
		if odd {
			life = hour
		}
		return token, fmt.Sprintf(`{"errorCode":%s,"authToken":%q,"expireTime":%s}`, pick(w, []string{"0", `"200"`}), token, stated), life
	case strings.Contains(r.URL, "tokenByAkSk"):
		if odd || life > hour {
			life = 10 * minute
		}
		return token, fmt.Sprintf(`{"AccessToken":%q,"Expires":%s}`, token, stated), life
	case strings.Contains(r.URL, "applyToken"):
		return token, fmt.Sprintf(`{"resultCode":"0","token":%q}`, token), hour
	case strings.Contains(r.URL, "isales"):
		if odd {
			life = 5 * minute
		}
		refresh := strings.Replace(token, "TOKEN", "REFRESH", 1)
		return token, fmt.Sprintf(`{"result":0,"resultData":{"token":%q,"tokenExpirationTime":%s,"refreshToken":%q,"refreshExpirationTime":3600}}`, token, stated, refresh), life
	}
	return token, fmt.Sprintf(`{"success":true,"x-auth-token":%q}`, token), 0
}

// answerLate answers an exchange that is over: nothing may come of it.
func (w *world) answerLate() {
	if len(w.late) == 0 {
		return
	}
	id := pick(w, w.late)
	w.say("late answer %d", id)
	w.client.Answered(id, w.now, Response{Status: 200, Rolled: "JSESSIONID=TOKEN-LATE", Body: []byte(`{"retcode":"0","errorCode":0,"authToken":"TOKEN-LATE","resultCode":0,"token":"TOKEN-LATE","success":true,"x-auth-token":"TOKEN-LATE","AccessToken":"TOKEN-LATE"}`)})
	w.rule(len(w.client.Effects()) == 0, "7: a late answer has an effect")
}

// deadIfCurrent notes that a token is rejected, where it is its session's current one.
func (w *world) deadIfCurrent(id SessionID, value string) {
	if s := w.client.session(id); s != nil && s.held.token == value {
		w.issued[value].dead = true
	}
}

// idle reports whether a pause is none of an acquisition: of a verification, or to the end of a token's life. One that
// has been cancelled since is of no matter.
func (w *world) idle(e Effect) bool {
	t, s := w.client.tasks[e.ID], w.client.session(e.Session)
	return t == nil || t.verifies != "" || s == nil || s.signsIn
}

// user is who of a shared session's users asks; most sessions are one person's.
func (w *world) user(p person) string {
	if !strings.HasPrefix(p.name, "isales") && !strings.HasPrefix(p.name, "appcube") {
		return ""
	}
	return pick(w, []string{"", "one", "two", "bad"})
}

// end has a vendor end a token, of which nobody is told.
func (w *world) end() {
	if len(w.carried) == 0 {
		return
	}
	for _, value := range w.parts(new(pick(w, w.carried))) {
		w.issued[value].ended = w.issued[value].ended || w.chance(60)
	}
}

// business answers a call that carried some token, however old, at some place.
func (w *world) business() {
	if len(w.carried) == 0 {
		return
	}
	t := pick(w, w.carried)
	for _, p := range w.people {
		if p.name == w.issued[t.Value].owner {
			w.call(p, t, Place{Call: pick(w, []string{"/a", "/a", "/a", "/b", "/c", "/d", "/e"}), User: w.user(p)}, nil)
			return
		}
	}
}

// call answers a call of somebody's at a place; it was sent once more for reasons.
func (w *world) call(who person, t Token, at Place, reasons []Reason) {
	s := w.client.session(t.Session)
	if s == nil {
		return
	}
	if s.signsIn {
		w.agentCall(who, s, t)
		return
	}
	parts := w.parts(&t)
	over := func(value string) bool {
		i := w.issued[value]
		return i.ended || i.life != 0 && w.age(i) >= i.life
	}
	bearer := len(parts) > 1 && over(parts[1])
	refuses := w.culprit(who, at) != ""
	r := Response{Status: 200}
	switch edge := strings.HasPrefix(who.name, "edge"); {
	case edge:
		return // its calls carry the authorization alone
	case refuses && len(parts) > 1 && w.chance(30), bearer && w.chance(50):
		r = Response{Status: 403, Body: []byte(`{"exceptionInfo":"illegal or expired token info"}`)}
	case strings.HasPrefix(who.name, "appcube") && (refuses || over(parts[0])) && w.chance(60):
		r.Body = []byte(pick(w, []string{`{"errorCode":900001}`, `{"errorCode":"900002"}`}))
	case strings.HasPrefix(who.name, "config") && (refuses || over(parts[0])) && w.chance(60):
		r.Body = []byte(`{"retcode":"107-000"}`)
	case refuses || bearer || over(parts[0]):
		r.Status = 401
	case strings.HasPrefix(who.name, "config") && w.chance(70):
		r.Body = []byte(pick(w, []string{`{"retcode":"0"}`, `{"retcode":"0"}`, `{"retcode":"10000002"}`}))
	case strings.HasPrefix(who.name, "appcube") && w.chance(20):
		r.Body = []byte(pick(w, []string{`{"errorCode":0}`, `{"errorCode":10000002}`})) // the latter says nothing of the token
	case w.chance(20):
		r.Status = pick(w, []int{403, 404, 500})
		if strings.HasPrefix(who.name, "isales") {
			r.Status = pick(w, []int{403, 418, 500})
		}
		r.Body = []byte(pick(w, []string{"", `{"exceptionInfo":"ip address"}`}))
		if r.Status == 403 && strings.HasPrefix(who.name, "isales") || r.Status == 418 {
			r.Body = []byte("<html>illegal or expired token info</html>") // a firewall's, which says nothing of the token
		}
	case len(parts) > 1 && w.chance(30):
		rolled := fmt.Sprintf("TOKEN-%d", len(w.values))
		w.values = append(w.values, rolled)
		w.issued[rolled] = &issue{owner: w.issued[t.Value].owner, life: hour, asked: w.now}
		r.Rolled = rolled
	}
	current := s.serial() == t.Serial
	held, usable := w.client.Token(t.Session, w.now)
	before := w.jury.before(s, s.from(at.source()))
	o := w.client.Judge(t.Session, t.Serial, at, w.now, w.now, r)
	w.say("%s %s %s: %d for serial %d of session %d (current %v): %+v", who.name, at.User, at.Call, r.Status, t.Serial, t.Session, current, o)
	w.rule(!o.Replay || !w.issued[t.Value].past, "13: a call of before its session was forgotten is sent again")
	w.rule(o.Rolled == (r.Rolled != "" && current), "7: a rolled token is adopted exactly where the call carried the current one")
	if !current && usable {
		after, still := w.client.Token(t.Session, w.now)
		w.rule(still && after.Value == held.Value, "6: a late answer for an older token kills the newer one")
	}
	if current {
		w.jury.judged(w, s, before, at, parts, r, o, w.culprit(who, at))
	}
	if strings.HasPrefix(who.name, "config") && r.Status == 200 && (r.Body == nil || strings.Contains(string(r.Body), `"0"`)) {
		w.issued[t.Value].asked = w.now // the vendor counts from each use
		w.rule(!current || s.issued == w.now, "3: a use that the vendor has accepted does not begin the life anew")
	}
	if o.Rolled {
		w.auditor.adopt(w, t.Session, r.Rolled)
		w.sessions[t.Session].held = nil
	}
	w.obey()
	if o.Replay && w.client.session(t.Session) == s && !slices.Contains(reasons, o.Reason) {
		w.replay(who, s, t, at, append(slices.Clone(reasons), o.Reason))
	}
}

// culprit is who refuses every token at a place, or "".
func (w *world) culprit(who person, at Place) string {
	for _, name := range []string{who.name, at.User, at.Call} {
		if w.own[name] {
			return name
		}
	}
	return ""
}

// replay asks for another token, and sends a refused call once more.
func (w *world) replay(who person, s *session, t Token, at Place, reasons []Reason) {
	want := Want{Instead: t.Serial, User: at.User}
	young := s.ready(w.now)
	d := w.client.Get(s.id, w.now, want)
	switch d.Kind {
	case Use:
		w.rule(d.Token.Serial != t.Serial, "6: a call is replayed with the token that was refused")
		w.use(who, d.Token)
		w.call(who, d.Token, at, reasons)
	case Wait:
		w.waiting[d.Acquisition] = append(w.waiting[d.Acquisition], &simulatedCaller{who, want, w.now, young, false, s.id, at, reasons})
	case Fail:
		w.clean(d.Err)
	}
	w.obey()
}

func (w *world) verify() {
	if len(w.values) == 0 {
		return
	}
	p := pick(w, w.people)
	id, ok := w.open1(p)
	if !ok {
		return
	}
	value := pick(w, w.values)
	if held := w.sessions[id].held; held != nil && w.chance(70) {
		value = held.Value
	}
	v, check, err := w.client.Verify(id, value, w.now)
	w.rule(err == nil, "10: a verification of a good token fails: %v", err)
	if check != 0 {
		w.checks[check] = true
	} else if v.Valid != nil && *v.Valid {
		i := w.issued[value]
		w.rule(i.owner == p.name, "verification: another's token is called valid")
		w.rule(!i.dead, "verification: a rejected token is called valid")
		w.rule(i.life == 0 || w.age(i) < i.life, "verification: an expired token is called valid")
	}
	w.obey()
}

// restart puts the host away and starts it again with what it saved. What was
// under way is lost with those who waited; what protects the vendor is not.
func (w *world) restart() {
	w.say("restart")
	saved, stopped := map[string][]byte{}, map[string]witness{}
	for _, p := range w.people {
		if id, err := parseIdentity([]byte(p.json), ""); err == nil {
			if s := w.client.find(id); s != nil && s.listed {
				saved[p.json] = w.client.Save(s.id, w.now)
				stopped[p.name] = w.stopped(s)
				if s.dependency != nil {
					stopped[p.app] = w.stopped(s.dependency)
				}
			}
		}
	}
	before := w.client
	w.permits, w.errands = map[SessionID]int{}, map[uint64]bool{}
	w.client = New(Options{Seed: [2]uint64{w.random.Uint64(), 1}, Timeout: simulatedTimeout, MaxSessions: simulatedSessions})
	w.open, w.late, w.carried = map[uint64]*flying{}, nil, nil
	w.waiting, w.checks, w.sessions = map[uint64][]*simulatedCaller{}, map[uint64]bool{}, map[SessionID]*witness{}
	for _, s := range before.slots { // a pause within an acquisition ends with it, whoever asked for it
		if s != nil && s.task != nil {
			w.auditor.account(w.auditor.holders[s.id]).stops = nil
		}
	}
	for _, i := range w.issued {
		i.asked = w.rebased(i.asked)
	}
	for _, at := range w.auditor.accounts {
		for i := range at.stops {
			at.stops[i].since = w.rebased(at.stops[i].since)
		}
	}
	for id, owner := range w.auditor.holders {
		if s := before.session(id); s == nil || !s.listed && s.dependents == 0 {
			w.jury.forget(owner)
		}
	}
	w.auditor.restart()
	w.lastExchange, w.online = 0, nil
	for _, p := range w.people {
		if data, ok := saved[p.json]; ok {
			id, ok := w.open1(p)
			s := w.client.session(id)
			knows := ok && (s.generation != 0 || s.logins != 0) // who depends on it has brought it back already
			w.sessions[id] = new(stopped[p.name])
			w.sessions[id].present = strings.Contains(string(data), `"token"`) && !strings.Contains(string(data), `"told"`)
			w.rule(ok && w.client.Restore(id, w.now, data, 0) != knows, "8: a session cannot be restored from what it saved: %s", data)
			w.obey()
			w.auditor.holders[id] = p.name
			if d := w.client.session(id).dependency; d != nil {
				w.auditor.holders[d.id] = p.app
				w.sessions[d.id] = new(stopped[p.app])
			}
		}
	}
}

// stopped is what is known of a session's waiting time after a restart.
func (w *world) stopped(s *session) witness {
	seen := w.sessions[s.id]
	if seen == nil {
		return witness{}
	}
	return witness{barrier: w.now, wait: max(0, seen.wait-w.now.Since(seen.barrier)), passable: seen.passable}
}

// rebased is an instant as it is known after a restart: as an age, in which it
// is forgotten that one of the clocks was set.
func (w *world) rebased(t Instant) Instant {
	age := w.now.Since(t)
	return Instant{w.now.Wall - age, w.now.Mono - age}
}

func (w *world) forget() {
	p := pick(w, w.people)
	id, ok := w.open1(p)
	if !ok {
		return
	}
	w.say("forget session %d of %s", id, p.name)
	if s := w.client.session(id); s.dependents > 0 && !s.personal() { // others use it
		w.client.Forget(id, w.now)
		w.rule(w.client.session(id) == s, "9: what others use is forgotten")
		return
	}
	personal := strings.HasPrefix(p.app, "user ")
	for _, i := range w.issued {
		i.past = i.past || i.owner == p.name || personal && i.owner == p.app
	}
	w.sessions[id].held = nil
	delete(w.auditor.current, id)
	if d := w.client.session(id).dependency; personal {
		delete(w.auditor.current, d.id)
	}
	w.client.Forget(id, w.now)
	w.obey()
}

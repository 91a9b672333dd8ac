package keeper_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cctoken/core"
)

// offices are the vendors of a simulated day. They remember what they have given to whom, and hold every login
// against the rules. They know nothing of the keeper's inside.
type offices struct {
	*house
	mu       sync.Mutex
	accounts map[string]*account
	issued   map[string]*issue // by token
	down     map[string]outage // by system; "" is all of them
	broken   []string          // rules, as they were broken
	logins   int
	renewals int
	needless int // logins for a token that was good, of which the rules allow a few
	most     int // requests of one account in ten minutes
}

// outage is how a system fails.
type outage string

const (
	unreachable outage = "no connection is made"
	silent      outage = "no request is answered"
	overloaded  outage = "each request is answered 503"
	busy        outage = "each request is answered 429, with a time to wait"
)

// account is somebody as a vendor knows him.
type account struct {
	name     string
	held     *issue         // what the keeper has of it, as far as the vendor has seen it arrive
	flying   int            // requests for a token
	logins   []int64        // in the last ten minutes, on the monotonic clock
	asked    []core.Instant // the same, with all that failed and all that renewed
	needless []core.Instant // in the last five minutes
	failed   int64          // when the last request failed, on the monotonic clock
	failing  bool           // whether the last request did
	count    int            // of its tokens
	refused  bool           // its password was changed

	since core.Instant // when it was told to wait, or refused
	wait  int64        // for how long it must not be heard of; milliseconds
	// cascades says that its requests carry another token, which may be what is refused: it is got anew first.
	cascades bool
}

// issue is a token that was given.
type issue struct {
	owner   *account
	asked   core.Instant
	life    int64
	ended   bool // by the vendor, before its time
	endedAt int64
	refresh string
}

// reply is what comes of a request; nothing at all where nobody ever answers.
type reply struct {
	status int
	after  string // Retry-After
	body   string
	lost   bool
}

var life = map[string]int64{"isales": 5 * minute, "ccmessaging": hour, "cubedrive": day, "appcube": hour, "apifabric": hour}

const day = 24 * hour

func newOffices(h *house) *offices {
	return &offices{house: h, accounts: map[string]*account{}, issued: map[string]*issue{}, down: map[string]outage{}}
}

func (o *offices) rule(holds bool, rule string, args ...any) {
	if !holds && len(o.broken) < 20 {
		o.broken = append(o.broken, fmt.Sprintf("%6.1f min: ", float64(o.Now().Mono)/60000)+fmt.Sprintf(rule, args...))
	}
}

func (o *offices) account(name string) *account {
	if o.accounts[name] == nil {
		o.accounts[name] = &account{name: name, failed: -day, cascades: strings.HasPrefix(name, "ccmessaging")}
	}
	return o.accounts[name]
}

// ends of paths, and whose they are.
var interfaces = map[string]string{
	"login": "isales", "refresh": "isales", "applyToken": "ccmessaging", "getLogin": "cubedrive", "getAppCubeToken": "appcube", "tokenByAkSk": "apifabric",
}

var whose = regexp.MustCompile(`(agent|app)-[0-9]+`)

// ask is a request for a token that has arrived. tell gets what comes of it, when it does. leave ends the wait for it.
func (o *offices) ask(p *resident, r *core.Request, tell func(reply)) (leave func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	kind := r.URL[strings.LastIndexByte(r.URL, '/')+1:]
	system := interfaces[kind]
	text := r.Body
	for _, pair := range r.Form {
		text += " " + pair.Value
	}
	a := o.account(system + " of " + whose.FindString(text))
	o.arrives(a, system, kind == "refresh", o.Now())
	a.flying++
	answer, given := o.answer(a, r, system)
	ended := false
	over := func(heard reply, of *issue) {
		if ended {
			return
		}
		ended = true
		a.flying--
		if now := o.Now(); heard.status == 429 {
			a.since, a.wait = now, 45*second
		} else if heard.status == 401 && a.refused && r.Step != core.StepRefresh { // after that there is the password
			a.since, a.wait = now, 5*minute
		}
		if a.failing = of == nil; a.failing {
			a.failed = o.Now().Mono
		} else {
			a.held = of
		}
	}
	if answer.status != 0 && o.random.IntN(50) == 0 { // what it has done is done, and nobody hears of it
		answer, given = reply{lost: true}, nil
	}
	if answer != (reply{}) {
		delay := 20 + o.random.Int64N(100)
		if o.random.IntN(200) == 0 {
			delay = 3 * second
		}
		o.in(delay, func() {
			o.mu.Lock()
			over(answer, given)
			o.mu.Unlock()
			tell(answer)
		})
	}
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		over(reply{}, nil)
	}
}

// arrives holds a request against the rules.
func (o *offices) arrives(a *account, system string, refresh bool, now core.Instant) {
	within := func(all []core.Instant, ms int64) []core.Instant { // a time of day that is set forward counts, too
		return slices.DeleteFunc(all, func(at core.Instant) bool { return now.Since(at) >= ms })
	}
	o.rule(a.flying == 0, "%s has two requests in flight", a.name)
	if left := a.wait - now.Since(a.since); a.cascades {
		o.rule(left <= 0 || len(within(a.asked, 10*minute)) < 10, "%s is heard of the tenth time in ten minutes, though refused", a.name)
	} else {
		o.rule(left <= 0, "%s is heard of %d ms too early", a.name, left)
	}
	if o.failing(system) != unreachable {
		a.asked = append(within(a.asked, 10*minute), now)
		o.rule(len(a.asked) <= 60, "%s is heard of %d times in ten minutes", a.name, len(a.asked))
		o.most = max(o.most, len(a.asked))
	}
	if refresh {
		o.renewals++
		return
	}
	o.logins++
	a.logins = append(slices.DeleteFunc(a.logins, func(at int64) bool { return now.Mono-at >= 10*minute }), now.Mono)
	if system == "cubedrive" {
		o.rule(len(a.logins) <= 5, "%s logs in for the sixth time in ten minutes", a.name)
	}
	if o.good(a.held, now) && !a.failing && now.Since(a.held.asked) < a.held.life-min(15*minute, a.held.life/4) {
		o.needless++
		a.needless = append(within(a.needless, 5*minute-30*second), now) // from the word on, which the first login may follow late
		o.rule(len(a.needless) <= 1, "%s logs in %d times in five minutes for tokens that were good", a.name, len(a.needless))
	}
}

// good reports whether a vendor accepts a token.
func (o *offices) good(i *issue, now core.Instant) bool {
	return i != nil && !i.ended && now.Mono-i.asked.Mono < i.life
}

// answer is what a vendor says, and the token in it.
func (o *offices) answer(a *account, r *core.Request, system string) (reply, *issue) {
	switch o.failing(system) {
	case unreachable:
		return reply{lost: true}, nil
	case silent:
		return reply{}, nil
	case overloaded:
		return reply{status: 503}, nil
	case busy:
		return reply{status: 429, after: "45"}, nil
	}
	if a.refused {
		return reply{status: 401, body: `{"resultCode":"401"}`}, nil
	}
	if system == "ccmessaging" {
		for _, h := range r.Headers {
			if bearer := strings.TrimPrefix(h.Value, "Bearer "); bearer != h.Value && !o.good(o.issued[bearer], o.Now()) {
				return reply{status: 401, body: "{}"}, nil
			}
		}
	}
	if r.Step == core.StepRefresh {
		var said struct{ RefreshToken string }
		_ = json.Unmarshal([]byte(r.Body), &said)
		if old := o.issued[strings.TrimPrefix(said.RefreshToken, "R")]; old == nil || old.ended || old.refresh != said.RefreshToken {
			return reply{status: 401, body: "{}"}, nil
		}
	}
	token, given := o.issue(a, system)
	body := map[string]any{
		"isales": fields{"result": "0", "resultData": fields{"token": token, "tokenExpirationTime": 300,
			"refreshToken": given.refresh, "refreshExpirationTime": 3600}},
		"ccmessaging": fields{"resultCode": "0", "token": token},
		"cubedrive":   fields{"success": true, "x-auth-token": token},
		"appcube":     fields{"errorCode": 0, "authToken": token, "expireTime": 3600},
		"apifabric":   fields{"AccessToken": token, "Expires": "3600"},
	}[system]
	data, _ := json.Marshal(body)
	return reply{status: 200, body: string(data)}, given
}

func (o *offices) issue(a *account, system string) (string, *issue) {
	a.count++
	token := fmt.Sprintf("T%d-%s", a.count, strings.ReplaceAll(a.name, " ", "-"))
	given := &issue{owner: a, asked: o.Now(), life: life[system], refresh: "R" + token}
	o.issued[token] = given
	o.in(given.life+2*hour, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.issued, token)
	})
	return token, given
}

func (o *offices) failing(system string) outage {
	if all := o.down[""]; all != "" {
		return all
	}
	return o.down[system]
}

// called is the answer to a business call that carries a token: its status, and a further token where there is one.
func (o *offices) called(system, token, path string) (status int, rolled string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := o.issued[token]
	switch o.failing(system) {
	case unreachable, silent:
		return 0, ""
	case overloaded, busy:
		return 503, ""
	}
	if !o.good(i, o.Now()) || path == refusing {
		return 401, ""
	}
	if system == "ccmessaging" && o.random.IntN(10) == 0 {
		rolled, _ = o.issue(i.owner, system)
	}
	return 200, rolled
}

// rolled notes that the keeper has a further token.
func (o *offices) rolled(token string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := o.issued[token]
	i.owner.held = i
}

// endAll ends all tokens of a system, as a deployment may.
func (o *offices) endAll(system string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, i := range o.issued {
		if strings.HasPrefix(i.owner.name, system) {
			i.ended, i.endedAt = true, o.Now().Mono
		}
	}
}

func (o *offices) fails(system string, how outage) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down[system] = how
}

// refuses changes somebody's password, or changes it back.
func (o *offices) refuses(owner string, refused bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.account(owner).refused = refused
}

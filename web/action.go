//go:build js

package main

import (
	"slices"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"cctoken/web/console"
)

// clicked finds the card and the action of a click.
func (p *page) clicked(e dom.Event) {
	button := e.Target().Closest("button[data-action]")
	if button == nil {
		return
	}
	article := button.Closest("article")
	for _, c := range p.cards {
		if c.el.Underlying().Equal(article.Underlying()) {
			c.act(button)
			return
		}
	}
}

// act does what a button says. While it does, the button says that it is busy, but keeps the focus.
func (c *card) act(button dom.Element) {
	name := button.GetAttribute("data-action")
	do := map[string]func(){
		"sign-in": c.signIn, "force": c.force, "sign-out": c.signOut,
		"get": c.get, "verify": c.verify, "call": c.business, "reveal": c.reveal, "copy": c.copy, "close": c.close,
		"revoke": func() { c.revoke(c.listed) }, "revoke-part": func() { c.revoke(c.part) }, "roll": c.roll, "fault": c.fault,
	}[name]
	if do == nil || c.busy[name] {
		return
	}
	c.busy[name] = true
	button.SetAttribute("aria-disabled", "true")
	go func() {
		do()
		c.busy[name] = false
		button.RemoveAttribute("aria-disabled")
	}()
}

// asked waits for the session's token, got in a way of the package's, and follows what comes of it.
func (c *card) asked(way string, options ...any) (console.Trouble, bool) {
	c.Waiting++
	c.tick(c.page.now())
	token, reason, ok := await(c.handle.Call(way, options...))
	c.Waiting--
	if !ok {
		t := c.failed(reason)
		return t, false
	}
	c.took(token)
	return console.Trouble{}, true
}

func (c *card) took(token js.Value) {
	if !token.Equal(c.token) { // what was shown on purpose, and what was verified, was the former one
		c.revealed, c.verdict = false, js.Undefined()
	}
	c.token = token
	c.Take(lifeOf(token))
	c.show()
}

// failed shows what a promise was rejected with.
func (c *card) failed(reason js.Value) console.Trouble {
	t := troubleOf(reason)
	if strings.HasPrefix(t.Code, "module_") {
		c.page.coreTrouble(t)
	}
	if t.Code != "" {
		t.At = c.page.now()
		c.Fail(t)
	}
	c.show()
	return t
}

// tell says in the live region how an action failed.
func (c *card) tell(t console.Trouble) {
	r := c.page.reader
	if t.Code == "" {
		c.page.say(r.Say("said call failed", itoa(c.Card)))
		return
	}
	c.page.say(r.Say("said failed", itoa(c.Card), t.Code, r.Advice(t.Code)))
}

func (c *card) get() { c.obtain("getToken") }

// signIn is a person's act: nothing else on the page calls it.
func (c *card) signIn() { c.obtain("signIn") }

// force signs in and ends the session that the person has elsewhere, such as the one that a reload has lost.
func (c *card) force() { c.obtain("signIn", map[string]any{"force": true}) }

func (c *card) obtain(way string, options ...any) {
	if t, ok := c.asked(way, options...); !ok {
		c.tell(t)
		return
	}
	c.page.say(c.page.reader.Say("said token", itoa(c.Card)))
}

// keep has the session used all the time, or not any more: where somebody is signed in, by signs of life.
func (c *card) keep(on bool) {
	if !c.form.SignsIn {
		c.kept = on
		return
	}
	if c.beats.Truthy() {
		c.beats.Invoke()
	}
	c.beats = js.Undefined()
	if on {
		c.beats = c.handle.Call("keepAlive")
	}
}

// tellOut says in the live region why nobody is signed in any more.
func (c *card) tellOut() {
	c.page.say(c.page.reader.Say("said out", itoa(c.Card), c.page.reader.State(c.Session, c.page.now())))
}

func (c *card) signOut() {
	if _, reason, ok := await(c.handle.Call("signOut")); !ok {
		c.tell(c.failed(reason))
		return
	}
	c.show()
	c.page.say(c.page.reader.Say("said signed out", itoa(c.Card)))
}

func (c *card) verify() {
	// The token that is shown, if there is one: also a dead one has an answer.
	args := []any{}
	if c.token.Truthy() {
		args = append(args, c.token)
	}
	verdict, reason, ok := await(c.handle.Call("verifyToken", args...))
	if !ok {
		c.tell(c.failed(reason))
		return
	}
	c.verdict, c.verified = verdict, c.page.now()
	c.show()
	c.page.say(c.page.reader.Say("said verified", itoa(c.Card), c.verifiedText(c.page.reader)))
}

// business makes the business call. The package adds the token, and at a 401 renews it and calls once more.
func (c *card) business() {
	init := map[string]any{"method": c.call.Method}
	if c.call.Body != "" {
		init["body"] = c.call.Body
		init["headers"] = map[string]any{"content-type": "application/json; charset=UTF-8"}
	}
	replays, left := c.replays(), c.Left
	c.Waiting++
	response, reason, ok := await(c.handle.Call("fetch", c.call.Path, init))
	c.Waiting--
	if !ok {
		c.tell(c.failed(reason))
		return
	}
	c.show()
	said := "said called"
	if c.replays() > replays {
		said = "said replayed"
	}
	if c.Left && !left {
		c.tellOut() // with its answer, the vendor has signed the person out
	} else {
		c.page.say(c.page.reader.Say(said, itoa(c.Card), "HTTP "+itoa(int(num(response, "status")))))
	}
	if body := response.Get("body"); body.Truthy() {
		await(body.Call("cancel")) // nobody reads it
	}
}

func (c *card) replays() int {
	n := 0
	for _, e := range c.page.log.Of(c.Card) {
		if e.Type == console.Replayed {
			n++
		}
	}
	return n
}

func (c *card) reveal() {
	c.revealed = !c.revealed
	c.show()
}

func (c *card) copy() {
	r := c.page.reader
	if !c.token.Truthy() {
		c.page.say(r.Say("state empty"))
		return
	}
	if _, _, ok := await(c.page.host.Call("copy", c.token.Get("value"))); !ok {
		c.page.say(r.Say("said not copied"))
		return
	}
	c.page.say(r.Say("said copied", itoa(c.Card)))
}

// close forgets the token and takes the card off the page. The focus goes to what is next.
func (c *card) close() {
	p := c.page
	at := slices.Index(p.cards, c)
	if at < 0 {
		return
	}
	id := num(c.handle, "id")
	shared := id != 0 && len(p.cardsOf(id)) > 1
	if !shared { // equal identities share one session: it is not taken from under another card
		c.handle.Call("forget")
	}
	p.cards = slices.Delete(p.cards, at, at+1)
	c.el.Remove()
	p.counted()
	next := p.doc.GetElementByID("sessions-title")
	if len(p.cards) > 0 {
		next = p.cards[min(at, len(p.cards)-1)].slots["name"].el
	}
	next.(dom.HTMLElement).Focus()
	p.say(p.reader.Say("said closed", itoa(c.Card)))
}

func (p *page) closeAll() {
	for _, c := range slices.Backward(slices.Clone(p.cards)) {
		c.close()
	}
}

// control asks the sandbox for something, and notes that in the timeline.
func (c *card) control(name, body, asked string) (js.Value, bool) {
	p := c.page
	answer, reason, ok := await(p.host.Call("control", "POST", name, body))
	if !ok {
		p.say(p.reader.Say("said sandbox", text(reason, "message")))
		return answer, false
	}
	p.note(console.Event{Type: console.Fault, At: p.now(), System: c.System, Card: c.Card, Asked: asked})
	return answer, true
}

// revoke ends the tokens that the session has of a system of the sandbox.
func (c *card) revoke(of console.Listed) {
	body, asked := console.RevokeBody(of.Name, c.form.Value(of.Subject, c.values)), "revoke "+of.Name
	if answer, ok := c.control("revoke", body, asked); ok {
		c.page.say(c.page.reader.Say("said revoked", itoa(c.Card), itoa(int(num(answer, "revoked")))))
	}
}

func (c *card) roll() {
	if answer, ok := c.control("roll", console.RollBody(c.System, c.form.Value(c.listed.Subject, c.values)), "roll"); ok {
		c.page.say(c.page.reader.Say("said roll", itoa(c.Card), itoa(int(num(answer, "waiting")))))
	}
}

func (c *card) fault() {
	r := c.page.reader
	value := func(name string) string {
		return c.el.QuerySelector("[name=" + name + "]").Underlying().Get("value").String()
	}
	times, ok := console.Times(value("times"))
	if !ok {
		c.page.say(r.Say("times wrong"))
		return
	}
	place, fault := value("place"), value("fault")
	if _, ok := c.control("faults", console.FaultBody(c.System, place, fault, times), fault+" × "+times+" at "+place); ok {
		c.page.say(r.Say("said fault", itoa(c.Card), times, r.Say("fault "+fault), c.place(place)))
	}
}

func (p *page) clearFaults() {
	answer, reason, ok := await(p.host.Call("control", "DELETE", "faults"))
	switch n := 0; {
	case !ok:
		p.say(p.reader.Say("said sandbox", text(reason, "message")))
	default:
		if n = int(num(answer, "cleared")); n == 0 {
			p.say(p.reader.Say("said nothing to clear"))
			return
		}
		p.say(p.reader.Say("said cleared", itoa(n)))
	}
}

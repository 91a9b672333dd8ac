//go:build js

package main

import (
	"math"
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"cctoken/web/console"
)

// card is one session on the page.
type card struct {
	console.Session
	page   *page
	form   console.Form
	values map[string]string // what was typed
	call   console.Call      // that its button makes
	listed console.Listed    // what the sandbox has of its system
	part   console.Listed    // and of the one that is asked for a token first
	handle js.Value          // the package's Session
	core   int64             // the number by which events name it, or 0
	token  js.Value          // the package's Token, or undefined

	verdict  js.Value // the latest Verification, or undefined
	verified int64    // when
	exchange *console.Event
	revealed bool
	kept     bool            // asked for every second
	beats    js.Value        // what ends the signs of life of who is signed in, or undefined
	busy     map[string]bool // actions under way

	el      dom.Element
	slots   map[string]*slot
	state   console.State
	left    string // of the bar, as written
	percent int    // of what is left, as written
	life    console.Life
	bar     dom.Element
	fill    js.Value // the bar's style
}

// slot is a place for a text. It is written to only when the text is another one: 50 sessions tick each second.
type slot struct {
	el   dom.Element
	text string
}

func (s *slot) say(text string) {
	if text != s.text {
		s.text = text
		s.el.SetTextContent(text)
	}
}

// open makes a session of the package, shows it, and gets its first token.
func (p *page) open(form console.Form, target console.Target, values map[string]string, call console.Call) {
	p.opened++
	listed := p.listing.Of(form.Name)
	title := form.Title(values)
	if title == "" {
		title = form.Value(listed.Subject, values)
	}
	part, needs := p.listing.PartOf(form.Name)
	c := &card{
		Session: console.Session{Card: p.opened, System: form.Name, Target: target, Title: title},
		page:    p, form: form, values: values, call: call, listed: listed, part: part, token: js.Undefined(), verdict: js.Undefined(), beats: js.Undefined(),
		handle: p.client.Call("session", objectOf(form.Identity(values))),
		busy:   map[string]bool{}, slots: map[string]*slot{}, percent: -1,
		el: dom.WrapElement(p.template.Call("cloneNode", true)),
	}
	for _, el := range c.el.QuerySelectorAll("[data-slot]") {
		c.slots[el.GetAttribute("data-slot")] = &slot{el: el}
	}
	c.bar = c.el.QuerySelector(".life")
	c.fill = c.bar.QuerySelector(".fill").Underlying().Get("style")
	c.el.SetAttribute("data-session", itoa(c.Card))
	c.el.SetAttribute("data-system", form.Name)
	c.el.SetAttribute("data-target", string(target))
	keep := c.el.QuerySelector("[data-action=keep]")
	keep.AddEventListener("change", false, func(dom.Event) { c.keep(keep.Underlying().Get("checked").Bool()) })
	hide(c.el.QuerySelector(".sandbox-tools"), target != console.Sandbox)
	hide(c.el.QuerySelector("[data-action=roll]"), !listed.Rolls)
	hide(c.el.QuerySelector(".signing"), !form.SignsIn)
	if form.SignsIn { // by that, and by nothing else, a token comes
		c.el.QuerySelector("[data-action=get]").Class().Remove("main")
	}
	revokePart := c.el.QuerySelector("[data-action=revoke-part]")
	hide(revokePart, !needs)
	revokePart.SetInnerHTML(console.Both("revoke part", form.Part.Label))
	c.name()
	c.show()
	p.cards = append(p.cards, c)
	p.sessions.AppendChild(c.el)
	p.counted()
	p.say(p.reader.Say("said opened", itoa(c.Card)))
	if !form.SignsIn { // that is a person's act of its own
		go c.get()
	}
}

// counted brings up to date what depends on how many cards there are.
func (p *page) counted() {
	hide(p.none, len(p.cards) > 0)
	p.host.Call("rememberSessions", len(p.cards))
	p.listFilter()
}

// name gives the card and its controls their names, in the page's language.
func (c *card) name() {
	r, n := c.page.reader, itoa(c.Card)
	c.slots["name"].say(n + " · " + c.System)
	c.slots["title"].say(c.Title)
	c.slots["target"].say(r.Say("target " + string(c.Target)))
	c.el.SetAttribute("aria-label", r.Say("session", n)+": "+c.System)
	c.bar.SetAttribute("aria-label", r.Say("life of", n))
	shown := ".en"
	if r.Language == console.Chinese {
		shown = ".zh"
	}
	for _, button := range c.el.QuerySelectorAll("button") {
		button.SetAttribute("aria-label", r.Say("button in", button.QuerySelector(shown).TextContent(), n))
	}
	keep := c.el.QuerySelector("[data-action=keep]")
	keep.SetAttribute("aria-label", r.Say("button in", keep.ParentElement().QuerySelector(shown).TextContent(), n))
	c.choices("place", r.Say("fault at", n), c.listed.Places, c.place)
	c.choices("fault", r.Say("fault kind", n), console.Faults, func(fault string) string { return r.Say("fault " + fault) })
	c.el.QuerySelector("[name=times]").SetAttribute("aria-label", r.Say("fault times", n))
}

// place names an endpoint in the page's language.
func (c *card) place(place string) string { return c.page.reader.Place(c.form, c.part, place) }

// choices writes a list's options, and keeps what was chosen.
func (c *card) choices(name, label string, values []string, words func(string) string) {
	list := c.el.QuerySelector("select[name=" + name + "]")
	list.SetAttribute("aria-label", label)
	markup := ""
	for _, value := range values {
		markup += console.Option(value, words(value))
	}
	setOptions(list, markup)
}

// setOptions replaces a list's options, and keeps what was chosen where it is still there.
func setOptions(list dom.Element, markup string) {
	chosen := list.Underlying().Get("value").String()
	list.SetInnerHTML(markup)
	if chosen != "" {
		list.Underlying().Set("value", chosen)
	}
	if list.Underlying().Get("selectedIndex").Int() < 0 {
		list.Underlying().Set("selectedIndex", 0)
	}
}

// show brings the whole card up to date.
func (c *card) show() {
	r := c.page.reader
	c.showToken(r)
	c.slots["logins"].say(itoa(c.Logins))
	c.slots["verified"].say(c.verifiedText(r))
	switch {
	case c.exchange == nil:
		c.slots["exchange"].say(r.Say("exchange none"))
	default:
		c.slots["exchange"].say(r.Clock(c.exchange.At) + "  " + r.Exchange(*c.exchange))
	}
	c.showTrouble(r)
	c.showLife(r)
	c.tick(c.page.now())
}

func (c *card) showToken(r console.Reader) {
	value, number := r.Say("token none"), ""
	if c.token.Truthy() && c.Held {
		value = c.token.Get("value").String()
		if !c.revealed {
			value = console.Shorten(value)
		}
		number = r.Say("token number", itoa(c.Tokens))
	}
	c.slots["token"].say(value)
	c.slots["number"].say(number)
	reveal := c.el.QuerySelector("[data-action=reveal]")
	reveal.SetAttribute("aria-pressed", strconv.FormatBool(c.revealed))
	c.el.QuerySelector(".token").SetAttribute("data-revealed", strconv.FormatBool(c.revealed))
}

func (c *card) verifiedText(r console.Reader) string {
	if !c.verdict.Truthy() {
		return r.Say("verified not")
	}
	valid := "null"
	if v := c.verdict.Get("valid"); v.Type() == js.TypeBoolean {
		valid = strconv.FormatBool(v.Bool())
	}
	return r.Say("verified", r.Say("verdict "+valid), r.Say("source "+text(c.verdict, "source")),
		r.Say("reason "+text(c.verdict, "reason")), r.Clock(c.verified))
}

func (c *card) showTrouble(r console.Reader) {
	var t console.Trouble
	if c.Trouble != nil {
		t = *c.Trouble
	}
	code := t.Code
	if t.Status != 0 {
		code += " · HTTP " + itoa(t.Status)
	}
	if c.Trouble == nil {
		code = "–"
	}
	c.slots["code"].say(code)
	trouble := c.el.QuerySelector(".trouble")
	if c.Trouble == nil {
		trouble.RemoveAttribute("data-trouble")
	} else {
		trouble.SetAttribute("data-trouble", "")
	}
	c.slots["message"].say(t.Message)
	c.slots["advice"].say(r.Advice(t.Code))
	retry := ""
	if t.RetryAt != 0 {
		retry = r.Say("retry at", r.Clock(t.RetryAt))
	}
	c.slots["retry"].say(retry)
}

// showLife writes what stays the same while one token lives: the marks of its bar, and their times of day.
func (c *card) showLife(r console.Reader) {
	marks, g := "–", c.Life.Gauge(c.Life.IssuedAt)
	if c.Held {
		marks = r.Marks(c.Life)
	}
	c.slots["marks"].say(marks)
	if c.Life == c.life {
		return
	}
	c.life = c.Life
	hide(c.bar.QuerySelector(".renew"), g.Renew == 0)
	hide(c.bar.QuerySelector(".margin"), g.Margin == 0)
	percent := func(part float64) string { return strconv.FormatFloat(part*100, 'f', 2, 64) + "%" }
	c.bar.QuerySelector(".renew").Underlying().Get("style").Call("setProperty", "left", percent(g.Renew))
	c.bar.QuerySelector(".margin").Underlying().Get("style").Call("setProperty", "left", percent(g.Margin))
}

// tick brings up to date what changes with time alone.
func (c *card) tick(now int64) {
	r := c.page.reader
	if state := c.State(now); state != c.state {
		c.state = state
		c.el.SetAttribute("data-state", string(state))
		if state.Bad() {
			c.page.changed = append(c.page.changed, c)
		}
	}
	c.slots["state"].say(r.State(c.Session, now))
	left, part := "", 0.0
	switch {
	case !c.Held || c.Denied:
	case !c.Life.Stated():
		part = 1
	case now >= c.Life.ExpiresAt:
		left = r.Say("life over")
	default:
		left, part = r.Say("life left", console.Remaining(c.Life.ExpiresAt, now)), c.Life.Gauge(now).Left
	}
	c.slots["left"].say(left)
	if scale := "scaleX(" + strconv.FormatFloat(part, 'f', 3, 64) + ")"; scale != c.left {
		c.left = scale
		c.fill.Call("setProperty", "transform", scale)
	}
	if percent := int(math.Ceil(part * 100)); percent != c.percent {
		c.percent = percent
		c.bar.SetAttribute("aria-valuenow", itoa(percent))
		c.bar.SetAttribute("aria-valuetext", r.Say("life value", itoa(percent)+" %"))
	}
}

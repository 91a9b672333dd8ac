//go:build js

// Command web is the agent console: a page that opens sessions with the systems and shows their tokens' lives, and an edge as its operators
// see it.
//
// It holds no token logic. The cctoken package, which page.js imports as any page would, gets, keeps, renews and
// verifies; this program asks it, listens to its events, and puts what it says on the screen. What can be thought
// without a screen is in package console.
package main

import (
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"cctoken/web/console"
)

func main() {
	p := newPage(dom.GetWindow().Document(), js.Global().Get("host"))
	p.build()
	p.listen()
	p.start()
	select {} // parked: from here on, the page's events are what happens
}

// page is all that the program knows.
type page struct {
	doc    dom.Document
	host   js.Value // what page.js lends
	client js.Value // the package's client, one for all sessions

	reader    console.Reader
	log       console.Log
	cards     []*card // in the order of the page
	changed   []*card // those that came to a bad state since the last tick
	opened    int     // ever
	drawing   bool    // a frame is waited for, to draw the timeline
	drawn     console.Timeline
	width     float64
	nowLine   dom.Element
	listing   console.Listing   // of the sandbox
	forms     []form            // in the order of the page
	typed     map[string]typed  // by target and form
	notices   map[string]func() // those that are shown, by element
	target    console.Target
	operators *operators

	status, none, systems, sessions, events, picture, filter dom.Element
	template                                                 js.Value
}

func newPage(doc dom.Document, host js.Value) *page {
	p := &page{
		doc: doc, host: host, target: console.Sandbox, typed: map[string]typed{}, notices: map[string]func(){}, width: 640,
		status: doc.GetElementByID("status"), none: doc.GetElementByID("none"), sessions: doc.GetElementByID("sessions"),
		events: doc.GetElementByID("events"), picture: doc.GetElementByID("picture"),
		systems:  doc.QuerySelector(".systems"),
		filter:   doc.QuerySelector("select[name=session]"),
		template: doc.QuerySelector("template#session").Underlying().Get("content").Get("firstElementChild"),
	}
	p.operators = newOperators(p)
	p.listing = listing(host.Get("systems"))
	p.client = host.Get("cctoken").Call("createClient", map[string]any{
		"fetch":   host.Call("watchedFetch", js.FuncOf(p.exchanged)),
		"onEvent": js.FuncOf(p.happened),
	})
	return p
}

// listen connects the page's own controls. Those of a card are reached by way of what holds all cards.
func (p *page) listen() {
	p.host.Call("watchLanguage", js.FuncOf(func(js.Value, []js.Value) any {
		p.say("") // what was said was in the other language
		p.speak()
		return nil
	}))
	for _, place := range []dom.Element{p.doc.QuerySelector("main"), p.doc.GetElementByID("core-trouble")} {
		place.AddEventListener("click", false, func(e dom.Event) {
			button := e.Target().Closest("[data-action]")
			if button == nil {
				return
			}
			if action := p.actions()[button.GetAttribute("data-action")]; action != nil {
				action()
			}
		})
	}
	p.sessions.AddEventListener("click", false, p.clicked)
	p.filter.AddEventListener("change", false, func(dom.Event) { p.redraw(); p.relist() })
	p.operators.listen()
	p.listenToForms()
	p.host.Call("watchPolicy", js.FuncOf(func(_ js.Value, args []js.Value) any {
		p.notice("blocked", "blocked", args[0].String())
		return nil
	}))
	p.host.Call("watchWidth", p.picture.Underlying(), js.FuncOf(func(_ js.Value, args []js.Value) any {
		if p.width = args[0].Float(); p.width > 0 { // an operator does not see it
			p.redraw()
		}
		return nil
	}))
}

// start shows what there is at first, and begins to tick.
func (p *page) start() {
	p.speak()
	switch n := p.host.Get("formerSessions").Int(); {
	case n == 1:
		p.notice("former", "sessions former one")
	case n > 1:
		p.notice("former", "sessions former", itoa(n))
	}
	p.host.Call("rememberSessions", 0)
	p.host.Call("everySecond", js.FuncOf(func(js.Value, []js.Value) any {
		p.tick()
		return nil
	}))
	go func() {
		if _, reason, ok := await(p.host.Get("cctoken").Call("initialize")); !ok {
			p.coreTrouble(troubleOf(reason))
			return
		}
		p.say(p.reader.Say("said ready"))
	}()
}

// actions are the buttons that belong to no card.
func (p *page) actions() map[string]func() {
	return map[string]func(){
		"open-all":     p.openAll,
		"close-all":    p.closeAll,
		"clear-faults": func() { go p.clearFaults() },
		"save":         p.save,
		"restart":      func() { go p.restart() },
	}
}

// speak takes the page's language, and says all again that is not in the page in both.
func (p *page) speak() {
	p.reader.Language = console.LanguageOf(p.doc.DocumentElement().GetAttribute("lang"))
	p.reader.Offset = p.host.Call("zone", p.now()).Int()
	for _, f := range p.forms {
		f.control("callMethod").SetAttribute("aria-label", p.reader.Say("form method"))
	}
	for _, c := range p.cards {
		c.name()
		c.show()
	}
	for _, show := range p.notices {
		show()
	}
	p.operators.show()
	p.legend()
	p.listFilter()
	p.redraw()
	p.relist()
}

// say tells the outcome of what the user did.
func (p *page) say(text string) { p.status.SetTextContent(text) }

// notice shows a notice that stays, in the page's language whatever becomes of it.
func (p *page) notice(id, key string, values ...string) {
	p.notices[id] = func() {
		el := p.doc.GetElementByID(id)
		words := el
		if slot := el.QuerySelector("[data-slot]"); slot != nil { // a button is beside them
			words = slot
		}
		words.SetTextContent(p.reader.Say(key, values...))
		hide(el, false)
	}
	p.notices[id]()
}

// unnotice takes a notice away.
func (p *page) unnotice(id string) {
	delete(p.notices, id)
	hide(p.doc.GetElementByID(id), true)
}

// tick brings up to date what changes with time alone. It is called once a second, and not while nobody sees the page.
func (p *page) tick() {
	now := p.now()
	for _, c := range p.cards {
		c.tick(now)
		if c.kept && c.Waiting == 0 {
			go c.asked("getToken") // as a busy console does, without a word
		}
	}
	p.moveNow(now)
	p.tellChanges(now)
}

// tellChanges tells who cannot see the page what has become of sessions, together and at most once a second.
func (p *page) tellChanges(now int64) {
	if len(p.changed) == 0 {
		return
	}
	var sessions []console.Session
	for _, c := range p.changed {
		if c.State(now).Bad() { // a moment on the way to another state is not worth a word
			sessions = append(sessions, c.Session)
		}
	}
	p.changed = nil
	p.doc.GetElementByID("changes").SetTextContent(p.reader.Changes(sessions, now))
}

// now is the time of day in milliseconds, read anew each time: after a sleep nothing that was counted would be right.
func (p *page) now() int64 { return int64(js.Global().Get("Date").Call("now").Float()) }

// coreTrouble says that the token core is not there: it has died, or cannot be started.
func (p *page) coreTrouble(t console.Trouble) {
	for _, c := range p.cards {
		c.core = 0
		if c.Held {
			c.Drop(true)
			c.token = js.Undefined()
		}
		c.show()
	}
	if t.Code == "module_failed" {
		p.notice("core-trouble", "core died")
		return
	}
	p.notice("core-trouble", "core missing", t.Message)
}

// restart starts the core again. The sessions get new tokens when they are asked.
func (p *page) restart() {
	if _, reason, ok := await(p.host.Get("cctoken").Call("initialize")); !ok {
		p.coreTrouble(troubleOf(reason))
		return
	}
	p.unnotice("core-trouble")
	p.say(p.reader.Say("said restarted"))
}

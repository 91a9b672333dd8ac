//go:build js

package main

import (
	"strconv"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"cctoken/web/console"
)

const listed = 100 // events in the list; the file and the picture have more

// happened is told of every event of the package.
func (p *page) happened(_ js.Value, args []js.Value) any {
	e := eventOf(args[0])
	mine := p.cardsOf(e.Core)
	if e.Type == console.Evicted {
		mine = p.cardsOnce(e.Core) // their handles know no session any more
	}
	if len(mine) == 0 {
		p.note(e)
		return nil
	}
	e.Card = mine[0].Card // equal identities share one session, and the first card's line
	p.note(e)
	for _, c := range mine {
		c.Follow(e)
		switch e.Type {
		case console.Acquired, console.Renewed, console.Adopted, console.Rolled:
			go c.fetchNew()
		case console.Rejected:
			c.verdict = js.Undefined()
		case console.SignedOut:
			c.el.QuerySelector("[data-action=keep]").Underlying().Set("checked", false) // its signs of life have ended
			c.token, c.verdict = js.Undefined(), js.Undefined()
			if !c.busy["sign-out"] && !c.busy["call"] { // which tell how they end
				c.tellOut()
			}
		case console.Evicted:
			c.core, c.token, c.verdict = 0, js.Undefined(), js.Undefined()
		}
		c.show()
	}
	return nil
}

// fetchNew takes the token that an event told of. The session has it: nothing is sent.
func (c *card) fetchNew() {
	if token, _, ok := await(c.handle.Call("getToken")); ok {
		c.took(token)
	}
}

// cardsOf finds the cards of a session by the package's number. A core that was started anew counts from the beginning,
// so it is the handles that are asked.
func (p *page) cardsOf(core int64) []*card {
	var out []*card
	for _, c := range p.cards {
		if id := num(c.handle, "id"); id != 0 && id == core {
			c.core = core
			out = append(out, c)
		}
	}
	return out
}

// callerOf finds the card whose business call a path is. A call that an edge makes carries the user's authorization in
// place of the connection's token, and the package counts that as a session of its own, which no card's handle knows.
func (p *page) callerOf(path string) []*card {
	for _, c := range p.cards {
		if c.Target == console.Edge && c.busy["call"] && strings.Contains(path, "/v1/call/"+c.Title+"/") {
			return []*card{c}
		}
	}
	return nil
}

// cardsOnce finds the cards whose session last had a number.
func (p *page) cardsOnce(core int64) []*card {
	var out []*card
	for _, c := range p.cards {
		if c.core == core {
			out = append(out, c)
		}
	}
	return out
}

// exchanged is told of every request: session, step, method, path, at, status, took.
func (p *page) exchanged(_ js.Value, args []js.Value) any {
	e := console.Event{
		Type: console.Exchange, Core: int64(args[0].Float()), Step: args[1].String(), Method: args[2].String(), Path: args[3].String(),
		At: int64(args[4].Float()), Status: args[5].Int(), Took: int64(args[6].Float()), System: console.SystemAt(args[1].String()),
	}
	mine := p.cardsOf(e.Core)
	if len(mine) == 0 && e.Step == "call" {
		mine = p.callerOf(e.Path)
	}
	for _, c := range mine {
		c.exchange = &e
		c.show()
	}
	if len(mine) > 0 {
		e.Card, e.System = mine[0].Card, mine[0].System
	}
	p.note(e)
	return nil
}

// note puts an event into the log, the list and, with the next frame, the picture.
func (p *page) note(e console.Event) {
	p.log.Add(e)
	if card := p.filtered(); card == 0 || card == e.Card {
		p.events.InsertBefore(p.item(e), p.events.FirstChild())
		if children := p.events.Underlying().Get("childElementCount").Int(); children > listed {
			p.events.Underlying().Get("lastElementChild").Call("remove")
		}
	}
	p.redraw()
}

// item is an event's line in the list.
func (p *page) item(e console.Event) dom.Element {
	li := p.doc.CreateElement("li")
	li.SetAttribute("data-event", string(e.Type))
	li.SetAttribute("data-session", itoa(e.Card))
	li.SetInnerHTML(p.reader.Line(e))
	return li
}

// relist writes the whole list anew.
func (p *page) relist() {
	p.events.SetTextContent("")
	for _, e := range p.log.Last(p.filtered(), listed) {
		p.events.AppendChild(p.item(e))
	}
}

// filtered is the card whose events are shown, or 0 for all. Of cards that share a session it is the first.
func (p *page) filtered() int {
	chosen, _ := strconv.Atoi(p.filter.Underlying().Get("value").String()) // 0 where the list is not filled in yet
	for _, c := range p.cards {
		if id := num(c.handle, "id"); c.Card == chosen && id != 0 {
			return p.cardsOf(id)[0].Card
		}
	}
	return chosen
}

// listFilter offers the sessions that the timeline can be narrowed to.
func (p *page) listFilter() {
	markup := console.Option("0", p.reader.Say("timeline all"))
	for _, c := range p.cards {
		markup += console.Option(itoa(c.Card), p.reader.Say("session", itoa(c.Card))+" · "+c.System)
	}
	setOptions(p.filter, markup)
}

// redraw draws the timeline with the next frame, however often it is asked to.
func (p *page) redraw() {
	if p.drawing {
		return
	}
	p.drawing = true
	var draw js.Func
	draw = js.FuncOf(func(js.Value, []js.Value) any {
		draw.Release()
		p.drawing = false
		p.draw()
		return nil
	})
	p.host.Call("nextFrame", draw)
}

func (p *page) draw() {
	r, now := p.reader, p.now()
	events := p.log.Of(p.filtered())
	p.drawn = console.Layout(events, r.Label, p.width, now, r.Offset)
	summary := r.Say("timeline summary", itoa(len(events)), itoa(len(p.drawn.Lanes)), r.Clock(p.drawn.From), r.Clock(p.drawn.To))
	p.picture.SetInnerHTML(p.drawn.SVG(summary, r.Mark))
	p.nowLine = p.picture.QuerySelector(".now")
	p.moveNow(now)
}

// moveNow moves the line of the present, and draws anew where it comes to the picture's end.
func (p *page) moveNow(now int64) {
	if p.nowLine == nil {
		return
	}
	if _, to := console.Window(p.drawn.First, now); to != p.drawn.To {
		p.redraw()
	}
	p.nowLine.SetAttribute("transform", "translate("+console.Pixels(p.drawn.X(now))+" 0)")
}

// legend says what the timeline's shapes stand for.
func (p *page) legend() {
	markup := ""
	for _, kind := range console.EventTypes {
		markup += `<li class="event" data-event="` + string(kind) + `"><svg width="18" height="18" viewBox="-9 -9 18 18" aria-hidden="true"><path d="` +
			kind.Shape() + `"/></svg>` + console.Escape(p.reader.Say("event "+string(kind))) + `</li>`
	}
	p.doc.GetElementByID("legend").SetInnerHTML(markup)
}

// save offers the log of the shown sessions as a file.
func (p *page) save() {
	card := p.filtered()
	p.host.Call("save", "cctoken-timeline.json", string(p.log.JSON(card, p.now())))
	p.say(p.reader.Say("said saved", itoa(len(p.log.Of(card)))))
}

//go:build js

package main

import (
	"slices"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"cctoken/web/console"
)

// operators is the part of the page for who operates an edge: how its keepers are, and who is stopped. The bearer is in its field and
// nowhere else; a subject is there until it was sent.
type operators struct {
	page *page
	form, panel, order,
	connections, stops dom.Element
	edge      string             // that is looked at, or ""
	ways      []string           // to sign in at it
	overviews []console.Overview // in the order of its configuration
	stopped   []console.Stop
	round     int // is another one when what was asked for before is of no interest any more
	busy      map[string]bool
}

func newOperators(p *page) *operators {
	at := p.doc.GetElementByID
	return &operators{
		page: p, form: at("operators-form"), panel: at("operators"), order: at("stop-form"), connections: at("connections"), stops: at("stops"),
		busy: map[string]bool{},
	}
}

func (o *operators) listen() {
	o.form.AddEventListener("submit", false, func(e dom.Event) {
		e.PreventDefault()
		o.once("look", nil, o.begin)
	})
	o.order.AddEventListener("submit", false, func(e dom.Event) {
		e.PreventDefault()
		o.once("stop", nil, func() { o.typed("stop", "said stopped") })
	})
	for _, place := range []dom.Element{o.panel, o.form} {
		place.AddEventListener("click", false, func(e dom.Event) {
			if button := e.Target().Closest("button[data-action]"); button != nil {
				o.act(button)
			}
		})
	}
}

func (o *operators) act(button dom.Element) {
	name := button.GetAttribute("data-name")
	do := map[string]func(){
		"look-again":   o.look,
		"forget-edge":  o.forget,
		"resume-typed": func() { o.typed("resume", "said resumed") },
		"resume":       func() { o.resume(name, button.GetAttribute("data-connection")) },
		"reset":        func() { o.reset(button.Closest("article").GetAttribute("data-connection"), name) },
	}[button.GetAttribute("data-action")]
	if do != nil {
		o.once(button.GetAttribute("data-action")+name, button, do)
	}
}

// once does something that is not under way yet. The button says that it is, but keeps the focus.
func (o *operators) once(name string, button dom.Element, do func()) {
	if o.busy[name] {
		return
	}
	o.busy[name] = true
	if button != nil {
		button.SetAttribute("aria-disabled", "true")
	}
	go func() {
		do()
		o.busy[name] = false
		if button != nil {
			button.RemoveAttribute("aria-disabled")
		}
	}()
}

// chosen reports whether the page is an operator's.
func (o *operators) chosen() bool {
	return o.page.target == console.Edge && o.page.doc.QuerySelector("input[name=role]:checked").Underlying().Get("value").String() == "operator"
}

// choose shows what belongs to the role.
func (o *operators) choose() {
	doc, on := o.page.doc, o.chosen()
	hide(doc.QuerySelector(".roles"), o.page.target != console.Edge)
	hide(o.form, !on)
	hide(o.panel, !on)
	title := "sessions-title"
	if on {
		title = "operators-title"
	}
	doc.QuerySelector(".skip").SetAttribute("href", "#"+title)
	for _, other := range []string{".sessions", ".timeline"} {
		hide(doc.QuerySelector(other), on)
	}
	doc.QuerySelector("main").SetAttribute("data-role", map[bool]string{true: "operator", false: "agent"}[on])
}

func field(form dom.Element, name string) js.Value {
	return form.QuerySelector("[name=" + name + "]").Underlying()
}

// typedIn is what a field has, without the space around it.
func typedIn(form dom.Element, name string) string {
	return strings.TrimSpace(field(form, name).Get("value").String())
}

// ask asks the edge for a path below /v1/operator/, by POST where there is a body. The status is 0 where nothing came.
func (o *operators) ask(path string, body map[string]any) (js.Value, int) {
	var given any
	if body != nil {
		given = body
	}
	answer, _, ok := await(o.page.host.Call("operate", o.edge, typedIn(o.form, "bearer"), path, given))
	if !ok {
		return js.Global().Get("Object").New(), 0
	}
	return answer.Get("body"), int(num(answer, "status"))
}

// complain marks a field of a form as wrong, or as right with "".
func complain(form dom.Element, name, message string) {
	el := form.QuerySelector("[name=" + name + "]")
	form.QuerySelector("#" + el.GetAttribute("id") + "-note .error").SetTextContent(message)
	if message == "" {
		el.RemoveAttribute("aria-invalid")
		return
	}
	el.SetAttribute("aria-invalid", "true")
	el.(dom.HTMLElement).Focus()
}

// begin looks at the edge that was typed.
func (o *operators) begin() {
	r, edge := o.page.reader, o.page.host.Call("edgeAt", typedIn(o.form, "edge")).String()
	bearer := typedIn(o.form, "bearer")
	wrong := map[string]string{}
	if bearer == "" {
		wrong["bearer"] = r.Say("bearer wrong")
	}
	if edge == "" {
		wrong["edge"] = r.Say("edge wrong")
	}
	complain(o.form, "bearer", wrong["bearer"])
	complain(o.form, "edge", wrong["edge"])
	if len(wrong) > 0 {
		o.page.say(r.Say("said form", wrong["edge"]+wrong["bearer"]))
		return
	}
	if edge != o.edge {
		o.clear()
	}
	o.edge = edge
	o.look()
}

// look reads all that there is to see.
func (o *operators) look() {
	round := o.round
	configuration, status := o.ask("configuration", nil)
	switch {
	case round != o.round:
		return
	case status != 200:
		o.clear()
		o.refused(status, "")
		return
	}
	var ways []string
	for _, way := range listIn(configuration, "authentication") {
		ways = append(ways, text(way, "by"))
	}
	names := listIn(configuration, "connections")
	overviews := make([]console.Overview, len(names))
	done := make(chan struct{})
	for i, name := range names {
		overviews[i] = console.Overview{Connection: text(name, "connection"), System: text(name, "system")}
		go func() {
			o.overview(&overviews[i])
			done <- struct{}{}
		}()
	}
	ok := o.list()
	for range overviews {
		<-done
	}
	if round != o.round {
		return
	}
	o.ways, o.overviews = ways, overviews
	o.show()
	if ok {
		o.page.say(o.page.reader.Say("said looked", itoa(len(overviews)), o.page.reader.Clock(o.page.now())))
	}
}

// overview reads how a connection's keepers are.
func (o *operators) overview(one *console.Overview) {
	body, status := o.ask("status?connection="+one.Connection, nil)
	if one.Trouble = ""; status != 200 {
		one.Trouble = refusal(status)
		return
	}
	one.Keepers = keepersOf(body, o.page.now())
}

// list reads who is stopped.
func (o *operators) list() bool {
	round := o.round
	body, status := o.ask("stopped", nil)
	switch {
	case round != o.round:
		return false
	case status != 200:
		o.refused(status, "")
		return false
	}
	o.stopped = nil
	for _, one := range listIn(body, "stopped") {
		o.stopped = append(o.stopped, console.Stop{Hash: text(one, "hash"), Connection: text(one, "connection"), Since: text(one, "since")})
	}
	return true
}

// typed stops the user who was typed, or ends their stops.
func (o *operators) typed(order, said string) {
	r := o.page.reader
	subject := typedIn(o.order, "subject")
	if subject == "" {
		complain(o.order, "subject", r.Say("subject wrong"))
		o.page.say(r.Say("said form", r.Say("subject wrong")))
		return
	}
	complain(o.order, "subject", "")
	if o.send(order, said, map[string]any{"by": typedIn(o.order, "by"), "subject": subject}, typedIn(o.order, "where")) {
		field(o.order, "subject").Set("value", "") // nothing shows it any more
	}
}

// resume ends the stop of a user in the list.
func (o *operators) resume(hash, connection string) {
	if o.send("resume", "said resumed", map[string]any{"hash": hash}, connection) {
		o.page.doc.GetElementByID("stops-title").(dom.HTMLElement).Focus() // the button is gone
	}
}

// send sends an order about a user, reads the list anew, and reports whether the order was taken.
func (o *operators) send(order, said string, body map[string]any, connection string) bool {
	if connection != "" {
		body["connection"] = connection
	}
	answer, status := o.ask(order, body)
	if status != 200 {
		o.refused(status, text(answer, "field"))
		return false
	}
	o.list()
	o.show()
	r := o.page.reader
	told := r.Say(said, text(answer, "hash"), r.Where(connection))
	if pending := textsIn(answer, "pending"); len(pending) > 0 {
		told += r.Say("said pending", strings.Join(pending, ", "))
	}
	o.page.say(told)
	return true
}

// reset ends the waiting time of a session.
func (o *operators) reset(connection, session string) {
	round := o.round
	answer, status := o.ask("reset", map[string]any{"connection": connection, "session": session})
	if status != 200 {
		o.refused(status, "")
		return
	}
	overviews := slices.Clone(o.overviews)
	for i := range overviews {
		if overviews[i].Connection == connection {
			o.overview(&overviews[i])
		}
	}
	if round != o.round {
		return
	}
	o.overviews = overviews
	o.show()
	o.page.doc.GetElementByID("connection-" + connection).(dom.HTMLElement).Focus()
	said := "said reset"
	if !answer.Get("reset").Truthy() {
		said = "said not reset"
	}
	o.page.say(o.page.reader.Say(said, console.Shorten(session)))
}

// forget takes the bearer, and all that came for it, off the page.
func (o *operators) forget() {
	field(o.form, "bearer").Set("value", "")
	field(o.order, "subject").Set("value", "")
	o.clear()
	o.page.say(o.page.reader.Say("said forgot"))
	o.form.QuerySelector("[name=edge]").(dom.HTMLElement).Focus()
}

func (o *operators) clear() {
	o.round++
	o.edge, o.ways, o.overviews, o.stopped = "", nil, nil, nil
	o.show()
}

// refused tells why the edge has not answered what was asked.
func (o *operators) refused(status int, wrong string) {
	r := o.page.reader
	switch {
	case wrong == "subject":
		o.page.say(r.Say("operator self"))
	default:
		o.page.say(r.Say("operator " + refusal(status)))
	}
}

// refusal is a word for what an edge answers to operators.
func refusal(status int) string {
	switch status {
	case 0:
		return "network"
	case 404:
		return "forbidden"
	case 413:
		return "full"
	case 429, 503:
		return "unavailable"
	}
	return "unexpected_status"
}

// show writes all that is known of the edge, in the page's language.
func (o *operators) show() {
	p, r := o.page, o.page.reader
	known := o.edge != ""
	hide(p.doc.GetElementByID("operators-none"), known)
	hide(p.doc.GetElementByID("operators-known"), !known)
	open := map[string]bool{}
	for _, el := range o.connections.QuerySelectorAll("article:has(details[open])") {
		open[el.GetAttribute("data-connection")] = true
	}
	markup := ""
	for _, one := range o.overviews {
		markup += r.Overview(one)
	}
	o.connections.SetInnerHTML(markup)
	for _, el := range o.connections.QuerySelectorAll("article:has(details)") {
		if open[el.GetAttribute("data-connection")] {
			el.QuerySelector("details").SetAttribute("open", "")
		}
	}
	o.stops.SetInnerHTML(r.Stops(o.stopped))
	markup = ""
	for _, way := range o.ways {
		markup += console.Option(way, way)
	}
	setOptions(o.order.QuerySelector("[name=by]"), markup)
	markup = console.Option("", r.Where(""))
	for _, one := range o.overviews {
		markup += console.Option(one.Connection, one.Connection)
	}
	setOptions(o.order.QuerySelector("[name=where]"), markup)
}

// keepersOf reads what an edge says of a connection's keepers.
func keepersOf(said js.Value, now int64) []console.Keeper {
	var out []console.Keeper
	for _, v := range listIn(said, "keepers") {
		k := console.Keeper{
			Name: text(v, "keeper"), Running: v.Get("running").Truthy(), Trouble: text(v, "error"), Age: num(v, "age") * 1000, Sessions: map[string]int{},
			Known: int(num(v, "known")), Logins: int(num(v, "logins")), Unstored: int(num(v, "unstored")), More: int(num(v, "more")),
		}
		if k.Name == "" {
			k.Name = itoa(int(num(v, "keeper")))
		}
		if requests := v.Get("requests"); requests.Type() == js.TypeObject {
			k.Open, k.Queued = int(num(requests, "open")), int(num(requests, "waiting"))
		}
		if sessions := v.Get("sessions"); sessions.Type() == js.TypeObject {
			for _, state := range console.KeptStates {
				k.Sessions[state] = int(num(sessions, state))
			}
		}
		for _, c := range listIn(v, "cooling") {
			k.Waits = append(k.Waits, console.Wait{
				Session: text(c, "session"), Code: text(c, "code"), Step: text(c, "step"), VendorCode: text(c, "vendorCode"), Status: int(num(c, "vendorStatus")),
				Until: now + num(c, "endsIn")*1000,
			})
		}
		for _, b := range listIn(v, "budgets") {
			one := console.Budget{Session: text(b, "session"), Used: int(num(b, "used")), Most: int(num(b, "most"))}
			if free := num(b, "freeIn"); free > 0 {
				one.FreeAt = now + free*1000
			}
			k.Budgets = append(k.Budgets, one)
		}
		out = append(out, k)
	}
	return out
}

// listIn reads a member that is a list of objects: what an edge answers that is none, or of another version, ends no page.
func listIn(v js.Value, name string) []js.Value {
	list := v.Get(name)
	if !js.Global().Get("Array").Call("isArray", list).Bool() {
		return nil
	}
	var out []js.Value
	for i := range list.Length() {
		if one := list.Index(i); one.Type() == js.TypeObject {
			out = append(out, one)
		}
	}
	return out
}

// textsIn reads a member that is a list of texts.
func textsIn(v js.Value, name string) []string {
	list := v.Get(name)
	if !js.Global().Get("Array").Call("isArray", list).Bool() {
		return nil
	}
	var out []string
	for i := range list.Length() {
		if one := list.Index(i); one.Type() == js.TypeString {
			out = append(out, one.String())
		}
	}
	return out
}

//go:build js

package main

import (
	"slices"
	"strings"

	"honnef.co/go/js/dom/v2"

	"cctoken/core"
	"cctoken/web/console"
)

// form is one of the page's forms.
type form struct {
	console.Form
	el dom.Element
}

// build makes the forms of all systems that are described, and the buttons that choose one of them.
func (p *page) build() {
	p.systems.Underlying().Call("insertAdjacentHTML", "beforeend", console.Systems(console.Forms))
	place := p.doc.QuerySelector(".forms")
	for _, f := range console.Forms {
		place.Underlying().Call("insertAdjacentHTML", "beforeend", f.Markup())
		made := form{f, dom.WrapElement(place.Underlying().Get("lastElementChild"))}
		markup := ""
		for _, method := range p.listing.Of(f.Name).Methods() {
			markup += console.Option(method, method)
		}
		made.control("callMethod").SetInnerHTML(markup)
		p.forms = append(p.forms, made)
	}
}

// listenToForms fills the forms in, and checks what is typed into them.
func (p *page) listenToForms() {
	for _, radio := range p.doc.QuerySelectorAll("input[name=target]") {
		radio.AddEventListener("change", false, func(e dom.Event) {
			p.aim(console.Target(e.Target().(*dom.HTMLInputElement).Value()))
		})
	}
	for _, choice := range []dom.Element{p.systems, p.doc.QuerySelector(".roles")} {
		choice.AddEventListener("change", false, func(dom.Event) { p.choose() })
	}
	for _, f := range p.forms {
		f.el.AddEventListener("submit", false, func(e dom.Event) {
			e.PreventDefault()
			go p.submit(f)
		})
		f.el.AddEventListener("input", false, func(e dom.Event) {
			name := e.Target().GetAttribute("name")
			at := slices.IndexFunc(f.Fields, func(field console.Field) bool { return field.Name == name })
			if at < 0 {
				return // the business call's
			}
			for _, field := range f.Fields {
				// What one of two fields has says whether the other one is missing.
				if field.Name == name || field.Instead == name && f.value(field) != "" || field.Name == f.Fields[at].Instead {
					go p.check(f, field)
				}
			}
		})
	}
	p.fill()
	p.choose()
}

// choose shows the form of the target, and of the system where the target is one.
func (p *page) choose() {
	chosen := console.EdgeForm
	if p.target != console.Edge {
		chosen = p.systems.QuerySelector("input:checked").(*dom.HTMLInputElement).Value()
	}
	p.operators.choose()
	hide(p.systems, p.target == console.Edge)
	for _, f := range p.forms {
		hide(f.el, f.Name != chosen || p.operators.chosen())
	}
}

func (f form) control(name string) dom.Element { return f.el.QuerySelector(`[name="` + name + `"]`) }

func (f form) text(name string) string {
	return strings.TrimSpace(f.control(name).Underlying().Get("value").String())
}

// ticked reports whether a field is a box to tick, and not one whose text counts.
func ticked(control dom.Element) bool { return control.GetAttribute("type") == "checkbox" }

func (f form) value(field console.Field) string {
	control := f.control(field.Name)
	switch {
	case !ticked(control):
		if field.Kind == core.Parameters {
			return control.Underlying().Get("value").String() // lines, with their ends
		}
		return f.text(field.Name)
	case control.Underlying().Get("checked").Bool():
		return "true"
	}
	return "false"
}

func (f form) set(field console.Field, value string) {
	control := f.control(field.Name)
	if ticked(control) {
		control.Underlying().Set("checked", value == "true")
		return
	}
	control.Underlying().Set("value", value)
}

func (f form) setCall(method, path string) {
	f.control("callMethod").Underlying().Set("value", method)
	f.control("callPath").Underlying().Set("value", path)
}

func (f form) values() map[string]string {
	out := map[string]string{}
	for _, field := range f.Fields {
		out[field.Name] = f.value(field)
	}
	return out
}

// typed is what was typed into a form for one target.
type typed struct {
	values       map[string]string
	method, path string
}

// aim chooses another target. What was typed for one target is not sent to another, but is there again on the way back.
func (p *page) aim(target console.Target) {
	for _, f := range p.forms {
		p.typed[string(p.target)+" "+f.Name] = typed{f.values(), f.text("callMethod"), f.text("callPath")}
	}
	p.target = target
	p.fill()
	p.choose()
}

// fill puts into the forms what belongs to the target.
func (p *page) fill() {
	for _, f := range p.forms {
		listed := p.listing.Of(f.Name)
		kept, again := p.typed[string(p.target)+" "+f.Name]
		for _, field := range f.Fields {
			value := field.Initial()
			if example, ok := listed.Values[field.Name]; ok && p.target == console.Sandbox {
				value = example
			}
			if again {
				value = kept.values[field.Name]
			}
			f.set(field, value)
			f.complain(field.Name, "")
			if folded := f.control(field.Name).Closest("details"); folded != nil && value != field.Initial() {
				folded.SetAttribute("open", "") // what is sent is seen
			}
			if field.Kind == core.URL { // the sandbox is on this server and nowhere else
				f.control(field.Name).Underlying().Set("readOnly", p.target == console.Sandbox && listed.Values != nil)
			}
		}
		switch {
		case again:
			f.setCall(kept.method, kept.path)
		case listed.Values != nil:
			f.setCall(listed.Call.Method, listed.Call.Path)
		default:
			f.setCall("GET", "/")
		}
		f.el.QuerySelector("[data-slot=form-error]").SetTextContent("")
	}
}

// complain shows what is wrong with a field, or that nothing is, with "".
func (f form) complain(name, message string) {
	el := f.control(name)
	if folded := el.Closest("details"); folded != nil && message != "" {
		folded.SetAttribute("open", "")
	}
	if message == "" {
		el.RemoveAttribute("aria-invalid")
	} else {
		el.SetAttribute("aria-invalid", "true")
	}
	f.el.QuerySelector("#" + f.Name + "-" + name + "-note .error").SetTextContent(message)
}

// check asks the core about one field as it is typed, and shows its words.
func (p *page) check(f form, field console.Field) {
	values := f.values()
	_, reason, ok := await(p.host.Get("cctoken").Call("validateIdentity", objectOf(f.Trial(field.Name, values))))
	if f.value(field) != values[field.Name] {
		return // typed on meanwhile: a later check tells
	}
	message := ""
	if t := troubleOf(reason); !ok && t.Field == field.Name {
		message = t.Message
	}
	f.complain(field.Name, message)
}

// submit opens a session, if the core has nothing against the identity.
func (p *page) submit(f form) {
	values := f.values()
	if _, reason, ok := await(p.host.Get("cctoken").Call("validateIdentity", objectOf(f.Identity(values)))); !ok {
		p.refuse(f, troubleOf(reason))
		return
	}
	for _, field := range f.Fields {
		f.complain(field.Name, "")
	}
	f.el.QuerySelector("[data-slot=form-error]").SetTextContent("")
	p.open(f.Form, p.target, values, p.listing.Of(f.Name).With(f.text("callMethod"), f.text("callPath")))
}

// refuse shows the fault that keeps a form from being sent, and puts the focus there.
func (p *page) refuse(f form, t console.Trouble) {
	if strings.HasPrefix(t.Code, "module_") {
		p.coreTrouble(t)
		return
	}
	p.say(p.reader.Say("said form", t.Message))
	for _, field := range f.Fields {
		if field.Name == t.Field {
			f.complain(field.Name, t.Message)
			f.control(field.Name).(dom.HTMLElement).Focus()
			return
		}
	}
	f.el.QuerySelector("[data-slot=form-error]").SetTextContent(t.Message)
}

// openAll opens a session of each system at the sandbox.
func (p *page) openAll() {
	for _, f := range p.forms {
		if s := p.listing.Of(f.Name); s.Values != nil {
			p.open(f.Form, console.Sandbox, s.Values, s.Call)
		}
	}
}

//go:build js

package main

import (
	"strings"

	"honnef.co/go/js/dom/v2"

	"cctoken/web/console"
)

// listenToForms fills the forms in, and checks what is typed into them.
func (p *page) listenToForms() {
	for _, radio := range p.doc.QuerySelectorAll("input[name=target]") {
		radio.AddEventListener("change", false, func(e dom.Event) {
			p.aim(console.Target(e.Target().(*dom.HTMLInputElement).Value()))
		})
	}
	for _, form := range p.forms() {
		form.el.AddEventListener("submit", false, func(e dom.Event) {
			e.PreventDefault()
			go p.submit(form)
		})
		form.el.AddEventListener("input", false, func(e dom.Event) {
			name := e.Target().GetAttribute("name")
			for _, f := range console.Forms[form.name] {
				if f.Name == name || f.Instead == name && form.value(f.Name) != "" {
					go p.check(form, f.Name)
				}
			}
		})
	}
	p.fill()
}

// form is one of the page's forms.
type form struct {
	name string
	el   dom.Element
}

func (p *page) forms() []form {
	var out []form
	for _, el := range p.doc.QuerySelectorAll("form[data-form]") {
		out = append(out, form{el.GetAttribute("data-form"), el})
	}
	return out
}

func (f form) control(name string) dom.Element { return f.el.QuerySelector(`[name="` + name + `"]`) }

func (f form) value(name string) string {
	v := f.control(name).Underlying().Get("value").String()
	if name == "params" {
		return v
	}
	return strings.TrimSpace(v)
}

func (f form) set(name, value string) { f.control(name).Underlying().Set("value", value) }

func (f form) values() map[string]string {
	out := map[string]string{}
	for _, field := range console.Forms[f.name] {
		out[field.Name] = f.value(field.Name)
	}
	return out
}

// aim chooses another target. What was typed for one target is not sent to another, but is there again on the way back.
func (p *page) aim(target console.Target) {
	for _, f := range p.forms() {
		kept := f.values()
		kept["callMethod"], kept["callPath"] = f.value("callMethod"), f.value("callPath")
		p.typed[string(p.target)+" "+f.name] = kept
	}
	p.target = target
	p.fill()
}

// fill puts into the forms what belongs to the target.
func (p *page) fill() {
	for _, f := range p.forms() {
		s := p.samples[f.name]
		kept, again := p.typed[string(p.target)+" "+f.name]
		for _, field := range console.Forms[f.name] {
			value := ""
			switch {
			case again:
				value = kept[field.Name]
			case p.target == console.Sandbox && f.name != console.EdgeForm:
				value = s.values[field.Name]
			case field.Name == "method":
				value = s.values[field.Name]
			}
			f.set(field.Name, value)
			f.complain(field.Name, "")
		}
		if again {
			f.set("callMethod", kept["callMethod"])
			f.set("callPath", kept["callPath"])
		} else {
			f.set("callMethod", s.method)
			f.set("callPath", s.path)
		}
		f.el.QuerySelector("[data-slot=form-error]").SetTextContent("")
		// The sandbox is on this server and nowhere else.
		for _, name := range []string{"baseUrl", "authUrl"} {
			if el := f.control(name); el != nil {
				el.Underlying().Set("readOnly", p.target == console.Sandbox)
			}
		}
	}
}

// complain shows what is wrong with a field, or that nothing is, with "".
func (f form) complain(name, message string) {
	el := f.control(name)
	if message == "" {
		el.RemoveAttribute("aria-invalid")
	} else {
		el.SetAttribute("aria-invalid", "true")
	}
	f.el.QuerySelector("#" + f.name + "-" + name + "-note .error").SetTextContent(message)
}

// check asks the core about one field as it is typed, and shows its words.
func (p *page) check(f form, name string) {
	values := f.values()
	trial := console.Trial(f.name, name, values, p.samples[f.name].values)
	_, reason, ok := await(p.host.Get("cctoken").Call("validateIdentity", objectOf(trial)))
	if f.value(name) != values[name] {
		return // typed on meanwhile: a later check tells
	}
	message := ""
	if t := troubleOf(reason); !ok && t.Field == name {
		message = t.Message
	}
	f.complain(name, message)
}

// submit opens a session, if the core has nothing against the identity.
func (p *page) submit(f form) {
	values := f.values()
	identity := objectOf(console.Identity(f.name, values))
	if _, reason, ok := await(p.host.Get("cctoken").Call("validateIdentity", identity)); !ok {
		p.refuse(f, troubleOf(reason))
		return
	}
	for _, field := range console.Forms[f.name] {
		f.complain(field.Name, "")
	}
	f.el.QuerySelector("[data-slot=form-error]").SetTextContent("")
	p.open(f.name, p.target, values, call{f.value("callMethod"), f.value("callPath")})
}

// refuse shows the fault that keeps a form from being sent, and puts the focus there.
func (p *page) refuse(f form, t console.Trouble) {
	if strings.HasPrefix(t.Code, "module_") {
		p.coreTrouble(t)
		return
	}
	p.say(p.reader.Say("said form", t.Message))
	for _, field := range console.Forms[f.name] {
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
	for _, f := range p.forms() {
		if f.name != console.EdgeForm {
			s := p.samples[f.name]
			p.open(f.name, console.Sandbox, s.values, call{s.method, s.path})
		}
	}
}

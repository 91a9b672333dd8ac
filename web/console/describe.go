package console

import "strconv"

func number(n int) string { return strconv.Itoa(n) }

// Reader is who the page speaks to: a language, and the zone of its times of day in minutes.
type Reader struct {
	Language
	Offset int
}

// Clock writes an instant as the reader's time of day.
func (r Reader) Clock(at int64) string { return Clock(at, r.Offset) }

// Label names the session of an event.
func (r Reader) Label(e Event) string {
	if e.Card != 0 {
		return r.Say("session", number(e.Card)) + " · " + e.System
	}
	for _, f := range Forms {
		// The calls that an edge makes carry the user's authorization, which is a session of its own for the package.
		if part := f.Part; part.Step != "" && (e.Step == part.Step || e.System == EdgeForm && f.Name == EdgeForm && e.Step == "call") {
			return r.Say("shared", r.Words(part.Label))
		}
	}
	return r.Say("session closed")
}

// Marks says when what happens in a life. Not every token is renewed while it is still handed out.
func (r Reader) Marks(l Life) string {
	until, end := r.Clock(l.UsableUntil), r.Clock(l.ExpiresAt)
	fixed := l.RenewAt == 0 || l.RenewAt >= l.UsableUntil
	switch {
	case !l.Stated():
		return r.Say("life none")
	case fixed && until == end:
		return r.Say("life whole", end)
	case fixed:
		return r.Say("life marks fixed", until, end)
	case until == end:
		return r.Say("life marks whole", r.Clock(l.RenewAt), end)
	}
	return r.Say("life marks", r.Clock(l.RenewAt), until, end)
}

// Place names an endpoint of a system: by what is done there or, where that is another system, by what it hands out.
func (r Reader) Place(f Form, part Listed, place string) string {
	if part.Name != "" && place == part.Name {
		return r.Words(f.Part.Label)
	}
	return r.Say("place " + place)
}

// Exchange is a request and what came, in a line.
func (r Reader) Exchange(e Event) string {
	came := number(e.Status)
	if e.Status == 0 {
		came = r.Say("exchange lost")
	}
	return r.Say("exchange", e.Method, e.Path, came, strconv.FormatInt(e.Took, 10))
}

// Detail says what is special about an event, or "".
func (r Reader) Detail(e Event) string {
	text := e.Step
	switch {
	case e.Type == Exchange:
		return r.Exchange(e)
	case e.Type == Fault:
		return e.Asked
	case e.Trouble != nil:
		text = join(text, e.Trouble.Code)
		if e.Trouble.Status != 0 {
			text = join(text, "HTTP "+number(e.Trouble.Status))
		}
	case e.Reason != "":
		text = join(text, e.Reason)
	}
	if e.ExpiresAt != 0 {
		text = join(text, r.Say("ends at", r.Clock(e.ExpiresAt)))
	}
	if e.RetryAt != 0 {
		text = join(text, r.Say("retry at", r.Clock(e.RetryAt)))
	}
	return text
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

// Mark says what a mark of the timeline stands for.
func (r Reader) Mark(m Mark) string {
	what := r.Say("event " + string(m.Type))
	if m.Count > 1 {
		return r.Clock(m.First.At) + " " + r.Say("event times", what, number(m.Count))
	}
	return join(r.Clock(m.First.At)+" "+what, r.Detail(m.First))
}

// Advice says what to do about a failure's code, or "" where nothing is known of it.
func (l Language) Advice(code string) string {
	if !Has("advice " + code) {
		return ""
	}
	return l.Say("advice " + code)
}

// Line is an event's line in the list, as markup.
func (r Reader) Line(e Event) string {
	return `<time>` + r.Clock(e.At) + `</time> <span class="who">` + Escape(r.Label(e)) + `</span> <span class="what">` +
		Escape(r.Say("event "+string(e.Type))) + `</span> <span class="detail">` + Escape(r.Detail(e)) + `</span>`
}

// State says what a session is in, and of who was signed out why.
func (r Reader) State(s Session, now int64) string {
	state := s.State(now)
	if state != Out || s.Why == "" {
		return r.Say("state " + string(state))
	}
	why := r.Say("out " + s.Why)
	if s.VendorCode != "" {
		why += " (" + s.VendorCode + ")"
	}
	return r.Say("state out why", why)
}

// maxTold is how many changes are told one by one: somebody has to listen to them.
const maxTold = 3

// Changes tells of sessions that came to another state by themselves.
func (r Reader) Changes(sessions []Session, now int64) string {
	text := ""
	for i, s := range sessions {
		if i == maxTold {
			return text + r.Say("more changes", number(len(sessions)-maxTold))
		}
		text += r.Say("change", number(s.Card), r.State(s, now))
	}
	return text
}

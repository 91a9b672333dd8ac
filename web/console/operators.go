package console

import (
	"strconv"
	"strings"
)

// Overview is how a connection of an edge is, as its operators see it. It holds no secret, no token and no subject: sessions have their
// keyed names.
type Overview struct {
	Connection, System string
	Keepers            []Keeper
	Trouble            string // why there is nothing else, as a code; or ""
}

// Keeper is one of those that hold the connection's sessions.
type Keeper struct {
	Name     string // a number, or "shared"
	Running  bool
	Trouble  string // why it does not answer, as a code; or ""
	Age      int64  // since it was started
	Sessions map[string]int
	Known    int // sessions in memory, and where those went that were moved
	Logins   int // in the last hour
	Open     int // requests to vendors
	Queued   int // for one of those to end
	Unstored int // records that are being written
	Waits    []Wait
	Budgets  []Budget
	More     int // of both that are not listed
}

// Wait is a session for which the vendor is left alone.
type Wait struct {
	Session, Code, Step, VendorCode string
	Status                          int
	Until                           int64
}

// Budget is how many logins a session has used of those that its vendor tolerates.
type Budget struct {
	Session    string
	Used, Most int
	FreeAt     int64 // when there is another one, where none is left
}

// Stop is a user who is stopped, by a keyed hash.
type Stop struct{ Hash, Connection, Since string }

// sharedKeeper is the one of the token on which those of all users of a connection depend.
const sharedKeeper = "shared"

// KeptStates are the states of sessions in a keeper, in the order of the page.
var KeptStates = []string{"live", "renewing", "cooling", "rejected", "idle"}

// sessions counts those of users in each state.
func (o Overview) sessions() map[string]int {
	sum := map[string]int{}
	for _, k := range o.Keepers {
		if k.Name != sharedKeeper {
			for state, n := range k.Sessions {
				sum[state] += n
			}
		}
	}
	return sum
}

func (o Overview) total(count func(Keeper) int) (sum int) {
	for _, k := range o.Keepers {
		sum += count(k)
	}
	return sum
}

// id names the heading of a connection, which gets the focus where what had it is gone.
func (o Overview) id() string { return "connection-" + o.Connection }

// Overview is a connection's part of the operators' page, as markup.
func (r Reader) Overview(o Overview) string {
	var b strings.Builder
	b.WriteString(`<article class="connection" data-connection="` + Escape(o.Connection) + `" aria-labelledby="` + Escape(o.id()) + `"><header><h3 id="` +
		Escape(o.id()) + `" tabindex="-1">` + Escape(o.Connection) + `</h3><span class="badge">` + Escape(o.System) + `</span></header>`)
	if o.Trouble != "" {
		b.WriteString(`<p class="bad">` + Escape(r.Say("no overview", o.Trouble)) + `</p></article>`)
		return b.String()
	}
	sum := o.sessions()
	b.WriteString(stack(sum) + `<dl class="figures">`)
	for _, state := range KeptStates {
		b.WriteString(figure("kept "+state, r.Say("kept "+state), number(sum[state])))
	}
	b.WriteString(figure("", r.Say("logins hour"), number(o.total(func(k Keeper) int { return k.Logins }))) + `</dl>`)
	b.WriteString(r.keepers(o) + r.waits(o) + r.budgets(o))
	if more := o.total(func(k Keeper) int { return k.More }); more > 0 {
		b.WriteString(`<p class="faint">` + Escape(r.Say("not listed", number(more))) + `</p>`)
	}
	b.WriteString(`</article>`)
	return b.String()
}

func figure(class, name, value string) string {
	if value == "0" {
		class += " zero"
	}
	return `<div class="` + class + `"><dt>` + Escape(name) + `</dt><dd>` + value + `</dd></div>`
}

// stack draws the sessions by state as one bar. Who cannot see it has the numbers.
func stack(sum map[string]int) string {
	total := 0
	for _, state := range KeptStates {
		total += sum[state]
	}
	var b strings.Builder
	b.WriteString(`<svg class="stack" viewBox="0 0 ` + number(max(total, 1)) + ` 1" preserveAspectRatio="none" aria-hidden="true">`)
	at := 0
	for _, state := range KeptStates {
		if n := sum[state]; n > 0 {
			b.WriteString(`<rect class="` + state + `" x="` + number(at) + `" width="` + number(n) + `" height="1"></rect>`)
			at += n
		}
	}
	return b.String() + `</svg>`
}

// nothing stands in a cell that has nothing to tell.
const nothing = "–"

// A row is a part of a table that stays one where the style sheet lays it out otherwise: on a phone.
func row(b *strings.Builder, names, cells []string) {
	b.WriteString(`<tr role="row">`)
	for i, cell := range cells {
		role, tag := "cell", "td"
		if i == 0 {
			role, tag = "rowheader", "th"
		}
		absent := ""
		if cell == nothing {
			absent = ` class="absent"`
		}
		b.WriteString(`<` + tag + absent + ` role="` + role + `" data-name="` + Escape(names[i]) + `">` + cell + `</` + tag + `>`)
	}
	b.WriteString(`</tr>`)
}

func table(b *strings.Builder, label string, names []string) {
	b.WriteString(`<table role="table" aria-label="` + Escape(label) + `"><thead role="rowgroup"><tr role="row">`)
	for _, name := range names {
		b.WriteString(`<th role="columnheader">` + Escape(name) + `</th>`)
	}
	b.WriteString(`</tr></thead><tbody role="rowgroup">`)
}

func (r Reader) keepers(o Overview) string {
	var b strings.Builder
	names := []string{r.Say("keeper"), r.Say("keeper sessions"), r.Say("keeper known"), r.Say("keeper logins"), r.Say("keeper requests"), r.Say("keeper age")}
	table(&b, r.Say("keepers of", o.Connection), names)
	for _, k := range o.Keepers {
		name := Escape(k.Name)
		if k.Name == sharedKeeper {
			name = Escape(r.Say("keeper shared"))
		}
		switch {
		case k.Trouble != "":
			row(&b, names, []string{name, `<span class="bad">` + Escape(r.Say("keeper silent", k.Trouble)) + `</span>`, nothing, nothing, nothing, nothing})
		case !k.Running:
			row(&b, names, []string{name, `<span class="faint">` + Escape(r.Say("keeper away")) + `</span>`, nothing, nothing, nothing, nothing})
		default:
			row(&b, names, []string{name, Escape(r.counts(k.Sessions)), number(k.Known), number(k.Logins), Escape(r.requests(k)), Escape(r.Span(k.Age))})
		}
	}
	return b.String() + `</tbody></table>`
}

// counts says how many sessions are in which state.
func (r Reader) counts(sessions map[string]int) string {
	text := ""
	for _, state := range KeptStates {
		if n := sessions[state]; n > 0 {
			text = r.and(text, number(n)+" "+r.Say("kept "+state))
		}
	}
	if text == "" {
		return r.Say("kept none")
	}
	return text
}

func (r Reader) requests(k Keeper) string {
	text := number(k.Open)
	if k.Queued > 0 {
		text = r.and(text, r.Say("keeper queued", number(k.Queued)))
	}
	if k.Unstored > 0 {
		text = r.and(text, r.Say("keeper unstored", number(k.Unstored)))
	}
	return text
}

func (r Reader) and(a, b string) string {
	if a == "" {
		return b
	}
	return r.Say("and", a, b)
}

// Span writes a time in its two largest units.
func (r Reader) Span(ms int64) string {
	s := ms / 1000
	text, said := "", 0
	for _, unit := range []struct {
		name string
		size int64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}} {
		n := s / unit.size
		s %= unit.size
		if n > 0 && said < 2 || unit.size == 1 && said == 0 {
			text += " " + r.Say("span "+unit.name, strconv.FormatInt(n, 10))
			said++
		}
	}
	return text[1:]
}

func (r Reader) waits(o Overview) string {
	var b strings.Builder
	for _, k := range o.Keepers {
		for _, w := range k.Waits {
			b.WriteString(`<li><code>` + Escape(Shorten(w.Session)) + `</code> <span class="why"><strong>` + Escape(w.Code) + `</strong> ` + Escape(r.cause(w)) + `</span> <span class="until">` +
				Escape(r.Say("until", r.Clock(w.Until))) + `</span> <button type="button" class="small" data-action="reset" data-name="` + Escape(w.Session) + `" aria-label="` +
				Escape(r.Say("reset of", Shorten(w.Session))) + `">` + Escape(r.Say("reset")) + `</button></li>`)
		}
	}
	if b.Len() == 0 {
		return `<p class="faint quietly">` + Escape(r.Say("no waits")) + `</p>`
	}
	return `<h4>` + Escape(r.Say("waits")) + `</h4><ul class="waits">` + b.String() + `</ul>`
}

// cause says where and how the vendor failed.
func (r Reader) cause(w Wait) string {
	text := w.Step
	if w.Status != 0 {
		text = join(text, "HTTP "+number(w.Status))
	}
	return join(text, w.VendorCode)
}

func (r Reader) budgets(o Overview) string {
	var b strings.Builder
	names := []string{r.Say("budget session"), r.Say("budget used"), r.Say("budget left"), r.Say("budget free")}
	all, spent := 0, 0
	for _, k := range o.Keepers {
		for _, one := range k.Budgets {
			all++
			free := nothing
			if one.FreeAt != 0 {
				free = Escape(r.Clock(one.FreeAt))
				spent++
			}
			row(&b, names, []string{`<code>` + Escape(Shorten(one.Session)) + `</code>`, Escape(r.Say("of", number(one.Used), number(one.Most))), number(max(0, one.Most-one.Used)), free})
		}
	}
	if all == 0 {
		return ""
	}
	var head strings.Builder
	table(&head, r.Say("budgets of", o.Connection), names)
	said := r.Say("budgets", number(all))
	if spent > 0 {
		said = r.Say("budgets spent", number(all), number(spent))
	}
	return `<details class="budgets"><summary>` + Escape(said) + `</summary>` + head.String() + b.String() + `</tbody></table></details>`
}

// Stops is the list of those who are stopped, as markup.
func (r Reader) Stops(stops []Stop) string {
	if len(stops) == 0 {
		return `<p class="faint">` + Escape(r.Say("stops none")) + `</p>`
	}
	var b strings.Builder
	names := []string{r.Say("stop who"), r.Say("stop where"), r.Say("stop since"), r.Say("stop end")}
	table(&b, r.Say("stops"), names)
	for _, s := range stops {
		button := `<button type="button" class="small" data-action="resume" data-name="` + Escape(s.Hash) + `" data-connection="` + Escape(s.Connection) + `" aria-label="` +
			Escape(r.Say("end of", Shorten(s.Hash), r.Where(s.Connection))) + `">` + Escape(r.Say("stop end")) + `</button>`
		row(&b, names, []string{`<code>` + Escape(s.Hash) + `</code>`, Escape(r.Where(s.Connection)), Escape(s.Since), button})
	}
	return b.String() + `</tbody></table>`
}

// Where says on which connections somebody is stopped.
func (r Reader) Where(connection string) string {
	if connection == "" {
		return r.Say("everywhere")
	}
	return connection
}

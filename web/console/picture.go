package console

import "strings"

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// Escape makes a text safe inside markup.
func Escape(text string) string { return escaper.Replace(text) }

// SVG is the timeline as markup, without a style or a script in it. summary is what a reader hears in its place,
// describe what is shown beside a mark.
func (t Timeline) SVG(summary string, describe func(Mark) string) string {
	var b strings.Builder
	add := func(parts ...string) {
		for _, part := range parts {
			b.WriteString(part)
		}
	}
	w, h := Pixels(t.Width), Pixels(t.Height)
	add(`<svg role="img" aria-label="`, Escape(summary), `" width="`, w, `" height="`, h, `" viewBox="0 0 `, w, ` `, h, `">`)
	bottom := Pixels(t.Height - axisHeight)
	for i, tick := range t.Ticks {
		x, anchor := Pixels(tick.X), "middle"
		switch i {
		case 0:
			anchor = "start"
		case len(t.Ticks) - 1:
			anchor = "end"
		}
		add(`<path class="tick" d="M`, x, ` 0V`, bottom, `"/>`)
		add(`<text class="time" x="`, x, `" y="`, Pixels(t.Height-9), `" text-anchor="`, anchor, `">`, tick.Text, `</text>`)
	}
	for _, lane := range t.Lanes {
		y := Pixels(lane.Y)
		add(`<text class="lane" x="`, Pixels(sideSpace), `" y="`, Pixels(lane.Y-14), `">`, Escape(lane.Label), `</text>`)
		add(`<path class="track" d="M`, Pixels(sideSpace), ` `, y, `H`, Pixels(t.Width-sideSpace), `"/>`)
	}
	for _, s := range t.Spans {
		add(`<rect class="span`)
		if s.Open {
			add(` open`)
		}
		add(`" x="`, Pixels(s.X0), `" y="`, Pixels(t.Lanes[s.Lane].Y-3), `" width="`, Pixels(max(1, s.X1-s.X0)), `" height="6" rx="3"/>`)
	}
	for _, m := range t.Marks {
		y := t.Lanes[m.Lane].Y
		add(`<g class="event" data-event="`, string(m.Type), `" data-session="`, number(t.Lanes[m.Lane].Card), `" transform="translate(`, Pixels(m.X), ` `, Pixels(y), `)">`)
		add(`<title>`, Escape(describe(m)), `</title><path d="`, m.Type.Shape(), `"/>`)
		if m.Count > 1 {
			add(`<text class="count" x="7" y="-6">`, number(m.Count), `</text>`)
		}
		add(`</g>`)
	}
	add(`<path class="now" d="M0 0V`, bottom, `"/></svg>`)
	return b.String()
}

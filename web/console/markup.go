package console

import (
	"slices"
	"strings"

	"cctoken/core"
)

// both is a text in both languages; the style sheet shows one of them.
func both(w core.Words) string {
	return `<span class="en">` + Escape(w.English) + `</span><span class="zh">` + Escape(w.Chinese) + `</span>`
}

// Both is one of the page's own texts in both languages.
func Both(key string, values ...core.Words) string {
	var english, chinese []string
	for _, w := range values {
		english, chinese = append(english, w.English), append(chinese, w.Chinese)
	}
	return both(core.Words{English: English.Say(key, english...), Chinese: Chinese.Say(key, chinese...)})
}

// Option is one of a list.
func Option(value, text string) string {
	return `<option value="` + Escape(value) + `">` + Escape(text) + `</option>`
}

// Systems are the buttons that choose one of the forms of systems. The first is chosen.
func Systems(forms []Form) string {
	var b strings.Builder
	checked := " checked"
	for _, f := range forms {
		if f.Vendor {
			b.WriteString(`<label><input type="radio" name="system" value="` + Escape(f.Name) + `" autocomplete="off"` + checked + `><span>` + Escape(f.Name) + `</span></label>`)
			checked = ""
		}
	}
	return b.String()
}

// Markup is the form as it stands in the page, hidden until it is chosen.
func (f Form) Markup() string {
	var b strings.Builder
	b.WriteString(`<form data-form="` + Escape(f.Name) + `" aria-labelledby="open-title" novalidate hidden>`)
	// What may be left out is folded away, but for one of two fields of which one is needed.
	needed, further := f.fold()
	for i, field := range append(slices.Clone(needed), further...) {
		if i == len(needed) {
			b.WriteString(`<details class="wide further"><summary>` + Both("form further", core.Words{English: number(len(further)), Chinese: number(len(further))}) + `</summary><div class="fields">`)
		}
		id := Escape(f.Name + "-" + field.Name)
		b.WriteString(`<div class="field`)
		if field.Kind == core.URL || field.Kind == core.Parameters {
			b.WriteString(` wide`)
		}
		b.WriteString(`"><label for="` + id + `">` + both(field.Label) + `</label>`)
		b.WriteString(field.control(`id="` + id + `" name="` + Escape(field.Name) + `" aria-describedby="` + id + `-note"`))
		b.WriteString(`<p class="note" id="` + id + `-note"><span class="hint">` + both(field.hint()) + `</span><span class="error" lang="en"></span></p></div>`)
	}
	if len(further) > 0 {
		b.WriteString(`</div></details>`)
	}
	id := Escape(f.Name + "-callPath")
	b.WriteString(`<div class="field wide"><label for="` + id + `">` + Both("form call") + `</label><span class="call"><select name="callMethod"></select>` +
		`<input id="` + id + `" name="callPath" aria-describedby="` + id + `-note" type="text"` + untouched + `></span>` +
		`<p class="note" id="` + id + `-note"><span class="hint">` + Both("form path") + `</span></p></div>` +
		`<p class="wide"><button type="submit" class="main">` + Both("form open") + `</button></p>` +
		`<p class="wide form-error" lang="en" data-slot="form-error"></p></form>`)
	return b.String()
}

// untouched keeps browsers from changing, completing and remembering what is typed.
const untouched = ` spellcheck="false" autocomplete="off" autocapitalize="off"`

// control is what a field is typed or chosen in: the kind decides.
func (f Field) control(named string) string {
	if f.Example != "" {
		named += ` placeholder="` + Escape(f.Example) + `"`
	}
	switch {
	case f.Kind == core.Parameters:
		if f.Secret {
			named += ` class="concealed"`
		}
		return `<textarea ` + named + ` rows="3"` + untouched + `></textarea>`
	case f.Kind == core.Flag && !f.Optional:
		return `<input ` + named + ` type="checkbox" autocomplete="off">`
	case f.Kind == core.Flag:
		return choice(named, true, []string{"true", "false"})
	case len(f.Values) > 0:
		return choice(named, f.Optional && f.Kind != core.Choice, f.Values)
	case f.Secret || f.Kind == core.Supplied:
		return `<input ` + named + ` type="password"` + untouched + `>`
	case f.Kind == core.URL:
		named += ` inputmode="url"`
	case f.Kind == core.Number && f.Least >= 0:
		named += ` inputmode="numeric"`
	}
	return `<input ` + named + ` type="text"` + untouched + `>`
}

// choice is a list of values, which begins with none where one need not be chosen.
func choice(named string, none bool, values []string) string {
	b := `<select ` + named + `>`
	if none {
		b += Option("", "–")
	}
	for _, value := range values {
		b += Option(value, value)
	}
	return b + `</select>`
}

// hint says what belongs in a field, and how it is typed where that is not plain.
func (f Field) hint() core.Words {
	if f.Kind != core.Parameters {
		return f.Help
	}
	key := "form lines"
	if f.Secret {
		key = "form lines secret"
	}
	return core.Words{English: English.Say(key, f.Help.English), Chinese: Chinese.Say(key, f.Help.Chinese)}
}

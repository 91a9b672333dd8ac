package console

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"cctoken/core"
)

// lighthouse is a system that does not exist, with a field of each kind.
var lighthouse = core.Description{
	Name: "lighthouse", Vendor: true, Base: "tower",
	Fields: []core.Field{
		{Name: "keeper", Kind: core.Text},
		{Name: "lamp", Kind: core.HeaderText},
		{Name: "oil", Kind: core.Text, Secret: true},
		{Name: "charts", Kind: core.URL, Optional: true},
		{Name: "colour", Kind: core.Choice, Values: []string{"red", "white"}, Optional: true},
		{Name: "signals", Kind: core.Parameters},
		{Name: "codes", Kind: core.Parameters, Secret: true},
		{Name: "pass", Kind: core.Supplied, Secret: true, Instead: "oil"},
		{Name: "height", Kind: core.Number, Least: 3, Most: 90},
		{Name: "depth", Kind: core.Number, Least: -9, Most: 9, Optional: true},
		{Name: "lenses", Kind: core.Number, Values: []string{"1", "2"}, Optional: true},
		{Name: "lit", Kind: core.Flag},
		{Name: "foggy", Kind: core.Flag, Optional: true},
		{Name: "ship", Kind: core.Text, Optional: true, Beside: "pass"},
	},
}

var lighthouseTexts = core.Texts{Fields: map[string]core.FieldTexts{
	"tower":  {Label: core.Words{English: "Tower", Chinese: "塔"}, Help: core.Words{English: "where it stands", Chinese: "所在地"}, Example: "https://rock.example"},
	"keeper": {Label: core.Words{English: `<Keeper> & "mate"`, Chinese: "守塔人"}, Help: core.Words{English: "who lives there", Chinese: "居住者"}},
	"codes":  {Label: core.Words{English: "Codes", Chinese: "代码"}, Help: core.Words{English: "of the day", Chinese: "当日"}},
}}

func TestASystemThatIsDescribedHasAForm(t *testing.T) {
	f := FormOf(&lighthouse, lighthouseTexts)
	markup := f.Markup()
	untouched := `spellcheck="false" autocomplete="off" autocapitalize="off"`
	for name, control := range map[string]string{
		"tower":   `<input NAMED placeholder="https://rock.example" inputmode="url" type="text" UNTOUCHED>`,
		"keeper":  `<input NAMED type="text" UNTOUCHED>`,
		"lamp":    `<input NAMED type="text" UNTOUCHED>`,
		"oil":     `<input NAMED type="password" UNTOUCHED>`,
		"charts":  `<input NAMED inputmode="url" type="text" UNTOUCHED>`,
		"colour":  `<select NAMED><option value="red">red</option><option value="white">white</option></select>`,
		"signals": `<textarea NAMED rows="3" UNTOUCHED></textarea>`,
		"codes":   `<textarea NAMED class="concealed" rows="3" UNTOUCHED></textarea>`,
		"pass":    `<input NAMED type="password" UNTOUCHED>`,
		"height":  `<input NAMED inputmode="numeric" type="text" UNTOUCHED>`,
		"depth":   `<input NAMED type="text" UNTOUCHED>`,
		"lenses":  `<select NAMED><option value="">–</option><option value="1">1</option><option value="2">2</option></select>`,
		"lit":     `<input NAMED type="checkbox" autocomplete="off">`,
		"foggy":   `<select NAMED><option value="">–</option><option value="true">true</option><option value="false">false</option></select>`,
	} {
		id := "lighthouse-" + name
		control = strings.ReplaceAll(control, "NAMED", `id="`+id+`" name="`+name+`" aria-describedby="`+id+`-note"`)
		control = strings.ReplaceAll(control, "UNTOUCHED", untouched)
		assert.Contains(t, markup, control, name)
		assert.Contains(t, markup, `<label for="`+id+`">`, name)
		assert.Contains(t, markup, `<p class="note" id="`+id+`-note">`, name)
	}
	assert.NotContains(t, markup, `name="ship"`, "what is asked for beside a function only is not asked for")
	for _, text := range []string{
		`<form data-form="lighthouse" aria-labelledby="open-title" novalidate hidden>`,
		`<span class="en">Tower</span><span class="zh">塔</span>`,
		`<span class="hint"><span class="en">where it stands</span><span class="zh">所在地</span></span><span class="error" lang="en"></span>`,
		`<span class="en">&lt;Keeper&gt; &amp; &quot;mate&quot;</span>`,
		`<span class="en">of the day; one name=value a line, shown while you edit</span><span class="zh">当日；每行一个 名称=值，编辑时可见</span>`,
		`<span class="en">lamp</span><span class="zh">lamp</span>`,
	} {
		assert.Contains(t, markup, text)
	}
	assert.Equal(t, `<label><input type="radio" name="system" value="lighthouse" autocomplete="off" checked><span>lighthouse</span></label>`, Systems([]Form{{Name: EdgeForm}, f}))
	assert.Equal(t, "Ann", f.Title(map[string]string{"keeper": "Ann", "oil": "secret"}))
}

func TestAnIdentityHasNumbersAndFlagsAsSuch(t *testing.T) {
	f := FormOf(&lighthouse, lighthouseTexts)
	assert.JSONEq(t, `{"system":"lighthouse","tower":"https://rock.example","keeper":"Ann","lamp":"l","oil":"o","colour":"red","signals":{"a":"1"},
		"codes":{},"height":12,"lenses":2,"lit":true,"foggy":false}`, string(asJSON(t, f.Identity(map[string]string{
		"tower": "https://rock.example", "keeper": "Ann", "lamp": "l", "oil": "o", "colour": "red", "signals": "a=1", "height": "12", "lenses": "2", "lit": "true", "foggy": "false",
	}))))
	typed := string(asJSON(t, f.Identity(map[string]string{"height": "tall", "lit": "false"})))
	assert.Contains(t, typed, `"height":"tall"`, "the core says what is wrong with it")
	assert.Contains(t, typed, `"lit":false`)
	assert.NotContains(t, typed, "lenses", "a number that may be left out is")
	assert.NotContains(t, typed, "foggy", "a flag that is not chosen is neither")
}

func TestAFieldBeginsWithWhatIsMeantWithoutAChoice(t *testing.T) {
	first := map[string]string{}
	for _, field := range FormOf(&lighthouse, lighthouseTexts).Fields {
		if field.Initial() != "" {
			first[field.Name] = field.Initial()
		}
	}
	assert.Equal(t, map[string]string{"colour": "red", "lit": "false"}, first)
}

func TestEveryFormHasItsFieldsAndWords(t *testing.T) {
	for _, f := range Forms {
		markup := f.Markup()
		want := []string{}
		for _, field := range f.Fields {
			want = append(want, field.Name)
			assert.NotEmpty(t, field.Help.English, "%s %s", f.Name, field.Name)
			assert.NotEmpty(t, field.Help.Chinese, "%s %s", f.Name, field.Name)
			if field.Secret && field.Kind != core.Parameters {
				assert.Regexp(t, `name="`+field.Name+`"[^>]*type="password"`, markup, f.Name)
			}
		}
		var have []string
		for _, m := range regexp.MustCompile(` name="(\w+)"`).FindAllStringSubmatch(markup, -1) {
			have = append(have, m[1])
		}
		assert.Equal(t, append(want, "callMethod", "callPath"), have, f.Name)
		for _, input := range regexp.MustCompile(`<(?:input|textarea) [^>]*>`).FindAllString(markup, -1) {
			assert.Contains(t, input, ` autocomplete="off"`, "nothing that is typed is kept by the browser")
		}
		open := regexp.MustCompile(`<(form|details|summary|div|label|span|p|select|option|textarea|button)[ >]`).FindAllString(markup, -1)
		assert.Len(t, open, strings.Count(markup, "</"), "each element is closed")
		assert.NotContains(t, markup, " style=")
	}
}

func TestOptionalFieldsAreFoldedAwayWhereTheyAreMany(t *testing.T) {
	for _, f := range Forms {
		optional := 0
		for _, field := range f.Fields {
			if field.Free {
				optional++
			}
		}
		sight, folded, open := strings.Cut(f.Markup(), "<details")
		assert.Equal(t, optional > 3, open, f.Name)
		folded, after, _ := strings.Cut(folded, "</details>")
		for _, field := range f.Fields {
			assert.Equal(t, open && field.Free, strings.Contains(folded, ` name="`+field.Name+`"`), "%s %s", f.Name, field.Name)
		}
		assert.Contains(t, sight+after, ` type="submit"`, "the button is in sight")
	}
}

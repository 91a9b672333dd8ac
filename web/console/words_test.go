package console

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cctoken/core"
)

func TestEveryTextIsThereInBothLanguagesWithTheSamePlaces(t *testing.T) {
	place := regexp.MustCompile(`\{\d\}`)
	for key, both := range texts {
		assert.NotEmpty(t, both[English], key)
		assert.NotEmpty(t, both[Chinese], key)
		count := func(text string) map[string]bool {
			out := map[string]bool{}
			for _, p := range place.FindAllString(text, -1) {
				out[p] = true
			}
			return out
		}
		assert.Equal(t, count(both[English]), count(both[Chinese]), key)
	}
}

func TestEveryKindThatThePageShowsHasAWord(t *testing.T) {
	var keys []string
	for _, state := range States {
		keys = append(keys, "state "+string(state))
	}
	for _, kind := range EventTypes {
		keys = append(keys, "event "+string(kind))
	}
	for _, target := range []Target{Sandbox, Edge, Vendor} {
		keys = append(keys, "target "+string(target))
	}
	for _, fault := range Faults {
		keys = append(keys, "fault "+fault)
	}
	for _, s := range listing() {
		for _, place := range s.Places {
			if part, behind := listing().PartOf(s.Name); !behind || part.Name != place { // which its own label names
				keys = append(keys, "place "+place)
			}
		}
	}
	for _, key := range keys {
		assert.True(t, Has(key), key)
	}
}

func TestEveryCodeOfThePackageHasAdvice(t *testing.T) {
	codes := core.AllWords().Codes
	require.Greater(t, len(codes), 20)
	for _, code := range codes {
		assert.Equal(t, code.Say.English, English.Advice(code.Name), code.Name)
		assert.Equal(t, code.Say.Chinese, Chinese.Advice(code.Name), code.Name)
		assert.NotEmpty(t, English.Advice(code.Name), code.Name)
	}
	assert.Empty(t, English.Advice("a_code_of_tomorrow"))
	assert.Empty(t, English.Advice(""))
}

func TestEveryEventAndVerdictOfThePackageHasItsWordsAndEveryEventAPlaceInTheLegend(t *testing.T) {
	all := core.AllWords()
	for _, w := range all.Events {
		assert.Equal(t, w.Say.Chinese, Chinese.Say("event "+w.Name))
		assert.Contains(t, EventTypes, EventType(w.Name))
	}
	told := 0
	for _, w := range all.Reasons {
		if w.Say != (core.Words{}) { // a verdict's
			assert.Equal(t, w.Say.English, English.Say("reason "+w.Name))
			told++
		}
	}
	assert.Greater(t, told, 5)
}

func TestAWordOfTomorrowIsShownAsItIs(t *testing.T) {
	assert.Equal(t, "brand_new", Chinese.Say("event brand_new"))
	assert.Equal(t, "odd", English.Say("odd"))
}

func TestValuesTakeTheirPlaces(t *testing.T) {
	assert.Equal(t, "Session 3: 2 × “x” waits at login.", English.Say("said fault", "3", "2", "x", "login"))
	assert.Equal(t, "会话 3：login 处等待 2 次“x”。", Chinese.Say("said fault", "3", "2", "x", "login"))
}

func TestTheLanguageIsReadFromATag(t *testing.T) {
	for tag, want := range map[string]Language{
		"zh": Chinese, "zh-CN": Chinese, "zh-Hans": Chinese, "ZH-tw": Chinese, "en": English, "en-GB": English, "": English, "de": English,
		"zha": English, // Zhuang
	} {
		assert.Equal(t, want, LanguageOf(tag), tag)
		assert.Equal(t, LanguageOf(tag), LanguageOf(LanguageOf(tag).Tag()))
	}
}

// What stands in the page is there in both languages, side by side.
func TestThePageHasEachOfItsTextsInBothLanguages(t *testing.T) {
	page := read(t, "../index.html")
	pairs := strings.Count(page, `<span class="en">`)
	assert.Greater(t, pairs, 30)
	assert.Equal(t, pairs, strings.Count(page, `</span><span class="zh">`))
	assert.Equal(t, pairs, strings.Count(page, `<span class="zh">`))
}

// A policy without 'unsafe-inline' would ignore them, and the page would look broken.
func TestThePageHasNothingInline(t *testing.T) {
	page := read(t, "../index.html")
	for _, forbidden := range []string{" style=", "<style", " onclick=", " onload=", "javascript:", "http://", `src="//`, "<script>"} {
		assert.NotContains(t, page, forbidden)
	}
}

func read(t *testing.T, path string) string {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

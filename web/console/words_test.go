package console

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	for form := range Forms {
		for _, place := range Places(form) {
			keys = append(keys, "place "+string(place))
		}
	}
	for _, key := range keys {
		assert.True(t, Has(key), key)
	}
}

// words are those of a type in JavaScript: what stands before the name is a union of texts.
func words(t *testing.T, file, name string) []string {
	list := regexp.MustCompile(`\{((?:"\w+"(?: \| )?)+)\} ` + name + `\b`).FindStringSubmatch(read(t, file))
	require.NotNil(t, list, "%s: %s", file, name)
	var out []string
	for _, word := range regexp.MustCompile(`"(\w+)"`).FindAllStringSubmatch(list[1], -1) {
		out = append(out, word[1])
	}
	return out
}

// The package's own list of codes is what the page must know.
func TestEveryCodeOfThePackageHasAdvice(t *testing.T) {
	codes := words(t, "../../js/generated/words.js", "TokenErrorCode")
	require.Greater(t, len(codes), 20)
	for _, code := range codes {
		assert.NotEmpty(t, English.Advice(code), code)
		assert.NotEmpty(t, Chinese.Advice(code), code)
	}
	assert.Empty(t, English.Advice("a_code_of_tomorrow"))
	assert.Empty(t, English.Advice(""))
}

// The package's own lists of what a verification says and of event types, likewise.
func TestEveryWordOfThePackageHasAText(t *testing.T) {
	for _, word := range words(t, "../../js/asking.js", "reason") {
		assert.True(t, Has("reason "+word), word)
	}
	for _, word := range words(t, "../../js/generated/words.js", "EventType") {
		assert.True(t, Has("event "+word), word)
	}
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
	assert.Greater(t, pairs, 50)
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

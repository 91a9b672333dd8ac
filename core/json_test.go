package core

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestExactlyOneObjectIsRead(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: "", ` { "a" : 1 } `: "a=1 ", `{"a":1,"b":[2]}`: "a=1 b=[2] ", "\xef\xbb\xbf{\"a\":1}": "a=1 ", `{"a":1,"a":2}`: "a=1 a=2 ",
		`{"a":[{"b":1},[2,{"c":[]},{}],"d"]}`: `a=[{"b":1},[2,{"c":[]},{}],"d"] `, `{"a":{"b":[1],"c":{"d":2}}}`: `a={"b":[1],"c":{"d":2}} `, `{"\u0061":1}`: "a=1 ", `{"":""}`: `="" `,
	} {
		seen := ""
		require.NoError(t, eachMember([]byte(text), func(name string, v value) { seen += name + "=" + string(v) + " " }), text)
		require.Equal(t, want, seen)
	}
	for _, text := range []string{``, ` `, `null`, `[]`, `1`, `"a"`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{a:1}`, `{"a":1}x`, `{}{}`, `<html>`, "\xff\xfe{}",
		`{"a":[1}}`, `{"a":{"b":1]}`, `{"a":[{"b":1},{2}]}`, `{"a":{"b":1,2}}`, `{"a":{"b":1,"c"}}`, `{"a":{"b":1,"c" 2}}`, `{"a":{1}}`, `{"a":[1 2]}`, `{"a":[1,]}`, `{"a":{"b":1,}}`, `{"a":1 "b":2}`, `{"a" "b"}`, "\xef\xbb\xbf\xef\xbb\xbf{}"} {
		require.Error(t, eachMember([]byte(text), func(string, value) {}), text)
	}
	for c := range 0x20 {
		require.Error(t, eachMember([]byte{'{', '"', 'a', '"', ':', '"', byte(c), '"', '}'}, func(string, value) {}), "%#x", c)
	}
}

// Of a long answer only the beginning is read. A number that it ends in may have further digits.
func TestOfATextThatIsCutOffEachMemberCountsThatIsCertainlyWhole(t *testing.T) {
	const text = `{"errorCode":900001,"token":"T","list":[1,{"a":2}],"last":12}`
	whole := []string{`errorCode=900001 `, `token="T" `, `list=[1,{"a":2}] `, `last=12 `}
	for cut := range text {
		seen := ""
		require.Error(t, eachMember([]byte(text[:cut]), func(name string, v value) { seen += name + "=" + string(v) + " " }))
		want, at := "", 0
		for _, member := range whole {
			name, v, _ := strings.Cut(strings.TrimSpace(member), "=")
			if at += len(`,"":`) + len(name) + len(v); at < cut { // a sign has come after it
				want += member
			}
		}
		require.Equal(t, want, seen, text[:cut])
	}
}

// The pieces are those of which JSON is made, so that many texts are nearly right and some are.
func TestWhatIsOneObjectIsWhatTheWorldTakesForOne(t *testing.T) {
	pieces := []string{
		"{", "}", "[", "]", ",", ":", " ", "\n", "\t", "\r", "\v", "\x00", "\ufeff", `"a"`, `"b"`, `""`, `"\u00e9\ud83d\ude00"`, `"\ud800"`, `"\uDC00\u0041"`,
		"\"\xff\"", "\"\xc3\xa9\"", "\"\x01\"", "\"\x7f\"", `"\x"`, `"\u12"`, `"\"`, `"\\\/\"\b\f\n\r\t"`, `"`, `\`, "0", "-", "-0", "1", "12", "00", ".", "e", "E", "+",
		"true", "false", "null", "nul", "True", "NaN", "-0.5e+10", "1E400", "123456789012345678901234567890", "/*", "//", "'", "é", `{"a":`, `{"b":[`, `]}`, `}}`, `,"c":`,
	}
	random := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for range 300_000 {
		data := []byte("{")
		for range random.IntN(14) {
			data = append(data, pieces[random.IntN(len(pieces))]...)
		}
		if random.IntN(2) == 0 {
			data = append(data, '}')
		}
		seen := map[string]string{}
		err := eachMember(data, func(name string, v value) { seen[name] = string(v) })
		members, ok := object(data)
		if ok != (err == nil) {
			t.Fatalf("%q: %v", data, err)
		}
		if !ok || !utf8.Valid(data) { // what is not UTF-8 is read, but names may be read in two ways
			continue
		}
		taken++
		require.Len(t, seen, len(members))
		for name, v := range seen {
			if string(members[name]) != v {
				t.Fatalf("%q: the last %q is %s", data, name, v)
			}
		}
	}
	require.Greater(t, taken, 5_000)
}

// Who writes an answer must not end the program that reads it.
func TestAnyDepthIsReadWithoutTheStackGrowing(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(256 << 10)) // in which a hundred thousand calls have no room
	const depth = 100_000
	lists, objects := strings.Repeat("[", depth)+strings.Repeat("]", depth), strings.Repeat(`{"a":`, depth)+"0"+strings.Repeat("}", depth)
	mixed := strings.Repeat(`[{"a":[1,`, depth/3) + "null" + strings.Repeat(`],"b":{}},true]`, depth/3)
	for _, deep := range []string{lists, objects, mixed} {
		var v value
		require.NoError(t, eachMember([]byte(`{"deep":`+deep+`,"token":"T"}`), func(name string, at value) {
			if name == "deep" {
				v = at
			}
		}))
		require.Equal(t, deep, string(v))
		middle := len(deep) / 2
		for _, wrong := range []string{deep[:middle], deep + "]", deep[:len(deep)-1] + "}]", deep[:middle] + "]" + deep[middle:], strings.Replace(deep, "]", "}", 1), strings.Replace(deep, "}", "]", 1)} {
			if wrong != deep {
				require.Error(t, eachMember([]byte(`{"deep":`+wrong+`}`), func(string, value) {}))
			}
		}
	}
}

func TestALargeAnswerCostsNoMoreMemoryThanItIsLong(t *testing.T) {
	for what, body := range map[string]string{
		"brackets": `{"a":` + strings.Repeat("[", MaxAnswer/2) + strings.Repeat("]", MaxAnswer/2) + "}",
		"a string": `{"a":"` + strings.Repeat("x", MaxAnswer) + `"}`,
		"escapes":  `{"a":"` + strings.Repeat(`\u0041`, MaxAnswer/6) + `"}`,
		"members":  `{"a":0` + strings.Repeat(`,"":0`, MaxAnswer/5) + "}",
	} {
		data, members := []byte(body), 0
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		require.NoError(t, eachMember(data, func(string, value) { members++ }), what)
		runtime.ReadMemStats(&after)
		require.NotZero(t, members)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(MaxAnswer), what)
	}
}

func TestTheTextOfAString(t *testing.T) {
	for text, want := range map[string]string{
		`""`: "", `"a"`: "a", `"\u0061\u00E9\u4e2D"`: "aé中", `"\"\\\/\b\f\n\r\t"`: "\"\\/\b\f\n\r\t", `"\u0000"`: "\x00",
		`"\ud83d\ude00"`: "😀", `"\uD83D\uDE00x"`: "😀x", `"\ufffd"`: "\ufffd", "\"\ufffd\"": "\ufffd", `"` + strings.Repeat(`\n`, 100) + `"`: strings.Repeat("\n", 100),
		"\"\u2028\x7f\"": "\u2028\x7f",
	} {
		s, ok := asString(value(text))
		require.True(t, ok, text)
		require.Equal(t, want, s, text)
		require.NoError(t, json.Unmarshal([]byte(text), &want))
		require.Equal(t, want, s, text)
	}
	// What cannot be told as it is written is no text, though what can be told of it is there.
	for text, mended := range map[string]string{
		`"a\ud800"`: "a\ufffd", `"\udc00b"`: "\ufffdb", `"\ud800\ud800\udc00"`: "\ufffd\U00010000", `"\ud800\n"`: "\ufffd\n", `"\ud800\u0041"`: "\ufffdA",
		"\"a\xffb\"": "a\ufffdb", "\"\xffé\\u00e9\"": "\ufffdéé", "\"\xc3\"": "\ufffd", "\"\xed\xa0\x80\"": "\ufffd\ufffd\ufffd", "\"\\n\xff\"": "\n\ufffd",
	} {
		s, ok := asString(value(text))
		require.False(t, ok, text)
		require.Equal(t, mended, s, text)
	}
	for _, text := range []string{"", "null", "1", "true", "{}", "[]"} {
		s, ok := asString(value(text))
		require.False(t, ok, text)
		require.Empty(t, s)
	}
}

func TestNumbersAreReadAsTheWorldReadsThem(t *testing.T) {
	for _, text := range []string{"0", "-0", "10", "1e3", "1E+3", "1e-3", "0.5", "-12.25e2", "123456789012345678901234567890", "0." + strings.Repeat("3", 30), "1" + strings.Repeat("0", 300), "9007199254740993", "4e-324", "1e-400"} {
		var want float64
		require.NoError(t, json.Unmarshal([]byte(text), &want))
		require.NoError(t, eachMember([]byte(`{"n":`+text+`}`), func(_ string, v value) {
			require.Equal(t, text, string(v))
			require.Equal(t, byte('0'), v.Kind())
			n, ok := asNumber(v)
			require.True(t, ok, text)
			require.Equal(t, want, n, text)
		}))
	}
	for _, text := range []string{"-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1.e3", "0x10", "1_0", "Infinity", "NaN", "1 2", "--1", "1e5.5"} {
		require.Error(t, eachMember([]byte(`{"n":`+text+`}`), func(string, value) {}), text)
	}
}

func TestListsAreReadByTheirElements(t *testing.T) {
	for text, want := range map[string]string{`[]`: "", ` [ 1 , "a,]" ,[2,[3]],{"b":[]} ] `: `1;"a,]";[2,[3]];{"b":[]};`} {
		seen := ""
		require.NoError(t, eachElement([]byte(text), func(v value) { seen += string(v) + ";" }))
		require.Equal(t, want, seen)
	}
	for _, text := range []string{``, `{}`, `[`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `[1]]`, `[1}`, `["a":1]`, `[1]x`} {
		require.Error(t, eachElement([]byte(text), func(value) {}), text)
	}
}

func TestWhatIsWrittenIsReadBackTheSame(t *testing.T) {
	for _, pairs := range [][]Pair{nil, {{"a", "b"}}, {{"", ""}, {"\"}{,:", "\x00\n\\\u2028中"}, {"[", "{"}}} {
		written := []byte(jsonObject(pairs...))
		require.True(t, json.Valid(written), "%s", written)
		require.Equal(t, pairs, Members(written))
	}
	var w writer
	w.open('{')
	w.text("none", "")
	w.number("zero", 0)
	w.boolean("no", false)
	w.text("a", "{")
	w.number("b", -7)
	w.name("c")
	w.open('[')
	w.integer(0)
	w.quote(":")
	w.quote("[")
	w.open('{')
	w.close('}')
	w.open('[')
	w.close(']')
	w.close(']')
	w.boolean("d", true)
	w.close('}')
	require.Equal(t, `{"a":"{","b":-7,"c":[0,":","[",{},[]],"d":true}`, string(w.data))
	require.True(t, bytes.Equal(w.data, bytes.TrimSpace(w.data)))
}

package core

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	digits = "0123456789"
	small  = "abcdefghijklmnopqrstuvwxyz"
	great  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// An alphabet that begins too late or ends too early is right nearly everywhere: so each byte is tried.
func TestEveryAlphabetHasItsFirstAndItsLast(t *testing.T) {
	visible := ""
	for c := byte('!'); c <= '~'; c++ {
		visible += string(rune(c))
	}
	for name, a := range map[string]struct {
		letters string
		has     func(c string) bool
	}{
		"a host":       {digits + small + great + "-._", func(c string) bool { return isHost("a" + c + "b") }},
		"a name":       {small + great, func(c string) bool { return safeName("a"+c) == "a"+c }},
		"a token":      {visible, func(c string) bool { return isToken("a" + c) }},
		"a connection": {digits + small + great + "-_", isConnection},
		"a path": {strings.Map(func(r rune) rune {
			if strings.ContainsRune("\\\"<>^`{|}?#", r) {
				return -1
			}
			return r
		}, visible), func(c string) bool { _, why := normalBaseURL("http://h/a" + c + "aa"); return why == "" }},
		"hexadecimal digits": {digits + "abcdefABCDEF", func(c string) bool { return hex4([]byte("000"+c)) >= 0 }},
		"JSON's digits":      {digits, func(c string) bool { return (&reader{text: []byte(c)}).digits() }},
		"a language":         {small, func(c string) bool { return isLocale("a" + c) }},
		"a country":          {great, func(c string) bool { return isLocale("zh_A" + c) }},
	} {
		for c := range 256 {
			c := string([]byte{byte(c)})
			require.Equal(t, strings.Contains(a.letters, c), a.has(c), "%s: %q", name, c)
		}
	}
	require.Equal(t, digits+small+small+" [`@{", lower(digits+small+great+" [`@{"))
	for i, c := range digits + "abcdef" {
		require.Equal(t, rune(i), hex4([]byte("000"+string(c))))
		require.Equal(t, rune(i), hex4([]byte("000"+strings.ToUpper(string(c)))))
		require.Equal(t, rune(i)<<12, hex4([]byte(string(c)+"000")))
	}
}

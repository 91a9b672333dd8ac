package core

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// asString returns the text of a JSON string. It is false where the value is no
// string, and where the text had to be mended: U+FFFD then stands for each byte
// that is no UTF-8, and for half of a surrogate pair.
func asString(v value) (string, bool) {
	if v.Kind() != '"' {
		return "", false
	}
	text := v[1 : len(v)-1]
	if bytes.IndexByte(text, '\\') < 0 && utf8.Valid(text) {
		return string(text), true
	}
	whole := true
	plain := make([]byte, 0, len(text)+8)
	for len(text) > 0 {
		r, n := rune(text[0]), 1
		switch {
		case r == '\\':
			r, n = unescape(text)
			whole = whole && r >= 0
		case r >= utf8.RuneSelf:
			r, n = utf8.DecodeRune(text)
			whole = whole && n > 1
		}
		plain = utf8.AppendRune(plain, r) // U+FFFD for what is none
		text = text[n:]
	}
	return string(plain), whole
}

// unescape returns the character that the escape sequence at the beginning of text
// stands for, and how long the sequence is. Half of a surrogate pair is -1.
func unescape(text []byte) (r rune, n int) {
	switch c := text[1]; c {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r := hex4(text[2:])
		if !utf16.IsSurrogate(r) {
			return r, 6
		}
		if len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
			if pair := utf16.DecodeRune(r, hex4(text[8:])); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return -1, 6
	default:
		return rune(c), 2
	}
}

// asNumber returns a number that stands as a JSON number or inside a JSON
// string: the vendors' tables and examples disagree, so both are read.
func asNumber(v value) (float64, bool) {
	text := string(v)
	if v.Kind() == '"' {
		text, _ = asString(v)
		text = strings.TrimSpace(text)
	} else if v.Kind() != '0' {
		return 0, false
	}
	// ParseFloat also reads "inf", "nan", hexadecimal and underscores.
	if text == "" || strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil { // also where it is too large
		return 0, false
	}
	return f, true
}

// asToken returns a string that can be a token: visible ASCII, so that no
// header, URL or log line can be broken by it, and of a length that a header bears.
func asToken(v value) (string, bool) {
	s, ok := asString(v)
	return s, ok && isToken(s)
}

func isToken(s string) bool {
	if s == "" || len(s) > MaxToken {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// asBool returns a JSON boolean.
func asBool(v value) (b, ok bool) {
	return v.Kind() == 't', v.Kind() == 't' || v.Kind() == 'f'
}

// lower returns s with its ASCII letters in lower case. strings.ToLower would
// bring the tables of every script into every page.
func lower(s string) string {
	var b []byte // only where there is one
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			if b == nil {
				b = []byte(s)
			}
			b[i] = c + 'a' - 'A'
		}
	}
	if b == nil {
		return s
	}
	return string(b)
}

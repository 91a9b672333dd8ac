package core

import (
	"math"
	"strconv"
	"strings"
)

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
	if err != nil || math.IsInf(f, 0) {
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

package core

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// value is one JSON value as it stood in the text.
type value = jsontext.Value

var errNotObject = errors.New("not one JSON object")

// eachMember reads data as exactly one JSON object and hands each member to
// visit; the values are parts of data. A vendor's page may come with a byte order
// mark or in another encoding than UTF-8; the fields that matter are ASCII, so
// neither is an error. Where a name stands twice, visit is called twice: the last
// one counts, as in JavaScript.
func eachMember(data []byte, visit func(name string, v value)) error {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	d := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return errNotObject
	}
	for {
		t, err := d.ReadToken()
		if err != nil {
			return errNotObject
		}
		if t.Kind() == '}' {
			break
		}
		name := t.String()
		v, err := d.ReadValue()
		if err != nil {
			return errNotObject
		}
		end := int(d.InputOffset()) // the decoder's own copy does not outlive its next step
		visit(name, data[end-len(v):end])
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return errNotObject
	}
	return nil
}

// asString returns the text of a JSON string.
func asString(v value) (string, bool) {
	if v.Kind() != '"' {
		return "", false
	}
	var room [64]byte // for most texts, so that they are not first made elsewhere
	text, err := jsontext.AppendUnquote(room[:0], v)
	return string(text), err == nil
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

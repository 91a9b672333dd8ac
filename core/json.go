package core

import (
	"bytes"
	"errors"
)

// A reader of JSON that finds values and leaves them as they stood. It is exactly
// as strict as RFC 8259, so that every host reads the same, with these liberties:
// what is inside a string need not be UTF-8, and a byte order mark may come first.
// Where a name stands twice, both members are reported. There is no limit to depth and none
// to length: what is open is kept in bits, never in calls within calls, as who
// writes an answer must not be able to end the program that reads it.

// value is one JSON value as the reader found it.
type value []byte

// Kind is the first byte of a value, and '0' for all numbers. It is 0 where there is no value.
func (v value) Kind() byte {
	if len(v) == 0 {
		return 0
	}
	if c := v[0]; c != '-' && (c < '0' || c > '9') {
		return c
	}
	return '0'
}

var (
	errNotObject = errors.New("not one JSON object")
	errNotList   = errors.New("not one JSON list")
)

// eachMember reads data as exactly one JSON object and hands each member to
// visit; the values are parts of data. A vendor's page may come with a byte order
// mark or in another encoding than UTF-8; the fields that matter are ASCII, so
// neither is an error. Where a name stands twice, visit is called twice: the last
// one counts, as in JavaScript. Of a text that is cut off, visit is called for each
// member that is certainly whole.
func eachMember(data []byte, visit func(name string, v value)) error {
	return eachMemberQuoted(data, func(name string, _, v value) { visit(name, v) })
}

// eachMemberQuoted is eachMember for who also needs each name as it stood.
func eachMemberQuoted(data []byte, visit func(name string, quoted, v value)) error {
	r := reader{text: unmarked(data)}
	if !r.document('{', func(quoted, v value) {
		name, _ := asString(quoted)
		visit(name, quoted, v)
	}) {
		return errNotObject
	}
	return nil
}

// unmarked is a text without a byte order mark.
func unmarked(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }

// firstOf is the byte with which a text begins, after white space; 0 where there is none.
func firstOf(data []byte) byte {
	r := reader{text: unmarked(data)}
	r.space()
	return r.next()
}

// eachElement reads data as exactly one JSON list and hands each element to visit.
func eachElement(data []byte, visit func(v value)) error {
	r := reader{text: data}
	if !r.document('[', func(_, v value) { visit(v) }) {
		return errNotList
	}
	return nil
}

// reader stands before a byte of a text. Its methods pass over what they are
// called after, and report whether it was there.
type reader struct {
	text []byte
	at   int
}

// next is the byte that the reader stands before. At the end it is 0, which JSON has nowhere.
func (r *reader) next() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *reader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return
		}
	}
}

func (r *reader) is(c byte) bool {
	if r.next() != c {
		return false
	}
	r.at++
	return true
}

// document is one object or list with nothing but space around it.
func (r *reader) document(bracket byte, visit func(name, v value)) bool {
	r.space()
	if !r.is(bracket) {
		return false
	}
	r.space()
	for more := !r.is(closing(bracket)); more; {
		var name value
		if from := r.at; bracket == '{' {
			if !r.string() {
				return false
			}
			name = r.text[from:r.at]
			if !r.colon() {
				return false
			}
		}
		from := r.at
		if !r.value() {
			return false
		}
		v := r.text[from:r.at]
		r.space()
		if more = !r.is(closing(bracket)); more {
			if !r.is(',') {
				return false // what is cut off here may have been a longer number
			}
			r.space()
		}
		visit(name, v)
	}
	r.space()
	return r.at == len(r.text)
}

func closing(bracket byte) byte {
	if bracket == '{' {
		return '}'
	}
	return ']'
}

func (r *reader) colon() bool {
	r.space()
	if !r.is(':') {
		return false
	}
	r.space()
	return true
}

// value is one value with all that is inside it.
func (r *reader) value() bool {
	var open brackets
	for {
		begun, ok := r.begin(&open)
		if !ok {
			return false
		}
		// What is complete may be the last of what it stands in, which then is complete too.
		for !begun {
			if open.depth == 0 {
				return true
			}
			r.space()
			switch {
			case r.is(','):
				r.space()
				if open.object() && !r.name() {
					return false
				}
				begun = true
			case r.is(open.closing()):
				open.depth--
			default:
				return false
			}
		}
	}
}

// begin passes over a simple value, an empty object or an empty list, and otherwise to the first value inside: begun.
func (r *reader) begin(open *brackets) (begun, ok bool) {
	switch c := r.next(); c {
	case '{', '[':
		r.at++
		r.space()
		if r.is(closing(c)) {
			return false, true
		}
		open.push(c == '{')
		return true, c == '[' || r.name()
	case '"':
		return false, r.string()
	case 't':
		return false, r.word("true")
	case 'f':
		return false, r.word("false")
	case 'n':
		return false, r.word("null")
	default:
		return false, r.number()
	}
}

// name is a member's name with its colon.
func (r *reader) name() bool { return r.string() && r.colon() }

func (r *reader) word(word string) bool {
	for i := range len(word) {
		if !r.is(word[i]) {
			return false
		}
	}
	return true
}

func (r *reader) number() bool {
	r.is('-')
	if !r.is('0') && !r.digits() { // nothing may follow a zero
		return false
	}
	if r.is('.') && !r.digits() {
		return false
	}
	if r.is('e') || r.is('E') {
		if !r.is('+') {
			r.is('-')
		}
		return r.digits()
	}
	return true
}

func (r *reader) digits() bool {
	from := r.at
	for c := r.next(); '0' <= c && c <= '9'; c = r.next() {
		r.at++
	}
	return r.at > from
}

func (r *reader) string() bool {
	if !r.is('"') {
		return false
	}
	text, at := r.text, r.at
	for at < len(text) {
		c := text[at]
		at++
		if c == '"' {
			r.at = at
			return true
		}
		if c == '\\' {
			n := escaped(text[at:])
			if n == 0 {
				return false
			}
			at += n
		} else if c < ' ' {
			return false
		}
	}
	return false
}

// escaped is how long what comes after a backslash is, or 0.
func escaped(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	switch text[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 1
	case 'u':
		if len(text) >= 5 && hex4(text[1:]) >= 0 {
			return 5
		}
	}
	return 0
}

// hex4 is the number that four hexadecimal digits write, or -1.
func hex4(text []byte) rune {
	var n rune
	for _, c := range text[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		n = n<<4 | rune(c)
	}
	return n
}

// brackets are the objects and lists that are open: a bit each, which is set for an object.
type brackets struct {
	depth int
	bits  []byte
}

func (b *brackets) push(object bool) {
	at, bit := b.depth/8, byte(1)<<(b.depth%8)
	if at == len(b.bits) {
		b.bits = append(b.bits, 0)
	}
	b.bits[at] &^= bit
	if object {
		b.bits[at] |= bit
	}
	b.depth++
}

// object reports whether the innermost is one.
func (b *brackets) object() bool {
	last := b.depth - 1
	return b.bits[last/8]>>(last%8)&1 == 1
}

func (b *brackets) closing() byte {
	if b.object() {
		return '}'
	}
	return ']'
}

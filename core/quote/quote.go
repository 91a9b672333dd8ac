// Package quote writes JSON strings: for the core, and for the console, which saves its timeline as JSON.
package quote

import "unicode/utf8"

// Append appends s as a JSON string, in the shortest form. U+FFFD stands for
// each byte that is no UTF-8.
func Append(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0 // what is not yet written
	for i := 0; i < len(s); {
		c, n := s[i], 1
		mended := false
		if c >= utf8.RuneSelf {
			_, n = utf8.DecodeRuneInString(s[i:])
			mended = n == 1
		}
		if c < ' ' || c == '"' || c == '\\' || mended {
			b = append(b, s[from:i]...)
			b = appendEscape(b, c)
			from = i + 1
		}
		i += n
	}
	return append(append(b, s[from:]...), '"')
}

// appendEscape appends what stands in a JSON string for a byte that cannot stand there itself.
func appendEscape(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	if c < ' ' {
		return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
	}
	return append(b, "\ufffd"...)
}

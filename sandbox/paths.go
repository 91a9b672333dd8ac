package sandbox

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Paths says how a path is read before it is looked up. The vendors' documents know each path in one form only; the
// servers and gateways that stand before such systems do not, and what they make of a path reaches the system.
type Paths string

const (
	// AsWritten knows a path in its documented form only: with an escape in it, it is another path.
	AsWritten Paths = "written"
	// LikeNginx decodes once while it parses, also escaped slashes and dots, then resolves dot segments and joins slashes
	// (ngx_http_parse_complex_uri, merge_slashes).
	LikeNginx Paths = "nginx"
	// LikeEnvoy undoes the escapes of unreserved characters (RFC 3986, 6.2.2.2), and joins slashes; then, as its
	// UNESCAPE_AND_FORWARD does, those of slashes. Kong and Apache (AP_NORMALIZE_DECODE_UNRESERVED) read alike.
	LikeEnvoy Paths = "envoy"
	// LikeTomcat cuts path parameters off, decodes, takes a backslash for a slash, and resolves dot segments; behind it
	// Spring MVC decodes and cuts once more, and ignores a last slash and a suffix. Overlong UTF-8 is understood, as it was
	// before CVE-2008-2938; ALLOW_BACKSLASH and encodedSolidusHandling="decode" are on.
	LikeTomcat Paths = "tomcat"
	// LikeIIS decodes %uXXXX too, leaves a broken escape as it is, maps what the code page lacks to its best fit, takes a
	// backslash for a slash, drops ASP.NET's tickets and the dots and spaces at a segment's end, and knows no case.
	LikeIIS Paths = "iis"
	// LikeChain is several of them in a row: it decodes until nothing changes, cuts at ";", "?" and "#", takes plus signs for
	// spaces, folds every look-alike, drops what it does not know, and knows no case.
	LikeChain Paths = "chain"
)

// AllPaths are the ways in which a path can be read.
var AllPaths = []Paths{AsWritten, LikeNginx, LikeEnvoy, LikeTomcat, LikeIIS, LikeChain}

var errPath = errors.New("the path has no meaning")

// Read returns what a server makes of a path as it was sent, without its query. It begins with a slash. An error is what the
// server answers by 400.
func (p Paths) Read(path string) (string, error) {
	var err error
	switch p {
	case AsWritten:
		return path, nil
	case LikeNginx:
		if path, err = unescape(path, strict, anything); err != nil {
			return "", err
		}
		return resolve(path)
	case LikeEnvoy:
		if path, err = unescape(path, strict, unreserved); err != nil {
			return "", err
		}
		if path, err = unescape(path, strict, slashes); err != nil {
			return "", err
		}
		return resolve(path)
	case LikeTomcat:
		if path, err = unescape(cut(path), strict, anything); err != nil {
			return "", err
		}
		if path, err = resolve(backslashes(overlong(path))); err != nil {
			return "", err
		}
		path, _ = unescape(cut(path), lenient, anything)
		path = strings.TrimRight(path, "/")
		if dot := strings.LastIndexByte(path, '.'); dot > strings.LastIndexByte(path, '/') {
			path = path[:dot]
		}
		return "/" + strings.TrimLeft(path, "/"), nil
	case LikeIIS:
		path, _ = unescape(path, lenient, anything)
		path, err = resolve(segments(backslashes(bestFit(overlong(path))), tickets))
		return strings.ToLower(segments(path, func(s string) string { return strings.TrimRight(s, ". ") })), err
	default:
		for before := ""; before != path; {
			before = path
			path, _ = unescape(path, lenient, anything)
			path = strings.Map(known, backslashes(bestFit(overlong(path))))
			path, _, _ = strings.Cut(path, "?")
			path, _, _ = strings.Cut(path, "#")
			path = cut(strings.ReplaceAll(path, "+", " "))
			path = segments(path, func(s string) string { return strings.TrimSpace(tickets(s)) })
		}
		path, err = resolve(path)
		return strings.ToLower(path), err
	}
}

// find returns the endpoint that a path is read as, and the segment that "*" stands for in it. Where letters have no case,
// the documented paths have none either.
func (p Paths) find(read string) (e endpoint, part string, known bool) {
	if e, known := endpoints[read]; known {
		return e, "", true
	}
	for path, e := range endpoints {
		if p == LikeIIS || p == LikeChain {
			path = strings.ToLower(path)
		}
		before, after, any := strings.Cut(path, "*")
		part, rest, _ := strings.Cut(strings.TrimPrefix(read, before), "/")
		if path == read || any && part != "" && read == before+part+after && rest == strings.TrimPrefix(after, "/") {
			return e, part, true
		}
	}
	return endpoint{}, "", false
}

const (
	strict  = true  // a broken escape is an error
	lenient = false // it stands for itself, and %uXXXX is an escape too
)

func anything(byte) bool  { return true }
func slashes(c byte) bool { return c == '/' || c == '\\' }

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// unescape undoes the escapes of the bytes that are wanted. NUL is an error wherever a server is strict.
func unescape(path string, strictly bool, wanted func(byte) bool) (string, error) {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] != '%' {
			b.WriteByte(path[i])
			continue
		}
		if !strictly && i+6 <= len(path) && (path[i+1]|0x20) == 'u' {
			if v, err := strconv.ParseUint(path[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(v))
				i += 5
				continue
			}
		}
		v, err := uint64(0), errPath
		if i+3 <= len(path) {
			v, err = strconv.ParseUint(path[i+1:i+3], 16, 8)
		}
		switch {
		case err != nil && strictly, err == nil && v == 0 && strictly:
			return "", errPath
		case err != nil || !wanted(byte(v)):
			b.WriteByte('%')
		default:
			b.WriteByte(byte(v))
			i += 2
		}
	}
	return b.String(), nil
}

// resolve joins slashes and takes dot segments out. A path that climbs over its root is an error.
func resolve(path string) (string, error) {
	var kept []string
	parts := strings.Split(path, "/")
	for i, s := range parts {
		last := i == len(parts)-1
		switch {
		case s == ".." && len(kept) == 0:
			return "", errPath
		case s == "..":
			kept = kept[:len(kept)-1]
		case s != "" && s != ".":
			kept = append(kept, s)
			continue
		}
		if last && len(kept) > 0 {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/"), nil
}

func segments(path string, do func(string) string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = do(parts[i])
	}
	return strings.Join(parts, "/")
}

// cut takes the parameters off each segment: "/a;b=c/d" is "/a/d".
func cut(path string) string {
	return segments(path, func(s string) string { s, _, _ = strings.Cut(s, ";"); return s })
}

func backslashes(path string) string { return strings.ReplaceAll(path, `\`, "/") }

// tickets takes a session's ticket off a segment's beginning, as ASP.NET's filter does: "(S(…))".
func tickets(s string) string {
	if len(s) > 3 && s[0] == '(' && s[2] == '(' {
		if _, after, found := strings.Cut(s, "))"); found {
			return after
		}
	}
	return s
}

// overlong reads two and three bytes that stand for one of ASCII, as decoders did that did not check for them.
func overlong(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		switch {
		case path[i]&0xfe == 0xc0 && i+1 < len(path) && path[i+1]&0xc0 == 0x80:
			b.WriteByte(path[i]<<6 | path[i+1]&0x3f)
			i++
		case path[i] == 0xe0 && i+2 < len(path) && path[i+1]&0xfe == 0x80 && path[i+2]&0xc0 == 0x80:
			b.WriteByte(path[i+1]<<6 | path[i+2]&0x3f)
			i += 2
		default:
			b.WriteByte(path[i])
		}
	}
	return b.String()
}

// bestFit maps letters to those of ASCII that code pages and normal forms have in their place: the full width forms, and
// from the tables of 932, 949 and 1252 and from NFKC those that matter in a path.
func bestFit(path string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xff01 && r <= 0xff5e {
			return r - 0xff01 + '!'
		}
		if fit, there := bestFits[r]; there {
			return fit
		}
		return r
	}, path)
}

var bestFits = func() map[rune]rune {
	fits := map[rune]rune{}
	for ascii, letters := range map[rune]string{
		'/': "⁄∕⧸⟋╱", '\\': "∖⧵⧹⟍╲¥₩﹨", '.': "․。｡﹒۔", '%': "٪﹪", ';': "\u037e﹔", '?': "﹖", '#': "﹟", ' ': "\u00a0\u2002\u2003\u2007\u3000",
		'a': "αāàáâãäåăąаɑª", 'b': "ƀ", 'c': "ćĉċčсç", 'd': "đδď", 'e': "εēèéêëĕėęěе℮", 'f': "ƒ", 'g': "ɡĝğġģℊ", 'h': "ħĥ", 'i': "ıìíîïĩīĭįі",
		'k': "ķκкK", 'l': "łĺļľℓ", 'n': "ñńņňⁿ", 'o': "òóôõöōŏőοоøº", 'p': "πрρ", 's': "śŝşšσѕſ", 't': "ţťŧτт", 'u': "ùúûüũūŭůűų", 'v': "ν", 'y': "ýÿŷуу", 'z': "źżž",
		'A': "ΑАĀ", 'B': "ΒВ", 'E': "ΕЕ", 'K': "ΚКK", 'O': "ΟО", 'S': "ΣЅ", 'T': "ΤТ", 'P': "ΡР", 'L': "Ł",
	} {
		for _, letter := range letters {
			fits[letter] = ascii
		}
	}
	return fits
}()

// known drops what a server's alphabet does not have; others would put a question mark in its place.
func known(r rune) rune {
	if r < ' ' || r >= utf8.RuneSelf {
		return -1
	}
	return r
}

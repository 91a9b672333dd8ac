package core

import (
	"strconv"
	"strings"
)

// normalBaseURL returns the normal form of an http or https URL that paths can
// be appended to, or the reason why s is not one. The host's own URL library
// assembles and escapes what is sent; this only refuses what must never be sent to.
func normalBaseURL(s string) (base, reason string) {
	for i := range len(s) {
		if s[i] <= ' ' {
			return "", "must have no white space in it or around it, such as a line break"
		}
		if c := s[i]; c > '~' || strings.IndexByte("\\\"<>^`{|}", c) >= 0 {
			return "", "must be a URL of plain ASCII characters; write another host name in its punycode form"
		}
	}
	scheme, rest, ok := strings.Cut(s, "://")
	scheme = lower(scheme)
	switch {
	case !ok || scheme != "http" && scheme != "https":
		return "", "must begin with http:// or https://"
	case strings.Contains(rest, "?"):
		return "", "must not have a query"
	case strings.Contains(rest, "#"):
		return "", "must not have a fragment"
	}
	authority, path, _ := strings.Cut(rest, "/")
	if strings.Contains(authority, "@") {
		return "", "must not hold credentials"
	}
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		host, port = authority[:i], authority[i+1:]
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
			return "", "must have a port from 1 to 65535, or none"
		}
	}
	if !isHost(host) {
		return "", "must have a host name or an address"
	}
	base = scheme + "://" + lower(host)
	if port != "" && !(scheme == "http" && port == "80" || scheme == "https" && port == "443") {
		base += ":" + port
	}
	path = strings.TrimRight(path, "/")
	if path == "" {
		return base, ""
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "" || isDots(segment) {
			return "", "must not have an empty, \".\" or \"..\" path segment"
		}
	}
	for i := range len(path) {
		if path[i] == '%' && (i+2 >= len(path) || strings.Trim(path[i+1:i+3], hexDigits) != "") {
			return "", "must have a percent sign only before two hexadecimal digits"
		}
	}
	return base + "/" + path, ""
}

const hexDigits = "0123456789abcdefABCDEF"

func isHost(host string) bool {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && isIPv6(inner)
	}
	for i := range len(host) {
		c := host[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_') {
			return false
		}
	}
	if host == "" || host[0] == '.' || host[0] == '-' {
		return false
	}
	// What ends in a number is an IPv4 address to a URL parser, or nothing at all.
	last := lower(host[strings.LastIndexByte(strings.TrimSuffix(host, "."), '.')+1:])
	last = strings.TrimSuffix(last, ".")
	if hex, ok := strings.CutPrefix(last, "0x"); strings.Trim(last, "0123456789") == "" || ok && strings.Trim(hex, hexDigits) == "" {
		return isIPv4(host)
	}
	return true
}

// isIPv4 reports whether s has four decimal parts, as people write them. URL
// parsers also take 010.1 for an address, and for another one than it looks like.
func isIPv4(s string) bool {
	parts := strings.Split(s, ".")
	for _, p := range parts {
		if n, err := strconv.ParseUint(p, 10, 8); err != nil || itoa(int64(n)) != p {
			return false
		}
	}
	return len(parts) == 4
}

func isIPv6(s string) bool {
	head, tail, short := strings.Cut(s, "::")
	if !short {
		return words(s, true) == 8
	}
	before, after := words(head, false), words(tail, true)
	return before >= 0 && after >= 0 && before+after < 8
}

// words counts the words of a part of an IPv6 address; it is negative where the part is wrong.
func words(s string, last bool) int {
	if s == "" {
		return 0
	}
	parts := strings.Split(s, ":")
	n := len(parts)
	for i, p := range parts {
		switch {
		case last && i == len(parts)-1 && isIPv4(p):
			n++
		case p == "" || len(p) > 4 || strings.Trim(p, hexDigits) != "":
			return -1
		}
	}
	return n
}

// isDots reports whether a URL parser would take the segment for "." or "..".
func isDots(segment string) bool {
	s := strings.ReplaceAll(lower(segment), "%2e", ".")
	return s == "." || s == ".."
}

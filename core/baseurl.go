package core

import (
	"strconv"
	"strings"
)

// normalBaseURL returns the normal form of an http or https URL that paths can
// be appended to, or the reason why s is not one. The host's own URL library
// assembles and escapes what is sent; this only refuses what must never be sent to.
func normalBaseURL(s string) (base, reason string) {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' || strings.IndexByte("\\\"<>^`{|}", c) >= 0 {
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
	return base + "/" + path, ""
}

func isHost(host string) bool {
	if inner, ok := strings.CutPrefix(host, "["); ok { // an IPv6 address
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && strings.Contains(inner, ":") && strings.Trim(inner, "0123456789abcdefABCDEF:.") == ""
	}
	for i := range len(host) {
		c := host[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_') {
			return false
		}
	}
	return host != "" && host[0] != '.' && host[0] != '-'
}

// isDots reports whether a URL parser would take the segment for "." or "..".
func isDots(segment string) bool {
	s := strings.ReplaceAll(lower(segment), "%2e", ".")
	return s == "." || s == ".."
}

package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBaseURLHasOneNormalForm(t *testing.T) {
	for given, want := range map[string]string{
		"https://10.0.0.1:28443":       "https://10.0.0.1:28443",
		"HTTPS://Service.Example:443/": "https://service.example",
		"http://a:80/lite//":           "http://a/lite",
		"http://a:443":                 "http://a:443",
		"https://a/Path/b%2fc":         "https://a/Path/b%2fc",
		"https://a_b-c.example.":       "https://a_b-c.example.",
		"https://[2001:DB8::1]:8443/x": "https://[2001:db8::1]:8443/x",
		"https://[::]":                 "https://[::]",
		"https://[::ffff:10.0.0.1]":    "https://[::ffff:10.0.0.1]",
		"https://[1:2:3:4:5:6:7:8]":    "https://[1:2:3:4:5:6:7:8]",
		"https://1a.2b":                "https://1a.2b",
	} {
		base, reason := normalBaseURL(given)
		require.Empty(t, reason, given)
		require.Equal(t, want, base)
	}
}

// What a URL parser would refuse, or send elsewhere than it looks like, never
// gets as far as a request with credentials.
func TestBaseURLThatIsNoneIsRefusedWithItsReason(t *testing.T) {
	const (
		scheme  = "must begin with http:// or https://"
		host    = "must have a host name or an address"
		port    = "must have a port from 1 to 65535, or none"
		segment = "must not have an empty, \".\" or \"..\" path segment"
		ascii   = "must be a URL of plain ASCII characters; write another host name in its punycode form"
		white   = "must have no white space in it or around it, such as a line break"
		percent = "must have a percent sign only before two hexadecimal digits"
	)
	for given, want := range map[string]string{
		"": scheme, "a.example": scheme, "//a": scheme, "ftp://a": scheme, "https:/a": scheme, "javascript:alert(1)//": scheme,
		"https://": host, "https:///a": host, "https://.a": host, "https://-a": host, "https://a%41": host, "https://a,b": host,
		"https://010.0.0.1": host, "https://1.2.3": host, "https://1.2.3.256": host, "https://a.1": host, "https://0x7f.0x1": host, "https://1.2.3.4.": host,
		"https://[::1": host, "https://::1": host, "https://[]": host, "https://[:::]": host, "https://[1:2:3:4:5:6:7]": host, "https://[1::2::3]": host,
		"https://[1:2:3:4:5:6:7::8]": host, "https://[12345::]": host, "https://[::1.2.3]": host, "https://[1.2.3.4::]": host, "https://[g::]": host,
		"https://a:": port, "https://a:0": port, "https://a:065": port, "https://a:65536": port, "https://a:+1": port, "https://a:1:2": host,
		"https://user:secret@a": "must not hold credentials", "https://a@b/": "must not hold credentials",
		"https://a?b": "must not have a query", "https://a/?": "must not have a query", "https://a#b": "must not have a fragment",
		"https://a//b": segment, "https://a/./b": segment, "https://a/..": segment, "https://a/%2E%2e/b": segment, "https://a/.%2e": segment,
		"https://a/%": percent, "https://a/%2": percent, "https://a/%zz/b": percent,
		"https://ä": ascii, "https://a\\@b": ascii,
		"https://a b": white, "https://a\n": white, "https://a\n.b": white, "\thttps://a": white, " https://a": white,
	} {
		base, reason := normalBaseURL(given)
		require.Empty(t, base, given)
		require.Equal(t, want, reason, given)
	}
}

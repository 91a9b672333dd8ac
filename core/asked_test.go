package core

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What an identity may be, from both sides. The conformance cases have the texts.
func TestAnIdentityIsTakenOrRefusedByTheFieldAtFault(t *testing.T) {
	const cc = `"system":"ccmessaging","baseUrl":"https://a","appKey":"k","userName":"n","channelId":"c"`
	const drive = `"system":"cubedrive","baseUrl":"https://a"`
	const isales = `"system":"isales","baseUrl":"https://a"`
	for text, field := range map[string]string{
		cc + `,"appSecret":"s","userId":"u","locale":"zh"`:                               "",
		cc + `,"appSecret":"s","userId":"` + strings.Repeat("中", 32) + `","locale":"zh"`: "",
		cc + `,"appSecret":"s","userId":"` + strings.Repeat("u", 33) + `","locale":"zh"`: "userId",
		cc + `,"appSecret":"s","userId":"u","locale":"zh_CN"`:                            "",
		cc + `,"appSecret":"s","userId":"u","locale":"zho_CN"`:                           "",
		cc + `,"appSecret":"s","userId":"u","locale":"z"`:                                "locale",
		cc + `,"appSecret":"s","userId":"u","locale":"zhon"`:                             "locale",
		cc + `,"appSecret":"s","userId":"u","locale":"zh_"`:                              "locale",
		cc + `,"appSecret":"s","userId":"u","locale":"zh_C"`:                             "locale",
		cc + `,"appSecret":"s","userId":"u","locale":"zh_CNA"`:                           "locale",
		cc + `,"appSecret":"s","accessToken":"A","userId":"u","locale":"zh"`:             "accessToken",
		cc + `,"appSecret":"s","accessTokenSupplier":1,"userId":"u","locale":"zh"`:       "accessToken",
		cc + `,"accessToken":"A","userId":"u","locale":"zh"`:                             "",
		cc + `,"accessToken":"A B","userId":"u","locale":"zh"`:                           "accessToken",
		cc + `,"accessTokenSupplier":1,"userId":"u","locale":"zh"`:                       "",
		cc + `,"accessTokenSupplier":0,"userId":"u","locale":"zh"`:                       "accessTokenSupplier",
		cc + `,"accessTokenSupplier":1.5,"userId":"u","locale":"zh"`:                     "accessTokenSupplier",
		cc + `,"accessTokenSupplier":"x","userId":"u","locale":"zh"`:                     "accessTokenSupplier",
		cc + `,"userId":"u","locale":"zh"`:                                               "appSecret",
		cc + `,"appSecret":"s","userId":"u","locale":"zh","tenantSpaceId":null`:          "",
		cc + `,"appSecret":"s","userId":"u","locale":"zh","tenantSpaceId":""`:            "tenantSpaceId",
		cc + `,"appSecret":"s","userId":"u","locale":"zh","authUrl":"https://b"`:         "",
		cc + `,"appSecret":"s","userId":"u","locale":"zh","authUrl":"b"`:                 "authUrl",
		drive + `,"params":{"a":"b"}`:                                                    "",
		drive + `,"params":{"a":"b"},"method":"GET"`:                                     "",
		drive + `,"params":{"a":"b"},"method":"PUT"`:                                     "method",
		drive + `,"params":{}`:                            "params",
		drive + `,"params":{"a":1}`:                       "params",
		drive + `,"params":{"":"b"}`:                      "params",
		drive + `,"params":[]`:                            "params",
		drive:                                             "params",
		isales + `,"user":"u","passwd":"p"`:               "",
		isales + `,"user":"","passwd":"p"`:                "user",
		isales + `,"user":7,"passwd":"p"`:                 "user",
		isales + `,"user":"u","passwd":null`:              "passwd",
		isales + `,"user":"u","passwd":"p","zz":1,"aa":1`: "aa",
		isales + `,"user":"u","passwd":"p","` + strings.Repeat("a", 32) + `":1`: strings.Repeat("a", 32),
		isales + `,"user":"u","passwd":"p","` + strings.Repeat("a", 33) + `":1`: "a field",
		isales + `,"user":"u","passwd":"p","":1`:                                "a field",
		isales + `,"user":"u","passwd":"p","a-b":1`:                             "a field",
		`"system":"isales","baseUrl":"","user":"u","passwd":"p"`:                "baseUrl",
		`"system":"nobody"`: "system",
		`"system":7`:        "system",
		``:                  "system",
	} {
		err := Check([]byte("{" + text + "}"))
		got := ""
		if err != nil {
			got = err.Field
			require.Equal(t, InvalidIdentity, err.Code)
			require.Equal(t, StepInput, err.Step)
			require.NotEmpty(t, err.Reason)
			require.False(t, err.Retryable)
		}
		require.Equal(t, field, got, text)
	}
	require.Equal(t, "identity", Check([]byte(`[]`)).Field)
	require.Equal(t, `"a"`, oneOf([]string{"a"}, `"`))
	require.Equal(t, `"a" or "b"`, oneOf([]string{"a", "b"}, `"`))
	require.Equal(t, `1, 2 or 3`, oneOf([]string{"1", "2", "3"}, ``))
}

func TestTwoIdentitiesAreOneOnlyWhereAllOfThemIsEqual(t *testing.T) {
	identities := []string{
		stateCCMessaging, strings.Replace(stateCCMessaging, `"appKey":"k"`, `"appKey":"l"`, 1), strings.Replace(stateCCMessaging, "https", "http", 1),
		stateGiven, strings.Replace(stateGiven, `"accessToken":"AT"`, `"accessTokenSupplier":1`, 1), strings.Replace(stateGiven, `"accessToken":"AT"`, `"accessTokenSupplier":2`, 1),
		stateCubeDrive, strings.Replace(stateCubeDrive, `"user":"u"`, `"user":"v"`, 1), strings.Replace(stateCubeDrive, `"user":"u"`, `"u":"user"`, 1),
		stateISales, exampleIdentity,
	}
	for i, a := range identities {
		for k, b := range identities {
			one, err := parseIdentity([]byte(a), "")
			require.Nil(t, err, a)
			two, err := parseIdentity([]byte(b), "")
			require.Nil(t, err, b)
			require.Equal(t, i == k, one.equal(two), "%s %s", a, b)
			require.Equal(t, i == k, one.hash(7) == two.hash(7), "%s %s", a, b)
		}
	}
	id, err := parseIdentity([]byte(stateISales), "")
	require.Nil(t, err)
	require.Equal(t, "u", id.value("user"))
	require.Equal(t, "p", id.value("passwd"))
	require.Empty(t, id.value("other"))
	require.Zero(t, id.supplier())
	require.Empty(t, id.params())
}

func TestTheAccessTokenIsAskedOfItsOwnBaseURL(t *testing.T) {
	for text, want := range map[string]string{stateCCMessaging: "https://vendor.example", strings.Replace(stateCCMessaging, `"appKey"`, `"authUrl":"https://auth.example","appKey"`, 1): "https://auth.example"} {
		id, err := parseIdentity([]byte(text), "")
		require.Nil(t, err)
		d := id.dependency()
		require.Equal(t, want, d.base)
		require.Equal(t, []string{"k", "s", "", ""}, d.values)
		require.Nil(t, d.special)
		require.Nil(t, d.dependency())
	}
	id, err := parseIdentity([]byte(strings.Replace(stateGiven, `"accessToken":"AT"`, `"accessTokenSupplier":3`, 1)), "")
	require.Nil(t, err)
	require.Equal(t, int64(3), id.dependency().supplier())
}

// Most identities of a client have the same base URL, and share its text.
func TestAKnownBaseURLIsNotCheckedAgain(t *testing.T) {
	for _, known := range []string{"", "https://a.example", "https://b.example"} {
		for _, given := range []string{"https://a.example", "https://A.example/"} {
			id, err := parseIdentity([]byte(strings.Replace(exampleIdentity, "https://a.example", given, 1)), known)
			require.Nil(t, err)
			require.Equal(t, "https://a.example", id.base)
		}
		_, err := parseIdentity([]byte(strings.Replace(exampleIdentity, "https://a.example", "a.example", 1)), known)
		require.Equal(t, "baseUrl", err.Field)
	}
}

func TestWhatAHostSaysOfAResponseIsRead(t *testing.T) {
	require.Equal(t, Response{RetryAfter: "5", Date: "d", Rolled: "T"}, ResponseHeaders([]byte(`{"retryAfter":"5","date":"d","rolled":"T","other":"x"}`)))
	require.Equal(t, Response{}, ResponseHeaders([]byte(`{"retryAfter":5}`)))
	require.Equal(t, []Pair{{"b", "2"}, {"a", "1"}}, Members([]byte(`{"b":"2","c":3,"a":"1"}`)))
}

func TestAValueIsOfTheKindOfItsFirstByte(t *testing.T) {
	for text, kind := range map[string]byte{"": 0, "0": '0', "9": '0', "5": '0', "-1": '0', `"a"`: '"', "true": 't', "false": 'f', "null": 'n', "{}": '{', "[]": '[', "/": '/', ":": ':'} {
		require.Equal(t, string(kind), string(value(text).Kind()), text)
	}
	for text, want := range map[string][2]bool{"true": {true, true}, "false": {false, true}, "null": {}, `"true"`: {}, "": {}, "1": {}} {
		yes, ok := asBool(value(text))
		require.Equal(t, want, [2]bool{yes, ok}, text)
	}
	for text, want := range map[string]string{`"a"`: "a", `"a b"`: "", `""`: "", `7`: ""} {
		token, ok := asToken(value(text))
		require.Equal(t, want != "", ok, text)
		if ok {
			require.Equal(t, want, token)
		}
	}
	// A line that breaks off inside of a string, and what would end it, make no whole.
	for _, text := range []string{"[\"\n]", "{\"a\":\"\n}", "[\"\t]", "[\"\r,1]", "{\"a\n\":1}", "[\"]\n\"", `["\x]`, `["]`} {
		require.Error(t, eachMember([]byte(`{"m":`+text+`}`), func(string, value) {}), text)
		require.Error(t, eachElement([]byte(text), func(value) {}), text)
	}
}

// Half of what is allowed in a URL is a matter of one character more or less.
func TestABaseURLIsRefusedAtItsEdges(t *testing.T) {
	for given, good := range map[string]bool{
		"http://a:1": true, "http://a:65535": true, "http://a:65536": false, "http://a:0": false, "http://a:80": true, "https://a:80": true, "https://a:443": true,
		"http://1.2.3.4": true, "http://1.2.3.4.5": false, "http://255.255.255.255": true, "http://256.1.1.1": false, "http://0.0.0.0": true, "http://00.0.0.0": false,
		"http://a.0x": false, "http://a.0xg": true, "http://a.0xf": false, "http://a.b1": true, "http://a.1b": true, "http://a1.": true, "http://1.": false,
		"http://[1:2:3:4:5:6:7:8]": true, "http://[1:2:3:4:5:6:7:8:9]": false, "http://[1:2:3:4:5:6:7]": false, "http://[1::8]": true, "http://[::8]": true, "http://[1::]": true,
		"http://[1:2:3:4:5:6::8]": true, "http://[1:2:3:4:5:6:7::]": true, "http://[1:2:3:4:5:6:7::8]": false, "http://[1:2:3:4:5:6:1.2.3.4]": true, "http://[1:2:3:4:5:1.2.3.4]": false,
		"http://[1.2.3.4:5:6:7:8:9:a]": false, "http://[abcd::]": true, "http://[abcde::]": false, "http://[::1.2.3.4]": true, "http://[1:2:3:4:5::1.2.3.4]": true, "http://[1:2:3:4:5:6::1.2.3.4]": false,
		"http://[:1::]": false, "http://[1::2:]": false, "http://[::1]x": false, "http://[::1]:8": true, "http://[::1]:": false, "http://[::1": false, "http://::1]": false,
		"http://a/%41": true, "http://a/%4": false, "http://a/b%41": true, "http://a/b%4g": false, "http://a/%g1": false, "http://a/%41%": false, "http://a/%f0%9F": true,
		"http://a/...": true, "http://a/.a": true, "http://a/a.": true, "http://a/.": false, "http://a/..": false, "http://a/b/../c": false, "http://a/%2e": false, "http://a/%2E.": false,
		"http://a@b": false, "http://a/@b": true, "http://a/b?": false, "http://a/b#": false, "http:/a": false, "http://": false, "ws://a": false, "https://a-": true, "https://-a": false, "https://.a": false,
	} {
		_, reason := normalBaseURL(given)
		require.Equal(t, good, reason == "", "%s %s", given, reason)
	}
	for given, want := range map[string]string{
		"http://a:80": "http://a", "https://a:80": "https://a:80", "http://a:443": "http://a:443", "https://a:443": "https://a", "http://a:8": "http://a:8", "http://a/": "http://a", "http://a/b/": "http://a/b",
	} {
		base, _ := normalBaseURL(given)
		require.Equal(t, want, base, given)
	}
}

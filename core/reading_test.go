package core

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNumbersAreReadInsideAndOutsideOfStrings(t *testing.T) {
	for text, want := range map[string]float64{
		`0`: 0, `"0"`: 0, `200`: 200, `"200"`: 200, `3600.0`: 3600, `"3.6e3"`: 3600, `" 7 "`: 7, `-1`: -1, `"-1"`: -1, `"+5"`: 5, `"\u0037"`: 7,
	} {
		n, ok := asNumber(value(text))
		require.True(t, ok, text)
		require.Equal(t, want, n, text)
	}
	for _, text := range []string{`""`, `" "`, `"x"`, `"inf"`, `"-Infinity"`, `"nan"`, `"0x10"`, `"1_0"`, `"1e"`, `"1e999"`, `1e999`, `true`, `null`, `[1]`, `{}`, `"1 2"`} {
		n, ok := asNumber(value(text))
		require.False(t, ok, text)
		require.Zero(t, n, text)
	}
}

// No answer makes a loop of logins, or a token without an end.
func TestLifetimeThatIsNoneTakesTheDefault(t *testing.T) {
	for text, want := range map[string]int64{
		`1`: second, `"1"`: second, `1.5`: 1500, `86400`: 24 * hour, `"300"`: 5 * minute,
		`0`: hour, `-1`: hour, `0.999`: hour, `86401`: hour, `1e18`: hour, `1e999`: hour, `"soon"`: hour, `null`: hour, `true`: hour, `[60]`: hour,
	} {
		require.Equal(t, want, lifetime(value(text), hour), text)
	}
}

func TestTokenIsVisibleASCIIOfBearableLength(t *testing.T) {
	for _, s := range []string{"T", "!", "~", "a b", "32997522-0c9f-4336", strings.Repeat("x", MaxToken)} {
		require.Equal(t, s != "a b", isToken(s), s)
	}
	for _, s := range []string{"", " ", "a\n", "a\x00", "a\x7f", "ä", strings.Repeat("x", MaxToken+1)} {
		require.False(t, isToken(s))
	}
}

// "HTTP 200 with a failing code is a failure", even where a token stands beside it.
func TestTokenBesideAFailingCodeIsNotTaken(t *testing.T) {
	for body, v := range map[string]system{
		`{"errorCode":1,"authToken":"T"}`:                  appcube{},
		`{"resultCode":"1","token":"T"}`:                   ccmessaging{},
		`{"result":"7","resultData":{"token":"T"}}`:        isales{},
		`{"success":false,"x-auth-token":"T"}`:             cubedrive{},
		`{"authToken":"T"}`:                                appcube{},
		`{"token":"T","resultCode":"fine"}`:                ccmessaging{},
		`{"resultData":{"token":"T"}}`:                     isales{},
		`{"x-auth-token":"T"}`:                             cubedrive{},
		`{"success":"true","x-auth-token":"T"}`:            cubedrive{},
		`{"errorCode":0,"authToken":"a b"}`:                appcube{},
		`{"AccessToken":{"token":"T"},"Expires":"600"}`:    apifabric{},
		`{"result":0,"resultData":"{\"token\":\"T\"}"}`:    isales{},
		`{"result":0,"resultData":[{"token":"T"}]}`:        isales{},
		`{"errorCode":0,"authToken":"T","expireTime":3600`: appcube{},
	} {
		g, err := v.read(StepLogin, Response{Status: 200, Body: []byte(body)})
		require.NotNil(t, err, body)
		require.Equal(t, grant{}, g, body)
	}
}

package core

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
)

// A token that names another user or another channel is not this session's: both must be its own.
func TestATokenIsOfOneUserAndOneChannel(t *testing.T) {
	id, err := parseIdentity([]byte(stateCCMessaging), "") // user u, channel c
	require.Nil(t, err)
	for text, is := range map[string]struct{ known, own bool }{
		`{"userId":"u","channelId":"c"}`: {true, true},
		`{"userId":"u","channelId":"d"}`: {true, false},
		`{"userId":"v","channelId":"c"}`: {true, false},
		`{"userId":"v","channelId":"d"}`: {true, false},
		`{"userId":"u"}`:                 {false, false},
		`{"channelId":"c"}`:              {false, false},
		`{"userId":"u","channelId":3}`:   {false, false},
		`{"userId":3,"channelId":"c"}`:   {false, false},
		`{"userId":"u","channelId":"c"`:  {false, false},
		`{}`:                             {false, false},
	} {
		token := base64.StdEncoding.EncodeToString([]byte(text))
		s, known := subjectOf(token)
		require.Equal(t, is.known, known, text)
		require.Equal(t, is.own, known && s.is(id), text)

		v := ccmessaging{}.foreign(id, token)
		require.Equal(t, is.known && !is.own, v.Reason == OtherSubject, text)
		require.Equal(t, is.known && !is.own, v.Valid != nil && !*v.Valid, text)

		rolled := ccmessaging{}.judge(id, "GET /", Response{Status: 200, Body: []byte(`{"token":"` + token + `"}`)})
		require.Equal(t, is.own, rolled.rolled == token, text)
	}
	_, known := subjectOf("no base64!")
	require.False(t, known)
}

package core

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARefusalIsToldByItsWords(t *testing.T) {
	for text, want := range map[string]Reason{
		"auth fail! illegal or expired token info. please apply or refresh the access token from the server!": AccessTokenDead,
		"The AccessToken is INVALID":                    AccessTokenDead,
		"unknown token":                                 AccessTokenDead,
		"client ip is not in the whitelist":             AddressRefused,
		"Your IP 10.0.0.1 is blocked":                   AddressRefused,
		"this address is not admitted":                  AddressRefused,
		"invalid app key":                               KeyRefused,
		"x-app-key is not the one of the AccessToken's": KeyRefused,
		"the password is wrong":                         Unknown, // a matter of people, not of a program
		"a token of appreciation":                       Unknown,
		"membership expired":                            Unknown,
		"":                                              Unknown,
	} {
		quoted, err := json.Marshal(text)
		require.NoError(t, err)
		for _, member := range ccmessagingDescription.Explains {
			require.Equal(t, want, ccmessagingDescription.why(Response{Body: []byte(`{"` + member + `":` + string(quoted) + `}`)}), text)
		}
		require.Equal(t, Unknown, ccmessagingDescription.why(Response{Body: []byte(`{"other":` + string(quoted) + `}`)}), text)
	}
	for _, body := range []string{``, `<html>expired token</html>`, `{"exceptionInfo":["expired token"]}`, `"expired token"`} {
		require.Equal(t, Unknown, ccmessagingDescription.why(Response{Body: []byte(body)}), body)
	}
}

func TestPeopleAreToldOfCredentialsInGeneralLast(t *testing.T) {
	all := Subjects()
	require.Equal(t, subjects[:], all[:len(subjects)])
	last := all[len(all)-1]
	require.Equal(t, KeyRefused, last.Of)
	require.True(t, last.in("the password is wrong"))
	require.Len(t, subjects, len(all)-1, "the core's own list is as it was")
}

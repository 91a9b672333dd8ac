package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An answer that breaks off may have its token already: it is no answer all the same.
func TestAnAnswerThatBreaksOffBringsNoToken(t *testing.T) {
	for body, v := range map[string]system{
		`{"errorCode":0,"authToken":"T","expireTime":300}`:     appcube{},
		`{"resultCode":"0","token":"T"}`:                       ccmessaging{},
		`{"token":"T"}`:                                        ccmessaging{},
		`{"result":0,"resultData":{"token":"T"}}`:              isales{},
		`{"success":true,"x-auth-token":"T"}`:                  cubedrive{},
		`{"AccessToken":"T","Expires":"600"}`:                  apifabric{},
		`{"system":"appcube","token":"T","headers":{"a":"b"}}`: edge{},
	} {
		g, err := v.read(StepLogin, Response{Status: 200, Body: []byte(body)})
		require.Nil(t, err, body)
		require.Equal(t, "T", g.token, body)
		for end := range len(body) {
			g, err := v.read(StepLogin, Response{Status: 200, Body: []byte(body[:end])})
			require.NotNil(t, err, body[:end])
			require.Equal(t, MalformedResponse, err.Code, body[:end])
			require.True(t, err.Retryable)
			require.Equal(t, 200, err.Status)
			require.Equal(t, grant{}, g)
		}
	}
	for body, v := range map[string]system{`{"success":true,"valid":true}`: cubedrive{}, `{"valid":true,"source":"vendor"}`: edge{}} {
		verdict, err := v.confirms(Response{Status: 200, Body: []byte(body)}, Instant{})
		require.Nil(t, err, body)
		require.True(t, *verdict.Valid, body)
		for end := range len(body) {
			verdict, err := v.confirms(Response{Status: 200, Body: []byte(body[:end])}, Instant{})
			require.NotNil(t, err, body[:end])
			require.Equal(t, MalformedResponse, err.Code, body[:end])
			require.Equal(t, Verdict{}, verdict)
		}
	}
}

func TestAnAnswerWithoutItsTokenOrWithoutItsCodeIsMalformed(t *testing.T) {
	for body, v := range map[string]system{
		`{"errorCode":0}`:                                        appcube{},
		`{"errorCode":"fine","authToken":"T"}`:                   appcube{},
		`{"resultCode":"0"}`:                                     ccmessaging{},
		`{"resultCode":"fine","token":"T"}`:                      ccmessaging{},
		`{"result":0}`:                                           isales{},
		`{"result":0,"resultData":{}}`:                           isales{},
		`{"result":0,"resultData":{"token":7}}`:                  isales{},
		`{"result":"fine","resultData":{"token":"T"}}`:           isales{},
		`{"success":true}`:                                       cubedrive{},
		`{"success":"yes","x-auth-token":"T"}`:                   cubedrive{},
		`{"Expires":"600"}`:                                      apifabric{},
		`{"token":"T"}`:                                          edge{},
		`{"system":"appcube"}`:                                   edge{},
		`{"system":"edge","token":"T"}`:                          edge{},
		`{"system":"appcube","token":"T","headers":{"a b":"c"}}`: edge{},
		`{"system":"appcube","token":"T","headers":{"a":"c\n"}}`: edge{},
	} {
		g, err := v.read(StepLogin, Response{Status: 200, Body: []byte(body)})
		require.Equal(t, grant{}, g, body)
		require.NotNil(t, err, body)
		require.Equal(t, MalformedResponse, err.Code, body)
	}
	g, err := edge{}.read(StepEdge, Response{Status: 200, Body: []byte(`{"system":"appcube","token":"T","headers":{"a":"Bearer c"}}`)})
	require.Nil(t, err, "a space may stand in a header's value")
	require.Equal(t, []Pair{{"a", "Bearer c"}}, g.remote.carriage.Headers)
}

func TestTheQuotesOfOneDocumentedExampleAreNoPartOfTheToken(t *testing.T) {
	for text, want := range map[string]string{`T`: "T", `\"T\"`: "T", `\"TT\"`: "TT", `\"\"`: `""`, `\"`: `"`, `\"T`: `"T`, `T\"`: `T"`} {
		token, ok := unquoted(value(`"` + text + `"`))
		require.True(t, ok)
		require.Equal(t, want, token, text)
	}
}

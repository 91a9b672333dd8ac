package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Of a login's answer as of a business call's.
func TestOnlyTheTwoHundredsAreSuccess(t *testing.T) {
	for status := 100; status < 600; status++ {
		success := status >= 200 && status < 300
		for _, d := range Described() {
			require.Equal(t, success, answerError(d, StepLogin, Response{Status: status}) == nil, "%s: %d", d.Name, status)
		}
		b := newBench(t, exampleIdentity)
		b.get(Want{})
		b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T"}`)})
		b.Judge(b.id, b.get(Want{}).Token.Serial, Place{Call: "GET /"}, b.now, b.now, Response{Status: status})
		s := b.session(b.id)
		require.Equal(t, success, s.testimony != nil && s.inUse(b.now), "%d says that the token is accepted", status)
	}
}

func TestARedirectIsNeverSuccess(t *testing.T) {
	for status := 300; status < 400; status++ {
		for _, s := range systems {
			g, err := s.read(StepLogin, Response{Status: status, Body: []byte(`{"errorCode":0,"authToken":"T","resultCode":0,"token":"T","success":true,"x-auth-token":"T","AccessToken":"T"}`)})
			require.Equal(t, grant{}, g)
			require.NotNil(t, err)
		}
		require.Equal(t, Redirected, answerError(&Description{}, StepLogin, Response{Status: status}).Code, "%d", status)
	}
}

func TestATokenIsRolledBySuccessAlone(t *testing.T) {
	id, err := parseIdentity([]byte(stateCCMessaging), "")
	require.Nil(t, err)
	for status := 100; status < 600; status++ {
		j := ccmessaging{}.judge(id, "GET /", Response{Status: status, Rolled: "T2"})
		require.Equal(t, status >= 200 && status < 300, j.rolled != "", "%d", status)
	}
}

func TestOfARedirectNothingIsReadButItsStatus(t *testing.T) {
	require.Equal(t, &Error{Code: Redirected, Step: StepLogin, Status: 302}, answerError(&appcubeDescription, StepLogin, Response{Status: 302, Body: []byte(`{"errorCode":200800003}`)}))
	require.Equal(t, "7", answerError(&appcubeDescription, StepLogin, Response{Status: 400, Body: []byte(`{"errorCode":7}`)}).Vendor)
}

package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A fault in the caller's own fetch is no word of the vendor's, who may have had the request.
func TestAFaultOfTheFetchIsNotTriedAgainAndCountsAsALogin(t *testing.T) {
	for reach, retryable := range map[Reach]bool{Unanswered: true, Answering: false} {
		for _, identity := range []string{exampleIdentity, exampleDrive} {
			b := newBench(t, identity)
			b.get(Want{})
			b.Lost(b.sent(), b.now, FetchFailed, reach)
			err := b.settled()
			require.Equal(t, FetchFailed, err.Code)
			require.Equal(t, retryable, err.Retryable)
			require.Greater(t, err.RetryAt, b.now.Wall, "and the next one waits")
			require.Equal(t, CoolingDown, b.get(Want{}).Err.Code)
			require.Equal(t, int32(1), b.session(b.id).logins)
		}
	}
}

func TestAFaultOfTheFetchCostsNoRefreshTokenAndSoNoLogin(t *testing.T) {
	b := newBench(t, `{"system":"isales","baseUrl":"https://s.example","user":"u","passwd":"p"}`)
	b.get(Want{})
	b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"result":"0","resultData":{"token":"T","tokenExpirationTime":300,"refreshToken":"R","refreshExpirationTime":3600}}`)})
	b.Effects()
	b.pass(300 * second)
	b.get(Want{})
	b.Lost(b.sent(), b.now, FetchFailed, Answering)
	require.Equal(t, StepRefresh, b.settled().Step)
	require.Equal(t, "R", b.session(b.id).held.refresh)
	require.Equal(t, int32(1), b.session(b.id).logins)
}

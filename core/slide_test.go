package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const slidingIdentity = `{"system":"ccgatewayconfig","baseUrl":"https://g.example","agentId":101,"password":"p"}`

func TestAnAcceptedUseBeginsALifeAnewOnBothClocks(t *testing.T) {
	b, s := held(t, slidingIdentity, 2*minute, 0, 2*minute)
	first := s.issued
	serial := s.serial()
	use := func(sent Instant, r Response) Outcome {
		return b.Judge(b.id, serial, Place{Call: "GET /"}, sent, b.now, r)
	}
	done := Response{Status: 200, Body: []byte(`{"retcode":"0"}`)}

	require.Equal(t, 108*second, b.Lease(b.id, b.now), "nothing falls due before it must not be handed out")
	b.pass(second - 1)
	require.False(t, use(b.now, done).Extended, "by less than a second it is not worth telling")
	require.Equal(t, b.now, s.issued, "yet it counts")
	b.pass(minute)
	sent := b.now
	b.pass(30 * second)
	require.True(t, use(sent, done).Extended)
	require.Equal(t, sent, s.issued, "from before the call was sent")
	require.Equal(t, 78*second, b.Lease(b.id, b.now))
	require.Equal(t, serial, b.Live(b.id, b.now), "it is the same token")
	require.Equal(t, sent.Wall+2*minute, s.token().ExpiresAt)
	require.Equal(t, s.token().ExpiresAt, s.token().RenewAt, "it is not renewed before its end")

	for name, r := range map[string]Response{
		"a failing code":   {Status: 200, Body: []byte(`{"retcode":"107-010"}`)},
		"a failing status": {Status: 500, Body: []byte(`{"retcode":"0"}`)},
	} {
		require.False(t, use(b.now, r).Extended, name)
		require.Equal(t, sent, s.issued, name)
	}
	require.False(t, use(first, done).Extended)
	require.Equal(t, sent, s.issued, "an earlier call that is answered later takes nothing back")
	require.False(t, b.Judge(b.id, serial+1, Place{Call: "GET /"}, b.now, b.now, done).Extended)
	require.Equal(t, sent, s.issued, "nor does another token's")
}

func TestALifeThatWasExtendedOutlivesItsHost(t *testing.T) {
	b, s := held(t, slidingIdentity, 2*minute, 0, 2*minute)
	b.pass(minute)
	require.True(t, b.Judge(b.id, s.serial(), Place{}, b.now, b.now, Response{Status: 200, Body: []byte(`{"retcode":"0"}`)}).Extended)
	b.pass(10 * second)
	saved := b.Save(b.id, b.now)
	again := newBench(t, slidingIdentity)
	again.now = b.now
	require.True(t, again.Restore(again.id, again.now, saved, 0))
	require.Equal(t, 98*second, again.Lease(again.id, again.now))
}

func TestALifeThatDoesNotSlideIsNotExtended(t *testing.T) {
	b, s := held(t, exampleIdentity, hour, 0, 30*minute)
	issued := s.issued
	b.pass(minute)
	require.Equal(t, Outcome{}, b.Judge(b.id, s.serial(), Place{}, b.now, b.now, Response{Status: 200, Body: []byte(`{"errorCode":0}`)}))
	require.Equal(t, issued, s.issued)
}

func TestWhereAFewTriesLockAnAccountRefusedCredentialsWaitAsLockedOnes(t *testing.T) {
	for identity, want := range map[string]int64{slidingIdentity: lockedCooldown, exampleIdentity: refusedCooldown} {
		b := newBench(t, identity)
		s := b.session(b.id)
		err := &Error{Code: CredentialsRefused}
		b.coolDown(s, b.now, err, 0)
		require.Equal(t, want, s.barrier.left(b.now))
	}
}

func TestAUseAfterTheTimeOfDayWasSetBackCountsFromThen(t *testing.T) {
	b, s := held(t, slidingIdentity, 2*minute, 0, 2*minute)
	b.now.Wall -= 4 * minute
	b.Judge(b.id, s.serial(), Place{Call: "GET /"}, b.now, b.now, Response{Status: 200, Body: []byte(`{"retcode":"0"}`)})
	require.Equal(t, b.now, s.issued)
	b.now.Wall += 119 * second // sleep, which the other clock does not count
	require.False(t, s.usable(b.now))
}

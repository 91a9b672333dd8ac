package core

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	agentJSON  = `{"system":"ccgateway","baseUrl":"https://g.example","agentId":101,"password":"p","phonenum":"7"}`
	staticJSON = `{"system":"ccgateway","baseUrl":"https://g.example","agentId":101,"password":"p","phonenum":"7","mode":"static"}`
)

var (
	gatewayDone = Response{Status: 200, Body: []byte(`{"retcode":"0","result":{}}`)}
	gatewayDead = Response{Status: 200, Body: []byte(`{"retcode":"100-006","result":""}`)}
	gatewayNo   = Response{Status: 200, Body: []byte(`{"retcode":"000-003","result":""}`)}
)

func gatewayRolls(token string) Response {
	r := gatewayDone
	r.Rolled = "JSESSIONID=" + token
	return r
}

// agentHost is a state's host with an agent.
type agentHost struct{ *stateHost }

func newAgent(t testing.TB, identity string) agentHost { return agentHost{newStateHost(t, identity)} }

func (h agentHost) attend(e Errand) Decision { return h.client.Attend(h.session, e, h.now) }

// signIn signs the agent in, and returns the serial of the token.
func (h agentHost) signIn(token string) uint64 {
	require.Equal(h.t, Wait, h.attend(SignIn).Kind)
	exchange, _ := h.sent()
	h.client.Answered(exchange, h.now, gatewayRolls(token))
	h.client.Effects()
	d := h.get()
	require.Equal(h.t, Use, d.Kind)
	require.Equal(h.t, token, d.Token.Value)
	return d.Token.Serial
}

func (h agentHost) judge(serial uint64, end string, r Response) Outcome {
	return h.client.Judge(h.session, serial, Place{Call: "POST https://g.example/agentgateway/resource/onlineagent/101" + end}, h.now, h.now, r)
}

// gone is the error for who asks for a token now.
func (h agentHost) gone() *Error {
	d := h.get()
	require.Equal(h.t, Fail, d.Kind)
	require.Equal(h.t, SignedOut, d.Err.Code)
	return d.Err
}

func events(effects []Effect) []Event {
	var list []Event
	for _, e := range effects {
		if e.Kind == Notify {
			list = append(list, *e.Event)
		}
	}
	return list
}

func TestWhoIsSignedInGoesOnAfterARestartWithinTheLifeOfTheToken(t *testing.T) {
	h := newAgent(t, agentJSON)
	serial := h.signIn("G1")
	h.judge(serial, "/saybusy", gatewayNo)
	h.restart(119 * second)
	d := h.get()
	require.Equal(t, Use, d.Kind)
	require.Equal(t, "G1", d.Token.Value)
	require.True(t, h.judge(serial, "/handshake", gatewayRolls("G2")).Rolled)
	require.Equal(t, "G2", h.get().Token.Value)
}

func TestDenialsInARowAreCountedOverARestart(t *testing.T) {
	h := newAgent(t, agentJSON)
	serial := h.signIn("G1")
	for range 4 {
		require.True(t, h.judge(serial, "/saybusy", gatewayNo).Noted)
	}
	h.restart(second)
	require.Equal(t, Use, h.get().Kind)
	h.judge(serial, "/saybusy", gatewayNo)
	err := h.gone()
	require.Equal(t, TokenDead, err.Why)
	require.Equal(t, "000-003", err.Vendor)
}

func TestWhyNobodyIsSignedInOutlivesTheHost(t *testing.T) {
	h := newAgent(t, agentJSON)
	h.judge(h.signIn("G1"), "/saybusy", gatewayDead)
	h.restart(hour)
	err := h.gone()
	require.Equal(t, TokenDead, err.Why)
	require.Equal(t, "100-006", err.Vendor)
	require.Empty(t, events(h.client.Effects()), "it was told before")
}

func TestALifeThatWasOverWhileTheHostWasAwayIsToldOnce(t *testing.T) {
	h := newAgent(t, agentJSON)
	h.signIn("G1")
	h.restart(120 * second)
	require.Equal(t, Expired, h.gone().Why)
	told := events(h.client.Effects())
	require.Len(t, told, 1)
	require.Equal(t, EventSignedOut, told[0].Type)
	require.Equal(t, Expired, told[0].Reason)
	h.restart(second)
	require.Equal(t, Expired, h.gone().Why)
	require.Empty(t, events(h.client.Effects()))
}

func TestAStaticTokenIsTheSameForCallsOfBeforeItsLifeWasExtended(t *testing.T) {
	h := newAgent(t, staticJSON)
	first := h.signIn("G1")
	h.pass(60 * second)
	require.True(t, h.judge(first, "/handshake", gatewayDone).Noted)
	token := h.get().Token
	require.Greater(t, token.Serial, first, "so that who holds it learns of its other end")
	require.Equal(t, h.now.Wall+120*second, token.ExpiresAt)
	h.restart(second)
	require.False(t, h.judge(first, "/saybusy", gatewayDead).Replay, "no newer token would help")
	require.Equal(t, TokenDead, h.gone().Why)
}

func TestAnAnswerToACallOfLongAgoDoesNotShortenAStaticLife(t *testing.T) {
	h := newAgent(t, staticJSON)
	serial := h.signIn("G1")
	sent := h.now
	h.pass(60 * second)
	h.judge(serial, "/handshake", gatewayDone)
	end := h.get().Token.ExpiresAt
	h.client.Judge(h.session, serial, Place{Call: "POST https://g.example/agentgateway/resource/onlineagent/101/handshake"}, sent, h.now, gatewayDone)
	require.Equal(t, end, h.get().Token.ExpiresAt)
}

func TestTheEndOfALifeIsWatchedWithoutHoldingAProgramOpenAndOnlyForWhoWatches(t *testing.T) {
	for _, unwatched := range []bool{false, true} {
		c, now := New(Options{Unwatched: unwatched}), Instant{Wall: 1_700_000_000_000, Mono: 5}
		id, err := c.Open([]byte(agentJSON), now)
		require.Nil(t, err)
		c.Attend(id, SignIn, now)
		c.Answered(c.Effects()[0].ID, now, gatewayRolls("G1"))
		effects := slices.Clone(c.Effects())
		at := slices.IndexFunc(effects, func(e Effect) bool { return e.Kind == Sleep })
		later := Instant{now.Wall + 120*second, now.Mono + 120*second}
		if unwatched {
			require.Negative(t, at)
			require.Equal(t, Expired, c.Get(id, later, Want{}).Err.Why)
			continue
		}
		require.True(t, effects[at].Idle)
		require.Equal(t, 120*second, effects[at].Limit)
		c.Woken(effects[at].ID, Instant{now.Wall + 119*second, now.Mono + 119*second}) // a timer may be early
		again := c.Effects()[0]
		require.Equal(t, [2]any{Sleep, second}, [2]any{again.Kind, again.Limit})
		c.Woken(again.ID, later)
		told := events(c.Effects())
		require.Len(t, told, 1)
		require.Equal(t, [2]any{EventSignedOut, Expired}, [2]any{told[0].Type, told[0].Reason})
	}
}

func TestAnEndIsToldOnceWithItsReasonAndTheVendorsCode(t *testing.T) {
	h := newAgent(t, agentJSON)
	serial := h.signIn("G1")
	h.judge(serial, "/saybusy", gatewayDead)
	h.judge(serial, "/saybusy", gatewayDead)
	told := events(h.client.Effects())
	require.Len(t, told, 1)
	require.Equal(t, [3]any{EventSignedOut, TokenDead, "100-006"}, [3]any{told[0].Type, told[0].Reason, told[0].Vendor})
}

func TestATokenThatOnlyAPersonCanReplaceIsUsedToItsEndAndNeverRenewedAhead(t *testing.T) {
	h := newAgent(t, agentJSON)
	h.signIn("G1")
	token := h.get().Token
	require.Equal(t, token.ExpiresAt, token.UsableUntil)
	require.Zero(t, token.RenewAt)
	h.pass(120*second - 1)
	require.Equal(t, Use, h.get().Kind)
	require.Equal(t, token.Serial, h.client.Live(h.session, h.now))
	require.Equal(t, int64(1), h.client.Lease(h.session, h.now))
	h.pass(1)
	require.Zero(t, h.client.Live(h.session, h.now))
	require.Zero(t, h.client.Lease(h.session, h.now))
	require.Equal(t, Expired, h.gone().Why)
	for _, e := range h.client.Effects() {
		require.NotEqual(t, Send, e.Kind)
	}
}

func TestWhereSomebodyIsSignedInTheSessionIsNotEvicted(t *testing.T) {
	c, now := New(Options{MaxSessions: 1}), Instant{Wall: 1_700_000_000_000, Mono: 5}
	id, _ := c.Open([]byte(agentJSON), now)
	c.Attend(id, SignIn, now)
	c.Answered(c.Effects()[0].ID, now, gatewayRolls("G1"))
	_, err := c.Open([]byte(exampleIdentity), now)
	require.Equal(t, TooManySessions, err.Code)
	later := Instant{now.Wall + 120*second, now.Mono + 120*second}
	_, err = c.Open([]byte(exampleIdentity), later)
	require.Nil(t, err)
	require.Equal(t, Forgotten, c.Get(id, later, Want{}).Err.Code)
	require.Empty(t, c.tasks, "nor is anything left that would watch over it")
}

func TestSignsOfLifeAtOnceAreOneAndFailWithWhatTheVendorSays(t *testing.T) {
	h := newAgent(t, agentJSON)
	require.Equal(t, NeverSignedIn, h.attend(KeepAlive).Err.Why)
	h.signIn("G1")
	first, second := h.attend(KeepAlive), h.attend(KeepAlive)
	require.Equal(t, first, second)
	exchange, _ := h.sent()
	h.client.Answered(exchange, h.now, gatewayDead)
	effects := slices.Clone(h.client.Effects())
	settled := effects[slices.IndexFunc(effects, func(e Effect) bool { return e.Kind == Settled })]
	require.Equal(t, first.Acquisition, settled.ID)
	require.Equal(t, [3]any{SignedOut, TokenDead, "100-006"}, [3]any{settled.Err.Code, settled.Err.Why, settled.Err.Vendor})
}

func TestAnErrandWhoseHostNeverAnsweredEnds(t *testing.T) {
	for _, e := range []Errand{SignOut, KeepAlive} {
		h := newAgent(t, agentJSON)
		h.signIn("G1")
		d := h.attend(e)
		require.Equal(t, Wait, d.Kind)
		h.pass(33 * second)
		require.Equal(t, Use, h.get().Kind)
		effects := slices.Clone(h.client.Effects())
		at := slices.IndexFunc(effects, func(e Effect) bool { return e.Kind == Settled })
		require.Equal(t, [2]any{d.Acquisition, Timeout}, [2]any{effects[at].ID, effects[at].Err.Code})
		require.NotEqual(t, d.Acquisition, h.attend(e).Acquisition)
	}
}

func TestAnEdgeDoesTheErrandsOfWhoItStandsFor(t *testing.T) {
	const id = `{"edge":"https://e.example","connection":"agents","authorization":"JWT"}`
	for errand, want := range map[Errand][2]string{
		SignIn: {"/v1/sign-in", `{"connection":"agents"}`}, SignInByForce: {"/v1/sign-in", `{"connection":"agents","force":true}`},
		SignOut: {"/v1/sign-out", `{"connection":"agents"}`}, KeepAlive: {"/v1/keep-alive", `{"connection":"agents"}`},
	} {
		h := newAgent(t, id)
		d := h.attend(errand)
		require.Equal(t, Wait, d.Kind)
		exchange, r := h.sent()
		require.Equal(t, "https://e.example"+want[0], r.URL)
		require.Equal(t, want[1], r.Body)
		require.Contains(t, r.Headers, Pair{"Authorization", "Bearer JWT"})
		h.client.Answered(exchange, h.now, Response{Status: 409, Body: []byte(`{"type":"urn:cctoken:error:signed_out","code":"signed_out","system":"ccgateway","step":"input","reason":"token_dead","vendorCode":"100-006","retryable":false}`)})
		effects := slices.Clone(h.client.Effects())
		at := slices.IndexFunc(effects, func(e Effect) bool { return e.Kind == Settled })
		err := effects[at].Err
		require.Equal(t, d.Acquisition, effects[at].ID)
		require.Equal(t, [4]any{SignedOut, "ccgateway", TokenDead, "100-006"}, [4]any{err.Code, err.System, err.Why, err.Vendor})
	}
}

func TestAnErrandAtAnEdgeIsNeverTriedAgainAndComesOneAfterTheOther(t *testing.T) {
	h := newAgent(t, `{"edge":"https://e.example","connection":"agents","authorization":"JWT"}`)
	in := h.attend(SignIn)
	require.Equal(t, in, h.attend(SignIn))
	exchange, _ := h.sent()
	force := h.attend(SignInByForce)
	out := h.attend(SignOut)
	require.Equal(t, out, h.attend(SignOut))
	for _, e := range h.client.Effects() {
		require.NotEqual(t, Send, e.Kind, "it waits")
	}
	h.client.Lost(exchange, h.now, Network, Unanswered)
	var ids []uint64
	for _, path := range []string{"/v1/sign-in", "/v1/sign-out"} {
		effects := slices.Clone(h.client.Effects())
		for _, e := range effects {
			switch e.Kind {
			case Settled:
				ids = append(ids, e.ID)
			case Send:
				require.Equal(t, "https://e.example"+path, e.Request.URL)
				h.client.Answered(e.ID, h.now, Response{Status: 200, Body: []byte(`{}`)})
			}
		}
	}
	for _, e := range h.client.Effects() {
		if e.Kind == Settled {
			ids = append(ids, e.ID)
		}
	}
	require.Equal(t, []uint64{in.Acquisition, force.Acquisition, out.Acquisition}, ids)
}

func TestWhatIsSavedOfAnAbsenceIsBelievedOnlyWhereItIsAReason(t *testing.T) {
	h := newAgent(t, agentJSON)
	h.judge(h.signIn("G1"), "/saybusy", gatewayDead)
	saved := []byte(string(h.client.Save(h.session, h.now)))
	require.Contains(t, string(saved), `"ended":"token_dead"`)
	h.open()
	forged := slices.Concat([]byte(`{"ended":"SECRET",`), saved[1:])
	require.True(t, h.client.Restore(h.session, h.now, forged, 0))
	require.Equal(t, TokenDead, h.gone().Why, "of a name that stands twice the last one counts")
	h.open()
	require.True(t, h.client.Restore(h.session, h.now, append(saved[:len(saved)-1:len(saved)-1], []byte(`,"ended":"SECRET"}`)...), 0))
	require.Equal(t, NeverSignedIn, h.gone().Why)
}

func TestWhateverElseWouldBeginAnAcquisitionIsBarred(t *testing.T) {
	h := newAgent(t, agentJSON)
	for _, signedIn := range []bool{false, true} {
		if signedIn {
			h.signIn("G1")
		}
		s := h.client.session(h.session)
		for _, how := range []beginning{{}, {ahead: true}, {forced: true}, {ahead: true, forced: true}} {
			require.Equal(t, SignedOut, h.client.begin(s, h.now, how).Code)
		}
		h.client.renew(s, h.now, 0)
		h.client.renewAhead(s, h.now)
		h.client.Online(h.now)
		require.Empty(t, h.client.Effects())
		require.Nil(t, s.task)
	}
}

func TestWhatASignInByForceBringsCountsThoughTheFormerTokenWasRolledMeanwhile(t *testing.T) {
	h := newAgent(t, agentJSON)
	serial := h.signIn("G1")
	require.Equal(t, Wait, h.attend(SignInByForce).Kind)
	exchange, _ := h.sent()
	require.True(t, h.judge(serial, "/handshake", gatewayRolls("G2")).Rolled)
	h.client.Answered(exchange, h.now, gatewayRolls("G3"))
	require.Equal(t, "G3", h.get().Token.Value, "the vendor has ended the session of the others")
}

func TestAnAcceptanceIsNotedWhereItEndsARowOfDenials(t *testing.T) {
	h := newAgent(t, agentJSON)
	serial := h.signIn("G1")
	require.False(t, h.judge(serial, "/saybusy", gatewayDone).Noted, "nothing has changed")
	require.True(t, h.judge(serial, "/saybusy", gatewayNo).Noted)
	require.True(t, h.judge(serial, "/saybusy", gatewayDone).Noted, "or the row would go on after a restart")
	require.False(t, h.judge(serial, "/saybusy", gatewayDone).Noted)
}

func TestASignOutWhoseTimeIsUpBeforeItIsSentSaysWhatItWas(t *testing.T) {
	h := newAgent(t, agentJSON)
	require.Equal(t, Wait, h.attend(SignIn).Kind)
	d := h.attend(SignOut)
	require.Equal(t, Wait, d.Kind, "for the sign-in")
	var errs []*Error
	for _, e := range slices.Clone(h.client.Effects()) {
		if e.Kind == Sleep {
			h.pass(e.Limit)
			h.client.Woken(e.ID, h.now)
		}
	}
	for _, e := range h.client.Effects() {
		if e.Kind == Settled && e.ID == d.Acquisition {
			errs = append(errs, e.Err)
		}
	}
	require.Len(t, errs, 1)
	require.Equal(t, Timeout, errs[0].Code)
	require.Equal(t, StepSignOut, errs[0].Step)
}

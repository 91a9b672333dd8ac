package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What an edge says of a failure behind it is handed on, as far as it is a word of ours or a number of the vendor's.
func TestAnEdgesWordOnAFailureIsHandedOnAsFarAsItIsKnown(t *testing.T) {
	base := Error{Code: Unavailable, Step: StepEdge, Status: 503, Retryable: true}
	for body, change := range map[string]func(e *Error){
		`{}`:                        func(*Error) {},
		`{"code":"login_budget"}`:   func(e *Error) { e.Code = LoginBudget },
		`{"code":"made_up"}`:        func(*Error) {},
		`{"system":"isales"}`:       func(e *Error) { e.System = "isales" },
		`{"system":"edge"}`:         func(*Error) {},
		`{"step":"refresh"}`:        func(e *Error) { e.Step = StepRefresh },
		`{"step":"made_up"}`:        func(*Error) {},
		`{"vendorStatus":100}`:      func(e *Error) { e.Status = 100 },
		`{"vendorStatus":99}`:       func(*Error) {},
		`{"vendorStatus":599}`:      func(e *Error) { e.Status = 599 },
		`{"vendorStatus":600}`:      func(*Error) {},
		`{"vendorStatus":"x"}`:      func(*Error) {},
		`{"vendorCode":"100-006"}`:  func(e *Error) { e.Vendor = "100-006" },
		`{"vendorCode":7}`:          func(e *Error) { e.Vendor = "7" },
		`{"vendorCode":"a secret"}`: func(*Error) {},
		`{"retryable":false}`:       func(e *Error) { e.Retryable = false },
		`{"retryable":true}`:        func(*Error) {},
		`{"retryable":"yes"}`:       func(e *Error) { e.Retryable = false },
	} {
		want := base
		change(&want)
		require.Equal(t, &want, edge{}.problem(StepEdge, Response{Status: 503, Body: []byte(body)}), body)
	}
	require.Nil(t, edge{}.problem(StepEdge, Response{Status: 200, Body: []byte(`{"code":"login_budget"}`)}))
}

func TestAnEdgesVerdictIsHandedOnAsFarAsItIsOne(t *testing.T) {
	for body, want := range map[string]Verdict{
		`{"valid":true,"source":"vendor","reason":"confirmed"}`: {Valid: valid(true), Vendor: true, Reason: Confirmed},
		`{"valid":false,"source":"core","reason":"denied"}`:     {Valid: valid(false), Reason: Denied},
		`{"valid":null,"reason":"superseded"}`:                  {Reason: Superseded},
		`{"valid":true,"reason":"token_dead"}`:                  {Valid: valid(true), Reason: Unknown},
		`{"valid":true}`:                                        {Valid: valid(true), Reason: Unknown},
		`{"valid":true,"reason":"live","expiresIn":299.5}`:      {Valid: valid(true), Reason: Live, ExpiresAt: 304_500},
		`{"valid":true,"reason":"live","expiresIn":"soon"}`:     {Valid: valid(true), Reason: Live},
		`{"valid":false,"reason":"expired","expiresIn":-2}`:     {Valid: valid(false), Reason: Expired},
	} {
		v, err := edge{}.confirms(Response{Status: 200, Body: []byte(body)}, Instant{Wall: 5_000})
		require.Nil(t, err, body)
		require.Equal(t, want, v, body)
	}
	for _, body := range []string{`{}`, `{"reason":"confirmed"}`, `{"valid":"true"}`, `{"valid":1}`} {
		v, err := edge{}.confirms(Response{Status: 200, Body: []byte(body)}, Instant{Wall: 5_000})
		require.Equal(t, malformed(StepVerify, Response{Status: 200}), err, body)
		require.Equal(t, Verdict{}, v)
	}
	for reason, is := range map[Reason]bool{Live: true, Confirmed: true, Denied: true, Expired: true, Rejected: true, Superseded: true, OtherSubject: true, Unknown: true,
		TokenDead: false, AccessTokenDead: false, KeyRefused: false, AddressRefused: false, "": false} {
		require.Equal(t, is, reason.verdict(), "%s", reason)
	}
}

// A vendor's own 401, handed on by an edge, says nothing of what the user has shown to the edge.
func TestOnlyAnEdgesOwn401IsOfTheAuthorization(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		own    bool
	}{
		{401, `{"type":"urn:cctoken:error:unauthorized"}`, true}, {403, `{"type":"urn:cctoken:error:unauthorized"}`, false}, {200, `{"type":"urn:cctoken:error:unauthorized"}`, false},
		{401, `{"type":"urn:cctoken:error:forbidden"}`, false}, {401, `{"other":"urn:cctoken:error:unauthorized"}`, false}, {401, `{"type":"a","x":"urn:cctoken:error:unauthorized"}`, false},
		{401, `{}`, false}, {401, ``, false},
	} {
		r := Response{Status: c.status, Body: []byte(c.body)}
		require.Equal(t, c.own, edge{}.judge(nil, "", r).bearer, "%d %s", c.status, c.body)
		require.False(t, edge{}.judge(nil, "", r).token)
		require.Equal(t, c.own, authorization{}.judge(nil, "", r).token, "%d %s", c.status, c.body)
		require.False(t, authorization{}.judge(nil, "", r).bearer)
	}
}

func TestWhatIsAskedOfAnEdgeIsSharedUnlessSomebodyInsists(t *testing.T) {
	id, err := parseIdentity([]byte(goneEdge), "")
	require.Nil(t, err)
	r := edge{}.ask(id, occasion{bearer: "JWT"})
	require.True(t, r.Share)
	require.Equal(t, `{"connection":"c"}`, r.Body)
	r = edge{}.ask(id, occasion{bearer: "JWT", forced: true, rejected: "T"})
	require.False(t, r.Share)
	require.Equal(t, `{"connection":"c","rejected":"T","force":true}`, r.Body)
	require.Equal(t, []Pair{{"Authorization", "Bearer JWT"}, {"Content-Type", "application/json"}}, r.Headers)
	require.Equal(t, Carriage{}, edge{}.carriage(id, grant{token: "T"}, ""))
	require.True(t, isConnection("a"))
	require.True(t, isConnection("1234567890123456789012345678901234567890123456789012345678901234"))
	require.False(t, isConnection("12345678901234567890123456789012345678901234567890123456789012345"))
}

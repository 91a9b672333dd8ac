package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What each system's answer to a business call says of what the call carried.
func TestWhatAnAnswerSaysOfTheTokensOfItsCall(t *testing.T) {
	dead := judgement{token: true, reason: TokenDead}
	both := judgement{token: true, bearer: true, reason: TokenDead}
	const expired = `{"exceptionInfo":"illegal or expired token info"}`
	id, failed := parseIdentity([]byte(stateCCMessaging), "")
	require.Nil(t, failed)
	for _, c := range []struct {
		of     system
		status int
		body   string
		call   string
		want   judgement
	}{
		{appcube{}, 200, `{"errorCode":0}`, "", judgement{}},
		{appcube{}, 200, `{"errorCode":900001}`, "", dead},
		{appcube{}, 200, `{"errorCode":5}`, "", judgement{mute: true}},
		{appcube{}, 200, `{}`, "", judgement{}},
		{appcube{}, 401, ``, "", dead},
		{appcube{}, 402, ``, "", judgement{}},
		{appcube{}, 403, ``, "", judgement{reason: Unknown}},
		{appcube{}, 404, ``, "", judgement{}},
		{isales{}, 401, ``, "", dead},
		{isales{}, 402, ``, "", judgement{}},
		{isales{}, 403, ``, "", dead},
		{isales{}, 200, `{"result":0}`, "", judgement{}},
		{cubedrive{}, 401, ``, "", dead},
		{cubedrive{}, 403, ``, "", judgement{reason: Unknown}},
		{apifabric{}, 401, ``, "", dead},
		{ccmessaging{}, 401, ``, "GET /", both},
		{ccmessaging{}, 402, ``, "GET /", judgement{}},
		{ccmessaging{}, 403, ``, "GET /", judgement{reason: Unknown}},
		{ccmessaging{}, 403, expired, "GET /", judgement{bearer: true, reason: AccessTokenDead}},
		{ccmessaging{}, 403, expired, "POST https://a/v1/createClickToCall", both.of(AccessTokenDead)},
		{ccmessaging{}, 403, ``, "POST https://a/v1/createClickToCall", judgement{reason: Unknown}},
		{ccmessaging{}, 403, `{"resultCode":"160028"}`, "GET /", dead},
		{ccmessaging{}, 200, `{"resultCode":"160028"}`, "GET /", dead},
		{ccmessaging{}, 200, `{"resultCode":"0"}`, "GET /", judgement{}},
		{ccmessaging{}, 200, `{"resultCode":"1"}`, "GET /", judgement{mute: true}},
		{ccmessaging{}, 200, `{"token":"T2"}`, "GET /", judgement{}},
	} {
		got := c.of.judge(id, c.call, Response{Status: c.status, Body: []byte(c.body)})
		require.Equal(t, c.want, got, "%s: %d %s %s", c.of.description().Name, c.status, c.body, c.call)
	}
	rolled := ccmessaging{}.judge(id, "GET /", Response{Status: 200, Rolled: "T2"})
	require.Equal(t, judgement{rolled: "T2", life: hour}, rolled)
	require.Empty(t, ccmessaging{}.judge(id, "GET /", Response{Status: 200, Rolled: "T 2"}).rolled, "no header can hold it")
}

// of is the judgement with another reason.
func (j judgement) of(reason Reason) judgement {
	j.reason = reason
	return j
}

// A 403 whose words speak of an address is of that, and no credentials are in question.
func TestARefusalOfAnAddressIsNoRefusalOfCredentials(t *testing.T) {
	const address = `{"exceptionInfo":"client ip is not in the whitelist"}`
	for _, c := range []struct {
		status int
		body   string
		want   Code
	}{
		{403, address, AddressNotAdmitted}, {401, address, AddressNotAdmitted}, {403, `{}`, CredentialsRefused}, {403, ``, Blocked},
		{500, address, VendorFailure}, {404, address, NotFound},
	} {
		_, err := ccmessaging{}.read(StepApply, Response{Status: c.status, Body: []byte(c.body)})
		require.Equal(t, c.want, err.Code, "%d %s", c.status, c.body)
	}
	_, err := apifabric{}.read(StepAccessToken, Response{Status: 200, Body: []byte(`{"errorCode":"160033"}`)})
	require.Equal(t, AddressNotAdmitted, err.Code)
}

func TestAnAccessTokenLivesAnHourAtMost(t *testing.T) {
	for stated, want := range map[string]int64{`"3600"`: hour, `"3601"`: 10 * minute, `"600"`: 10 * minute, `"1"`: second, `null`: 10 * minute} {
		g, err := apifabric{}.read(StepAccessToken, Response{Status: 200, Body: []byte(`{"AccessToken":"A","Expires":` + stated + `}`)})
		require.Nil(t, err)
		require.Equal(t, grant{token: "A", life: want}, g, stated)
	}
	for body, want := range map[string]*Error{
		`{"errorCode":"7"}`:                    {Code: VendorFailure, Step: StepAccessToken, Status: 200, Vendor: "7"},
		`{"errorCode":"0"}`:                    malformed(StepAccessToken, Response{Status: 200}),
		`{}`:                                   malformed(StepAccessToken, Response{Status: 200}),
		`{"AccessToken":"a b","resultCode":7}`: {Code: VendorFailure, Step: StepAccessToken, Status: 200, Vendor: "7"},
	} {
		g, err := apifabric{}.read(StepAccessToken, Response{Status: 200, Body: []byte(body)})
		require.Equal(t, want, err, body)
		require.Equal(t, grant{}, g)
	}
	g, err := apifabric{}.read(StepAccessToken, Response{Status: 200, Body: []byte(`{"AccessToken":"A","errorCode":"7"}`)})
	require.Nil(t, err, "one that is there counts")
	require.Equal(t, "A", g.token)
}

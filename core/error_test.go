package core

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestErrorSaysWhatHappenedToWhatAndWhatToDo(t *testing.T) {
	refused := &Error{Code: CredentialsRefused, System: "isales", Step: StepLogin, Status: 403, Vendor: "7"}
	supplied := &Error{Code: CredentialsRefused, System: "ccmessaging", Step: StepApply, Status: 401}
	supplied.blame(&session{identity: identity{system: apifabric{}, special: &special{supplier: 1}}})
	for want, e := range map[string]*Error{
		"isales: login: the vendor refused the credentials; check the key, the secret and the account's state (HTTP 403) (vendor code 7)": refused,
		"isales: login: not tried: an earlier attempt failed and its waiting time is not over; cause: login: the vendor refused the credentials; check the key, the secret and the account's state (HTTP 403)": {
			Code: CoolingDown, System: "isales", Step: StepLogin, Cause: refused},
		"ccmessaging: access_token: what stands before the vendor refused the request, and does not say why: this network address may not be admitted, or the key or secret is wrong (HTTP 403)": {
			Code: Blocked, System: "ccmessaging", Step: StepAccessToken, Status: 403},
		"isales: login: not tried: an earlier attempt failed and its waiting time is not over; cause: login: what stands before the vendor refused the request, as it does to who calls an address; the base URL must have the vendor's host name (HTTP 418)": {
			Code: CoolingDown, System: "isales", Step: StepLogin, Cause: &Error{Code: Blocked, Step: StepLogin, Status: 418}},
		"ccmessaging: accessToken is not accepted; supply another one (HTTP 401)": supplied,
		"ccmessaging: apply: not tried: an earlier attempt failed and its waiting time is not over; cause: accessToken is not accepted; supply another one (HTTP 401)": {
			Code: CoolingDown, System: "ccmessaging", Step: StepApply, Cause: supplied},
		"edge: edge: no connection to the edge, or it was lost":           {Code: Network, System: "edge", Step: StepEdge},
		"edge: edge: the edge is unavailable; try again later (HTTP 503)": {Code: Unavailable, System: "edge", Step: StepEdge, Status: 503},
		"appcube: appKey is missing":                                      invalid("appcube", "appKey", "is missing"),
		"the session was forgotten while the caller waited":               {Code: Forgotten, Step: StepInput},
	} {
		require.Equal(t, want, e.Error())
	}
	cooling := &Error{Code: CoolingDown, Cause: refused}
	var cause *Error
	require.True(t, errors.As(errors.Unwrap(cooling), &cause))
	require.Same(t, refused, cause)
	require.NoError(t, errors.Unwrap(refused))
}

func TestEveryCodeHasItsSentence(t *testing.T) {
	for _, c := range Codes() {
		require.True(t, c.known())
		if c != InvalidIdentity && c != InvalidRequest { // these name the field instead
			require.NotEqual(t, string(c), c.advice(), c)
		}
	}
	require.False(t, Code("other").known())
}

// A body may hold anything, in any place that core looks at.
func TestErrorRepeatsNothingOfTheAnswer(t *testing.T) {
	for _, body := range []string{
		`{"errorCode":"SECRET","errorMsg":"SECRET","exceptionInfo":"SECRET"}`, `{"errorCode":123456789012}`, `{"resultCode":"123456789012"}`,
		`{"result":123456789012,"resultData":"SECRET"}`, `{"success":false,"x-auth-token":"SECRET"}`, `SECRET`, `{"SECRET":"SECRET"`,
	} {
		for _, v := range systems {
			for _, status := range []int{200, 302, 400, 401, 403, 404, 418, 429, 500, 503} {
				if _, err := v.read(StepLogin, Response{Status: status, Body: []byte(body)}); err != nil {
					text := fmt.Sprintf("%+v %s", *err, err)
					require.NotContains(t, text, "SECRET")
					require.NotContains(t, text, "123456789012")
				}
			}
		}
	}
}

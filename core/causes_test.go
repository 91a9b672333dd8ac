package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnErrorTellsTheStatusAndTheCodeThatThereAre(t *testing.T) {
	lost := &Error{Code: Network, Step: StepLogin}
	for want, e := range map[string]*Error{
		"login: no connection to the vendor, or it was lost":                                                                               lost,
		"login: no connection to the vendor, or it was lost (HTTP 1)":                                                                      {Code: Network, Step: StepLogin, Status: 1},
		"no connection to the vendor, or it was lost (vendor code 7)":                                                                      {Code: Network, Vendor: "7"},
		"not tried: an earlier attempt failed and its waiting time is not over; cause: login: no connection to the vendor, or it was lost": {Code: CoolingDown, Cause: lost},
		"not tried: an earlier attempt failed and its waiting time is not over; cause: login: no connection to the vendor, or it was lost (HTTP 1)": {
			Code: CoolingDown, Cause: &Error{Code: Network, Step: StepLogin, Status: 1}},
	} {
		require.Equal(t, want, e.Error())
	}
}

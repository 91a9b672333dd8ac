package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAVendorsCodeIsShortEnoughToBeNoSecret(t *testing.T) {
	for text, want := range map[string]struct {
		code string
		is   bool
	}{
		`0`: {"0", true}, `"0"`: {"0", true}, `-1`: {"-1", true}, `999999999`: {"999999999", true}, `-999999999`: {"-999999999", true},
		`1000000000`: {"", true}, `-1000000000`: {"", true}, `1.5`: {"", true},
		`"1-1"`: {"1-1", true}, `"100-006"`: {"100-006", true}, `"9999-9999"`: {"9999-9999", true},
		`"10000-1"`: {"", false}, `"1-10000"`: {"", false}, `"-"`: {"", false}, `"1-"`: {"", false}, `"a-1"`: {"", false}, `"1-a"`: {"", false}, `"1-1-1"`: {"", false},
		`"a"`: {"", false}, `""`: {"", false}, `true`: {"", false}, `null`: {"", false}, `[1]`: {"", false},
	} {
		code, is := codeText(value(text))
		require.Equal(t, want.code, code, text)
		require.Equal(t, want.is, is, text)
	}
}

// The AICC refuses with errorCode "0", which explains nothing.
func TestACodeThatMeansSuccessIsNoneOfAFailure(t *testing.T) {
	for _, v := range systems {
		d := v.description()
		for _, success := range d.Success {
			_, err := v.read(StepLogin, Response{Status: 403, Body: []byte(`{"` + d.Codes[0] + `":"` + success + `"}`)})
			require.NotNil(t, err, d.Name)
			require.Empty(t, err.Vendor, d.Name)
			require.NotContains(t, err.Error(), "vendor code", d.Name)
		}
	}
}

func TestTheFirstOfASystemsMembersIsItsCodeWhereverItStands(t *testing.T) {
	d := &Description{Codes: []string{"a", "b"}}
	for body, want := range map[string]string{
		`{"a":1,"b":2}`: "1", `{"b":2,"a":1}`: "1", `{"b":2}`: "2", `{"c":3,"b":2}`: "2", `{"a":1,"a":3}`: "3", `{"a":"x","b":2}`: "2", `{"c":3}`: "", `{}`: "", ``: "",
		`{"a":1,"c":3}`: "1",
	} {
		code, ok := d.said([]byte(body))
		require.Equal(t, want, code, body)
		require.Equal(t, want != "", ok, body)
	}
}

package core

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// test/members.test.js reads the same file: a call is the same in every host, to the byte.
func TestABodyCarriesItsTokenAsInEveryHost(t *testing.T) {
	data, err := os.ReadFile("testdata/carried.json")
	require.NoError(t, err)
	var cases struct {
		Carried map[string]string
		Bodies  []struct {
			Body string
			Sent *string // nil where the body is refused
		}
	}
	require.NoError(t, json.Unmarshal(data, &cases))
	require.Greater(t, len(cases.Bodies), 50)
	for _, c := range cases.Bodies {
		out, refused := CarryBody("appcube", []byte(c.Body), []Pair{{"authToken", cases.Carried["authToken"]}})
		if c.Sent == nil {
			require.NotNil(t, refused, c.Body)
			continue
		}
		require.Nil(t, refused, c.Body)
		require.Equal(t, *c.Sent, string(out), c.Body)
	}
}

func TestBytesThatAreNoUTF8PassUnharmedInsideAString(t *testing.T) {
	out, err := CarryBody("appcube", []byte("{\"a\":\"\x80\xff\",\"\xff\":1}"), []Pair{{"authToken", "T"}})
	require.Nil(t, err)
	require.Equal(t, "{\"authToken\":\"T\",\"a\":\"\x80\xff\",\"\xff\":1}", string(out))
}

func TestADeepBodyIsCarried(t *testing.T) {
	deep := `"a":` + strings.Repeat(`[{"b":`, 50_000) + "0" + strings.Repeat("}]", 50_000) + "}"
	out, err := CarryBody("appcube", []byte("{"+deep), []Pair{{"authToken", "T"}})
	require.Nil(t, err)
	require.Equal(t, `{"authToken":"T",`+deep, string(out))
}

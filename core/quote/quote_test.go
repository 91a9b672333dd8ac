package quote

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mended is s with U+FFFD for each byte that is no UTF-8.
func mended(s string) string { return string([]rune(s)) }

func TestEveryByteIsReadBackAsItWasWritten(t *testing.T) {
	var all strings.Builder
	for c := range 256 {
		for _, s := range []string{string([]byte{byte(c)}), "a" + string([]byte{byte(c)}) + "b"} {
			requireSame(t, s)
		}
		all.WriteByte(byte(c))
	}
	requireSame(t, all.String())
	for _, s := range []string{"", "中文", "😀", "\u2028\u2029\x7f", "\xe4\xb8", "\xe4\xb8\xad\xe4", "\xed\xa0\x80", "</script>&", "\ufffd"} {
		requireSame(t, s)
	}
}

func TestOnlyWhatMustBeEscapedIs(t *testing.T) {
	require.Equal(t, `"x`+`\"\\\b\f\n\r\t\u0000\u001f`+"/<>&\x7f中\u2028"+`"`, string(Append(nil, "x\"\\\b\f\n\r\t\x00\x1f/<>&\x7f中\u2028")))
	require.Equal(t, `{"a"`, string(Append([]byte("{"), "a")), "what stood before is left")
}

func FuzzAppend(f *testing.F) {
	for _, s := range []string{"", "a", "\x00\x1f\"\\", "\xff\xc3", "中\xe4\xb8"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { requireSame(t, s) })
}

func requireSame(t *testing.T, s string) {
	written := Append(nil, s)
	var read string
	require.NoError(t, json.Unmarshal(written, &read), "%q", s)
	require.Equal(t, mended(s), read)
	require.Equal(t, written, Append(nil, read), "and again")
}

package keeper

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cctoken/core"
)

func key(fill byte) string {
	return base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32))
}

func keys(t *testing.T, text string) *Keys {
	k, err := ParseKeys(text)
	require.NoError(t, err)
	return k
}

func TestARecordOpensUnderTheKeyThatSealedItAndInItsPlaceOnly(t *testing.T) {
	k := keys(t, "k1:"+key(1))
	plain := []byte(`[{"token":"a token of some length"}]`)
	sealed := k.seal("place", plain)
	opened, id, ok := k.open("place", sealed)
	require.True(t, ok)
	require.Equal(t, "k1", id)
	require.Equal(t, plain, opened)
	require.NotContains(t, string(sealed), "a token of some length")

	_, _, ok = k.open("another place", sealed)
	require.False(t, ok, "a record must not be movable")
	_, _, ok = keys(t, "k1:"+key(2)).open("place", sealed)
	require.False(t, ok, "another key of the same id")
	for at := range sealed {
		changed := bytes.Clone(sealed)
		changed[at] ^= 1
		_, _, ok = k.open("place", changed)
		require.False(t, ok, "byte %d was changed", at)
	}
	for length := range sealed {
		_, _, ok = k.open("place", sealed[:length])
		require.False(t, ok, "cut to %d bytes", length)
	}
}

func TestARecordCannotBeRelabelledWithAnotherKeysID(t *testing.T) {
	k := keys(t, "k1:"+key(1)+",k2:"+key(1)) // the same key twice, so that only the label differs
	sealed := k.seal("place", []byte("[]"))
	sealed[3] = '2'
	_, id, ok := k.open("place", sealed)
	require.Equal(t, "k2", id)
	require.False(t, ok)
}

func TestNoTwoRecordsAreSealedWithTheSameNonce(t *testing.T) {
	k := keys(t, "k1:"+key(1))
	seen := map[string]bool{}
	for range 1000 {
		nonce := string(k.seal("place", nil)[4:][:nonceSize])
		require.False(t, seen[nonce])
		seen[nonce] = true
	}
}

func TestTheFirstKeySealsAndEachOpens(t *testing.T) {
	older, newer, both := keys(t, "old:"+key(1)), keys(t, "new:"+key(2)), keys(t, "new:"+key(2)+", old:"+key(1))
	plain, id, ok := both.open("place", older.seal("place", []byte("[]")))
	require.True(t, ok)
	require.Equal(t, "old", id)
	require.Equal(t, "[]", string(plain))
	_, _, ok = newer.open("place", both.seal("place", []byte("[]")))
	require.True(t, ok)
	_, id, ok = newer.open("place", older.seal("place", []byte("[]")))
	require.False(t, ok, "the key was taken off the list")
	require.Equal(t, "old", id, "which key it was may be told")
}

func TestStorageKeysThatCannotBeReadAreRefusedWithoutAWordOfThem(t *testing.T) {
	secret := key(9)
	for name, text := range map[string]string{
		"none": "", "blank": " ", "no id": secret, "empty id": ":" + secret, "an id with a space": "a b:" + secret,
		"a long id": strings.Repeat("a", 33) + ":" + secret, "a short key": "k1:" + secret[:40], "a long key": "k1:" + secret + secret,
		"base64, not base64url": "k1:" + strings.Repeat("+", 43), "one id twice": "k1:" + secret + ",k1:" + secret,
		"a comma at the end": "k1:" + secret + ",",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseKeys(text)
			require.Error(t, err)
			require.NotContains(t, err.Error(), secret[:8])
		})
	}
	_, err := ParseKeys("k1:" + secret + "=")
	require.NoError(t, err, "padding may be there")
}

// The front door, in JavaScript, knows a key by this form: what it lets pass a keeper must be able to use.
func TestAStorageKeyIsOneForTheFrontDoorWhereItIsOneForTheKeeper(t *testing.T) {
	form := regexp.MustCompile(core.StorageKey)
	secret := key(9)
	for _, id := range []string{"k1", "", "2026-04-01", "a_B-9", strings.Repeat("a", 32), strings.Repeat("a", 33), "a b", "a.b", "ä", "a:b"} {
		for _, encoded := range []string{
			secret, secret + "=", secret + "==", secret + "\n", secret[:20] + "\n" + secret[20:], secret[:20] + "\n" + secret[21:], secret[:42], secret + "A",
			"", strings.Repeat("+", 43), strings.Repeat("-", 43), strings.Repeat("_", 42) + "A", "=" + secret,
		} {
			text := id + ":" + encoded
			_, err := ParseKeys(text)
			require.Equal(t, form.MatchString(strings.TrimSpace(text)), err == nil, "%q", text)
		}
	}
}

func FuzzOpenNeverTakesWhatWasNotSealed(f *testing.F) {
	k, err := ParseKeys("k1:" + key(1))
	require.NoError(f, err)
	f.Add(k.seal("another place", []byte("[]")))
	f.Add([]byte{recordForm, 2, 'k', '1'})
	f.Add([]byte{recordForm, 255})
	f.Add(append([]byte{recordForm, 255}, bytes.Repeat([]byte{'k'}, 400)...)) // 2 + 255 does not fit into a byte
	f.Fuzz(func(t *testing.T, record []byte) {
		if plain, _, ok := k.open("place", record); ok {
			t.Fatalf("opened: %q", plain)
		}
	})
}

func TestATimeoutIsAWholeNumberOfMillisecondsWithinBounds(t *testing.T) {
	for text, want := range map[string]int64{"1000": 1000, "20000": 20_000, "120000": 120_000} {
		got, err := ParseTimeout(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "999", "120001", "1e4", "20s", "-1000", "<undefined>"} {
		_, err := ParseTimeout(text)
		require.Error(t, err, text)
	}
}

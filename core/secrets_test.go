package core

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is secret is kept off command lines, screens and logs by what the description says.
func TestWhatIsSecretIsCalledSo(t *testing.T) {
	secret := []string{"appSecret", "accessToken", "passwd", "params", "authorization"}
	open := []string{"appKey", "user", "method", "userId", "userName", "channelId", "locale", "tenantSpaceId", "authUrl", "connection", "subject"}
	seen := map[string]bool{}
	for _, d := range Described() {
		for i := range d.Fields {
			f := &d.Fields[i]
			seen[f.Name] = true
			if slices.Contains(secret, f.Name) {
				require.True(t, f.Secret, "%s.%s", d.Name, f.Name)
			}
			if slices.Contains(open, f.Name) {
				require.False(t, f.Secret, "%s.%s", d.Name, f.Name)
			}
		}
	}
	for _, name := range slices.Concat(secret, open) {
		require.True(t, seen[name], name)
	}
}

func TestWhatASystemIsAndDoesIsToldToEveryHost(t *testing.T) {
	type told struct{ vendor, inBody, verifies, speaks, personal bool }
	for name, want := range map[string]told{
		"appcube":       {vendor: true, inBody: true, speaks: true},
		"oiap":          {vendor: true, inBody: true, speaks: true},
		"ccmessaging":   {vendor: true, speaks: true},
		"isales":        {vendor: true},
		"cubedrive":     {vendor: true, verifies: true},
		"edge":          {},
		"apifabric":     {vendor: true},
		"authorization": {personal: true},
	} {
		d := DescriptionOf(name)
		require.Equal(t, want, told{d.Vendor, d.InBody, d.Verifies, d.Speaks(), d.personal}, name)
		require.Equal(t, want.vendor, isVendor(name), name)
	}
	require.Nil(t, DescriptionOf("nobody"))
	require.False(t, isVendor("nobody"))
	require.Empty(t, TextsOf("nobody"))
	require.NotEmpty(t, TextsOf("appcube").Title)

	of, at := DescriptionOf("ccmessaging").Needs()
	require.Equal(t, "apifabric", of.Name)
	require.Equal(t, "authUrl", at)
	of, at = DescriptionOf("edge").Needs()
	require.Equal(t, "authorization", of.Name)
	require.Empty(t, at)
	of, at = DescriptionOf("appcube").Needs()
	require.Nil(t, of)
	require.Empty(t, at)

	require.True(t, (&Description{Rolls: "token"}).Speaks())
	require.True(t, (&Description{Meanings: []Meaning{{}, {Of: TokenDead}}}).Speaks())
	require.False(t, (&Description{Meanings: []Meaning{{Means: Unavailable}}}).Speaks())
}

package core

import (
	"encoding/binary"
	"hash/fnv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who was believed is saved as hashes: they must be the same in the next version.
func TestTheHashIsThatOfTheStandardLibrary(t *testing.T) {
	for _, seed := range []uint64{0, 1, 1 << 63, 0x0123456789abcdef} {
		for _, text := range []string{"", "a", "GET /business", "中文"} {
			want := fnv.New64a()
			_ = binary.Write(want, binary.LittleEndian, seed)
			_ = binary.Write(want, binary.LittleEndian, uint64(len(text)))
			_, _ = want.Write([]byte(text))
			require.Equal(t, want.Sum64(), uint64(newHash(seed).text(text)), "%d %q", seed, text)
			short := uint32(0)
			if text != "" {
				plain := fnv.New64a()
				_ = binary.Write(plain, binary.LittleEndian, uint64(0))
				_ = binary.Write(plain, binary.LittleEndian, uint64(len(text)))
				_, _ = plain.Write([]byte(text))
				short = uint32(plain.Sum64() ^ plain.Sum64()>>32)
			}
			require.Equal(t, short, shortHash(text), "%q", text)
		}
	}
}

func TestEachDependentIsAUserOfItsDependencyWhateverItsNumber(t *testing.T) {
	from := source{user: 5, place: thatPlace}
	heard := func(number SessionID, user string) source {
		id, err := parseIdentity([]byte(`{"system":"isales","baseUrl":"https://a.example","user":"`+user+`","passwd":"p"}`), "")
		require.Nil(t, err)
		return from.through(&session{id: number, identity: *id})
	}
	require.Equal(t, heard(1, "u"), heard(2, "u"), "a number is another after a start")
	require.NotEqual(t, heard(1, "u"), heard(1, "v"))
	require.Equal(t, thatPlace, int(heard(1, "u").place))
	require.NotZero(t, heard(1, "u").user)
}

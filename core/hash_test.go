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

func TestEachDependentIsAUserOfItsDependency(t *testing.T) {
	from := source{user: 5, place: thatPlace}
	for id, want := range map[SessionID]uint32{0: 5, 1: 5 ^ 2654435761, 2: 5 ^ 1013904226} {
		require.Equal(t, source{user: want, place: thatPlace}, from.through(&session{id: id}))
	}
}

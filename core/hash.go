package core

// hash is FNV-1a over 64 bits, of a seed and texts. The standard
// library's is an interface, through which a text cannot go without being copied.
type hash uint64

const (
	hashOffset = 14695981039346656037
	hashPrime  = 1099511628211
)

func newHash(seed uint64) hash { return hash(hashOffset).number(seed) }

func (h hash) number(n uint64) hash {
	for range 8 {
		h = (h ^ hash(n&0xff)) * hashPrime
		n >>= 8
	}
	return h
}

// text takes the length first, so that "ab", "c" and "a", "bc" differ.
func (h hash) text(s string) hash {
	h = h.number(uint64(len(s)))
	for i := range len(s) {
		h = (h ^ hash(s[i])) * hashPrime
	}
	return h
}

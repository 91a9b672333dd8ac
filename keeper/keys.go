package keeper

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"

	"cctoken/core"
)

// Keys are the storage keys in use: the first one seals, each of them opens.
//
// The encryption is Go's own, not WebCrypto's, because then the same code is
// tested natively, and no record waits for a promise between its decision and
// its encryption. Go's AES is not constant-time under WebAssembly; what it works
// on here is the keeper's own state, at the pace of a session's changes, which
// leaves nobody a clock to measure it by.
type Keys struct {
	ids     []string
	ciphers map[string]cipher.AEAD
}

// Errors of [ParseKeys]. They repeat nothing of the text, which is a secret.
var (
	errNoKeys  = errors.New("is missing: it lists the storage keys, as " + core.StorageKeys)
	errKeyForm = errors.New("must list storage keys as " + core.StorageKeys + "; an id has 1 to 32 letters, digits, - or _")
	errKeyID   = errors.New("lists two storage keys under one id")
)

// ParseKeys reads the form "id:key,id2:key2", where a key is 32 bytes in
// base64url, with or without padding. Each has the form of [core.StorageKey], by
// which the front door knows it before there is a keeper; it is read by hand, as
// package regexp would be linked for nothing else.
func ParseKeys(text string) (*Keys, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errNoKeys
	}
	k := &Keys{ciphers: map[string]cipher.AEAD{}}
	for part := range strings.SplitSeq(text, ",") {
		id, encoded, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok || !isKeyID(id) {
			return nil, errKeyForm
		}
		if k.ciphers[id] != nil {
			return nil, errKeyID
		}
		encoded = strings.TrimSuffix(encoded, "=")
		key, err := base64.RawURLEncoding.DecodeString(encoded)
		if err != nil || len(encoded) != 43 { // base64 passes over line ends
			return nil, errKeyForm
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, errKeyForm
		}
		if k.ciphers[id], err = cipher.NewGCM(block); err != nil {
			return nil, errKeyForm
		}
		k.ids = append(k.ids, id)
	}
	return k, nil
}

func isKeyID(id string) bool {
	const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return len(id) >= 1 && len(id) <= 32 && strings.Trim(id, allowed) == ""
}

// A sealed record is recordForm, the length of the key's id, the id, a nonce of
// 12 random bytes, and the ciphertext with its tag.
//
// Random nonces are safe for 2^32 records under one key (NIST SP 800-38D,
// section 8.3): at a record a second that is 136 years.
const (
	recordForm = 1
	nonceSize  = 12
)

// bound is what a record is bound to: moved to another place, or relabelled
// with another key's id, it does not open.
func bound(place, id string) []byte {
	return []byte("cctoken keeper record\x00" + id + "\x00" + place)
}

// seal encrypts a record for a place, under the first key.
func (k *Keys) seal(place string, plain []byte) []byte {
	id := k.ids[0]
	record := append([]byte{recordForm, byte(len(id))}, id...)
	at := len(record)
	record = append(record, make([]byte, nonceSize)...)
	_, _ = rand.Read(record[at:]) // never fails: it ends the program instead
	return k.ciphers[id].Seal(record, record[at:], plain, bound(place, id))
}

// open decrypts a record. Where it cannot, the second result is the id of the
// key that the record asks for, or "" where it is no record at all.
func (k *Keys) open(place string, record []byte) (plain []byte, id string, ok bool) {
	if len(record) < 2 || record[0] != recordForm {
		return nil, "", false
	}
	at := 2 + int(record[1])
	if len(record) < at+nonceSize {
		return nil, "", false
	}
	id, rest := string(record[2:at]), record[at:]
	if !isKeyID(id) {
		return nil, "", false
	}
	c := k.ciphers[id]
	if c == nil {
		return nil, id, false
	}
	plain, err := c.Open(nil, rest[:nonceSize], rest[nonceSize:], bound(place, id))
	return plain, id, err == nil
}

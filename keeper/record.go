package keeper

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"cctoken/core"
)

// record is what must not be forgotten of all sessions, as it is inside the
// encryption.
type record struct {
	most    int
	kept    []kept
	dormant []savedSession // read, and not opened since
}

// kept is a session that is open, and the mark of its identity.
type kept struct {
	session core.SessionID
	mark    mark
}

// mark tells identities apart. It is a plain hash of something that may be
// guessed, and so never leaves the encryption.
type mark [sha256.Size]byte

// savedSession is one session in the record.
type savedSession struct {
	Mark  mark            `json:"mark"`
	State json.RawMessage `json:"state"`
}

// markOf hashes an identity in a form that does not depend on the order of its members.
func markOf(id Identity) mark {
	var members map[string]json.RawMessage
	canonical := id.JSON
	if json.Unmarshal(id.JSON, &members) == nil {
		for name, v := range members {
			var compact bytes.Buffer
			if json.Compact(&compact, v) == nil {
				members[name] = compact.Bytes()
			}
		}
		canonical, _ = json.Marshal(members)
	}
	h := sha256.New()
	h.Write(canonical)
	h.Write([]byte{0})
	h.Write([]byte(id.DependencyObject))
	return mark(h.Sum(nil))
}

// claim notes that a session was opened, and returns what was saved of it the
// first time, or nil.
func (r *record) claim(session core.SessionID, id Identity) []byte {
	if slices.ContainsFunc(r.kept, func(k kept) bool { return k.session == session }) {
		return nil
	}
	m := markOf(id)
	r.kept = append(r.kept, kept{session, m})
	at := slices.IndexFunc(r.dormant, func(s savedSession) bool { return s.Mark == m })
	if at < 0 {
		return nil
	}
	state := r.dormant[at].State
	r.dormant = slices.Delete(r.dormant, at, at+1)
	return state
}

// drop forgets a session that the core has evicted.
func (r *record) drop(session core.SessionID) {
	r.kept = slices.DeleteFunc(r.kept, func(k kept) bool { return k.session == session })
}

// read takes the content of a record, and reports whether it is one.
func (r *record) read(plain []byte) bool {
	var sessions []savedSession
	if json.Unmarshal(plain, &sessions) != nil {
		return false
	}
	r.dormant = sessions
	return true
}

// write returns the record as it is now.
func (r *record) write(c *core.Client, now core.Instant) []byte {
	sessions := make([]savedSession, 0, len(r.kept)+len(r.dormant))
	for _, k := range r.kept {
		sessions = append(sessions, savedSession{k.mark, c.Save(k.session, now)})
	}
	// Those that nobody has asked for since the start come last, and go first.
	sessions = append(sessions, r.dormant...)
	plain, _ := json.Marshal(sessions[:min(len(sessions), r.most)])
	return plain
}

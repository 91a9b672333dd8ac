package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"cctoken/core"
)

// record is what must not be forgotten of one session, as it is inside the encryption.
type record struct {
	// State is what the core saved.
	State json.RawMessage `json:"state,omitempty"`
	// Run is the program that had the core save it, and At is when, on that one's monotonic clock. Where it is still
	// running, it knows how long the session was out of memory.
	Run string `json:"run,omitempty"`
	At  int64  `json:"at,omitempty"`
	// MovedTo is the object that has the session now, or "". The state stays here: that
	// object may end before it has stored its own. The store drops records that are not written for days, and so this one.
	MovedTo string `json:"movedTo,omitempty"`
}

// entry is a session that this program knows.
type entry struct {
	key     string
	ready   chan struct{} // closed when the record has been read
	failed  *core.Error   // why it could not be
	record  record
	arrived bool           // its state came from another object, and is not stored here yet
	session core.SessionID // 0 until it is opened, and where it was moved
	used    int64          // when it was last asked for, on the monotonic clock
}

// isKey reports whether a text can be the key of a session: the front door's keyed hash, in base64url; or, of a
// token that others depend on, the name of its object.
func isKey(text string) bool {
	return len(text) >= 1 && len(text) <= 128 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:") == ""
}

// place is what the record of a session is bound to: moved to another object, or to
// another key, it does not open.
func (d *Driver) place(key string) string { return d.platform.Place + "/" + key }

// enter returns the entry of a session, whose record has been read, with the lock held. All who come first
// wait for that. Where there is none, those objects are asked that may have had the session before.
func (d *Driver) enter(ctx context.Context, id Identity) (*entry, *core.Error) {
	for {
		now := d.Now()
		d.mu.Lock()
		e := d.entries[id.Session]
		if e == nil || e.returns(id) {
			e = &entry{key: id.Session, ready: make(chan struct{})}
			d.entries[id.Session] = e
			unsaved := d.unsaved[id.Session]
			go d.fill(e, id, unsaved)
		}
		e.used = now.Mono
		select {
		case <-e.ready:
			if e.failed == nil {
				return e, nil
			}
		default:
		}
		d.mu.Unlock()
		select {
		case <-e.ready:
			if e.failed != nil {
				d.abandon(e)
				return nil, e.failed
			}
		case <-ctx.Done():
			return nil, gone()
		}
	}
}

// abandon has the next one who asks read the record again.
func (d *Driver) abandon(e *entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.entries[e.key] == e {
		delete(d.entries, e.key)
	}
}

// returns reports whether a session that was moved away is to come back.
func (e *entry) returns(id Identity) bool {
	select {
	case <-e.ready:
		return e.record.MovedTo != "" && len(id.Former) > 0
	default:
		return false
	}
}

// fill reads the record of an entry. It is bounded by the store and by the other objects, not by
// who happened to ask first.
func (d *Driver) fill(e *entry, id Identity, unsaved []byte) {
	defer close(e.ready)
	defer d.survive(func() { e.failed = failed() })
	sealed, err := unsaved, error(nil)
	if sealed == nil {
		err = d.inTime(func(ctx context.Context) (err error) {
			sealed, err = d.platform.Store.Load(ctx, e.key)
			return err
		})
	}
	if err != nil {
		e.failed = storageFailed()
	} else if sealed != nil {
		plain, key, ok := d.platform.Keys.open(d.place(e.key), sealed)
		if !ok || json.Unmarshal(plain, &e.record) != nil {
			// As good as none: a key was taken off the list, or the storage was tampered with.
			d.platform.Log(Entry{Event: "record_unreadable", Key: key})
		}
	}
	if e.failed == nil && (e.record.State == nil || e.record.MovedTo != "") {
		e.failed = d.fetchFrom(e, id) // where nobody has it, it is new, or where it was moved to
	}
}

// write returns the sealed record of an entry as it is now.
func (d *Driver) write(e *entry) []byte {
	if e.session != 0 {
		d.save(e)
	}
	plain, _ := json.Marshal(e.record)
	return d.platform.Keys.seal(d.place(e.key), plain)
}

// save puts the state of an entry's session into its record.
func (d *Driver) save(e *entry) {
	now := d.Now()
	e.record.State, e.record.Run, e.record.At = d.client.Save(e.session, now), d.run, now.Mono
}

// waited is for how many milliseconds a session was out of memory, as far as this program has waited itself.
func (d *Driver) waited(r record, now core.Instant) int64 {
	if r.Run != d.run {
		return 0
	}
	return max(0, now.Mono-r.At)
}

// inTime bounds a call of the store, or of another object: one that never ends must not hold a session up for ever.
func (d *Driver) inTime(call func(context.Context) error) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	over, done := make(chan struct{}), make(chan error, 1)
	stop := d.platform.Clock.After(patience, func() { close(over) })
	defer stop()
	go func() {
		defer d.survive(func() { done <- errLate })
		done <- call(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-over:
		return errLate
	}
}

const patience = 20_000 // milliseconds

var errLate = errors.New("no answer in time")

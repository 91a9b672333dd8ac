package keeper

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"cctoken/core"
)

// How many objects a connection has is its operator's setting, and may change while sessions
// live. The object that is asked for a session from then on gets it from the one
// that has it, which answers from then on where it is.

// Moved is the keeper's own code: another object has the session.
const Moved core.Code = "moved"

func moved(to string) *core.Error {
	return &core.Error{Code: Moved, Step: core.StepInput, Reason: to, Retryable: true}
}

// mostMoves is how many objects are asked one after the other for a session.
const mostMoves = 8

// release is what an object is asked for a session that is another's from now on, and what it answers.
type (
	release struct {
		Identity json.RawMessage `json:"identity"`
		Session  string          `json:"session"`
		Object   string          `json:"object"`
		To       string          `json:"to"`
	}
	released struct {
		State json.RawMessage `json:"state,omitempty"`
	}
)

// fetchFrom gets the state of a session from the object that had it before, where there is one. Whoever
// cannot be asked may have it: then nothing is done, as a login more could be one too many.
func (d *Driver) fetchFrom(e *entry, id Identity) *core.Error {
	unavailable := &core.Error{Code: core.Unavailable, Step: core.StepInput, Retryable: true}
	asked := []string{id.Object}
	for ask := slices.Clone(id.Former); len(ask) > 0; ask = ask[1:] {
		if slices.Contains(asked, ask[0]) {
			continue
		}
		if len(asked) > mostMoves {
			return unavailable
		}
		asked = append(asked, ask[0])
		body, _ := json.Marshal(release{Identity: id.JSON, Session: id.Session, Object: ask[0], To: id.Object})
		var status int
		var answer []byte
		err := d.inTime(func(ctx context.Context) (err error) {
			status, answer, err = d.platform.Objects.Ask(ctx, ask[0], "/release", body)()
			return err
		})
		var given released
		var p Problem
		switch {
		case err == nil && status == http.StatusOK && json.Unmarshal(answer, &given) == nil:
			if given.State != nil {
				e.record, e.arrived = record{State: given.State}, true
				return nil
			}
		case err == nil && json.Unmarshal(answer, &p) == nil && p.Code == string(Moved):
			ask = append(ask, p.MovedTo)
		default:
			return unavailable
		}
	}
	return nil
}

// Release gives a session to another object: when nothing is in flight for it any more, and what is
// known of it is stored as that one's.
func (d *Driver) Release(ctx context.Context, id Identity, to string) (json.RawMessage, *core.Error) {
	e, err := d.idle(ctx, id)
	if err != nil {
		return nil, err
	}
	state, o, err := d.handOver(e, to)
	if err == nil {
		err = d.wait(ctx, o)
	}
	return state, err
}

// handOver makes a session another object's, and gives up the lock, which is held.
func (d *Driver) handOver(e *entry, to string) (state json.RawMessage, o *order, err *core.Error) {
	defer d.mu.Unlock()
	defer d.survive(func() { state, err = nil, failed() })
	if now := e.record.MovedTo; now != "" && now != to {
		return nil, nil, moved(now)
	}
	if e.session != 0 {
		d.save(e)
		d.client.Evict(e.session)
		delete(d.opened, e.session)
		d.suppliers.drop(e.session)
		e.session = 0
	}
	e.record.MovedTo = to
	e.used = d.Now().Mono
	o = &order{effects: slices.Clone(d.client.Effects()), done: make(chan struct{})} // not by command: the entry stays
	d.store(o, e)
	d.give(o)
	return e.record.State, o, nil
}

// idle returns the entry of a session for which nothing is in flight, with the lock held.
func (d *Driver) idle(ctx context.Context, id Identity) (*entry, *core.Error) {
	for {
		e, err := d.enter(ctx, id)
		if err != nil {
			return nil, err
		}
		pending := d.client.Pending(e.session)
		if pending == 0 {
			return e, nil
		}
		settled := d.caller(pending)
		d.mu.Unlock()
		if _, err := d.outcome(ctx, settled); err != nil && (err.Code == StorageFailed || ctx.Err() != nil) {
			return nil, err
		}
	}
}

package keeper

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"sync"

	"cctoken/core"
)

// Driver obeys the core for any number of sessions and callers at once.
//
// What the core decides becomes an order: its effects, and the records of the sessions that
// they change. Orders are carried out one after the other, and an order that
// changes a record only after the record is stored. So a login is noted before
// its request is sent, and a token is stored before anybody gets it: a program
// that is ended at any moment neither exceeds a login budget afterwards, nor has
// handed out what its successor does not know.
type Driver struct {
	platform Platform

	mu        sync.Mutex // held for the length of a call of the core, never across a wait
	client    *core.Client
	entries   map[string]*entry
	opened    map[core.SessionID]*entry
	swept     int64 // when those were last let go that nobody asks for, on the monotonic clock
	suppliers suppliers
	callers   map[uint64][]chan core.Effect // by the acquisition or verification that they wait for
	running   map[uint64]func()             // ends a request or a pause, by exchange
	lines     lines
	logins    hourly
	started   int64  // on the monotonic clock
	run       string // tells this program's records from those of others

	altered []core.SessionID // by more than effects
	orders  []*order
	unsaved map[string][]byte // the newest records that are not stored yet
	working bool
	broken  chan struct{} // closed when the store has failed: nothing is carried out any more
}

// order is what one call of the core asks for.
type order struct {
	effects []core.Effect
	records map[string][]byte // sealed, by the keys of their sessions
	done    chan struct{}     // closed when all of it is under way
}

// NewDriver returns a driver that has read no record yet.
func NewDriver(p Platform) *Driver {
	if p.MaxSessions <= 0 {
		p.MaxSessions = defaultMaxSessions
	}
	return &Driver{
		platform: p,
		client:   core.New(core.Options{Seed: p.Seed, Timeout: p.Timeout, MaxSessions: p.MaxSessions}),
		entries:  map[string]*entry{},
		opened:   map[core.SessionID]*entry{},
		callers:  map[uint64][]chan core.Effect{},
		running:  map[uint64]func(){},
		lines:    lines{most: p.Connections},
		started:  p.Clock.Now().Mono,
		run:      rand.Text(),
		unsaved:  map[string][]byte{},
		broken:   make(chan struct{}),
	}
}

// Now reads the platform's clocks.
func (d *Driver) Now() core.Instant { return d.platform.Clock.Now() }

// Identity says whose token a caller is about.
type Identity struct {
	// JSON is the identity as the core reads it.
	JSON []byte
	// Session names it: the key of its record. Two identities never have the same.
	Session string
	// Object is the name of this keeper's own object, and Former are those of the keepers that may have had the session before.
	Object string
	Former []string
	// DependencyObject names the keeper that has the token on which the session
	// depends. It then asks that keeper, and that one's secret goes to nobody else.
	DependencyObject string
}

// Token returns a token for an identity, once the core has decided.
func (d *Driver) Token(ctx context.Context, id Identity, want core.Want) (core.Token, *core.Error) {
	return d.decided(ctx, id, want, func(session core.SessionID, now core.Instant) core.Decision { return d.client.Get(session, now, want) })
}

// Attend does an errand for an identity, of which a sign-in brings a token.
func (d *Driver) Attend(ctx context.Context, id Identity, errand core.Errand) (core.Token, *core.Error) {
	want := core.Want{Force: errand == core.SignInByForce}
	return d.decided(ctx, id, want, func(session core.SessionID, now core.Instant) core.Decision {
		return d.client.Attend(session, errand, now)
	})
}

// decided returns what the core has decided, or what comes of it.
func (d *Driver) decided(ctx context.Context, id Identity, want core.Want, decide func(core.SessionID, core.Instant) core.Decision) (core.Token, *core.Error) {
	var decision core.Decision
	var settled chan core.Effect
	order, err := d.ask(ctx, id, func(session core.SessionID, now core.Instant) *core.Error {
		decision = decide(session, now)
		if decision.Kind == core.Wait {
			settled = d.caller(decision.Acquisition)
		}
		return nil
	})
	switch {
	case err != nil:
	case settled != nil:
		var e core.Effect
		e, err = d.outcome(ctx, settled)
		if err != nil && e.Token.Value != "" && !want.Force && e.Token.Value != want.Rejected && e.Token.Serial != want.Instead {
			err = nil // there is no other one, and this caller may have it
		}
		if err == nil {
			return e.Token, nil
		}
	default:
		if err = d.wait(ctx, order); err == nil {
			err = decision.Err
		}
	}
	return decision.Token, err
}

// Lease returns for how many milliseconds from now a token would be handed out
// again without anything else to do; 0 where it would not.
func (d *Driver) Lease(t core.Token) (int64, core.Instant) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Now()
	if d.client.Live(t.Session, now) != t.Serial {
		return 0, now
	}
	return d.client.Lease(t.Session, now), now
}

// Verify says whether a token of an identity is valid.
func (d *Driver) Verify(ctx context.Context, id Identity, token string) (core.Verdict, *core.Error) {
	var verdict core.Verdict
	var verified chan core.Effect
	order, err := d.ask(ctx, id, func(session core.SessionID, now core.Instant) *core.Error {
		said, number, err := d.client.Verify(session, token, now)
		if verdict = said; number != 0 {
			verified = d.caller(number)
		}
		return err
	})
	switch {
	case err != nil:
	case verified != nil:
		var e core.Effect
		if e, err = d.outcome(ctx, verified); err == nil {
			return e.Verdict, nil
		}
	default:
		err = d.wait(ctx, order)
	}
	return verdict, err
}

// Judge reads the answer to a business call that carried the token of serial,
// went to a place and was sent so many milliseconds ago. accepted are other places
// that have accepted this token, as whoever asks has seen.
func (d *Driver) Judge(ctx context.Context, id Identity, serial uint64, at core.Place, accepted []core.Place, sentAgo int64, r core.Response) (core.Outcome, *core.Error) {
	var outcome core.Outcome
	order, err := d.ask(ctx, id, func(session core.SessionID, now core.Instant) *core.Error {
		sent := core.Instant{Wall: now.Wall - sentAgo, Mono: now.Mono - sentAgo}
		for _, place := range accepted {
			d.client.Accepted(session, serial, place, now)
		}
		outcome = d.client.Judge(session, serial, at, sent, now, r)
		if outcome.Noted || outcome.Extended {
			d.changed(session) // though no event says so
		}
		return nil
	})
	if err == nil {
		err = d.wait(ctx, order)
	}
	return outcome, err
}

// Forget drops an identity's token, and ends the wait of those who ask for one.
// What protects the vendor stays. Where before is an instant of the wall clock, what was asked for since
// is left alone: then somebody else has the same account, and who was stopped may come again and again.
func (d *Driver) Forget(ctx context.Context, id Identity, before int64) *core.Error {
	order, err := d.ask(ctx, id, func(session core.SessionID, now core.Instant) *core.Error {
		if view, _ := d.client.View(session, now); before != 0 && (view.Since == 0 || view.Since >= before) {
			return nil
		}
		d.changed(session) // whether or not somebody waits for what is forgotten
		d.client.Forget(session, now)
		return nil
	})
	if err == nil {
		err = d.wait(ctx, order)
	}
	return err
}

// ask opens the session of an identity and has the core asked about it, and returns the order that
// comes of that, or nil where there is nothing to wait for.
func (d *Driver) ask(ctx context.Context, id Identity, question func(core.SessionID, core.Instant) *core.Error) (order *order, err *core.Error) {
	e, err := d.enter(ctx, id)
	if err != nil {
		return nil, err
	}
	defer d.mu.Unlock()
	defer d.survive(func() {
		d.client.Evict(e.session) // what was in the middle of being changed comes back as it was stored
		order, err = d.command(e), failed()
	})
	now := d.Now()
	d.sweep(now)
	session, err := d.open(e, id, now)
	if err == nil {
		err = question(session, now)
	}
	return d.command(e), err
}

// survive is deferred around what concerns one session: a fault in it is that one's, and the program goes on
// for all others.
func (d *Driver) survive(after func()) {
	if recover() == nil {
		return
	}
	d.platform.Log(Entry{Event: "session_failed"}) // not why: a panic's text may quote a token
	if after != nil {
		after()
	}
}

// failed is the error of who asked in vain, as something here was wrong.
func failed() *core.Error {
	return &core.Error{Code: moduleFailed, Step: core.StepInput, Retryable: true}
}

// open returns the session of an entry; one that has a record goes on where it was. The lock is held.
func (d *Driver) open(e *entry, id Identity, now core.Instant) (core.SessionID, *core.Error) {
	if e.record.MovedTo != "" {
		return 0, moved(e.record.MovedTo)
	}
	if e.session != 0 {
		return e.session, nil
	}
	identity := id.JSON
	var asks *supplier
	if id.DependencyObject != "" {
		var err *core.Error
		if identity, asks, err = d.suppliers.stand(id); err != nil {
			return 0, err
		}
	}
	session, err := d.client.Open(identity, now)
	if err != nil {
		return 0, err
	}
	if asks != nil {
		d.suppliers.note(session, asks)
	}
	if saved := e.record.State; saved != nil && !d.client.Restore(session, now, saved, d.waited(e.record, now)) {
		d.platform.Log(Entry{Event: "record_useless"})
	}
	e.session, e.record.State = session, nil
	d.opened[session] = e
	if e.arrived {
		e.arrived = false
		d.changed(session)
	}
	return session, nil
}

// sweep lets sessions go that nobody asks for: their records have all of them. The lock is held.
func (d *Driver) sweep(now core.Instant) {
	if now.Mono-d.swept < sweepEvery {
		return
	}
	d.swept = now.Mono
	for key, e := range d.entries {
		if now.Mono-e.used < idleFor || e.used == 0 {
			continue
		}
		if e.session == 0 || d.client.Evict(e.session) {
			delete(d.entries, key)
		}
	}
}

const (
	sweepEvery = 60_000  // milliseconds
	idleFor    = 600_000 // milliseconds
)

// caller returns where the end of an acquisition or a verification will be told. The lock is held.
func (d *Driver) caller(number uint64) chan core.Effect {
	told := make(chan core.Effect, 1) // a caller may have gone meanwhile: telling it must not block
	d.callers[number] = append(d.callers[number], told)
	return told
}

func (d *Driver) outcome(ctx context.Context, told <-chan core.Effect) (core.Effect, *core.Error) {
	select {
	case e := <-told:
		return e, e.Err
	case <-ctx.Done():
		return core.Effect{}, gone()
	case <-d.broken:
		return core.Effect{}, storageFailed()
	}
}

// wait waits until an order is carried out: what it says must be stored before it is told.
func (d *Driver) wait(ctx context.Context, o *order) *core.Error {
	if o == nil {
		return nil
	}
	select {
	case <-o.done:
		return nil
	case <-ctx.Done():
		return gone()
	case <-d.broken:
		return storageFailed()
	}
}

// gone is the error of a caller that has ended its own wait; others are not affected.
func gone() *core.Error {
	return &core.Error{Code: core.Timeout, Step: core.StepInput, Retryable: true}
}

func storageFailed() *core.Error {
	return &core.Error{Code: StorageFailed, Step: core.StepInput, Retryable: true}
}

// act reports something to the core: no caller waits for what follows.
func (d *Driver) act(report func(now core.Instant)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.survive(nil)
	report(d.Now())
	d.command(nil)
}

// changed notes that the record of a session is another, whatever effects there are. The lock is held.
func (d *Driver) changed(session core.SessionID) { d.altered = append(d.altered, session) }

// command makes an order of what the core asks for, and returns nil where there
// is nothing to wait for: whoever is about one session, or nil, does not wait for the records of others. The lock is held.
func (d *Driver) command(about *entry) *order {
	effects := slices.Clone(d.client.Effects())
	under := false
	defer func() {
		if !under { // a fault, which somebody survives
			d.abort(effects)
		}
	}()
	o := &order{effects: effects, done: make(chan struct{})}
	altered := d.altered
	d.altered = nil
	for _, e := range effects {
		if changes(e) {
			altered = append(altered, e.Session)
		}
	}
	for _, session := range altered {
		d.note(o, session)
	}
	behind := d.unstored(about) || slices.ContainsFunc(effects, func(e core.Effect) bool {
		return e.Kind != core.Evicted && d.unstored(d.opened[e.Session])
	})
	for _, e := range effects {
		if e.Kind == core.Evicted {
			d.suppliers.drop(e.Session)
			if left := d.opened[e.Session]; left != nil {
				delete(d.opened, e.Session)
				delete(d.entries, left.key)
			}
		}
	}
	if behind {
		d.give(o)
	} else { // nothing is to be stored first
		d.obey(effects)
		o = nil
	}
	under = true
	return o
}

// abort ends what effects that a fault has come between were about: nobody would wait for it in vain. The lock is held.
func (d *Driver) abort(effects []core.Effect) {
	for _, e := range effects {
		switch e.Kind {
		case core.Send:
			go d.act(func(now core.Instant) { d.client.Lost(e.ID, now, core.Network, core.Unanswered) })
		case core.Sleep:
			go d.act(func(now core.Instant) { d.client.Woken(e.ID, now) })
		case core.Settled, core.Verified:
			e.Token, e.Err = core.Token{}, failed()
			d.tell(e)
		}
	}
}

// tell tells those who wait for an acquisition or a verification what came of it. The lock is held.
func (d *Driver) tell(e core.Effect) {
	for _, told := range d.callers[e.ID] {
		told <- e
	}
	delete(d.callers, e.ID)
}

// unstored reports whether the newest record of an entry is still to be stored. The lock is held.
func (d *Driver) unstored(e *entry) bool { return e != nil && d.unsaved[e.key] != nil }

// give has an order carried out after those before it. The lock is held.
func (d *Driver) give(o *order) {
	d.orders = append(d.orders, o)
	if !d.working {
		d.working = true
		go d.work()
	}
}

// note has the record of a session stored with an order. The lock is held.
func (d *Driver) note(o *order, session core.SessionID) {
	e := d.opened[session]
	switch {
	case e != nil:
		d.store(o, e)
	case d.suppliers.of[session] != nil: // another keeper has what is to be known of it
	default: // of what sessions here depend on, each of them has the state
		for _, e := range d.opened {
			d.store(o, e)
		}
	}
}

func (d *Driver) store(o *order, e *entry) {
	if o.records == nil {
		o.records = map[string][]byte{}
	}
	if o.records[e.key] == nil {
		o.records[e.key] = d.write(e)
		d.unsaved[e.key] = o.records[e.key]
	}
}

// changes reports whether what a session must not forget is another after an
// effect: a login was counted, a token came, was rolled or rejected, or a
// failure or a success has changed for how long the vendor is left alone.
func changes(e core.Effect) bool {
	switch e.Kind {
	case core.Send:
		return e.Request.Step != core.StepVerify
	case core.Settled:
		return true
	case core.Notify:
		switch e.Event.Type {
		case core.EventAcquired, core.EventRenewed, core.EventRolled, core.EventRejected, core.EventCooling,
			core.EventSignedOut:
			return true
		}
	}
	return false
}

// work carries out the orders. Those that come while records are being written
// share the next write: the newest of a session holds all that the others say.
func (d *Driver) work() {
	for {
		d.mu.Lock()
		orders := d.orders
		d.orders = nil
		if len(orders) == 0 {
			d.working = false
			d.mu.Unlock()
			return
		}
		d.mu.Unlock()
		newest := map[string][]byte{}
		for _, o := range orders {
			maps.Copy(newest, o.records)
		}
		if len(newest) > 0 {
			if err := d.inTime(func(ctx context.Context) error { return d.platform.Store.Save(ctx, newest) }); err != nil {
				// What was decided cannot be kept, so it is not done. Whoever runs this starts another one, which goes
				// on from what was stored.
				d.platform.Log(Entry{Event: "storage_failed"})
				close(d.broken)
				return
			}
		}
		d.mu.Lock()
		for key, sealed := range newest {
			if newer := d.unsaved[key]; newer != nil && &newer[0] == &sealed[0] {
				delete(d.unsaved, key)
			}
		}
		for _, o := range orders {
			d.obey(o.effects)
			close(o.done)
		}
		d.mu.Unlock()
	}
}

// obey carries out effects, in their order. The lock is held.
func (d *Driver) obey(effects []core.Effect) {
	for _, e := range effects {
		switch e.Kind {
		case core.Send:
			d.send(e)
		case core.Sleep:
			d.running[e.ID] = d.platform.Clock.After(e.Limit, func() {
				d.finish(e.ID, func(now core.Instant) { d.client.Woken(e.ID, now) })
			})
		case core.Cancel:
			if end, ok := d.running[e.ID]; ok {
				delete(d.running, e.ID)
				end()
			}
		case core.Settled, core.Verified:
			d.suppliers.explain(e.Session, e.Err)
			d.tell(e)
		case core.Notify:
			d.platform.Log(entryOf(e.Event))
		}
	}
}

// finish reports the end of an exchange, unless it has already ended otherwise.
func (d *Driver) finish(exchange uint64, report func(now core.Instant)) {
	d.act(func(now core.Instant) {
		if end, ok := d.running[exchange]; ok {
			delete(d.running, exchange)
			end()
			report(now)
		}
	})
}

// send sends a request, and bounds the wait for its response itself: a platform
// whose fetch does not end when it is told to must not hold up the callers.
func (d *Driver) send(e core.Effect) {
	broken := func() {
		go d.finish(e.ID, func(now core.Instant) { d.client.Lost(e.ID, now, core.Network, core.Unanswered) })
	}
	defer d.survive(broken)
	ctx, cancel := context.WithCancel(context.Background())
	stop := d.platform.Clock.After(e.Limit, func() {
		d.finish(e.ID, func(now core.Instant) { d.client.Lost(e.ID, now, core.Timeout, core.Unanswered) })
	})
	leave := func() {}
	d.running[e.ID] = func() {
		stop()
		cancel()
		leave()
	}
	if e.Request.Supplier != 0 {
		supplier := d.suppliers.named(e.Request.Supplier, e.Session)
		wait := d.platform.Objects.Ask(ctx, supplier.object, "/token", supplier.question(d.client.Save(e.Session, d.Now()), d.platform.Place))
		go func() {
			defer d.survive(broken)
			status, body, err := wait()
			d.finish(e.ID, func(now core.Instant) { supplier.report(d.client, e.Session, e.ID, now, status, body, err) })
		}()
		return
	}
	if e.Request.Step.CostsLogin() {
		d.countLogin(e)
	}
	leave = d.lines.take(func() {
		defer d.survive(broken)
		wait := d.platform.Vendor.Send(ctx, e.Request)
		go func() {
			defer d.survive(broken)
			response, lost := wait()
			d.finish(e.ID, func(now core.Instant) {
				if lost != nil {
					d.client.Lost(e.ID, now, lost.Code, lost.reach())
					return
				}
				d.client.Answered(e.ID, now, response)
			})
		}()
	})
}

func (d *Driver) countLogin(e core.Effect) {
	now := d.Now()
	d.logins.note(now)
	if d.platform.Login != nil {
		view, _ := d.client.View(e.Session, now)
		d.platform.Login(view.System, e.Request.Step)
	}
}

func entryOf(e *core.Event) Entry {
	entry := Entry{Event: string(e.Type), System: e.System, Step: string(e.Step), Reason: string(e.Reason), Logins: e.Logins}
	if e.Err != nil {
		entry.Code, entry.Status = string(e.Err.Code), e.Err.Status
	}
	if e.RetryAt != 0 {
		entry.RetryIn = max(0, e.RetryAt-e.At)
	}
	return entry
}

package keeper

import (
	"context"
	"slices"
	"sync"

	"cctoken/core"
)

// Driver obeys the core for any number of callers at once.
//
// What the core decides becomes an order: its effects, and the record as it is
// after them. Orders are carried out one after the other, and an order that
// changes the record only after the record is stored. So a login is noted before
// its request is sent, and a token is stored before anybody gets it: a program
// that is ended at any moment neither exceeds a login budget afterwards, nor has
// handed out what its successor does not know.
type Driver struct {
	platform Platform

	loading sync.Once
	unread  *core.Error // why the record could not be loaded

	mu        sync.Mutex // held for the length of a call of the core, never across a wait
	client    *core.Client
	record    record
	suppliers suppliers
	callers   map[uint64][]chan core.Effect // by the acquisition or verification that they wait for
	running   map[uint64]func()             // ends a request or a pause, by exchange

	orders  []*order
	working bool
	broken  chan struct{} // closed when the store has failed: nothing is carried out any more
}

// order is what one call of the core asks for.
type order struct {
	effects []core.Effect
	record  []byte        // sealed, or nil where it is as stored
	done    chan struct{} // closed when all of it is under way
}

// NewDriver returns a driver that has not read its record yet.
func NewDriver(p Platform) *Driver {
	if p.MaxSessions <= 0 {
		p.MaxSessions = defaultMaxSessions
	}
	return &Driver{
		platform: p,
		client:   core.New(core.Options{Seed: p.Seed, Timeout: p.Timeout, MaxSessions: p.MaxSessions}),
		record:   record{most: p.MaxSessions},
		callers:  map[uint64][]chan core.Effect{},
		running:  map[uint64]func(){},
		broken:   make(chan struct{}),
	}
}

// Now reads the platform's clocks.
func (d *Driver) Now() core.Instant { return d.platform.Clock.Now() }

// Identity says whose token a caller is about.
type Identity struct {
	// JSON is the identity as the core reads it.
	JSON []byte
	// DependencyObject names the keeper that has the token on which the session
	// depends. It then asks that keeper, and that one's secret goes to nobody else.
	DependencyObject string
}

// Token returns a token for an identity, once the core has decided.
func (d *Driver) Token(ctx context.Context, id Identity, want core.Want) (core.Token, *core.Error) {
	return d.decided(ctx, id, want, func(session core.SessionID) core.Decision { return d.client.Get(session, d.Now(), want) })
}

// Attend does an errand for an identity, of which a sign-in brings a token.
func (d *Driver) Attend(ctx context.Context, id Identity, errand core.Errand) (core.Token, *core.Error) {
	want := core.Want{Force: errand == core.SignInByForce}
	return d.decided(ctx, id, want, func(session core.SessionID) core.Decision { return d.client.Attend(session, errand, d.Now()) })
}

// decided returns what the core has decided, or what comes of it.
func (d *Driver) decided(ctx context.Context, id Identity, want core.Want, decide func(core.SessionID) core.Decision) (core.Token, *core.Error) {
	if err := d.load(ctx); err != nil {
		return core.Token{}, err
	}
	d.mu.Lock()
	session, err := d.open(id)
	var decision core.Decision
	var settled chan core.Effect
	if err == nil {
		decision = decide(session)
		if decision.Kind == core.Wait {
			settled = d.caller(decision.Acquisition)
		}
	}
	order := d.command(false)
	d.mu.Unlock()
	switch {
	case err != nil:
	case decision.Kind == core.Wait:
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
	if err := d.load(ctx); err != nil {
		return core.Verdict{}, err
	}
	d.mu.Lock()
	session, err := d.open(id)
	var verdict core.Verdict
	var verified chan core.Effect
	if err == nil {
		var number uint64
		if verdict, number, err = d.client.Verify(session, token, d.Now()); number != 0 {
			verified = d.caller(number)
		}
	}
	order := d.command(false)
	d.mu.Unlock()
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
	if err := d.load(ctx); err != nil {
		return core.Outcome{}, err
	}
	d.mu.Lock()
	session, err := d.open(id)
	var outcome core.Outcome
	if err == nil {
		now := d.Now()
		sent := core.Instant{Wall: now.Wall - sentAgo, Mono: now.Mono - sentAgo}
		for _, place := range accepted {
			d.client.Accepted(session, serial, place, now)
		}
		outcome = d.client.Judge(session, serial, at, sent, now, r)
	}
	order := d.command(outcome.Noted)
	d.mu.Unlock()
	if err == nil {
		err = d.wait(ctx, order)
	}
	return outcome, err
}

// Forget drops an identity's token, and ends the wait of those who ask for one.
// What protects the vendor stays.
func (d *Driver) Forget(ctx context.Context, id Identity) *core.Error {
	if err := d.load(ctx); err != nil {
		return err
	}
	d.mu.Lock()
	session, err := d.open(id)
	if err == nil {
		d.client.Forget(session, d.Now())
	}
	order := d.command(true)
	d.mu.Unlock()
	if err == nil {
		err = d.wait(ctx, order)
	}
	return err
}

// load reads the record, once. All first callers wait for it.
func (d *Driver) load(ctx context.Context) *core.Error {
	d.loading.Do(func() {
		sealed, err := d.platform.Store.Load(ctx)
		if err != nil {
			d.unread = &core.Error{Code: StorageFailed, Step: core.StepInput, Retryable: true}
			return
		}
		if sealed == nil {
			return
		}
		plain, key, ok := d.platform.Keys.open(d.platform.Place, sealed)
		if !ok || !d.record.read(plain) {
			// As good as none: a key was taken off the list, or the storage was tampered with.
			d.platform.Log(Entry{Event: "record_unreadable", Key: key})
		}
	})
	return d.unread
}

// open returns the session of an identity; one that the record knows goes on
// where it was. The lock is held.
func (d *Driver) open(id Identity) (core.SessionID, *core.Error) {
	identity := id.JSON
	var asks *supplier
	if id.DependencyObject != "" {
		var err *core.Error
		if identity, asks, err = d.suppliers.stand(id); err != nil {
			return 0, err
		}
	}
	now := d.Now()
	session, err := d.client.Open(identity, now)
	if err != nil {
		return 0, err
	}
	if asks != nil {
		d.suppliers.note(session, asks)
	}
	if saved := d.record.claim(session, id); saved != nil && !d.client.Restore(session, now, saved) {
		d.platform.Log(Entry{Event: "record_useless"})
	}
	return session, nil
}

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
	report(d.Now())
	d.command(false)
}

// command makes an order of what the core asks for, and returns nil where there
// is nothing to wait for. changed says that the record may have changed even
// though there are no effects. The lock is held.
func (d *Driver) command(changed bool) *order {
	effects := slices.Clone(d.client.Effects())
	o := &order{effects: effects, done: make(chan struct{})}
	for _, e := range effects {
		changed = changed || changes(e)
		if e.Kind == core.Evicted {
			d.record.drop(e.Session)
			d.suppliers.drop(e.Session)
		}
	}
	if changed {
		o.record = d.platform.Keys.seal(d.platform.Place, d.record.write(d.client, d.Now()))
	}
	if !d.working && o.record == nil {
		d.obey(effects) // nothing is to be stored first
		return nil
	}
	d.orders = append(d.orders, o)
	if !d.working {
		d.working = true
		go d.work()
	}
	return o
}

// changes reports whether what a session must not forget is another after an
// effect: a login was counted, a token came, was rolled or rejected, or a
// failure or a success has changed for how long the vendor is left alone.
func changes(e core.Effect) bool {
	switch e.Kind {
	case core.Send:
		return e.Request.Step != core.StepVerify
	case core.Settled, core.Evicted:
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

// work carries out the orders. Those that come while a record is being written
// share the next one: the newest holds all that the others say.
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
		var newest []byte
		for _, o := range orders {
			if o.record != nil {
				newest = o.record
			}
		}
		if newest != nil {
			if err := d.platform.Store.Save(context.Background(), newest); err != nil {
				// What was decided cannot be kept, so it is not done. Whoever runs this starts another one, which goes
				// on from what was stored.
				d.platform.Log(Entry{Event: "storage_failed"})
				close(d.broken)
				return
			}
		}
		d.mu.Lock()
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
			for _, told := range d.callers[e.ID] {
				told <- e
			}
			delete(d.callers, e.ID)
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
	ctx, cancel := context.WithCancel(context.Background())
	stop := d.platform.Clock.After(e.Limit, func() {
		d.finish(e.ID, func(now core.Instant) { d.client.Lost(e.ID, now, core.Timeout, false) })
	})
	d.running[e.ID] = func() {
		stop()
		cancel()
	}
	if e.Request.Supplier != 0 {
		supplier := d.suppliers.named(e.Request.Supplier, e.Session)
		wait := d.platform.Objects.Ask(ctx, supplier.object, supplier.question(d.client.Save(e.Session, d.Now()), d.platform.Place))
		go func() {
			status, body, err := wait()
			d.finish(e.ID, func(now core.Instant) { supplier.report(d.client, e.ID, now, status, body, err) })
		}()
		return
	}
	wait := d.platform.Vendor.Send(ctx, e.Request)
	go func() {
		response, lost := wait()
		d.finish(e.ID, func(now core.Instant) {
			if lost != nil {
				d.client.Lost(e.ID, now, lost.Code, lost.Received)
				return
			}
			d.client.Answered(e.ID, now, response)
		})
	}()
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

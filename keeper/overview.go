package keeper

import (
	"cmp"
	"context"
	"slices"

	"cctoken/core"
)

// Status is a keeper as its operator sees it. It holds no secret, no token and no subject: sessions have
// their keyed names. Durations are seconds.
type Status struct {
	Age      float64            `json:"age"`      // since the program was started
	Sessions map[core.State]int `json:"sessions"` // in memory; the others are in the storage
	Known    int                `json:"known"`    // sessions and where they went, in memory
	Unstored int                `json:"unstored"` // records that are being written
	Logins   int                `json:"logins"`   // in the last hour, or since the start
	Requests struct {
		Open    int `json:"open"`    // to vendors
		Waiting int `json:"waiting"` // for one of those to end
	} `json:"requests"`
	Cooling []Cooling `json:"cooling"` // who ends last comes first
	Budgets []Budget  `json:"budgets"` // who has least left comes first
	More    int       `json:"more"`    // of both that are not listed
}

// Cooling is a session for which the vendor is left alone, and why.
type Cooling struct {
	Session      string  `json:"session"`
	Code         string  `json:"code"`
	Step         string  `json:"step"`
	VendorStatus int     `json:"vendorStatus,omitempty"`
	VendorCode   string  `json:"vendorCode,omitempty"`
	EndsIn       float64 `json:"endsIn"`
}

// Budget is how many logins a session has used of those that its vendor tolerates.
type Budget struct {
	Session string  `json:"session"`
	Used    int     `json:"used"`
	Most    int     `json:"most"`
	FreeIn  float64 `json:"freeIn,omitempty"` // until a further one is allowed, where none is
}

// mostListed bounds each of the lists of a status.
const mostListed = 100

// overviews are the requests that operators make.
var overviews = map[string]func(context.Context, *Driver, asked) (any, *core.Error){
	"/status": func(_ context.Context, d *Driver, _ asked) (any, *core.Error) { return d.Status(), nil },
	"/reset": func(ctx context.Context, d *Driver, a asked) (any, *core.Error) {
		relented, err := d.Reset(ctx, a.Session)
		return reset{relented}, err
	},
	"/ready": func(_ context.Context, d *Driver, _ asked) (any, *core.Error) { return struct{}{}, d.Ready() },
}

type reset struct {
	Reset bool `json:"reset"`
}

// Status looks at all sessions in memory.
func (d *Driver) Status() Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Now()
	s := Status{
		Age: float64(now.Mono-d.started) / 1000, Known: len(d.entries), Unstored: len(d.unsaved), Logins: d.logins.count(now),
		Sessions: map[core.State]int{}, Cooling: []Cooling{}, Budgets: []Budget{},
	}
	s.Requests.Open, s.Requests.Waiting = d.lines.open, d.lines.held()
	for _, state := range core.States() {
		s.Sessions[state] = 0
	}
	for id, e := range d.opened {
		view, ok := d.client.View(id, now)
		if !ok {
			continue
		}
		s.Sessions[view.State]++
		if c := view.Cooling; c != nil {
			s.Cooling = append(s.Cooling, Cooling{
				Session: e.key, Code: string(c.Code), Step: string(c.Step), VendorStatus: c.Status, VendorCode: c.Vendor,
				EndsIn: seconds(c.RetryAt - now.Wall),
			})
		}
		if view.Used > 0 {
			s.Budgets = append(s.Budgets, Budget{Session: e.key, Used: view.Used, Most: view.Most, FreeIn: float64(view.Free) / 1000})
		}
	}
	slices.SortFunc(s.Cooling, func(a, b Cooling) int {
		return cmp.Or(cmp.Compare(b.EndsIn, a.EndsIn), cmp.Compare(a.Session, b.Session))
	})
	slices.SortFunc(s.Budgets, func(a, b Budget) int {
		return cmp.Or(cmp.Compare(a.Most-a.Used, b.Most-b.Used), cmp.Compare(b.FreeIn, a.FreeIn), cmp.Compare(a.Session, b.Session))
	})
	s.More = max(0, len(s.Cooling)-mostListed) + max(0, len(s.Budgets)-mostListed)
	s.Cooling = s.Cooling[:min(len(s.Cooling), mostListed)]
	s.Budgets = s.Budgets[:min(len(s.Budgets), mostListed)]
	return s
}

// Reset ends the waiting time of a session in memory, and reports whether there was one. It is stored, so that
// the next program does not begin with it again.
func (d *Driver) Reset(ctx context.Context, key string) (bool, *core.Error) {
	relented, order, err := d.relent(key)
	if err == nil {
		err = d.wait(ctx, order)
	}
	return relented, err
}

func (d *Driver) relent(key string) (relented bool, o *order, err *core.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.survive(func() { err = failed() })
	e := d.entries[key]
	if e == nil || e.session == 0 || !d.client.Relent(e.session, d.Now()) {
		return false, nil, nil
	}
	d.changed(e.session)
	return true, d.command(e), nil
}

// Ready asks the storage.
func (d *Driver) Ready() *core.Error {
	err := d.inTime(func(ctx context.Context) error {
		_, err := d.platform.Store.Load(ctx, "ready")
		return err
	})
	if err != nil {
		return storageFailed()
	}
	return nil
}

// hourly counts what happened in the last sixty minutes, by the minute.
type hourly struct {
	minutes [60]int
	last    int64 // the minute that was counted last
}

func (h *hourly) note(now core.Instant) { h.minutes[h.turn(now)]++ }

func (h *hourly) count(now core.Instant) int {
	h.turn(now)
	sum := 0
	for _, n := range h.minutes {
		sum += n
	}
	return sum
}

// turn forgets the minutes that are over, and returns the place of this one.
func (h *hourly) turn(now core.Instant) int64 {
	minute := now.Mono / 60_000
	for ; h.last < minute; h.last++ {
		if minute-h.last >= 60 {
			*h = hourly{last: minute}
			break
		}
		h.minutes[(h.last+1)%60] = 0
	}
	return minute % 60
}

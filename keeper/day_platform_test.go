package keeper_test

import (
	"bytes"
	"container/heap"
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"cctoken/core"
	"cctoken/keeper"
)

const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
)

// calendar is the time of a simulated day. What is to happen stands in it, and happens one thing after the
// other: between two of them all goroutines come to rest.
type calendar struct {
	mu     sync.Mutex
	now    core.Instant
	coming dates
	number int
}

type date struct {
	at     int64 // on the monotonic clock
	number int   // of two at the same time, which comes first
	do     func()
}

type dates []*date

func (d dates) Len() int { return len(d) }
func (d dates) Less(i, j int) bool {
	return d[i].at < d[j].at || d[i].at == d[j].at && d[i].number < d[j].number
}
func (d dates) Swap(i, j int) { d[i], d[j] = d[j], d[i] }
func (d *dates) Push(x any)   { *d = append(*d, x.(*date)) }
func (d *dates) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	(*d)[last] = nil
	*d = (*d)[:last]
	return x
}

func (c *calendar) Now() core.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// in notes what is to be done after so many milliseconds. drop takes it out again.
func (c *calendar) in(ms int64, do func()) (drop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.number++
	d := &date{c.now.Mono + max(0, ms), c.number, do}
	heap.Push(&c.coming, d)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		d.do = nil
	}
}

// set sets the time of day forward, or back.
func (c *calendar) set(ms int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.Wall += ms
}

// next goes on to the next date, and returns what is to be done then; false where there is none before the end.
func (c *calendar) next(end int64) (do func(), more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.coming) == 0 || c.coming[0].at > end {
		return nil, false
	}
	d := heap.Pop(&c.coming).(*date)
	c.now = core.Instant{Wall: c.now.Wall + d.at - c.now.Mono, Mono: d.at}
	return d.do, true
}

// live does what stands in the calendar up to an instant. settled is called after each of it, when all is at rest.
func (c *calendar) live(end int64, settled func()) {
	for do, more := c.next(end); more; do, more = c.next(end) {
		if do != nil {
			do()
			synctest.Wait()
			settled()
		}
	}
}

// house is where keepers of a simulated day run: one program for each object, over storage that outlives it.
type house struct {
	*calendar
	t           *testing.T
	offices     *offices
	maxSessions int
	seed        uint64
	random      *rand.Rand

	mu       sync.Mutex
	programs map[string]*resident
	records  map[string]map[string][]byte // by the object
	log      map[string]int               // events, counted
	killed   int64                        // when a program was last, on the monotonic clock
}

// resident is one run of a keeper's program.
type resident struct {
	*house
	object  string
	handler http.Handler
	ended   chan struct{}
}

func (h *house) program(object string) *resident {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.programs[object]; p != nil {
		return p
	}
	if h.records[object] == nil {
		h.records[object] = map[string][]byte{}
	}
	keys, err := keeper.ParseKeys("k1:" + storageKey(1))
	require.NoError(h.t, err)
	p := &resident{house: h, object: object, ended: make(chan struct{})}
	h.seed++
	p.handler = keeper.Handler(keeper.NewDriver(keeper.Platform{
		Clock: p, Vendor: p, Objects: p, Store: p, Log: p.note, Keys: keys, Place: object,
		Seed: [2]uint64{h.seed, 7}, MaxSessions: h.maxSessions, Connections: 64, Timeout: 20 * second,
	}), nil)
	h.programs[object] = p
	return p
}

// kill ends the program of an object, whatever it is doing.
func (h *house) kill(object string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.programs[object]; p != nil {
		delete(h.programs, object)
		close(p.ended)
		h.killed = h.Now().Mono
	}
}

func (h *house) close() {
	for object := range maps.Clone(h.programs) {
		h.kill(object)
	}
}

// post asks an object. It returns a problem, or false where the program has ended meanwhile.
func (h *house) post(object, path string, members fields, into any) (*keeper.Problem, bool) {
	body, err := json.Marshal(members)
	require.NoError(h.t, err)
	status, answer, ok := h.program(object).answer(context.Background(), path, body)
	if !ok {
		return nil, false
	}
	if status == http.StatusOK {
		require.NoError(h.t, json.Unmarshal(answer, into))
		return nil, true
	}
	var problem keeper.Problem
	require.NoError(h.t, json.Unmarshal(answer, &problem))
	return &problem, true
}

// answer is what a program says, or false where it ends before, or ctx does.
func (p *resident) answer(ctx context.Context, path string, body []byte) (int, []byte, bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, done := httptest.NewRecorder(), make(chan struct{})
	go func() {
		defer close(done)
		p.handler.ServeHTTP(w, httptest.NewRequest("POST", "https://keeper"+path, bytes.NewReader(body)).WithContext(ctx))
	}()
	select {
	case <-done:
		return w.Code, w.Body.Bytes(), true
	case <-p.ended:
	case <-ctx.Done():
	}
	return 0, nil, false
}

func (p *resident) alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

func (p *resident) note(e keeper.Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log[e.Event]++
}

func (p *resident) After(ms int64, wake func()) func() {
	return p.in(ms, func() {
		if p.alive() {
			go wake()
		}
	})
}

func (p *resident) Send(ctx context.Context, r *core.Request) func() (core.Response, *keeper.Lost) {
	came := make(chan reply, 1)
	leave := p.offices.ask(p, r, func(a reply) { came <- a })
	return func() (core.Response, *keeper.Lost) {
		defer leave()
		select {
		case a := <-came:
			if !a.lost {
				return core.Response{Status: a.status, RetryAfter: a.after, Body: []byte(a.body)}, nil
			}
		case <-ctx.Done():
		case <-p.ended:
		}
		return core.Response{}, &keeper.Lost{Code: core.Network}
	}
}

func (p *resident) Ask(ctx context.Context, object, path string, body []byte) func() (int, []byte, error) {
	asked := p.program(object)
	return func() (int, []byte, error) {
		if status, answer, ok := asked.answer(ctx, path, body); ok {
			return status, answer, nil
		}
		return 0, nil, errStore
	}
}

func (p *resident) Load(_ context.Context, key string) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.records[p.object][key], nil
}

func (p *resident) Save(_ context.Context, records map[string][]byte) error {
	if !p.alive() {
		return errStore
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.Copy(p.records[p.object], records)
	return nil
}

package keeper_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cctoken/core"
	"cctoken/keeper"
	"cctoken/sandbox"
)

// world is a network without sockets: the sandbox as the vendors, and keepers by
// their objects' names. It is made inside a synctest bubble, whose time it takes.
type world struct {
	t       *testing.T
	vendors *sandbox.Sandbox
	keys    string
	timeout int64
	// connections is how many requests a keeper has under way at once; 0 is no bound.
	connections int
	maxSessions int // of a keeper in memory; 0 is the default
	clockBreaks func() bool
	deaf        func(object string) bool // which keepers never answer another one
	breaksLater func(path string) bool   // the same, while the answer is waited for
	breaks      func(path string) bool   // at which requests to vendors the keeper's own code panics

	mu      sync.Mutex
	keepers map[string]*program
	stores  map[string]*store
	hangs   func(path string) bool // which requests to vendors are never answered
	cut     bool                   // no request reaches a vendor
	sent    []sent
	log     []keeper.Entry
}

type sent struct {
	path string
	body string
}

type program struct {
	http.Handler
	world *world
	store *store
	dead  chan struct{} // closed when the program has been ended: it reaches nothing any more
	once  sync.Once
}

// store is an object's storage, which outlives its programs.
type store struct {
	mu      sync.Mutex
	records map[string][]byte
	writes  int
	reads   int
	fails   bool
	slow    chan struct{} // where it is there, each write waits for it
}

func newWorld(t *testing.T) *world {
	return &world{
		t: t, vendors: sandbox.New(sandbox.Options{}), keys: "k1:" + storageKey(1),
		keepers: map[string]*program{}, stores: map[string]*store{}, hangs: func(string) bool { return false }, breaks: func(string) bool { return false }, clockBreaks: func() bool { return false }, deaf: func(string) bool { return false }, breaksLater: func(string) bool { return false },
	}
}

func storageKey(fill byte) string {
	return base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32))
}

func (w *world) storeOf(name string) *store {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stores[name] == nil {
		w.stores[name] = &store{records: map[string][]byte{}}
	}
	return w.stores[name]
}

// keeper returns the program of an object, started where there is none.
func (w *world) keeper(name string) *program {
	s := w.storeOf(name)
	w.mu.Lock()
	defer w.mu.Unlock()
	if k := w.keepers[name]; k != nil {
		return k
	}
	keys, err := keeper.ParseKeys(w.keys)
	require.NoError(w.t, err)
	k := &program{world: w, store: s, dead: make(chan struct{})}
	k.Handler = keeper.Handler(keeper.NewDriver(keeper.Platform{
		Clock: k, Vendor: k, Objects: k, Store: k, Log: w.note, Keys: keys, Place: name,
		Seed: [2]uint64{1, uint64(len(w.log))}, Timeout: w.timeout, Connections: w.connections, MaxSessions: w.maxSessions,
	}), nil)
	w.keepers[name] = k
	return k
}

// evict ends the program of an object, whatever it is doing.
func (w *world) evict(name string) {
	w.mu.Lock()
	k := w.keepers[name]
	delete(w.keepers, name)
	w.mu.Unlock()
	if k != nil {
		k.end()
	}
}

// end evicts all objects, so that no goroutine of theirs outlives a test.
func (w *world) end() {
	w.mu.Lock()
	names := maps.Clone(w.keepers)
	w.mu.Unlock()
	for name := range names {
		w.evict(name)
	}
}

func (k *program) end() { k.once.Do(func() { close(k.dead) }) }

func (w *world) note(e keeper.Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, e)
}

func (w *world) events() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for _, e := range w.log {
		names = append(names, e.Event)
	}
	return names
}

// requests returns how many requests to a vendor's path have left.
func (w *world) requests(end string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, s := range w.sent {
		if strings.HasSuffix(s.path, end) {
			n++
		}
	}
	return n
}

func (k *program) Now() core.Instant {
	if k.world.clockBreaks() {
		panic("a fault")
	}
	now := time.Now()
	return core.Instant{Wall: now.UnixMilli(), Mono: now.UnixMilli()}
}

func (k *program) After(ms int64, wake func()) func() {
	timer := time.AfterFunc(time.Duration(ms)*time.Millisecond, func() {
		if k.alive() {
			wake()
		}
	})
	return func() { timer.Stop() }
}

func (k *program) alive() bool {
	select {
	case <-k.dead:
		return false
	default:
		return true
	}
}

func (k *program) Send(ctx context.Context, r *core.Request) func() (core.Response, *keeper.Lost) {
	target, err := url.Parse(r.URL)
	require.NoError(k.world.t, err)
	body := r.Body
	query, form := url.Values{}, url.Values{}
	for _, p := range r.Query {
		query.Add(p.Name, p.Value)
	}
	for _, p := range r.Form {
		form.Add(p.Name, p.Value)
	}
	target.RawQuery = query.Encode()
	if r.Form != nil {
		body = form.Encode()
	}
	request := httptest.NewRequest(r.Method, target.String(), strings.NewReader(body)).WithContext(ctx)
	for _, p := range r.Headers {
		request.Header.Set(p.Name, p.Value)
	}
	if r.Form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if k.world.breaks(target.Path) {
		panic("a fault")
	}
	breaksLater := k.world.breaksLater(target.Path)
	k.world.mu.Lock()
	k.world.sent = append(k.world.sent, sent{target.Path, body})
	hangs, cut := k.world.hangs(target.Path), k.world.cut
	k.world.mu.Unlock()
	return func() (core.Response, *keeper.Lost) {
		if breaksLater {
			panic("a fault")
		}
		if hangs || !k.alive() {
			select {
			case <-ctx.Done():
			case <-k.dead:
			}
			return core.Response{}, &keeper.Lost{Code: core.Network}
		}
		if cut {
			return core.Response{}, &keeper.Lost{Code: core.Network}
		}
		answer := httptest.NewRecorder()
		k.world.vendors.ServeHTTP(answer, request)
		return core.Response{
			Status: answer.Code, RetryAfter: answer.Header().Get("Retry-After"), Date: answer.Header().Get("Date"),
			Rolled: firstOf(answer.Header(), r.Rolls), Body: answer.Body.Bytes(),
		}, nil
	}
}

func firstOf(h http.Header, names []string) string {
	for _, name := range names {
		if value := h.Get(name); value != "" {
			return value
		}
	}
	return ""
}

func (k *program) Ask(ctx context.Context, object, path string, body []byte) func() (int, []byte, error) {
	return func() (int, []byte, error) {
		if k.world.deaf(object) {
			<-ctx.Done()
			return 0, nil, ctx.Err()
		}
		answer := httptest.NewRecorder()
		k.world.keeper(object).ServeHTTP(answer, httptest.NewRequest("POST", "https://keeper"+path, bytes.NewReader(body)).WithContext(ctx))
		return answer.Code, answer.Body.Bytes(), nil
	}
}

var errStore = errors.New("the store fails")

func (k *program) Load(_ context.Context, key string) ([]byte, error) {
	k.store.mu.Lock()
	defer k.store.mu.Unlock()
	if k.store.fails {
		return nil, errStore
	}
	k.store.reads++
	return k.store.records[key], nil
}

func (k *program) Save(_ context.Context, records map[string][]byte) error {
	k.store.mu.Lock()
	slow := k.store.slow
	k.store.mu.Unlock()
	if slow != nil {
		select {
		case <-slow:
		case <-k.dead:
		}
	}
	k.store.mu.Lock()
	defer k.store.mu.Unlock()
	if k.store.fails || !k.alive() {
		return errStore
	}
	maps.Copy(k.store.records, records)
	k.store.writes += len(records)
	return nil
}

// answer is what a keeper has answered.
type answer struct {
	status  int
	header  http.Header
	text    string
	token   string
	serial  uint64
	problem keeper.Problem
	valid   *bool
	replay  bool
	rolled  bool
}

type fields = map[string]any

// keyOf names the session of an identity, as the front door's keyed hash does.
func keyOf(identity any) string {
	text, _ := json.Marshal(identity)
	var members any
	_ = json.Unmarshal(text, &members)
	text, _ = json.Marshal(members) // in one order
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// recordOf returns the stored record of a session.
func (w *world) recordOf(name string, identity any) []byte {
	return w.storeOf(name).records[keyOf(identity)]
}

// ask posts to an object, as the front door does.
func (w *world) ask(name, path string, identity any, more fields) answer {
	return w.askUntil(context.Background(), name, path, identity, more)
}

func (w *world) askUntil(ctx context.Context, name, path string, identity any, more fields) answer {
	body := fields{"identity": identity, "session": keyOf(identity), "object": name}
	maps.Copy(body, more)
	data, err := json.Marshal(body)
	if err != nil {
		w.t.Error(err)
	}
	recorder := httptest.NewRecorder()
	w.keeper(name).ServeHTTP(recorder, httptest.NewRequest("POST", "https://keeper"+path, bytes.NewReader(data)).WithContext(ctx))
	var read struct {
		Value  string `json:"value"`
		Serial uint64 `json:"serial"`
		Valid  *bool  `json:"valid"`
		Replay bool   `json:"replay"`
		Rolled bool   `json:"rolled"`
	}
	a := answer{status: recorder.Code, header: recorder.Header(), text: recorder.Body.String()}
	if json.Unmarshal(recorder.Body.Bytes(), &read) != nil || json.Unmarshal(recorder.Body.Bytes(), &a.problem) != nil {
		w.t.Errorf("not JSON: %s", a.text)
	}
	a.token, a.serial, a.valid, a.replay, a.rolled = read.Value, read.Serial, read.Valid, read.Replay, read.Rolled
	return a
}

// token asks for a token that must come.
func (w *world) token(name string, identity any, more fields) string {
	w.t.Helper()
	a := w.ask(name, "/token", identity, more)
	require.Equal(w.t, http.StatusOK, a.status, a.text)
	require.NotEmpty(w.t, a.token)
	return a.token
}

const base = "http://vendor.test"

var cubedrive = fields{"system": "cubedrive", "baseUrl": base + "/lite",
	"params": fields{"appId": "app-1", "appSecret": "app-secret-of-app-1", "user": "user-1"}}

func appcube(key string) fields {
	return fields{"system": "appcube", "baseUrl": base, "appKey": key, "appSecret": "api-password-of-" + key}
}

func isales(user string) fields {
	return fields{"system": "isales", "baseUrl": base, "user": user, "passwd": "passwd-of-" + user}
}

func ccmessaging(user string) fields {
	return fields{"system": "ccmessaging", "baseUrl": base, "appKey": "app-1", "appSecret": "app-secret-of-app-1",
		"userId": user, "userName": "User", "channelId": "channel-1", "locale": "zh"}
}

// byObject is what the front door says beside a ccmessaging identity.
var byObject = fields{"dependencyObject": "app"}

package sandbox

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What follows is of harbour, a system of one file: harbour_test.go.

func harbourLoginReq() req {
	return req{"PUT", "/rest/harbour/login", `{"ship":"ship1","flag":"flag-of-ship1"}`, map[string]string{"Content-Type": "application/json"}}
}

func harbourReq(path, berth string) req {
	return req{"GET", "/rest/harbour/" + path, "", map[string]string{"Berth": berth}}
}

func (b *bench) harbour() string { b.Helper(); return b.got(harbourLoginReq(), "berth") }

func TestASystemOfOneFileIsServedAndCounted(t *testing.T) {
	b := newBench(t, Options{})
	berth := b.harbour()
	assert.Equal(t, 200, b.do(harbourReq("business", berth)).status)
	assert.Equal(t, true, b.do(harbourReq("verify", berth)).json["good"])
	a := b.do(harbourLoginReq(), method("POST"))
	assert.Equal(t, 405, a.status)
	assert.Equal(t, "PUT", a.header.Get("Allow"))
	assert.Equal(t, "no", a.str("well"))
	a = b.do(harbourReq("nowhere", berth))
	assert.Equal(t, 404, a.status)
	assert.Equal(t, "no", a.str("well"), "its own form, though another system's prefix is above its own")
	assert.EqualValues(t, 404, b.do(req{method: "GET", path: "/rest/nowhere"}).json["result"])
	assert.True(t, Owns("/rest/harbour/login"))

	state := b.State()
	assert.Equal(t, Counts{Logins: 2, Verifications: 1, Business: 1, Failed: 1}, state.Counts[Harbour])
	assert.Equal(t, "harbour-1", state.Tokens[0].ID)
	assert.Equal(t, "ship1", state.Tokens[0].Subject)
}

func TestASystemOfOneFileIsRevokedRolledAndRefused(t *testing.T) {
	b := newBench(t, Options{})
	berth := b.harbour()
	assert.JSONEq(t, `{"waiting":1}`, b.do(controlReq("roll", `{"system":"harbour","subject":"ship1"}`)).raw)
	next := b.do(harbourReq("business", berth)).header.Get("Next-Berth")
	assert.Equal(t, 401, b.do(harbourReq("business", berth)).status)
	assert.Equal(t, 200, b.do(harbourReq("business", next)).status)
	assert.JSONEq(t, `{"revoked":1}`, b.do(controlReq("revoke", `{"system":"harbour"}`)).raw)
	assert.Equal(t, 401, b.do(harbourReq("business", next)).status)
	require.NoError(t, b.Refuse(Harbour, "ship1", true))
	assert.Equal(t, 403, b.do(harbourLoginReq()).status)
	require.NoError(t, b.Refuse(Harbour, "ship1", false))
	b.harbour()
}

func TestASystemOfOneFileIsFaulted(t *testing.T) {
	b := newBench(t, Options{})
	for _, c := range []struct {
		fault, want string
	}{
		{`"fault":"503"`, `{"well":"no","why":"fault on demand: 503"}`},
		{`"fault":"502"`, `{"well":"no","why":"fog"}`},
		{`"fault":"502","exceptionInfo":"storm"`, `{"well":"no","why":"storm"}`},
		{`"fault":"types"`, `{"well":"yes","berth":12345}`},
	} {
		require.Equal(t, 200, b.do(controlReq("faults", `{"system":"harbour","endpoint":"login",`+c.fault+`}`)).status)
		assert.JSONEq(t, c.want, b.do(harbourLoginReq()).raw)
	}
	require.NoError(t, b.Inject(Fault{System: Harbour, Endpoint: "verify", Kind: "huge"}))
	a := b.do(harbourReq("verify", "x"))
	assert.Equal(t, "yes", a.str("well"), "only its size is wrong")
	assert.Greater(t, len(a.raw), hugeBytes)
	assert.ErrorContains(t, b.Inject(Fault{System: Harbour, Endpoint: "refresh", Kind: "html"}), "login or verify or business of harbour")
}

func TestASystemOfOneFileHasItsLifetimesAndItsBudget(t *testing.T) {
	b := newBench(t, Options{Lifetimes: Lifetimes{"harbour": 5 * time.Second}, Logins: map[System]int{Harbour: 1}})
	berth := b.harbour()
	assert.Nil(t, b.do(harbourLoginReq()).json, "the second login is intercepted")
	b.clock.advance(5*time.Second - 1)
	assert.Equal(t, 200, b.do(harbourReq("business", berth)).status)
	b.clock.advance(1)
	assert.Equal(t, 401, b.do(harbourReq("business", berth)).status)
	b.clock.advance(5 * time.Second)
	b.harbour() // a new window

	require.NoError(t, b.SetLifetimes(Lifetimes{"harbour": time.Hour}))
	assert.Equal(t, 90, b.State().Lifetimes["harbour"], "never more than the system gives")
	all := newBench(t, Options{Lifetime: 7 * time.Second, Lifetimes: Lifetimes{"isales": 9 * time.Second}}).State().Lifetimes
	for kind, want := range map[string]int{
		"harbour": 7, "harbourPass": 14, "apifabric": 7, "appcube": 7, "ccmessaging": 7, "isales": 9, "isalesRefresh": 84, "cubedrive": 7,
	} {
		assert.Equal(t, want, all[kind], "%s: a refresh token lives longer in the documented proportion", kind)
	}
	assert.Len(t, all, len(kinds))
}

func TestASystemOfOneFileIsAdmittedByCORS(t *testing.T) {
	const origin = "http://127.0.0.1:5173"
	b := newBench(t, Options{AllowOrigins: []string{origin}})
	preflight := b.do(harbourLoginReq(), method("OPTIONS"), header("Origin", origin), header("Access-Control-Request-Method", "PUT"))
	assert.Equal(t, "DELETE, GET, POST, PUT", preflight.header.Get("Access-Control-Allow-Methods"))
	for header, want := range map[string][]string{
		"Allow-Headers":  {"Authentication", "Authorization", "Berth", "ccmessaging-token", "Content-Type", "x-app-key", "X-Auth-Token", "X-TenantSpaceID", "X-Token-Expire"},
		"Expose-Headers": {"ccmessaging-token", "Next-Berth", "Retry-After", "X-Sandbox-Reason"},
	} {
		names := strings.Split(preflight.header.Get("Access-Control-"+header), ", ")
		assert.Subset(t, names, want, header)
		assert.Equal(t, union(names, nil), names, "in order, and each once")
	}
}

func TestTheSandboxListsEachSystemWithAnIdentityThatItAccepts(t *testing.T) {
	b := newBench(t, Options{})
	w := b.do(req{method: "GET", path: "http://vendors.test:8787/_sandbox/systems"})
	require.Equal(t, 200, w.status)
	var listed struct{ Systems []json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(w.raw), &listed))
	byName := map[string]string{}
	for _, raw := range listed.Systems {
		var named struct{ Name string }
		require.NoError(t, json.Unmarshal(raw, &named))
		byName[named.Name] = string(raw)
	}
	assert.Len(t, byName, len(vendors))
	assert.Equal(t, `{"name":"harbour","identity":{"system":"harbour","baseUrl":"http://vendors.test:8787/rest/harbour","ship":"ship1","flag":"flag-of-ship1"},`+
		`"business":{"method":"GET","path":"/business"},"endpoints":["login","verify","business"],"credentials":[{"name":"ship","example":"ship1"}],"subject":"ship",`+
		`"lifetimes":[{"name":"harbour","documented":60,"most":90},{"name":"harbourPass","documented":120}],"rolls":true,"exceptionInfo":true,`+
		`"logins":{"logins":3,"seconds":10}}`, byName["harbour"])
	assert.JSONEq(t, `{"name":"apifabric","identity":{"system":"apifabric","baseUrl":"http://vendors.test:8787","appKey":"app001","appSecret":"app-secret-of-app001"},
		"business":{"method":"GET","path":"/apiaccess/business"},"behind":"ccmessaging","endpoints":["login","business"],
		"credentials":[{"name":"appKey","example":"app001"}],"subject":"appKey",
		"lifetimes":[{"name":"apifabric","documented":3600,"most":3600}],"rolls":false,"exceptionInfo":true}`, byName["apifabric"])
	assert.Contains(t, byName["ccmessaging"], `"endpoints":["apifabric","login","business"]`)
	assert.Contains(t, byName["cubedrive"], `"baseUrl":"http://vendors.test:8787/lite","params":{"appId":"demo-app"`)

	var identity struct{ AppKey, AppSecret string }
	for _, system := range Systems("https://a.test") {
		if system.Name == AppCube {
			require.NoError(t, json.Unmarshal(system.Identity, &identity))
		}
	}
	assert.Contains(t, b.do(appCubeLoginReq(), field("appKey", jsonOf(identity.AppKey)), field("appSecret", jsonOf(identity.AppSecret))).json, "authToken")
	assert.Equal(t, 400, b.do(req{method: "GET", path: "/_sandbox/systems"}).status, "there is no Host to make an address of")
	behind := b.do(req{method: "GET", path: "http://vendors.test/_sandbox/systems?origin=https://proxy.test:1"}).raw
	assert.Contains(t, behind, `"baseUrl":"https://proxy.test:1/lite"`)
	assert.NotContains(t, behind, "vendors.test")
	for _, wrong := range []string{"proxy.test", "https://", "https://proxy.test/", "https://user@proxy.test", "ftp://proxy.test", "https://proxy.test?x"} {
		assert.Equal(t, 400, b.do(req{method: "GET", path: "/_sandbox/systems?origin=" + url.QueryEscape(wrong)}).status, wrong)
	}
}

func TestEveryFaultEndpointThatIsListedIsTaken(t *testing.T) {
	for _, system := range Systems("") {
		for _, endpoint := range system.Endpoints {
			assert.NoError(t, New(Options{}).Inject(Fault{System: system.Name, Endpoint: endpoint, Kind: "html"}), "%s %s", system.Name, endpoint)
		}
	}
}

// These tests know six systems. A system more is one more in what the sandbox lists, and changes nothing else.
var lifetimeNames = []string{"apifabric", "appcube", "ccmessaging", "cubedrive", "harbour", "harbourPass", "isales", "isalesRefresh"}

// here leaves out of names those of systems that are not known here, and of their lifetimes.
func here(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, kind := kinds[name]
		return (kind || System(name).vendor() != nil) && !slices.Contains(lifetimeNames, name)
	})
}

func TestAnUnknownNameIsRefusedByTheNamesThatThereAre(t *testing.T) {
	for _, c := range []struct {
		options  Options
		argument string
		known    []string
	}{
		{Options{Lifetimes: Lifetimes{"isale": 1e9}}, "lifetimes.isale", lifetimeNames},
		{Options{Secrets: map[System]map[string]string{"x": {}}}, "secrets.x", []string{"apifabric", "appcube", "cubedrive", "harbour", "isales"}},
		{Options{Secrets: map[System]map[string]string{CCMessaging: {}}}, "secrets.ccmessaging", []string{"apifabric", "appcube", "cubedrive", "harbour", "isales"}},
		{Options{Logins: map[System]int{ISales: 1}}, "logins.isales", []string{"cubedrive", "harbour"}},
		{Options{Logins: map[System]int{CubeDrive: 0}}, "logins.cubedrive", nil},
		{Options{Paths: "apache"}, "paths", []string{"chain", "envoy", "iis", "nginx", "tomcat", "written"}},
	} {
		t.Run(c.argument, func(t *testing.T) {
			var e *ArgumentError
			require.ErrorAs(t, c.options.Check(), &e)
			assert.Equal(t, c.argument, e.Argument)
			assert.Equal(t, c.known, here(e.Known))
			for _, name := range c.known {
				assert.Contains(t, e.Error(), name)
			}
			assert.PanicsWithError(t, e.Error(), func() { New(c.options) })
		})
	}
	s := New(Options{})
	assert.ErrorContains(t, s.SetLifetimes(Lifetimes{"x": 1e9}), "isalesRefresh")
	var e *ArgumentError
	_, err := s.Roll(Target{System: ISales})
	require.ErrorAs(t, err, &e)
	assert.EqualError(t, err, "system must name one of "+strings.Join(e.Known, ", "))
	assert.Equal(t, []string{"ccmessaging", "harbour"}, here(e.Known))
	_, err = s.Revoke(Target{System: "x"})
	require.ErrorAs(t, err, &e)
	assert.Equal(t, []string{"apifabric", "appcube", "ccmessaging", "cubedrive", "harbour", "isales"}, here(e.Known))
}

func TestSettingsAreOptionsInSeconds(t *testing.T) {
	read := func(text string) (Options, error) {
		var s Settings
		require.NoError(t, json.Unmarshal([]byte(text), &s))
		return s.Options()
	}
	options, err := read(`{"lifetime":5,"lifetimes":{"isales":7},"logins":{"cubedrive":2},"paths":"nginx","allowOrigins":["http://a.test","http://b.test"]}`)
	require.NoError(t, err)
	assert.Equal(t, Options{
		Lifetime: 5 * time.Second, Lifetimes: Lifetimes{"isales": 7 * time.Second}, Logins: map[System]int{CubeDrive: 2}, Paths: LikeNginx, AllowOrigins: []string{"http://a.test", "http://b.test"},
	}, options)
	for text, want := range map[string]string{
		`{"lifetime":0}`:                            "lifetime must be a whole number of seconds from 1 to 315360000",
		`{"lifetimes":{"isales":0}}`:                "lifetimes.isales must be a whole number of seconds from 1 to 315360000",
		`{"lifetimes":{"isales":9007199254740991}}`: "lifetimes.isales must be a whole number of seconds from 1 to 315360000",
		`{"lifetimes":{"x":1}}`:                     "lifetimes.x must name one of ",
		`{"logins":{"cubedrive":1000001}}`:          "logins.cubedrive must be a whole number from 1 to 1000000",
		`{"paths":"apache"}`:                        "paths must name one of chain, envoy, iis, nginx, tomcat, written",
	} {
		_, err := read(text)
		assert.ErrorContains(t, err, want)
	}
}

func TestAControlRequestsUnknownNameIsNotRepeated(t *testing.T) {
	a := newBench(t, Options{}).do(controlReq("lifetimes", `{"a-secret":1}`))
	assert.Equal(t, 400, a.status)
	assert.NotContains(t, a.raw, "a-secret")
	assert.Contains(t, a.raw, "isalesRefresh")
}

func TestTwoSystemsThatShareSomethingAreToldAtOnce(t *testing.T) {
	for _, v := range []vendor{
		{name: Harbour, prefix: "/other/"},
		{name: "other", prefix: "/lite/"},
		{name: "other", prefix: "/other/", endpoints: []endpoint{{path: "/lite/getLogin"}}},
		{name: "other", prefix: "/other/", lifetimes: []lifetime{{name: "isales"}}},
	} {
		before := len(vendors)
		assert.Panics(t, func() { register(v) })
		assert.Len(t, vendors, before)
	}
}

// What a system is called stands in the system's own file, and in those that check it. JavaScript is looked at by
// test/names.test.js.
func TestNoOtherFileNamesASystem(t *testing.T) {
	looked := 0
	for _, pattern := range []string{"*.go", "../wasm/sandbox/*.go", "../web/serve/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			if strings.HasSuffix(file, "_test.go") || strings.Contains(string(text), "\tregister(vendor{") {
				continue
			}
			looked++
			for _, v := range vendors {
				assert.False(t, strings.Contains(strings.ToLower(string(text)), strings.ToLower(string(v.name))), "%s names %s", file, v.name)
			}
		}
	}
	assert.GreaterOrEqual(t, looked, 18)
}

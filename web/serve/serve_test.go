package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cctoken/sandbox"
)

// tree makes a repository with files that are served and files that are not.
func tree(t *testing.T) string {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"web/index.html": "<p>console</p>", "web/console.css": "p{}", "web/icon.svg": "<svg/>", "web/.hidden.json": "{}",
		"web/console.go": "package web", "web/serve/main.go": "package main", "web/serve/note.txt": "x",
		"web/folder.js/inside.js": "1", "js/browser.js": "export{}", "js/.git/x.js": "1", "js/index.js.map": "{}",
		"dist/cctoken.wasm": "\x00asm", "go.mod": "module x", "package.json": "{}",
	} {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(content), 0o644))
	}
	require.NoError(t, os.Symlink("../package.json", filepath.Join(dir, "web/link.json")))
	return dir
}

func newHandler(t *testing.T, dir string) http.Handler {
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { root.Close() })
	return handler(sandbox.New(sandbox.Options{}), static{root, nil})
}

func TestFilesAreServedByTheirKind(t *testing.T) {
	h := newHandler(t, tree(t))
	for target, contentType := range map[string]string{
		"/":                  "text/html; charset=utf-8",
		"/index.html":        "text/html; charset=utf-8",
		"/console.css":       "text/css; charset=utf-8",
		"/icon.svg":          "image/svg+xml",
		"/js/browser.js":     "text/javascript; charset=utf-8",
		"/js/index.js.map":   "application/json",
		"/dist/cctoken.wasm": "application/wasm",
	} {
		t.Run(target, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
			assert.Equal(t, 200, w.Code)
			assert.Equal(t, contentType, w.Header().Get("Content-Type"))
			assert.NotZero(t, w.Body.Len())
			strictHeaders(t, w.Header())
		})
	}
}

func strictHeaders(t *testing.T, h http.Header) {
	assert.Equal(t, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "+
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", h.Get("Content-Security-Policy"))
	assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	assert.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
	assert.Equal(t, "no-cache", h.Get("Cache-Control"))
}

func TestOtherFilesAreNotThere(t *testing.T) {
	h := newHandler(t, tree(t))
	for _, target := range []string{
		"/console.go", "/serve/main.go", "/serve/note.txt", "/serve/", "/js/", "/js", "/folder.js", "/none.html",
		"/.hidden.json", "/js/.git/x.js", "/go.mod", "/package.json", "/link.json",
		"/js/../package.json", "/js/%2e%2e/package.json", "/..%2fpackage.json", "//index.html", "/js//browser.js",
		"/index.html/", "/web/index.html", "/_sandbox", "/a%00.html",
	} {
		t.Run(target, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
			assert.Equal(t, 404, w.Code, w.Body.String())
			strictHeaders(t, w.Header())
		})
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/index.html", nil))
	assert.Equal(t, 405, w.Code)
}

// A running is a call of run in the background.
type running struct {
	base string
	stop context.CancelFunc
	code chan int
	errs *bytes.Buffer
}

func start(t *testing.T, args ...string) running {
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	r := running{stop: stop, code: make(chan int, 1), errs: &bytes.Buffer{}}
	go func() { r.code <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), in, r.errs); in.Close() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	base, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "listening on ")
	require.True(t, found, line)
	r.base = base
	return r
}

func (r running) end(t *testing.T) int {
	r.stop()
	select {
	case code := <-r.code:
		return code
	case <-time.After(10 * time.Second):
		t.Fatal("it did not end")
		return -1
	}
}

func TestItServesConsoleAndSandboxAndEndsCleanly(t *testing.T) {
	r := start(t, "-root", tree(t), "-lifetime", "isales=9s", "-lifetime", "5s")
	for target, want := range map[string][]string{
		"/":                {`<p>console</p>`},
		"/_sandbox/state":  {`"apifabric":5,"appcube":5,`, `"isales":9,"isalesRefresh":60`},
		"/lite/getLogin":   {`{"success":false}`},
		"/oifde/elsewhere": {`"errorCode":404`},
	} {
		resp, err := http.Get(r.base + target)
		require.NoError(t, err)
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		for _, part := range want {
			assert.Contains(t, string(body), part)
		}
	}
	assert.Zero(t, r.end(t))
	assert.Empty(t, r.errs.String(), "nothing is logged")
	_, err := http.Get(r.base)
	assert.Error(t, err)
}

func TestThePageMayCallTheOriginsThatWereNamed(t *testing.T) {
	r := start(t, "-root", tree(t), "-connect", "https://edge.example", "-connect", "http://127.0.0.1:8788")
	resp, err := http.Get(r.base)
	require.NoError(t, err)
	resp.Body.Close()
	assert.Contains(t, resp.Header.Get("Content-Security-Policy"), "; connect-src 'self' https://edge.example http://127.0.0.1:8788; ")
	assert.Zero(t, r.end(t))
}

func TestADelayFaultDoesNotHoldTheEnd(t *testing.T) {
	r := start(t, "-root", tree(t))
	resp, err := http.Post(r.base+"/_sandbox/faults", "application/json",
		strings.NewReader(`{"system":"cubedrive","endpoint":"login","fault":"delay","delayMs":600000}`))
	require.NoError(t, err)
	resp.Body.Close()
	go http.Get(r.base + "/lite/getLogin")
	assert.Eventually(t, func() bool {
		resp, err := http.Get(r.base + "/_sandbox/state")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return strings.Contains(string(body), `"pendingFaults":0`)
	}, 5*time.Second, 10*time.Millisecond)
	assert.Zero(t, r.end(t))
}

func TestAPortInUseIsOnePlainLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"-root", tree(t), "-addr", taken.Addr().String()}, &out, &errs)
	assert.Equal(t, 1, code)
	assert.Equal(t, "serve: "+taken.Addr().String()+" is in use: end what listens there, or choose another address with -addr\n", errs.String())
	assert.Empty(t, out.String())
}

func TestWrongFlagsAreRefused(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"-lifetime", "900ms"}, 2},
		{[]string{"-lifetime", "soon"}, 2},
		{[]string{"-lifetime", "isales=soon"}, 2},
		{[]string{"-lifetime", "isale=5s"}, 2},
		{[]string{"-logins", "5"}, 2},
		{[]string{"-logins", "cubedrive=many"}, 2},
		{[]string{"-logins", "cubedrive=0"}, 2},
		{[]string{"-logins", "isales=5"}, 2},
		{[]string{"-paths", "apache"}, 2},
		{[]string{"-connect", "*"}, 2},
		{[]string{"-connect", "edge.example"}, 2},
		{[]string{"-connect", "https://edge.example/path"}, 2},
		{[]string{"-connect", "https://user@edge.example"}, 2},
		{[]string{"-connect", "https://*.example"}, 2},
		{[]string{"-connect", "https://edge.example; script-src *"}, 2},
		{[]string{"-connect", "data:"}, 2},
		{[]string{"-none"}, 2},
		{[]string{"argument"}, 2},
		{[]string{"-root", filepath.Join(t.TempDir(), "none")}, 1},
		{[]string{"-addr", "127.0.0.1:http-is-no-port"}, 1},
		{[]string{"-help"}, 0},
	} {
		t.Run(strings.Join(c.args[:1], " "), func(t *testing.T) {
			var errs bytes.Buffer
			assert.Equal(t, c.code, run(t.Context(), c.args, io.Discard, &errs))
			assert.NotEmpty(t, errs.String())
		})
	}
}

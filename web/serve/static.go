package main

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
)

// contentTypes are the kinds of file that are served. All others are not there: not a .go file, nor a folder's list.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".wasm": "application/wasm", // WebAssembly.instantiateStreaming takes no other
	".json": "application/json",
	".map":  "application/json",
}

// policy lets the page run its own scripts and WebAssembly, talk to its own origin and those given, and nothing else.
func policy(origins []string) string {
	return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
		strings.Join(append([]string{"connect-src 'self'"}, origins...), " ") +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// originOf checks that a text is one origin, such as https://edge.example:8443: a policy must not be widened, nor
// another directive written, by what stands in a flag.
func originOf(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || text != u.Scheme+"://"+u.Host ||
		strings.ContainsAny(text, " ,;'*") {
		return "", errors.New("must be an origin, such as https://edge.example")
	}
	return text, nil
}

// static serves the console: /js/ and /dist/ from the folders of these names, all else from web/. An os.Root cannot
// be left, neither by ".." nor by a link.
type static struct {
	root    *os.Root
	connect []string // other origins that the page may call
}

func (s static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy(s.connect))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are supported here", http.StatusMethodNotAllowed)
		return
	}
	file, info := s.open(r.URL.Path)
	if file == nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	defer file.Close()
	h.Set("Content-Type", contentTypes[path.Ext(info.Name())])
	http.ServeContent(w, r, "", info.ModTime(), file)
}

// open finds the file of a URL path, or nil.
func (s static) open(urlPath string) (*os.File, fs.FileInfo) {
	name := strings.TrimPrefix(urlPath, "/")
	if name == "" {
		name = "index.html"
	}
	if !strings.HasPrefix(name, "js/") && !strings.HasPrefix(name, "dist/") {
		name = "web/" + name
	}
	if !fs.ValidPath(name) || strings.Contains(name, "/.") || contentTypes[path.Ext(name)] == "" {
		return nil, nil
	}
	// Looked at before it is opened: opening a pipe would wait for ever, and a link may lead to what is not served.
	if info, err := s.root.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	file, err := s.root.Open(name)
	if err != nil {
		return nil, nil
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, nil
	}
	return file, info
}

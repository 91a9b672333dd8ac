//go:build js

// Command template is a Worker as the library's own template makes them: a Go program that is instantiated for every
// request. It answers a constant, so that what is measured is the way of running it.
package main

import (
	"io"
	"net/http"

	"github.com/syumai/workers"
)

func main() {
	workers.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"system":"isales","token":"constant","expiresIn":300,"headers":{}}`)
	}))
}

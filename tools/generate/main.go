// Command generate writes what JavaScript has to know of the systems, of the
// stable words, of the limits and of a keeper's answers: all of it stands in packages core and keeper, once.
//
//	go run ./tools/generate js/generated
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// files are what is generated, by name.
var files = map[string]func() string{
	"systems.js":  systems,
	"identity.js": identity,
	"public.js":   public,
	"texts.js":    texts,
	"tokens.js":   tokens,
	"words.js":    words,
	"limits.js":   limits,
	"refusals.js": refusals,
	"keeper.js":   keepers,
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FOLDER")
		os.Exit(2)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), []byte(content()), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

//go:build !js

package console

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each of these costs every reader of the page tens of kilobytes.
var forbiddenImports = []string{"fmt", "net/url", "net/http", "encoding/json", "reflect", "os", "regexp", "html", "text/template"}

func TestThePagesProgramStaysSmall(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "..")
	list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := list.Output()
	require.NoError(t, err)
	deps := strings.Fields(string(out))
	require.Contains(t, deps, "honnef.co/go/js/dom/v2", "the list must be the page's")
	for _, dep := range deps {
		require.NotContains(t, forbiddenImports, dep)
		if strings.HasPrefix(dep, "cctoken/") {
			require.Contains(t, []string{"cctoken/web", "cctoken/web/console", "cctoken/core", "cctoken/core/quote"}, dep)
		}
	}
}

// Of the core it has the descriptions of the systems and their texts, and nothing that could get or judge a token.
func TestThePagesProgramLeavesTokensToThePackage(t *testing.T) {
	program := filepath.Join(t.TempDir(), "console.wasm") // with every function under its own name
	build := exec.Command("go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w", "-o", program, "..")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	built, err := os.ReadFile(program)
	require.NoError(t, err)
	var described int
	for _, method := range regexp.MustCompile(`cctoken/core\.\(?\*?\w+\)?\.\w+`).FindAllString(string(built), -1) {
		name := method[strings.LastIndex(method, ".")+1:]
		require.True(t, slices.Contains([]string{"description", "texts", "Needs", "Part", "Error", "what", "advice"}, name), "%s is linked", method)
		if name == "description" {
			described++
		}
	}
	require.Greater(t, described, 4, "the descriptions must be linked, and be seen to be")
}

//go:build !js

package core

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each of these costs every page tens of kilobytes, or is a clock, a file or a
// network that the core must not have.
var forbiddenImports = []string{"fmt", "net/url", "net/http", "encoding/json", "reflect", "os", "syscall", "time", "crypto/rand", "context"}

func TestImportsStaySmallAndPure(t *testing.T) {
	for folder, own := range map[string][]string{
		".":              {"cctoken/core"},
		"../wasm/module": {"cctoken/core", "cctoken/wasm/module"},
	} {
		list := exec.Command("go", "list", "-deps", ".")
		list.Dir = folder
		list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		out, err := list.Output()
		require.NoError(t, err)
		deps := strings.Fields(string(out))
		require.Contains(t, deps, "github.com/go-json-experiment/json/jsontext", "the list must be one of imports")
		for _, dep := range deps {
			require.NotContains(t, forbiddenImports, dep)
			if strings.HasPrefix(dep, "cctoken/") {
				require.True(t, slices.Contains(own, dep), "%s must not import %s", folder, dep)
			}
		}
	}
}

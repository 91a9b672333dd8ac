//go:build !js

package console

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each of these costs every reader of the page tens of kilobytes.
var forbiddenImports = []string{"fmt", "net/url", "net/http", "encoding/json", "reflect", "os", "regexp", "html", "text/template"}

func TestThePagesProgramStaysSmallAndLeavesTokensToThePackage(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "..")
	list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := list.Output()
	require.NoError(t, err)
	deps := strings.Fields(string(out))
	require.Contains(t, deps, "honnef.co/go/js/dom/v2", "the list must be the page's")
	for _, dep := range deps {
		require.NotContains(t, forbiddenImports, dep)
		if strings.HasPrefix(dep, "cctoken/") {
			require.Contains(t, []string{"cctoken/web", "cctoken/web/console", "cctoken/core/quote"}, dep, "the page must use the package as any page would")
		}
	}
}

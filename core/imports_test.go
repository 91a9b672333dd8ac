//go:build !js

package core

import (
	"os"
	"os/exec"
	"path/filepath"
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
		".":              {"cctoken/core", "cctoken/core/quote"},
		"../wasm/module": {"cctoken/core", "cctoken/core/quote", "cctoken/wasm/module"},
	} {
		list := exec.Command("go", "list", "-deps", ".")
		list.Dir = folder
		list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		out, err := list.Output()
		require.NoError(t, err)
		deps := strings.Fields(string(out))
		require.Contains(t, deps, "strconv", "the list must be one of imports")
		for _, dep := range deps {
			require.NotContains(t, forbiddenImports, dep)
			if root, _, _ := strings.Cut(dep, "/"); root == "cctoken" || strings.Contains(root, ".") { // no part of Go's library
				require.True(t, slices.Contains(own, dep), "%s must not import %s", folder, dep)
			}
		}
	}
}

// program builds one for pages, with every function under its own name, and returns what is in it.
func program(t *testing.T, of string) string {
	file := filepath.Join(t.TempDir(), "program.wasm")
	build := exec.Command("go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags=-s -w", "-o", file, of)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	built, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(built), "getAppCubeToken", "what is not for people is there")
	return string(built)
}

func TestAPageLoadsNoTextForPeople(t *testing.T) {
	built := program(t, "../wasm/module")
	for _, d := range Described() {
		texts := TextsOf(d.Name)
		shown := append(counselled(d.Name), texts.Document)
		for _, f := range texts.Fields {
			shown = append(shown, f.Help.Chinese)
		}
		for _, text := range shown {
			require.False(t, text != "" && strings.Contains(built, text), text)
		}
	}
	for _, name := range []string{"UnclearIssued", "Intercepted"} {
		require.NotContains(t, built, name, "nor is their type")
	}
}

// What ships has started when it was built (tools/build/started.js), and since then the runtime's own numbers can be known.
func TestNoRandomNumberIsTheRuntimes(t *testing.T) {
	built := program(t, "../wasm/module")
	require.Contains(t, built, "math/rand/v2.(*PCG)", "those that the host's seed makes are there")
	require.False(t, strings.Contains(built, "math/rand/v2.runtimeSource"))
}

func TestAFormLoadsNoCounsel(t *testing.T) {
	built := program(t, "../web")
	require.Contains(t, built, TextsOf("isales").Fields["passwd"].Help.Chinese)
	for _, d := range Described() {
		for _, text := range counselled(d.Name) {
			require.False(t, text != "" && strings.Contains(built, text), text)
		}
	}
}

// counselled are texts for who has got no token.
func counselled(name string) []string {
	c := CounselOf(name)
	return append([]string{c.Failed, c.Absent, c.Page, c.Intercepted, c.Refused.Found}, c.Refused.Try...)
}

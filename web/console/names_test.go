//go:build !js

package console

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cctoken/core"
)

// sources are the hand-written files of the page, by their paths. Tests may know what they test.
func sources(t *testing.T) map[string]string {
	out := map[string]string{}
	for _, pattern := range []string{"../*.go", "*.go", "../*.html", "../*.css", "../*.js"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			out[file] = string(text)
		}
	}
	return out
}

// naming finds what a text knows by name of systems that are described: a system's own name anywhere, a field's name of
// several words anywhere, and one that is an ordinary word where code, markup or a selector has it as a name.
func naming(text string, all []*core.Description) []string {
	var found []string
	for _, d := range all {
		if !d.Vendor && (d.Of == "" || !slices.ContainsFunc(all, func(of *core.Description) bool { return of.Name == d.Of && of.Vendor })) {
			continue // the edge and its part are the project's own
		}
		if strings.Contains(strings.ToLower(text), strings.ToLower(d.Name)) {
			found = append(found, d.Name)
		}
		for _, name := range append([]string{d.Base}, fieldNames(d)...) {
			word := regexp.MustCompile(`\b` + name + `\b`)
			if strings.ToLower(name) == name {
				word = regexp.MustCompile("[\"'`]" + name + "[\"'`]|name=[\"']?" + name + `\b`)
			}
			if !slices.Contains([]string{"method", "status", "password"}, name) && word.MatchString(text) { // HTTP and HTML have these words too
				found = append(found, name)
			}
		}
	}
	return found
}

func fieldNames(d *core.Description) (names []string) {
	for _, f := range d.Fields {
		names = append(names, f.Name)
	}
	return names
}

func TestNoFileOfThePageNamesASystemOrAFieldOfOne(t *testing.T) {
	files := sources(t)
	assert.Greater(t, len(files), 20)
	for file, text := range files {
		assert.Empty(t, naming(text, core.Described()), file)
	}
}

func TestANameIsFoundWhereverItStands(t *testing.T) {
	all := []*core.Description{&lighthouse, {Name: "edge", Base: "edge"}, {Name: "authorization", Of: "edge", Base: "edge"}, {Name: "beacon", Of: "lighthouse", Base: "beaconUrl"}}
	for text, want := range map[string][]string{
		`case "lighthouse":`:       {"lighthouse"},
		`Lighthouses are strict`:   {"lighthouse"},
		`values["oil"]`:            {"oil"},
		`[name=oil]`:               {"oil"},
		`name="oil"`:               {"oil"},
		`oil the lamp`:             nil,
		`"an edge"`:                nil,
		`the edge's authorization`: nil,
		`// the beaconUrl of`:      {"beacon", "beaconUrl"},
	} {
		assert.Equal(t, want, naming(text, all), text)
	}
}

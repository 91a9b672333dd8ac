package vectors

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// with is this folder with one more file.
func with(t *testing.T, name, text string) fs.FS {
	files := fstest.MapFS{name: {Data: []byte(text)}}
	entries, err := Files.ReadDir(".")
	require.NoError(t, err)
	for _, entry := range entries {
		data, err := Files.ReadFile(entry.Name())
		require.NoError(t, err)
		files[entry.Name()] = &fstest.MapFile{Data: data}
	}
	return files
}

func TestAFurtherSystemBringsOneFile(t *testing.T) {
	before, err := Read(Files)
	require.NoError(t, err)
	cases, err := Read(with(t, "made-up.json", `{
		"identities": {"made-up": {"system": "made-up", "user": "u", "word": "w"}},
		"cases": [
			{"name": "made-up: one", "identity": "made-up", "steps": [{"get": "a", "identity": {"from": "made-up", "user": "v", "word": null}}, {"get": "b", "identity": "isales"}]},
			{"name": "made-up: two", "identity": {"from": "made-up", "more": {"of": "it"}}, "options": {"timeout": 1, "maxSessions": 2}, "steps": []}
		]
	}`))
	require.NoError(t, err)
	require.Len(t, cases, len(before)+2)
	var brought []Case
	for _, c := range cases {
		if c.File == "made-up.json" {
			brought = append(brought, c)
		}
	}
	isales := Identity{"system": "isales", "baseUrl": "https://service.besclouds.com", "user": "abcd", "passwd": "123456"}
	require.Equal(t, []Case{
		{"made-up.json", "made-up: one", Identity{"system": "made-up", "user": "u", "word": "w"}, Options{}, []Step{
			{"get": "a", "identity": Identity{"system": "made-up", "user": "v"}}, {"get": "b", "identity": isales},
		}},
		{"made-up.json", "made-up: two", Identity{"system": "made-up", "user": "u", "word": "w", "more": map[string]any{"of": "it"}}, Options{1, 2}, []Step{}},
	}, brought)
}

func TestNoCaseIsPassedOverInSilence(t *testing.T) {
	for text, why := range map[string]string{
		`[]`:           "cannot unmarshal array",
		`{"case": []}`: `unknown field "case"`,
		`{"cases": [{"name": "x", "identity": "isales", "step": []}]}`:                                    `unknown field "step"`,
		`{"cases": [{"name": "x", "identity": "nobody", "steps": []}]}`:                                   `"x": there is no identity nobody`,
		`{"cases": [{"name": "x", "identity": {"from": 1}, "steps": []}]}`:                                `"x": there is no identity 1`,
		`{"cases": [{"name": "x", "identity": "isales", "steps": [{"get": "a", "identity": "nobody"}]}]}`: `"x": there is no identity nobody`,
		`{"cases": [{"name": "sleep counts for expiry", "identity": "isales", "steps": []}]}`:             `there is a case "sleep counts for expiry" already`,
		`{"identities": {"isales": {}}, "cases": []}`:                                                     `there is an identity "isales" already`,
		`{"cases": [{"name": "x", "steps": []}]}`:                                                         `there is no identity <nil>`,
		`{"cases": [{"name": "x", "identity": "isales", "options": {"timeoutMs": 1}, "steps": []}]}`:      `unknown field "timeoutMs"`,
	} {
		_, err := Read(with(t, "z.json", text))
		require.ErrorContains(t, err, "z.json: ", text)
		require.ErrorContains(t, err, why, text)
	}
}

// What is about one system stands in that system's file, with the identities.
func TestASystemHasOneFile(t *testing.T) {
	cases, err := Read(Files)
	require.NoError(t, err)
	systems := map[string]bool{}
	entries, err := Files.ReadDir(".")
	require.NoError(t, err)
	for _, entry := range entries {
		f, err := readFile(Files, entry.Name())
		require.NoError(t, err)
		for name, id := range f.Identities {
			system, ok := id["system"].(string)
			if !ok {
				system = "edge"
			}
			systems[system] = true
			require.Equal(t, system+".json", entry.Name(), name)
			require.True(t, name == system || strings.HasPrefix(name, system+"-"), name)
		}
	}
	require.GreaterOrEqual(t, len(systems), 5)
	for _, c := range cases {
		if system, _, told := strings.Cut(c.Name, ": "); told && systems[system] {
			require.Equal(t, system+".json", c.File, c.Name)
		}
	}
}

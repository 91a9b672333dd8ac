package main

import (
	"bytes"
	"context"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const sample = "testdata/sample"

// changes are the mutants of a file of one function, without what is around the lines.
func changes(t *testing.T, body string) []string {
	t.Helper()
	source := []byte("package a\n\nfunc f() {\n\t" + body + "\n}\n")
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, "a.go", source, 0)
	require.NoError(t, err)
	var after []string
	for _, m := range mutants("a.go", source, files, tree) {
		require.Equal(t, body, m.before)
		require.Equal(t, 4, m.line)
		require.Equal(t, "package a\n\nfunc f() {\n\t"+m.after+"\n}\n", string(m.of(source)), "the text is that of the line")
		after = append(after, m.after)
	}
	slices.Sort(after)
	return after
}

func TestEachTokenOfAKnownKindIsChanged(t *testing.T) {
	for body, want := range map[string][]string{
		"_ = a < b":             {"_ = a <= b"},
		"_ = a >= b":            {"_ = a > b"},
		"_ = a == b":            {"_ = a != b"},
		"_ = a < b && c > d":    {"_ = a < b && c >= d", "_ = a < b || c > d", "_ = a <= b && c > d"},
		"_ = a || b":            {"_ = !a || b", "_ = a && b", "_ = a || !b"},
		"_ = !a":                {"_ = a"},
		"_ = true":              {"_ = false"},
		"_ = a - -b":            {"_ = a + -b", "_ = a - b"},
		"_ = a * b % c":         {"_ = a * b * c", "_ = a / b % c"},
		"_ = a &^ b << c ^ d":   {"_ = a & b << c ^ d", "_ = a &^ b << c | d", "_ = a &^ b >> c ^ d"},
		"a++":                   {"a--"},
		"a += b":                {"a -= b"},
		"a = 7":                 {"a = 8"},
		"a = 1_000 + 0x0f":      {"a = 1001 + 0x0f", "a = 1_000 + 16", "a = 1_000 - 0x0f"},
		`_ = "1" + 'a'`:         {`_ = "1" - 'a'`},
		"if a.b { c() }":        {"if !a.b { c() }"},
		"switch { case ok(): }": {"switch { case !ok(): }"},
		"return a(1)":           {"return !a(1)", "return a(2)"},
	} {
		require.Equal(t, want, changes(t, body), body)
	}
	require.Empty(t, changes(t, "a = b"), "nothing to change")
}

func TestOnlyWhatCompilesIsDrawnAndASeedAlwaysDrawsTheSame(t *testing.T) {
	code, err := readCode(sample)
	require.NoError(t, err)
	first := code.draw(1, 5)
	require.Len(t, first, 5)
	again, err := readCode(sample)
	require.NoError(t, err)
	require.Equal(t, first, again.draw(1, 5))
	require.NotEqual(t, first, code.draw(2, 5))
	require.Equal(t, first[:3], code.draw(1, 3), "fewer are the first of more")

	all := code.draw(1, 1000)
	require.Len(t, all, len(code.mutants)-1)
	require.False(t, slices.ContainsFunc(all, func(m mutant) bool { return m.after == "return !last" }), "an integer is not negated")
}

func TestAChangeElsewhereBringsNoOtherMutants(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("package a\n\n"+text), 0o600))
	}
	order := func() (lines []string) {
		code, err := readCode(folder)
		require.NoError(t, err)
		for _, m := range code.draw(4, 100) {
			if strings.HasSuffix(m.file, "/b.go") {
				lines = append(lines, m.after)
			}
		}
		return lines
	}
	write("a.go", "func a(n int) bool { return n < 3 }\n")
	write("b.go", "func b(n int) bool { return n > 4 || n == -5 }\n")
	before := order()
	require.Len(t, before, 6)
	write("a.go", "// Now with a comment.\nfunc a(n int) bool { return n < 30 && n > 7 }\n")
	require.Equal(t, before, order())
}

// tried runs the command on the sample and returns its error and what it printed.
func tried(t *testing.T, change func(*wanted), equivalent string) (string, error) {
	t.Helper()
	list := filepath.Join(t.TempDir(), "equivalent.txt")
	require.NoError(t, os.WriteFile(list, []byte(equivalent), 0o600))
	w := wanted{folder: sample, seed: 1, n: 100, bar: 95, equivalent: list, atOnce: 2, limit: 2 * time.Second}
	if change != nil {
		change(&w)
	}
	var out bytes.Buffer
	err := mutate(context.Background(), w, &out)
	return out.String(), err
}

const harmless = `testdata/sample/sample.go
~ last := 0
- for i := 0; i < n; i++ {
+ for i := 1; i < n; i++ {
= the first round leaves what was there before it
`

func TestSurvivorsAreNamedAndTooManyOfThemAreAnError(t *testing.T) {
	before, err := os.ReadFile(sample + "/sample.go")
	require.NoError(t, err)
	said, err := tried(t, nil, harmless)
	require.ErrorContains(t, err, "under 95 %")
	for _, text := range []string{
		"sample.go:8 survived\n- func Near(distance int) bool { return distance < 5 }\n+ func Near(distance int) bool { return distance <= 5 }\n",
		"sample.go:13 came to no end, which counts as caught\n- for i := 0; i < n; i++ {\n+ for i := 0; i < n; i-- {\n",
		"seed 1: 8 of 9 mutants, 5 caught (1 by coming to no end), 2 survived, 1 are named as equivalent, 0 do not fit the tests: 71.4 %\n",
	} {
		require.Contains(t, said, text)
	}
	require.NotContains(t, said, ":5 survived", "what is held from both sides")
	after, err := os.ReadFile(sample + "/sample.go")
	require.NoError(t, err)
	require.Equal(t, string(before), string(after), "sources are never touched")

	_, err = tried(t, func(w *wanted) { w.bar = 71 }, harmless)
	require.NoError(t, err)
}

func TestTheListOfEquivalentsIsTrue(t *testing.T) {
	_, err := tried(t, nil, strings.Replace(harmless, "i < n", "i < m", 2))
	require.ErrorContains(t, err, "there is no such mutant any more: testdata/sample/sample.go\n~ last := 0\n- for i := 0; i < m; i++ {")

	_, err = tried(t, nil, strings.Replace(harmless, "last := 0", "last := 1", 1))
	require.ErrorContains(t, err, "there is no such mutant any more", "below that line")

	said, err := tried(t, func(w *wanted) { w.bar = 0 }, `testdata/sample/sample.go
- func Adult(age int) bool { return age >= 18 }
+ func Adult(age int) bool { return age > 18 }
= a mistake
`)
	require.ErrorContains(t, err, "take it off the list")
	require.Contains(t, said, "sample.go:5 is named as equivalent, but was caught")
}

func TestAnEntryIsRefusedThatIsNotWhole(t *testing.T) {
	good := "# a comment\n\na.go\n- x\n+ y\n= why\n~ w\n- x\n+ z\n= why not\n"
	reasons, err := readEquivalent(good)
	require.NoError(t, err)
	require.Equal(t, map[change]string{{"a.go", "", "x", "y"}: "why", {"a.go", "w", "x", "z"}: "why not"}, reasons)
	for _, text := range []string{
		"- x\n+ y\n= why\n", "a.go\n+ y\n= why\n", "a.go\n- x\n= why\n", "a.go\n- x\n+ y\n=\n", "a.go\n- x\n+ y\n", "a.go\n- x\n", "a.go\n- x\n+ y\nb.go\n",
		"a.go\nwhy\n", "a.go\n~ w\n", "a.go\n~ w\nb.go\n", "a.go\n- x\n- x\n+ y\n= why\n", "a.go\n- x\n~ w\n+ y\n= why\n", good + "- x\n+ y\n= again\n",
	} {
		_, err := readEquivalent(text)
		require.Error(t, err, text)
	}
}

func TestNothingIsProvedByTestsThatFailAnyhow(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module broken\n\ngo 1.26.0\n", "a.go": "package a\n\nfunc A() int { return 1 }\n",
		"a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { t.Fatal(\"always\") }\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	said, err := tried(t, func(w *wanted) { w.folder, w.bar = folder, 0 }, "")
	require.ErrorContains(t, err, "the tests fail with nothing changed")
	require.ErrorContains(t, err, "always")
	require.Empty(t, said)
}

func TestAMutantThatPilesUpWithoutEndIsStopped(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":    "module heap\n\ngo 1.26.0\n",
		"a.go":      "package a\n\nvar Kept [][]byte\n\nfunc Fill(n int) {\n\tfor ; n > 0; n-- {\n\t\tKept = append(Kept, make([]byte, 64<<20))\n\t}\n}\n",
		"a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestFill(t *testing.T) {\n\tFill(1)\n\tif len(Kept) != 1 {\n\t\tt.Fatal()\n\t}\n}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	said, err := tried(t, func(w *wanted) { w.folder, w.bar, w.limit = folder, 0, 30*time.Second }, "")
	require.NoError(t, err)
	hung := "(1 by coming to no end)" // where a shell knows no bound on memory
	if runtime.GOOS == "linux" {
		hung = "(0 by coming to no end)"
	}
	require.Contains(t, said, hung)
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cctoken/core"
)

const folder = "../../js/generated"

func TestWhatIsGeneratedIsCurrent(t *testing.T) {
	there, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, there, len(files), "nothing else is in the folder")
	for name, content := range files {
		found, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		require.Equal(t, content(), string(found), "%s is not current: make generate", name)
	}
}

func TestEverySystemSpeaksToPeople(t *testing.T) {
	for _, d := range vendors() {
		texts := core.TextsOf(d.Name)
		for _, name := range fieldNames(d) {
			words := texts.Fields[name]
			for _, text := range []string{words.Label.English, words.Label.Chinese, words.Help.English, words.Help.Chinese} {
				require.NotEmpty(t, text, "%s.%s", d.Name, name)
			}
		}
		require.Len(t, texts.Fields, len(d.Fields)+1, d.Name)
		require.NotEmpty(t, texts.Title.English, d.Name)
		require.NotEmpty(t, texts.Title.Chinese, d.Name)
		require.NotEmpty(t, texts.Document, d.Name)
		require.NotEmpty(t, texts.Type, d.Name)
		counsel := core.CounselOf(d.Name)
		require.NotEmpty(t, counsel.Refused.Found, d.Name)
		require.NotEmpty(t, counsel.Refused.Try, d.Name)
		if of, _ := d.Needs(); of != nil {
			refused := core.CounselOf(of.Name).Refused
			require.NotEmpty(t, refused.Found, of.Name)
			require.NotEmpty(t, refused.Try, of.Name)
			require.NotNil(t, counsel.Relying, d.Name)
			for _, says := range []core.Advice{counsel.Relying.Expired, counsel.Relying.Distrusted, counsel.Relying.UnclearGiven, counsel.Relying.UnclearIssued} {
				require.NotEmpty(t, says.Because, d.Name)
				require.NotEmpty(t, says.Try, d.Name)
			}
		}
	}
}

// The command has one flag and one variable for the fields of one name.
func TestFieldsOfOneNameAreGivenInOneWay(t *testing.T) {
	way := func(f core.Field) string {
		switch {
		case f.Kind == core.Parameters:
			return "parameters"
		case f.Secret:
			return "a secret"
		case f.Kind == core.Flag:
			return "a flag"
		}
		return "a value"
	}
	ways := map[string]string{}
	for _, d := range vendors() {
		secrets, parameters := 0, 0
		for _, f := range d.Fields {
			if known := ways[f.Name]; known != "" {
				require.Equal(t, known, way(f), "%s.%s", d.Name, f.Name)
			}
			ways[f.Name] = way(f)
			if f.Secret {
				secrets++
			}
			if f.Kind == core.Parameters {
				parameters++
			}
		}
		require.NotZero(t, secrets, "%s has a secret to log in with", d.Name)
		require.LessOrEqual(t, parameters, 1, "--param is for one field of %s", d.Name)
	}
}

// An edge keeps calls away from these paths, and pages from these headers.
func TestEverySystemSaysWhereItsTokensStand(t *testing.T) {
	for _, d := range vendors() {
		require.Empty(t, unsaid(d), d.Name)
		if part, _ := d.Needs(); part != nil {
			require.Empty(t, unsaid(part), part.Name)
			require.NotEmpty(t, part.Guarded, "%s: each call of %s carries its token, which an edge keeps from a page", part.Name, d.Name)
		}
	}
}

// unsaid is what a description leaves out of where tokens stand.
func unsaid(d *core.Description) []string {
	missing := []string{}
	for name, list := range map[string][]string{"Paths": append(d.Doors, d.Paths...), "Carriers": d.Carriers, "Answers": d.Answers, "Codes": d.Codes} {
		if len(list) == 0 {
			missing = append(missing, name)
		}
	}
	for name, list := range map[string][]string{"Interfaces": d.Interfaces, "Success": d.Success} { // which may be empty, where that is said
		if list == nil {
			missing = append(missing, name)
		}
	}
	for _, path := range d.Paths {
		if !regexp.MustCompile("^/[^/].*[^/]$").MatchString(path) {
			missing = append(missing, path)
		}
	}
	for _, header := range d.Guarded {
		if !slices.ContainsFunc(d.Carriers, func(name string) bool { return strings.EqualFold(name, header) }) {
			missing = append(missing, header+" among Carriers")
		}
	}
	sort.Strings(missing)
	return missing
}

func TestADescriptionThatForgetsWhereItsTokensStandIsFound(t *testing.T) {
	require.Equal(t, []string{"Answers", "Carriers", "Codes", "Interfaces", "Paths", "Success"}, unsaid(&core.Description{Name: "forgetful"}))
	whole := *core.DescriptionOf(vendors()[0].Name)
	require.Empty(t, unsaid(&whole))
	for name, forget := range map[string]func(d *core.Description){
		"Paths":                   func(d *core.Description) { d.Paths = nil },
		"Interfaces":              func(d *core.Description) { d.Interfaces = nil },
		"Carriers":                func(d *core.Description) { d.Carriers = []string{} },
		"Answers":                 func(d *core.Description) { d.Answers = nil },
		"sign-in":                 func(d *core.Description) { d.Paths = []string{"sign-in"} },
		"/":                       func(d *core.Description) { d.Paths = []string{"/"} },
		"X-Secret among Carriers": func(d *core.Description) { d.Guarded = []string{"X-Secret"} },
	} {
		forgetful := whole
		forget(&forgetful)
		require.Equal(t, []string{name}, unsaid(&forgetful))
	}
}

// What is closed is closed for all systems: whatever is described reaches the edge.
func TestWhatIsDescribedIsAllInTheEdgesList(t *testing.T) {
	text := tokens()
	all := vendors()
	for _, d := range vendors() {
		if part, _ := d.Needs(); part != nil {
			all = append(all, part)
		}
	}
	for _, d := range all {
		for _, names := range [][]string{d.Paths, d.Interfaces, d.Carriers, d.Beside, d.Guarded, d.Answers} {
			for _, name := range names {
				require.Regexp(t, "(?i)"+regexp.QuoteMeta(literal(name)), text, d.Name)
			}
		}
	}
}

func TestEveryWordOfTheCoreIsInTheVocabulary(t *testing.T) {
	all := core.AllWords()
	codes := namesOf(all.Codes)
	for _, code := range core.Codes() {
		require.Contains(t, codes, string(code))
	}
	steps := namesOf(all.Steps)
	for _, step := range core.Steps() {
		require.Contains(t, steps, string(step))
	}
	for _, w := range all.Codes {
		require.NotEmpty(t, w.Meaning, w.Name)
		require.NotEmpty(t, w.Say.English, w.Name)
		require.NotEmpty(t, w.Say.Chinese, w.Name)
	}
}

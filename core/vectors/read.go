// Package vectors holds the conformance cases in the files beside it, and plays
// them against any host that is written in Go. It is for tests.
package vectors

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
)

// Files are the files of cases: all that lie in this folder.
//
//go:embed *.json
var Files embed.FS

// Case is one conformance case. The identities in it are whole.
type Case struct {
	File     string // the name of its file
	Name     string
	Identity Identity
	Options  Options
	Steps    []Step
}

// NeedsPlatform reports whether only a [Platform] can play the case: one that hears of its
// network, learns that a request never left, or has callers who give the token itself by a function.
func (c Case) NeedsPlatform() bool {
	_, own := c.Identity["token"].(map[string]any)
	return own || slices.ContainsFunc(c.Steps, func(s Step) bool { return s["online"] == true || s["lose"] == "connecting" || s["lose"] == "agreeing" })
}

// Identity is what a caller gives.
type Identity map[string]any

// Options are those of a client.
type Options struct {
	Timeout     int64 `json:"timeout"` // milliseconds
	MaxSessions int   `json:"maxSessions"`
}

// Step is one step of a case.
type Step map[string]any

// file is a file as it is written: its identities and those of all others go by their names.
type file struct {
	Identities map[string]Identity `json:"identities"`
	Cases      []struct {
		Name     string  `json:"name"`
		Identity any     `json:"identity"`
		Options  Options `json:"options"`
		Steps    []Step  `json:"steps"`
	} `json:"cases"`
}

// Read reads the cases of all files, in the order of the files' names.
func Read(files fs.FS) ([]Case, error) {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return nil, err
	}
	read, identities := make([]file, len(names)), map[string]Identity{}
	for i, name := range names {
		if read[i], err = readFile(files, name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for named, id := range read[i].Identities {
			if identities[named] != nil {
				return nil, fmt.Errorf("%s: there is an identity %q already", name, named)
			}
			identities[named] = id
		}
	}
	var cases []Case
	seen := map[string]bool{}
	for i, name := range names {
		for _, c := range read[i].Cases {
			if seen[c.Name] {
				return nil, fmt.Errorf("%s: there is a case %q already", name, c.Name)
			}
			seen[c.Name] = true
			id, err := resolve(c.Identity, identities)
			for _, step := range c.Steps {
				if other, ok := step["identity"]; ok && err == nil {
					step["identity"], err = resolve(other, identities)
				}
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %q: %w", name, c.Name, err)
			}
			cases = append(cases, Case{path.Base(name), c.Name, id, c.Options, c.Steps})
		}
	}
	return cases, nil
}

// readFile refuses what it does not know, so that no case is passed over in silence.
func readFile(files fs.FS, name string) (file, error) {
	var f file
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return f, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return f, d.Decode(&f)
}

// resolve makes an identity of a name, or of a name and what differs.
func resolve(written any, identities map[string]Identity) (Identity, error) {
	changes, ok := written.(map[string]any)
	if !ok {
		changes = map[string]any{"from": written}
	}
	id := Identity{}
	if from, ok := changes["from"]; ok {
		name, _ := from.(string)
		named, ok := identities[name]
		if !ok {
			return nil, fmt.Errorf("there is no identity %v", from)
		}
		maps.Copy(id, named)
	}
	for name, v := range changes {
		switch {
		case name == "from":
		case v == nil:
			delete(id, name)
		default:
			id[name] = v
		}
	}
	return id, nil
}

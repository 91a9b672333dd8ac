package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// outcome is what has become of a mutant.
type outcome int

const (
	survived outcome = iota // all tests passed
	caught
	hung    // the tests came to no end: whoever runs them notices
	unbuilt // it fits the package, but not its tests
)

// court tries mutants. The sources are never touched: a mutant's file takes its place only for the compiler.
type court struct {
	code    *code
	scratch string // a folder for what is built
	skip    string // tests that no mutant can fail
	limit   time.Duration

	// What is compiled of a mutant is of no use to anybody, and takes megabytes: it goes to a cache that is thrown
	// away. That one begins empty, which takes half a minute.
	throwaway bool
}

// memory bounds what a mutant that piles up without end takes, in KiB. Where a shell knows no such bound, the time has to do.
const memory = 4 << 20

// try builds the tests with a mutant, or with nothing changed where that is nil, and runs them.
func (c *court) try(ctx context.Context, number int, m *mutant) (outcome, string, error) {
	folder := filepath.Join(c.scratch, fmt.Sprint(number))
	if err := os.Mkdir(folder, 0o700); err != nil {
		return 0, "", err
	}
	defer os.RemoveAll(folder)
	program, err := filepath.Abs(filepath.Join(folder, "tests"))
	if err != nil {
		return 0, "", err
	}
	// Nobody looks into these programs: this compiles and links them in half the time.
	build := []string{"test", "-c", "-vet=off", "-trimpath", "-gcflags=-dwarf=false -l", "-ldflags=-s -w", "-o", program}
	if m != nil {
		overlay, err := c.overlay(folder, *m)
		if err != nil {
			return 0, "", err
		}
		build = append(build, "-overlay", overlay)
	}
	if out, err := c.run(ctx, "go", append(build, ".")...); err != nil {
		return unbuilt, out, ctx.Err()
	}
	limited, stop := context.WithTimeout(ctx, c.limit+10*time.Second) // for a program that does not even end itself
	defer stop()
	out, err := c.run(limited, "sh", "-c", fmt.Sprintf(`ulimit -v %d 2>/dev/null; exec "$0" "$@"`, memory), program,
		"-test.short", "-test.failfast", "-test.timeout="+c.limit.String(), "-test.skip="+c.skip)
	switch {
	case ctx.Err() != nil:
		return 0, "", ctx.Err()
	case limited.Err() != nil || strings.Contains(out, "panic: test timed out"):
		return hung, out, nil
	case err != nil:
		return caught, out, nil
	}
	return survived, out, nil
}

// overlay tells the compiler to read the mutant in place of the file.
func (c *court) overlay(folder string, m mutant) (string, error) {
	original, err := filepath.Abs(filepath.FromSlash(m.file))
	if err != nil {
		return "", err
	}
	changed, err := filepath.Abs(filepath.Join(folder, "mutant.go"))
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	if err != nil {
		return "", err
	}
	list := filepath.Join(filepath.Dir(changed), "overlay.json")
	if err := os.WriteFile(changed, m.of(c.code.sources[m.file]), 0o600); err != nil {
		return "", err
	}
	return list, os.WriteFile(list, data, 0o600)
}

// run runs a program in the package's folder and returns what it printed.
func (c *court) run(ctx context.Context, program string, arguments ...string) (string, error) {
	var out bytes.Buffer
	command := exec.CommandContext(ctx, program, arguments...)
	command.Dir, command.Stdout, command.Stderr = c.code.folder, &out, &out
	if c.throwaway {
		command.Env = append(os.Environ(), "GOCACHE="+filepath.Join(c.scratch, "cache"))
	}
	command.WaitDelay = time.Second
	err := command.Run()
	return out.String(), err
}

// Command mutate says whether the tests of a package can fail. It changes one token of the package, runs the tests, and
// does so again with another: a change that no test notices is a rule that nothing holds.
//
//	go run ./tools/mutate -seed 1 -n 300 -bar 95 ./core
//
// The seed says which of all mutants are tried. The tests run as they do under -short.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"
)

// wanted is what the command was asked for.
type wanted struct {
	folder     string
	seed       uint64
	n          int
	bar        float64
	equivalent string // the list's file, or ""
	skip       string
	atOnce     int
	limit      time.Duration
	throwaway  bool // the compiler's cache
}

func main() {
	w := wanted{throwaway: true}
	flag.Uint64Var(&w.seed, "seed", 1, "which mutants are tried")
	flag.IntVar(&w.n, "n", 300, "how many are tried")
	flag.Float64Var(&w.bar, "bar", 95, "how many of a hundred have to be caught")
	flag.StringVar(&w.equivalent, "equivalent", "", "the file that names mutants which change nothing")
	flag.StringVar(&w.skip, "skip", "", "tests that are not run, as go test has it")
	flag.IntVar(&w.atOnce, "at-once", 2, "how many are tried at a time")
	flag.DurationVar(&w.limit, "limit", 20*time.Second, "how long the tests may take")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: mutate [flags] FOLDER")
		os.Exit(2)
	}
	w.folder = flag.Arg(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := mutate(ctx, w, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// mutate tries mutants and prints those that survive. What is wrong is its error: too few were caught, for one.
func mutate(ctx context.Context, w wanted, out io.Writer) error {
	code, err := readCode(w.folder)
	if err != nil {
		return err
	}
	reasons, err := reasonsFor(code, w.equivalent)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	court := &court{code: code, scratch: scratch, skip: w.skip, limit: time.Minute, throwaway: w.throwaway}
	what, said, err := court.try(ctx, -1, nil)
	if err != nil {
		return err
	}
	if what != survived {
		return fmt.Errorf("the tests fail with nothing changed:\n%s", said)
	}
	court.limit = w.limit

	drawn := code.draw(w.seed, w.n)
	counts, err := court.tryAll(ctx, drawn, w.atOnce, reasons, out)
	if err != nil {
		return err
	}
	tried := counts.caught + counts.hung + counts.survived
	percent := 100 * float64(counts.caught+counts.hung) / float64(max(1, tried))
	fmt.Fprintf(out, "seed %d: %d of %d mutants, %d caught (%d by coming to no end), %d survived, %d are named as equivalent, %d do not fit the tests: %.1f %%\n",
		w.seed, len(drawn), len(code.mutants), counts.caught+counts.hung, counts.hung, counts.survived, counts.equivalent, counts.unbuilt, percent)
	switch {
	case counts.mistaken > 0:
		return errors.New("a mutant that is named as equivalent was caught: take it off the list")
	case tried == 0 || percent < w.bar:
		return fmt.Errorf("that is under %g %%", w.bar)
	}
	return nil
}

// reasonsFor reads the list. An entry that is no mutant of the package any more is an error.
func reasonsFor(code *code, path string) (map[change]string, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	reasons, err := readEquivalent(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	there := map[change]bool{}
	for _, m := range code.mutants {
		for _, c := range m.changes() {
			there[c] = true
		}
	}
	var stale error
	for c := range reasons {
		if !there[c] {
			stale = errors.Join(stale, fmt.Errorf("%s: there is no such mutant any more: %s", path, c))
		}
	}
	return reasons, stale
}

// counts is how many mutants came to which end.
type counts struct {
	caught, hung, survived, unbuilt int
	equivalent                      int // survived, as the list says
	mistaken                        int // caught, though the list says that they cannot be
}

// tryAll tries mutants, some at a time, and prints what is to be looked at as it comes.
func (c *court) tryAll(ctx context.Context, drawn []mutant, atOnce int, reasons map[change]string, out io.Writer) (counts, error) {
	var (
		total   counts
		failed  error
		guard   sync.Mutex
		workers sync.WaitGroup
		next    int
	)
	take := func() (int, bool) {
		guard.Lock()
		defer guard.Unlock()
		next++
		return next - 1, failed == nil && next <= len(drawn)
	}
	for range atOnce {
		workers.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				m := drawn[i]
				what, _, err := c.try(ctx, i, &m)
				guard.Lock()
				if err != nil {
					failed = err
				} else {
					names := m.changes()
					named := slices.ContainsFunc(names[:], func(c change) bool { return reasons[c] != "" })
					total.add(what, named, m, out)
				}
				guard.Unlock()
			}
		})
	}
	workers.Wait()
	return total, failed
}

func (c *counts) add(what outcome, named bool, m mutant, out io.Writer) {
	say := func(text string) {
		fmt.Fprintf(out, "%s:%d %s\n- %s\n+ %s\n\n", m.file, m.line, text, m.before, m.after)
	}
	switch {
	case what == unbuilt:
		c.unbuilt++
		say("does not fit the tests, and does not count")
		return
	case what == survived && named:
		c.equivalent++
		return
	case what == survived:
		c.survived++
		say("survived")
	case what == hung:
		c.hung++
		say("came to no end, which counts as caught")
	default:
		c.caught++
	}
	if what != survived && named {
		c.mistaken++
		say("is named as equivalent, but was caught")
	}
}

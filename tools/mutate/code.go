package main

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// code is the package that is tried: its files without the tests.
type code struct {
	folder   string
	files    *token.FileSet
	names    []string // as they are printed
	trees    map[string]*ast.File
	sources  map[string][]byte
	importer types.Importer
	mutants  []mutant
}

func readCode(folder string) (*code, error) {
	found, err := build.ImportDir(folder, 0)
	if err != nil {
		return nil, err
	}
	c := &code{folder: folder, files: token.NewFileSet(), trees: map[string]*ast.File{}, sources: map[string][]byte{}}
	c.importer = importer.ForCompiler(c.files, "source", nil)
	for _, base := range found.GoFiles {
		path := filepath.Join(folder, base)
		name := filepath.ToSlash(path)
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(c.files, path, source, 0)
		if err != nil {
			return nil, err
		}
		c.names = append(c.names, name)
		c.trees[name], c.sources[name] = tree, source
		c.mutants = append(c.mutants, mutants(name, source, c.files, tree)...)
	}
	return c, nil
}

// draw puts the mutants in the order of a seed and returns the first n that compile. A mutant's place follows
// from its own text, so that a change elsewhere does not bring other mutants.
func (c *code) draw(seed uint64, n int) []mutant {
	rank := map[mutant]uint64{}
	alike := map[string]int{}
	for _, m := range c.mutants {
		name := m.file + "\n" + m.before + "\n" + m.after
		alike[name]++
		h := fnv.New64a()
		h.Write([]byte(strconv.FormatUint(seed, 10) + "\n" + name + "\n" + strconv.Itoa(alike[name])))
		rank[m] = mixed(h.Sum64())
	}
	order := slices.SortedFunc(slices.Values(c.mutants), func(a, b mutant) int {
		if rank[a] < rank[b] {
			return -1
		}
		return 1
	})
	var drawn []mutant
	for _, m := range order {
		if len(drawn) == n {
			break
		}
		if c.compiles(m) {
			drawn = append(drawn, m)
		}
	}
	return drawn
}

// mixed spreads what differs in the last bytes of two texts over the whole number, which FNV does not.
func mixed(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// compiles asks the type checker, which takes a moment where the compiler takes seconds.
func (c *code) compiles(m mutant) bool {
	var trees []*ast.File
	for _, name := range c.names {
		tree := c.trees[name]
		if name == m.file {
			var err error
			if tree, err = parser.ParseFile(c.files, name, m.of(c.sources[name]), 0); err != nil {
				return false
			}
		}
		trees = append(trees, tree)
	}
	checker := types.Config{Importer: c.importer}
	_, err := checker.Check(c.folder, c.files, trees, nil)
	return err == nil
}

//go:build js && wasm

// Command traced does what the runtime needs its table of functions for, and prints what comes of it: stacks that
// grow and are searched for pointers, panics that are recovered from, and at the end one that is not.
package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
)

type shape interface{ area() int }

type square struct{ side int }

func (s square) area() int { return s.side * s.side }

type node struct {
	next  *node
	value int
}

// grow needs a larger stack each time, and moves pointers into it along.
func grow(n int, last *node) int {
	own := node{next: last, value: n}
	if n == 0 {
		runtime.GC()
		sum := 0
		for at := &own; at != nil; at = at.next {
			sum += at.value
		}
		return sum
	}
	return grow(n-1, &own)
}

// areaOf does not know what it is given, so the method is called by its wrapper.
//
//go:noinline
func areaOf(s shape) int { return s.area() }

type ending interface{ end() }

type quiet struct{ side int }

// end is compiled into its wrapper. What it calls is not what was deferred, and recovers from nothing.
func (q quiet) end() { tryToRecover() }

func tryToRecover() { fmt.Println("by a helper:", recover()) }

//go:noinline
func endBy(e ending) {
	defer e.end()
	panic("not the helper's")
}

func recovered(what string, f func()) {
	defer func() { fmt.Println(what, "-", recover()) }()
	f()
}

func nested() (answer string) {
	defer func() { answer = fmt.Sprint("outer ", recover(), answer) }()
	defer func() {
		defer func() { answer = fmt.Sprint("inner ", recover()) }()
		panic("second")
	}()
	panic("first")
}

func main() {
	fmt.Println("grown", grow(20_000, nil))

	var none *square
	var nobody map[string]int
	index, zero := 7, 0
	recovered("index", func() { fmt.Println([]int{1}[index]) })
	recovered("division", func() { fmt.Println(index / zero) })
	recovered("map", func() { nobody["a"] = 1 })
	recovered("pointer", func() { fmt.Println(none.side) })
	recovered("method of a value", func() { fmt.Println(areaOf(none)) })
	recovered("assertion", func() { fmt.Println(any(index).(shape)) })
	recovered("helper", func() { endBy(quiet{index}) })
	fmt.Println("nested", nested())

	var wait sync.WaitGroup
	results := make([]int, 50)
	for i := range results {
		wait.Go(func() {
			results[i] = grow(100*i, nil)
			runtime.Gosched()
		})
	}
	wait.Wait()
	fmt.Println("goroutines", results, runtime.NumGoroutine())

	pc, file, line, ok := runtime.Caller(0)
	fmt.Println("function", runtime.FuncForPC(pc).Name(), ok)
	fmt.Println("line", file[strings.LastIndex(file, "/")+1:], line)
	panic("the end")
}

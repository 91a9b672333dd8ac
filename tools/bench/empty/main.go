//go:build js && wasm

// Command empty does nothing, and stays: the least that any Go program costs
// in size and at the start.
package main

func main() { select {} }

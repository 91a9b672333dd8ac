// Package console is what the agent console page thinks: the state of a session in words, the remaining life, the
// timeline's geometry, the forms, the texts in both languages. It touches no page and reads no clock, so that it is
// tested like any other Go code; the page itself (package main, in web) puts it on the screen.
//
// It decides nothing about tokens: when one is renewed, withheld or dead is what the cctoken package says.
//
// All instants are milliseconds since 1970-01-01 UTC, all durations milliseconds; 0 is "none".
package console

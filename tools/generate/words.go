package main

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cctoken/core"
)

// words are the stable words as types, with what they mean.
func words() string {
	all := core.AllWords()
	var b strings.Builder
	b.WriteString("/**\n * What went wrong. Codes are stable: programs may compare them.\n")
	for _, about := range []struct {
		of    core.About
		title string
	}{
		{core.AboutVendor, "About a vendor or an identity"},
		{core.AboutEdge, "From an edge"},
		{core.AboutCaller, "About what the program did"},
		{core.AboutHost, "From the package's JavaScript"},
	} {
		b.WriteString(" *\n * " + about.title + ":\n")
		for _, w := range all.Codes {
			if w.About == about.of {
				b.WriteString(" * - `" + w.Name + "`: " + w.Meaning + "\n")
			}
		}
	}
	b.WriteString(" * @typedef {" + union(namesOf(all.Codes)) + "} TokenErrorCode\n */\n\n")
	for _, kind := range []struct {
		name, what string
		words      []core.Word
	}{
		{"Step", "The exchange in which something happened.", all.Steps},
		{"Reason", "Why a token is judged as it is, or a call was refused.", all.Reasons},
		{"EventType", "What happened to a session.", all.Events},
	} {
		b.WriteString("/**\n * " + kind.what + "\n")
		for _, w := range kind.words {
			b.WriteString(" * - `" + w.Name + "`: " + w.Meaning + "\n")
		}
		b.WriteString(" * @typedef {" + union(namesOf(kind.words)) + "} " + kind.name + "\n */\n\n")
	}
	b.WriteString("export {};\n")
	return file("The stable words: codes, steps, reasons and types of events.", b.String())
}

// refusals is by which words a refusal's text is understood, in the core and by whoever explains it to people.
func refusals() string {
	var b strings.Builder
	b.WriteString(`/**
 * What the text of a refusal speaks of. They are in the order in which they count: a text, in lower case, speaks of the first of
 * which it has one of each list of words.
 * @type {readonly { of: import("./words.js").Reason, words: readonly (readonly string[])[] }[]}
 */
export const subjects = [
`)
	for _, s := range core.Subjects() {
		lists := make([]string, len(s.Words))
		for i, words := range s.Words {
			lists[i] = literal(words)
		}
		b.WriteString("\t{ of: " + literal(s.Of) + ", words: [" + strings.Join(lists, ", ") + "] },\n")
	}
	b.WriteString("];\n")
	return file("By which words refusals are told apart.", b.String())
}

// limits are the numbers and forms that both languages keep to.
func limits() string {
	var b strings.Builder
	for _, l := range []struct {
		name, what string
		value      int
	}{
		{"maxToken", "The longest token, in bytes.", core.MaxToken},
		{"maxAnswer", "The most that is read of a vendor's answer, in bytes.", core.MaxAnswer},
		{"defaultTimeoutMs", "Bounds an acquisition or a verification with all its tries, in milliseconds.", core.DefaultTimeout},
		{"maxTimeoutMs", "The most that it can be set to, in milliseconds.", core.MaxTimeout},
		{"defaultSessions", "How many identities a client keeps.", core.DefaultSessions},
		{"maxSessions", "The most that it can be told to keep.", core.MaxSessions},
		{"mostKeptMs", "For how long at most anything matters that a session must not forget, in milliseconds.", core.MostKept},
		{"signOfLifeMs", "How often a sign of life is given for who is signed in, in milliseconds.", core.SignOfLife},
		{"keeperTimeoutMs", "Bounds an acquisition of an edge's keeper, in milliseconds.", core.KeeperTimeout},
		{"leastKeeperTimeoutMs", "The least that it can be set to, in milliseconds.", core.LeastKeeperTimeout},
		{"keeperConnections", "How many requests to vendors an edge's keeper has under way at once.", core.KeeperConnections},
		{"mostKeeperConnections", "The most that it can be set to.", core.MostKeeperConnections},
		{"mostKeeperTimeoutMs", "The most that it can be set to, in milliseconds.", core.MostKeeperTimeout},
	} {
		b.WriteString("/** " + l.what + " */\nexport const " + l.name + " = " + grouped(l.value) + ";\n")
	}
	errands := core.Errands()
	parts := []string{}
	for _, name := range slices.SortedFunc(maps.Keys(errands), func(a, b string) int { return cmp.Compare(errands[a], errands[b]) }) {
		parts = append(parts, name+": "+literal(errands[name]))
	}
	b.WriteString("/** What the core is asked to do for who signs in, or is signed in. */\nexport const errands = { " + strings.Join(parts, ", ") + " };\n")
	for _, f := range []struct{ name, what, value string }{
		{"problemUrn", "How the `type` of an edge's own refusals begins.", literal(core.ProblemURN)},
		{"problemMedia", "Their content type, which only they have.", literal(core.ProblemMedia)},
		{"storageKey", "One of the keys under which an edge's keeper stores.", "/" + core.StorageKey + "/"},
		{"storageKeys", "The form of all of them, for people.", literal(core.StorageKeys)},
	} {
		b.WriteString("/** " + f.what + " */\nexport const " + f.name + " = " + f.value + ";\n")
	}
	return file("Limits and forms that both languages keep to.", b.String())
}

// grouped writes a number with underscores between its thousands.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "_" + text[at:]
	}
	return text
}

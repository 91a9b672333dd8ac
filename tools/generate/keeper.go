package main

import (
	"net/http"
	"strings"

	"cctoken/core"
	"cctoken/keeper"
)

// keepers is how a keeper answers that is no Go program: by the same statuses, and counting the same requests as logins.
func keepers() string {
	var b strings.Builder
	words := core.AllWords()
	statuses := func(field string, unless func(core.Code) int) string {
		parts := []string{}
		for _, w := range words.Codes {
			if code := core.Code(w.Name); keeper.StatusOf(code, field) != unless(code) {
				parts = append(parts, w.Name+": "+literal(keeper.StatusOf(code, field)))
			}
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	}
	always := func(code core.Code) int { return keeper.StatusOf(code, "") }
	b.WriteString("/** The HTTP status of each code; of all others it is 502. @type {Readonly<Record<string, number>>} */\nexport const statuses = " +
		statuses("", func(core.Code) int { return http.StatusBadGateway }) + ";\n")
	b.WriteString("/** Those of a code that is about one field, where it is another. @type {Readonly<Record<string, Readonly<Record<string, number>>>>} */\n" +
		"export const statusesByField = {\n")
	for _, field := range []string{"token", "force"} {
		b.WriteString("\t" + field + ": " + statuses(field, always) + ",\n")
	}
	b.WriteString("};\n")
	logins := []string{}
	for _, w := range words.Steps {
		if core.Step(w.Name).CostsLogin() {
			logins = append(logins, w.Name)
		}
	}
	b.WriteString("/** The steps whose requests count as a login at the vendor. @type {readonly string[]} */\nexport const loginSteps = " + literal(logins) + ";\n")
	return file("How a keeper answers.", b.String())
}

package console

import "strings"

// Faults are the sandbox's faults, by the sandbox's names. A delay has its length after a space, a status its Retry-After.
var Faults = []string{
	"500", "503", "503 10", "429 10", "429", "401", "403", "502", "504",
	"delay 3", "delay 40", "reset", "truncate", "html", "html403", "html418", "types", "huge", "empty", "redirect",
}

// FaultBody is the JSON that asks the sandbox for a fault. number must be digits.
func FaultBody(system string, place, fault, number string) string {
	kind, extra, _ := strings.Cut(fault, " ")
	w := object{[]byte("{")}
	w.text("system", system)
	w.text("endpoint", place)
	w.text("fault", kind)
	b := string(w.data) + `,"count":` + number
	switch {
	case extra == "":
	case kind == "delay":
		b += `,"delayMs":` + extra + `000`
	default:
		b += `,"retryAfter":` + extra
	}
	return b + "}"
}

// RevokeBody is the JSON that asks the sandbox to end a subject's tokens of a system, or all with "".
func RevokeBody(system, subject string) string {
	w := object{[]byte("{")}
	w.text("system", system)
	if w.text("subject", subject); subject == "" {
		return string(w.data) + `,"all":true}`
	}
	return string(w.data) + "}"
}

// RollBody is the JSON that asks the sandbox to send a new token along with its next answer to a subject.
func RollBody(system, subject string) string {
	w := object{[]byte("{")}
	w.text("system", system)
	w.text("subject", subject)
	return string(w.data) + "}"
}

// Times reads how often a fault is to happen: 1 to 100.
func Times(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) == 0 || len(text) > 3 || strings.Trim(text, "0123456789") != "" || strings.HasPrefix(text, "0") {
		return "", false
	}
	return text, len(text) < 3 || text == "100"
}

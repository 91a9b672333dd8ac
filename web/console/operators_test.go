package console

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var name43 = strings.Repeat("n", 39) + "mark"

var lookedAt = Overview{Connection: "chat", System: "asystem", Keepers: []Keeper{
	{
		Name: "0", Running: true, Age: 7_260_000, Sessions: map[string]int{"live": 12, "cooling": 2, "idle": 0}, Known: 15, Logins: 14, Open: 6, Queued: 3, Unstored: 1,
		Waits:   []Wait{{Session: name43, Code: "credentials_refused", Step: "login", Status: 401, VendorCode: "E1", Until: 3_600_000}},
		Budgets: []Budget{{Session: name43, Used: 5, Most: 5, FreeAt: 7_200_000}, {Session: name43, Used: 1, Most: 5}},
		More:    7,
	},
	{Name: "1"},
	{Name: "2", Trouble: "timeout"},
	{Name: "shared", Running: true, Age: 30_000, Sessions: map[string]int{"live": 1}, Logins: 1},
}}

// shown is markup as somebody reads it, a space for each tag.
func shown(markup string) string {
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(markup, " ")), " ")
}

func TestAnOperatorSeesSessionsCausesEndsBudgetsAndKeepers(t *testing.T) {
	text := shown(reader.Overview(lookedAt))
	for _, want := range []string{
		"chat asystem live 12 being renewed 0 cooling down 2 rejected 0 idle 0 logins in the last hour 15",
		"0 12 live, 2 cooling down 15 14 6, 3 waiting, 1 records being written 2 h 1 min",
		"1 not in memory: nobody has asked for its sessions lately – – – –",
		"2 does not answer: timeout – – – –",
		"shared token 1 live 0 1 0 30 s",
		"nnnn…mark credentials_refused login · HTTP 401 · E1 until 01:00:00 Reset",
		"Login budgets of 2 sessions, 1 used up",
		"nnnn…mark 5 of 5 0 02:00:00 nnnn…mark 1 of 5 4 –",
		"7 more are not listed.",
	} {
		assert.Contains(t, text, want)
	}
	assert.Contains(t, reader.Overview(lookedAt), `data-action="reset" data-name="`+name43+`"`, "what the edge is asked for is the whole name")
	assert.Contains(t, shown(Reader{Language: Chinese}.Overview(lookedAt)), "有效 12 更新中 0 冷却中 2 被拒绝 0 空闲 0 最近一小时登录 15")
}

func TestAConnectionThatCannotBeSeenSaysSoAndQuietOnesSayThatNothingWaits(t *testing.T) {
	assert.Equal(t, "chat It cannot be seen at the moment (network).", shown(reader.Overview(Overview{Connection: "chat", Trouble: "network"})))
	quiet := shown(reader.Overview(Overview{Connection: "chat", Keepers: []Keeper{{Name: "0", Running: true}}}))
	assert.Contains(t, quiet, "0 no sessions 0 0 0 0 s Nothing waits")
	assert.NotContains(t, quiet, "budgets")
}

func TestStopsAreListedByHashesWithWhereAndSinceWhen(t *testing.T) {
	assert.Equal(t, "Nobody is stopped.", shown(reader.Stops(nil)))
	markup := reader.Stops([]Stop{{Hash: "hashhashhash", Since: "2026-11-28 10:00:00"}, {Hash: "other", Connection: "chat", Since: "2026-11-28 11:00:00"}})
	assert.Equal(t, "User (hash) Connection Since End hashhashhash all connections 2026-11-28 10:00:00 End other chat 2026-11-28 11:00:00 End", shown(markup))
	assert.Contains(t, markup, `data-name="other" data-connection="chat" aria-label="End the stop: o…r, chat"`)
}

func TestWhatAnEdgeSaysIsTextAndNoMarkup(t *testing.T) {
	evil := `"><script>x</script>`
	overview := Overview{Connection: evil, System: evil, Keepers: []Keeper{
		{Name: evil, Running: true, Sessions: map[string]int{evil: 3}, Waits: []Wait{{Session: evil, Code: evil, Step: evil, VendorCode: evil}}, Budgets: []Budget{{Session: evil}}},
		{Name: evil, Trouble: evil},
	}}
	for _, markup := range []string{
		reader.Overview(overview), reader.Overview(Overview{Trouble: evil}), reader.Stops([]Stop{{Hash: evil, Connection: evil, Since: evil}}),
	} {
		assert.NotContains(t, markup, "<script")
		assert.Equal(t, strings.Count(markup, "</"), len(regexp.MustCompile(`<[a-z]`).FindAllString(markup, -1)), "each element is closed")
	}
}

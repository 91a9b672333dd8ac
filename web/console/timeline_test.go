package console

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const noon = int64(1_700_000_000_000)

var reader = Reader{English, 0}

func layout(width float64, now int64, events ...Event) Timeline {
	return Layout(events, reader.Label, width, now, 0)
}

func TestEachSessionHasOneLaneInTheOrderOfTheCards(t *testing.T) {
	tl := layout(600, noon+9000,
		Event{Type: Acquired, At: noon, Card: 2, Core: 12, System: "isales"},
		Event{Type: Acquired, At: noon + 1, Core: 13, Step: "access_token"},
		Event{Type: Acquired, At: noon + 2, Card: 1, Core: 11, System: "appcube"},
		Event{Type: Rejected, At: noon + 3, Card: 2, Core: 22, System: "isales"}, // opened anew under another number
		Event{Type: Acquired, At: noon + 4, Core: 14, Step: "access_token"},
		Event{Type: Failed, At: noon + 5, Core: 15, Step: "login"},
	)
	var labels []string
	for i, lane := range tl.Lanes {
		labels = append(labels, lane.Label)
		assert.Equal(t, float64(i)*laneHeight+trackY, lane.Y)
	}
	assert.Equal(t, []string{"Session 1 · appcube", "Session 2 · isales", "AccessToken (shared)", "AccessToken (shared)", "A closed session"}, labels)
	assert.Equal(t, 5.0*laneHeight+axisHeight, tl.Height)
}

func TestATokenIsALineFromItsBeginningToItsEnd(t *testing.T) {
	tl := layout(624, noon+20_000,
		Event{Type: Acquired, At: noon, Card: 1, ExpiresAt: noon + 5000},
		Event{Type: Renewed, At: noon + 4000, Card: 1, ExpiresAt: noon + 9000},
		Event{Type: Rejected, At: noon + 6000, Card: 1},
		Event{Type: Acquired, At: noon + 8000, Card: 1, ExpiresAt: noon + 10_000}, // and nobody asked again
	)
	var have [][2]int64
	for _, s := range tl.Spans {
		assert.False(t, s.Open)
		have = append(have, [2]int64{tl.instant(s.X0) - noon, tl.instant(s.X1) - noon})
	}
	assert.Equal(t, [][2]int64{{0, 4000}, {4000, 6000}, {8000, 10_000}}, have)
}

func (t *Timeline) instant(x float64) int64 {
	return t.From + int64((x-sideSpace)/(t.Width-2*sideSpace)*float64(t.To-t.From)+0.5)
}

func TestATokenWithoutAnEndGoesOnBeyondThePicture(t *testing.T) {
	tl := layout(600, noon+1000, Event{Type: Acquired, At: noon, Card: 1}, Event{Type: Acquired, At: noon, Card: 2, ExpiresAt: noon + 3600_000})
	require.Len(t, tl.Spans, 2)
	for _, s := range tl.Spans {
		assert.True(t, s.Open)
		assert.Equal(t, 600.0-sideSpace, s.X1)
	}
}

func TestMarksThatAreTooCloseBecomeOneWithANumber(t *testing.T) {
	var events []Event
	for i := range int64(100) {
		events = append(events, Event{Type: Exchange, At: noon + i, Card: 1})
	}
	events = append(events, Event{Type: Failed, At: noon + 50, Card: 1}, Event{Type: Exchange, At: noon + 50, Card: 2})
	tl := layout(600, noon+20_000, events...)
	require.Len(t, tl.Marks, 3, "another kind, and another session, are marks of their own")
	assert.Equal(t, []int{100, 1, 1}, []int{tl.Marks[0].Count, tl.Marks[1].Count, tl.Marks[2].Count})
}

func TestMarksOfDifferentKindsThatMeetAreDrawnSideBySideInTheirOrder(t *testing.T) {
	tl := layout(600, noon+20_000,
		Event{Type: Fault, At: noon + 10_000, Card: 1}, Event{Type: Exchange, At: noon + 10_001, Card: 1},
		Event{Type: Rejected, At: noon + 10_002, Card: 1}, Event{Type: Replayed, At: noon + 10_003, Card: 1},
		Event{Type: Acquired, At: noon + 10_004, Card: 1}, Event{Type: Rejected, At: noon + 10_000, Card: 2},
		Event{Type: Acquired, At: noon + 20_000, Card: 1},
	)
	at := map[int][]float64{}
	for _, m := range tl.Marks {
		if m.Type != Exchange {
			at[m.Lane] = append(at[m.Lane], m.X-tl.X(noon+10_000))
		}
	}
	assert.InDeltaSlice(t, []float64{0, stepAside, 2 * stepAside, 3 * stepAside, tl.X(noon+20_000) - tl.X(noon+10_000)}, at[0], 0.1)
	assert.InDeltaSlice(t, []float64{0}, at[1], 0.1, "another session's line is free")
}

func TestThePictureStandsStillBetweenItsSteps(t *testing.T) {
	from, to := Window(noon, noon)
	changes := 0
	for now := noon; now < noon+3600_000; now += 1000 {
		f, next := Window(noon, now)
		assert.LessOrEqual(t, f, noon)
		assert.Less(t, now, next)
		if f != from || next != to {
			changes++
			from, to = f, next
		}
	}
	assert.LessOrEqual(t, changes, 8, "in an hour")
}

func TestAWeekAndMoreShowsTheLastWeek(t *testing.T) {
	const week = 7 * 24 * 3600_000
	now := noon + 3*week
	from, to := Window(noon, now)
	assert.Equal(t, []int64{now - week, now}, []int64{from, to})
	tl := layout(600, now, Event{Type: Acquired, At: noon, Card: 1}, Event{Type: Rejected, At: now - 1000, Card: 1})
	require.Len(t, tl.Marks, 1, "what was before is not squeezed to the edge")
	require.Len(t, tl.Spans, 1)
	assert.Equal(t, float64(sideSpace), tl.Spans[0].X0)
}

func TestNothingLiesOutsideThePicture(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		var events []Event
		at := noon
		for range r.IntN(60) {
			at += r.Int64N(1 << r.IntN(24))
			e := Event{Type: EventTypes[r.IntN(len(EventTypes))], At: at, Card: r.IntN(4), Core: r.Int64N(3), System: "isales"}
			if r.IntN(2) == 0 {
				e.ExpiresAt = at + r.Int64N(3600_000) - 1000 // a clock that was set may put it into the past
			}
			events = append(events, e)
		}
		width := float64(r.IntN(1500))
		now := at + r.Int64N(100_000) - 1000
		tl := layout(width, now, events...)
		inside := func(x float64) { assert.True(t, x >= 0 && x <= tl.Width, "seed %d: %f of %f", seed, x, tl.Width) }
		total := 0
		for _, m := range tl.Marks {
			inside(m.X)
			assert.LessOrEqual(t, m.X-tl.X(m.First.At), float64(farthest), "seed %d", seed)
			total += m.Count
		}
		for _, s := range tl.Spans {
			inside(s.X0)
			inside(s.X1)
			assert.LessOrEqual(t, s.X0, s.X1, "seed %d", seed)
		}
		for i, tick := range tl.Ticks {
			inside(tick.X)
			if i > 0 {
				assert.Greater(t, tick.X-tl.Ticks[i-1].X, 60.0, "seed %d", seed)
			}
		}
		if tl.From <= noon {
			assert.Equal(t, len(events), total, "seed %d: every event is in a mark", seed)
		}
	}
}

func TestAnEmptyLogIsAPictureToo(t *testing.T) {
	tl := layout(0, noon)
	assert.Empty(t, tl.Lanes)
	assert.Greater(t, tl.Width, 0.0)
	wellFormed(t, tl.SVG("nothing", reader.Mark))
}

func wellFormed(t *testing.T, markup string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(markup))
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		require.NoError(t, err, markup)
	}
}

func TestThePictureIsWellFormedWhateverTheTextsAre(t *testing.T) {
	nasty := `<script>alert("&'1'")</script>`
	tl := Layout([]Event{
		{Type: Acquired, At: noon, Card: 1, System: nasty}, {Type: Exchange, At: noon, Card: 1, Method: nasty, Path: nasty},
		{Type: Failed, At: noon, Card: 1, Trouble: &Trouble{Code: nasty, Message: nasty}}, {Type: Fault, At: noon, Card: 1, Asked: nasty},
	}, reader.Label, 600, noon, 0)
	markup := tl.SVG(nasty, reader.Mark)
	wellFormed(t, markup)
	assert.NotContains(t, markup, "<script")
	assert.NotContains(t, markup, "style=")
	for _, kind := range []string{"acquired", "exchange", "failed", "fault"} {
		assert.Contains(t, markup, `data-event="`+kind+`" data-session="1"`)
	}
	line := reader.Line(Event{Type: EventType(nasty), System: nasty, Card: 1, Reason: nasty})
	assert.NotContains(t, line, "<script")
}

func TestEveryKindOfEventHasAShapeOfItsOwn(t *testing.T) {
	seen := map[string]EventType{}
	for _, kind := range EventTypes {
		assert.Empty(t, seen[kind.Shape()], kind)
		seen[kind.Shape()] = kind
	}
}

func TestTheLogIsBoundedAndCountsWhatItDrops(t *testing.T) {
	var l Log
	for i := range int64(3 * maxEvents) {
		l.Add(Event{Type: Exchange, At: noon + i, Card: 1})
	}
	assert.LessOrEqual(t, len(l.Of(0)), maxEvents)
	assert.Equal(t, 3*maxEvents, len(l.Of(0))+l.dropped)
	assert.Equal(t, noon+3*maxEvents-1, l.Last(0, 1)[0].At, "the newest is kept")
}

func TestTheLogIsReadByCardNewestFirstOrOldestFirst(t *testing.T) {
	var l Log
	for i, card := range []int{3, 0, 3, 1, 3} {
		l.Add(Event{Type: Exchange, At: noon + int64(i), Card: card})
	}
	at := func(events []Event) []int64 {
		var out []int64
		for _, e := range events {
			out = append(out, e.At-noon)
		}
		return out
	}
	assert.Equal(t, []int64{0, 2, 4}, at(l.Of(3)))
	assert.Equal(t, []int64{4, 2}, at(l.Last(3, 2)))
	assert.Equal(t, []int64{4, 3, 2, 1, 0}, at(l.Last(0, 9)))
}

func TestTheFileHasTheEventsAndIsJSON(t *testing.T) {
	var l Log
	l.Add(Event{Type: Acquired, At: noon, System: "isales", Card: 1, Core: 9, Step: "login", Logins: 1, ExpiresAt: noon + 1})
	l.Add(Event{Type: Failed, At: noon + 1, Card: 2, Trouble: &Trouble{Code: "network", Message: "a \"quoted\"\nmessage \x00\xff", Status: 503}})
	l.Add(Event{Type: Exchange, At: noon + 2, Card: 1, Method: "POST", Path: "/x", Status: 200, Took: 12})
	var file struct {
		SavedAt, Dropped int64
		Events           []map[string]any
	}
	require.NoError(t, json.Unmarshal(l.JSON(0, noon+5), &file))
	assert.Equal(t, noon+5, file.SavedAt)
	require.Len(t, file.Events, 3)
	assert.Equal(t, map[string]any{
		"type": "acquired", "at": float64(noon), "system": "isales", "session": 1.0, "core": 9.0, "step": "login", "logins": 1.0,
		"expiresAt": float64(noon + 1),
	}, file.Events[0])
	assert.Equal(t, "network", file.Events[1]["code"])
	require.NoError(t, json.Unmarshal(l.JSON(1, noon), &file))
	assert.Len(t, file.Events, 2, "one session's")
	require.NoError(t, json.Unmarshal((&Log{}).JSON(0, noon), &file))
}

func TestAnEventIsToldInOneLine(t *testing.T) {
	for _, c := range []struct {
		event Event
		want  string
	}{
		{Event{Type: Acquired, Step: "login", ExpiresAt: noon}, "login · ends 22:13:20"},
		{Event{Type: Failed, Step: "login", Trouble: &Trouble{Code: "unavailable", Status: 503}, RetryAt: noon}, "login · unavailable · HTTP 503 · Nothing is tried before 22:13:20."},
		{Event{Type: Rejected, Step: "call", Reason: "token_dead"}, "call · token_dead"},
		{Event{Type: Exchange, Step: "login", Method: "POST", Path: "/x", Status: 200, Took: 3}, "POST /x: 200, 3 ms"},
		{Event{Type: Exchange, Method: "GET", Path: "/x"}, "GET /x: no answer, 0 ms"},
		{Event{Type: Fault, Asked: "revoke isales"}, "revoke isales"},
		{Event{Type: Replayed}, ""},
	} {
		assert.Equal(t, c.want, reader.Detail(c.event))
	}
	assert.Equal(t, "22:13:20 exchange ×4", reader.Mark(Mark{Type: Exchange, Count: 4, First: Event{At: noon}}))
}

func TestWhatCarriesTheCallsOfAnEdgeIsNoClosedSession(t *testing.T) {
	for _, step := range []string{"call", "authorization"} {
		e := Event{Type: Rejected, System: EdgeForm, Step: step, Core: 7}
		assert.Equal(t, "Authorization (shared)", reader.Label(e))
		e.Card = 1
		assert.Equal(t, "Session 1 · edge", reader.Label(e))
	}
	assert.Equal(t, "A closed session", reader.Label(Event{Type: Failed, System: EdgeForm, Step: "edge", Core: 7}))
	assert.Equal(t, "A closed session", reader.Label(Event{Type: Rejected, System: "isales", Step: "call", Core: 7}))
}

package console

import (
	"math"
	"slices"
	"strconv"
)

// The timeline's measures, in pixels.
const (
	laneHeight = 44
	axisHeight = 28
	sideSpace  = 12 // so that a mark at either end is whole
	trackY     = 30 // of a lane's line, from the lane's top
	markApart  = 9  // marks of one kind that are closer become one, with a number
	stepAside  = 12 // between the middles of two marks of different kinds
	farthest   = 48 // that a mark is drawn from where it belongs
	tickApart  = 84 // the least space for a time of day
)

// Lane is one session's line in the timeline.
type Lane struct {
	Card  int   // 0 for a session that no card has: that of a part
	Core  int64 // of such a session
	Label string
	Y     float64 // of the line
}

// Span is a stretch of a token's life on a lane's line.
type Span struct {
	Lane   int
	X0, X1 float64
	Open   bool // the token lives beyond the picture's end
}

// Mark is one event, or several of one kind that are too close to be told apart.
type Mark struct {
	Lane  int
	X     float64 // where it is drawn: a little later than it was, where another mark is in its place
	Type  EventType
	Count int
	First Event
}

// Tick is a time of day on the axis.
type Tick struct {
	X    float64
	Text string
}

// Timeline is the picture of a log.
type Timeline struct {
	Width, Height float64
	First         int64 // the earliest instant to be shown
	From, To      int64 // the instants at the line's two ends
	Lanes         []Lane
	Spans         []Span
	Marks         []Mark
	Ticks         []Tick
}

// spans are the stretches of time that a picture may show, in milliseconds.
var spans = []int64{
	30_000, 60_000, 2 * 60_000, 5 * 60_000, 10 * 60_000, 20 * 60_000, 3600_000, 2 * 3600_000, 4 * 3600_000,
	8 * 3600_000, 24 * 3600_000, 3 * 24 * 3600_000, 7 * 24 * 3600_000,
}

// Window returns the instants that a picture begins and ends at: the shortest stretch that holds all from first to
// now, with room for what comes. It stays the same for a while, so that the picture does not creep.
func Window(first, now int64) (from, to int64) {
	for _, span := range spans {
		step := span / 6
		from = first - first%step
		if to = from + span; now <= to-step/2 {
			return from, to
		}
	}
	span := spans[len(spans)-1]
	return now - span, now
}

// Layout draws a log, oldest event first. label names a session; offset is the zone's, in minutes, as in Clock.
func Layout(events []Event, label func(Event) string, width float64, now int64, offset int) Timeline {
	t := Timeline{Width: math.Max(width, 2*sideSpace+tickApart)}
	t.First = now
	if len(events) > 0 {
		t.First = min(now, events[0].At)
	}
	t.From, t.To = Window(t.First, now)
	t.lanes(events, label)
	for i := range t.Lanes {
		t.draw(i, events)
	}
	t.Height = float64(len(t.Lanes))*laneHeight + axisHeight
	t.ticks(offset)
	return t
}

// X is where an instant lies.
func (t *Timeline) X(at int64) float64 {
	part := float64(at-t.From) / float64(t.To-t.From)
	return sideSpace + min(1, max(0, part))*(t.Width-2*sideSpace)
}

func (t *Timeline) lanes(events []Event, label func(Event) string) {
	for _, e := range events {
		if !slices.ContainsFunc(t.Lanes, e.isOf) {
			lane := Lane{Card: e.Card, Label: label(e), Y: float64(len(t.Lanes))*laneHeight + trackY}
			if e.Card == 0 {
				lane.Core = e.Core
			}
			t.Lanes = append(t.Lanes, lane)
		}
	}
	slices.SortStableFunc(t.Lanes, func(a, b Lane) int {
		return lanePlace(a) - lanePlace(b)
	})
	for i := range t.Lanes {
		t.Lanes[i].Y = float64(i)*laneHeight + trackY
	}
}

// lanePlace puts the cards in their order, and what has none after them.
func lanePlace(l Lane) int {
	if l.Card == 0 {
		return math.MaxInt32
	}
	return l.Card
}

func (e Event) isOf(l Lane) bool {
	if e.Card != 0 || l.Card != 0 {
		return e.Card == l.Card
	}
	return e.Core == l.Core
}

func (t *Timeline) draw(lane int, events []Event) {
	last := map[EventType]int{} // the latest mark of each kind
	taken := -1.0               // the place of the latest mark
	var began, ends int64       // of the token at hand
	end := func(at int64) {
		if began == 0 {
			return
		}
		open := ends == 0 || ends > t.To
		if ends != 0 {
			at = min(at, ends)
		}
		if at > t.From {
			t.Spans = append(t.Spans, Span{Lane: lane, X0: t.X(began), X1: t.X(at), Open: open && at >= t.To})
		}
		began = 0
	}
	for _, e := range events {
		if !e.isOf(t.Lanes[lane]) {
			continue
		}
		switch e.Type {
		case Acquired, Renewed, Adopted, Rolled:
			end(e.At)
			began, ends = e.At, e.ExpiresAt
		case Rejected, Evicted, SignedOut:
			end(e.At)
		}
		if e.At < t.From {
			continue
		}
		x := t.X(e.At)
		if i, ok := last[e.Type]; ok && x-t.X(t.Marks[i].First.At) < markApart {
			t.Marks[i].Count++
			continue
		}
		if e.Type != Exchange { // whose mark is above the line
			if aside := taken + stepAside; taken >= 0 && aside > x && aside-x <= farthest && aside <= t.Width-sideSpace {
				x = aside
			}
			taken = x
		}
		last[e.Type] = len(t.Marks)
		t.Marks = append(t.Marks, Mark{Lane: lane, X: x, Type: e.Type, Count: 1, First: e})
	}
	end(t.To)
}

func (t *Timeline) ticks(offset int) {
	most := int64((t.Width - 2*sideSpace) / tickApart)
	step := (t.To - t.From) / max(1, min(6, most))
	for at := t.From; at <= t.To; at += step {
		t.Ticks = append(t.Ticks, Tick{t.X(at), Clock(at, offset)})
	}
}

// Shape is the outline of a mark around its middle, as the d of an SVG path. Every kind has one of its own: colour is
// not what tells them apart.
func (e EventType) Shape() string {
	switch e {
	case Acquired: // a disc
		return "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"
	case Adopted: // a ring
		return "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0zM-3 0a3 3 0 1 1 6 0a3 3 0 1 1-6 0z"
	case Renewed: // a diamond
		return "M0-7L7 0L0 7L-7 0z"
	case Rolled: // a triangle that points on
		return "M-5-6L7 0L-5 6z"
	case Replayed: // two of them
		return "M-7-5L0 0L-7 5zM0-5L7 0L0 5z"
	case Rejected: // a bar across
		return "M-6-6H6V-2H2V7H-2V-2H-6z"
	case Retrying: // a triangle upwards
		return "M0-6L6 5H-6z"
	case Failed: // a cross
		return "M-6-3.5L-3.5-6L0-2.5L3.5-6L6-3.5L2.5 0L6 3.5L3.5 6L0 2.5L-3.5 6L-6 3.5L-2.5 0z"
	case Cooling: // two upright bars
		return "M-5-6H-1.5V6H-5zM1.5-6H5V6H1.5z"
	case Evicted: // a square
		return "M-5-5H5V5H-5z"
	case SignedOut: // a door that is open to the right
		return "M-5-7H5V-5H-3V5H5V7H-5z"
	case Fault: // a bolt
		return "M2-8L-5 1.5H-0.5L-2 8L5-1.5H0.5z"
	}
	return "M-1.5-8H1.5V-2H-1.5z" // an exchange: a short line above the track
}

// Pixels writes a coordinate, to a tenth of a pixel.
func Pixels(x float64) string {
	return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
}

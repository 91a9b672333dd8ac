package console

import "strconv"

// Life is what the package says of a token's life. All are 0 where the system states no lifetime.
type Life struct {
	IssuedAt    int64
	ExpiresAt   int64
	RenewAt     int64 // from here on it is renewed in the background of a call that asks for it
	UsableUntil int64 // from here on it is not handed out
}

// Stated reports whether the system says when the token ends.
func (l Life) Stated() bool { return l.ExpiresAt != 0 }

// Gauge is a life as parts of 1, for a bar that is full at the start and empty at the end.
type Gauge struct {
	Left   float64 // what remains
	Renew  float64 // what will remain when the token is renewed ahead of time
	Margin float64 // what will remain when it is not handed out any more
}

// Gauge returns the life as it is at an instant. After a sleep, or under a clock that was set, it is as right as the
// clock: nothing is counted down.
func (l Life) Gauge(now int64) Gauge {
	whole := l.ExpiresAt - l.IssuedAt
	if !l.Stated() || whole <= 0 {
		return Gauge{}
	}
	part := func(at int64) float64 {
		return min(1, max(0, float64(l.ExpiresAt-at)/float64(whole)))
	}
	g := Gauge{Left: part(now)}
	if l.RenewAt != 0 {
		g.Renew = part(l.RenewAt)
	}
	if l.UsableUntil != 0 {
		g.Margin = part(l.UsableUntil)
	}
	return g
}

// Remaining writes what is left until an instant as minutes and seconds, with hours where there are any. A second
// that has begun counts whole, so that 0:00 is the end and nothing before it.
func Remaining(until, now int64) string {
	s := (max(0, until-now) + 999) / 1000
	text := two(s / 60 % 60)
	if h := s / 3600; h > 0 {
		text = strconv.FormatInt(h, 10) + ":" + text
	} else {
		text = strconv.FormatInt(s/60, 10)
	}
	return text + ":" + two(s%60)
}

// Clock writes an instant as the time of day. offset is the zone's, in minutes, as JavaScript has it: UTC minus local.
func Clock(at int64, offset int) string {
	const day = 24 * 3600
	s := at/1000 - int64(offset)*60
	s = (s%day + day) % day
	return two(s/3600) + ":" + two(s/60%60) + ":" + two(s%60)
}

func two(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// Shorten shows enough of a token to tell it from another one, and not enough to use it: at most eight characters, and
// never as much as half.
func Shorten(token string) string {
	r := []rune(token)
	n := min(4, (len(r)-1)/4)
	if n < 1 {
		return "…"
	}
	return string(r[:n]) + "…" + string(r[len(r)-n:])
}

package console

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

// five is a life of five minutes that began at 1,000,000, as the package would mark it.
var five = Life{IssuedAt: 1_000_000, ExpiresAt: 1_300_000, RenewAt: 1_235_000, UsableUntil: 1_270_000}

func TestTheBarIsFullAtTheStartAndEmptyAtTheEnd(t *testing.T) {
	for now, want := range map[int64]float64{
		1_000_000: 1, 1_150_000: 0.5, 1_299_999: 1.0 / 300_000, 1_300_000: 0,
		0:         1, // a clock that was set back
		1_300_001: 0, // after a sleep
		9_999_999: 0,
	} {
		assert.InDelta(t, want, five.Gauge(now).Left, 1e-9, "%d", now)
	}
}

func TestTheMarksStandWhereThePackageSaysAndNotWhereThePageWouldThink(t *testing.T) {
	g := five.Gauge(1_100_000)
	assert.InDelta(t, 65.0/300, g.Renew, 1e-9)
	assert.InDelta(t, 30.0/300, g.Margin, 1e-9)
	unmarked := Life{IssuedAt: 1_000_000, ExpiresAt: 1_300_000}
	assert.Equal(t, Gauge{Left: 0.5}, unmarked.Gauge(1_150_000), "without marks none is made up")
}

func TestARenewalIsToldOfWhereOneComesWhileTheTokenIsHandedOut(t *testing.T) {
	r := Reader{Language: English}
	const hour = 3_600_000
	assert.Equal(t, "no lifetime stated", r.Marks(Life{IssuedAt: hour}))
	assert.Equal(t, "renewed from 02:00:00, handed out until 03:00:00, ends 04:00:00",
		r.Marks(Life{IssuedAt: hour, RenewAt: 2 * hour, UsableUntil: 3 * hour, ExpiresAt: 4 * hour}))
	for _, renewAt := range []int64{0, 3 * hour, 4 * hour} {
		assert.Equal(t, "handed out until 03:00:00, ends 04:00:00",
			r.Marks(Life{IssuedAt: hour, RenewAt: renewAt, UsableUntil: 3 * hour, ExpiresAt: 4 * hour}))
	}
	assert.Equal(t, "handed out until it ends at 04:00:00", r.Marks(Life{IssuedAt: hour, UsableUntil: 4 * hour, ExpiresAt: 4 * hour}), "one time, said once")
	assert.Equal(t, "renewed from 02:00:00, handed out until it ends at 04:00:00",
		r.Marks(Life{IssuedAt: hour, RenewAt: 2 * hour, UsableUntil: 4 * hour, ExpiresAt: 4 * hour}))
}

func TestALifeThatIsNotStatedHasNoBar(t *testing.T) {
	assert.False(t, Life{IssuedAt: 5}.Stated())
	assert.Equal(t, Gauge{}, Life{IssuedAt: 5}.Gauge(10))
	assert.Equal(t, Gauge{}, Life{IssuedAt: 5, ExpiresAt: 5}.Gauge(10), "nor one without a length")
	assert.Equal(t, Gauge{}, Life{IssuedAt: 9, ExpiresAt: 5}.Gauge(10))
}

func TestWhatIsLeftIsZeroAtTheEndAndNotBefore(t *testing.T) {
	for left, want := range map[int64]string{
		0: "0:00", -1: "0:00", -90_000_000: "0:00", 1: "0:01", 999: "0:01", 1000: "0:01", 1001: "0:02", 59_000: "0:59", 59_001: "1:00",
		299_000: "4:59", 3_599_000: "59:59", 3_599_001: "1:00:00", 3_600_000: "1:00:00", 86_400_000: "24:00:00", 360_000_000: "100:00:00",
	} {
		assert.Equal(t, want, Remaining(1_000_000+left, 1_000_000), "%d ms", left)
	}
}

func TestTheTimeOfDayIsTheReaders(t *testing.T) {
	const at = 1_700_000_000_000 // 2023-11-14 22:13:20 UTC
	for offset, want := range map[int]string{
		0: "22:13:20", -480: "06:13:20", 300: "17:13:20", -345: "03:58:20", // Greenwich, Beijing, New York, Kathmandu
	} {
		assert.Equal(t, want, Clock(at, offset), "offset %d", offset)
	}
	assert.Equal(t, "23:59:59", Clock(-1000, 0), "before 1970")
}

func TestAShortenedTokenIsNeverMostOfIt(t *testing.T) {
	assert.Equal(t, "abcd…wxyz", Shorten("abcdefghijklmnopqrstuvwxyz"))
	for n := range 64 {
		token := strings.Repeat("令", n)
		short := Shorten(token)
		shown := utf8.RuneCountInString(strings.ReplaceAll(short, "…", ""))
		assert.True(t, shown*2 < max(n, 1), "%d of %d", shown, n)
		assert.LessOrEqual(t, shown, 8)
		assert.True(t, utf8.ValidString(short))
	}
}

package core

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEveryMonthHasALastDay(t *testing.T) {
	for _, year := range []int{1970, 1972, 2000, 2023, 2024, 2100} {
		for month := time.January; month <= time.December; month++ {
			first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
			last := first.AddDate(0, 1, -1)
			for _, day := range []time.Time{first, last} {
				at, ok := httpDate(day.Format(http.TimeFormat), 0)
				require.True(t, ok, day)
				require.Equal(t, day.UnixMilli(), at, day)
			}
			for _, day := range []int{0, last.Day() + 1} {
				text := fmt.Sprintf("Sun, %02d %s %d 00:00:00 GMT", day, month.String()[:3], year)
				at, ok := httpDate(text, 0)
				require.False(t, ok, text)
				require.Zero(t, at)
			}
		}
	}
}

func TestAMinuteMayHaveALeapSecond(t *testing.T) {
	for text, want := range map[string]int64{
		"Thu, 01 Jan 1970 00:00:00 GMT": 0, "Thu, 01 Jan 1970 00:00:01 GMT": 1000, "Thu, 01 Jan 1970 00:00:60 GMT": 60_000,
		"Thu, 01 Jan 1970 23:59:59 GMT": 86_399_000, "Thu, 01 Jan 1970 23:59:60 GMT": 86_400_000,
	} {
		at, ok := httpDate(text, 0)
		require.True(t, ok, text)
		require.Equal(t, want, at, text)
	}
	for _, text := range []string{"", "x", "Thu, 01 Jan 1970 00:00:61 GMT", "Thu, 01 Jan 1970 00:60:00 GMT", "Thu, 01 Jan 1970 24:00:00 GMT", "Wed, 31 Dec 1969 23:59:59 GMT",
		"Thu, 01 Jan 1970 00:00:0x GMT", "Thu, 01 xan 1970 00:00:00 GMT"} {
		at, ok := httpDate(text, 0)
		require.False(t, ok, text)
		require.Zero(t, at, text)
	}
	// What stands between the numbers is a part of the form.
	good := "Thu, 01 Jan 1970 00:00:00 GMT"
	for _, at := range []int{3, 4, 7, 11, 16, 19, 22, 25, 26, 27, 28} {
		_, ok := httpDate(good[:at]+"x"+good[at+1:], 0)
		require.False(t, ok, "%d", at)
	}
}

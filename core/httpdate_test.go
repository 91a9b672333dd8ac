package core

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// httpForms are those of RFC 9110. A year of two digits is right for half a century before and after now.
var httpForms = []string{http.TimeFormat, "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC}

// Every day of several centuries, as leap years are where such code goes wrong.
func TestHTTPDateIsRightOnEveryDayInEachForm(t *testing.T) {
	for at := time.Date(1970, 1, 1, 23, 59, 59, 0, time.UTC); at.Year() < 2405; at = at.AddDate(0, 0, 1) {
		for _, form := range httpForms {
			got, ok := httpDate(at.Format(form), at.UnixMilli())
			require.True(t, ok, at)
			require.Equal(t, at.UnixMilli(), got, at)
		}
	}
}

// "More than 50 years in the future" is "the most recent year in the past that had the same last two digits".
func TestYearOfTwoDigitsIsAtMostFiftyYearsAhead(t *testing.T) {
	for _, c := range []struct{ now, date, want string }{
		{"2026-11-28", "Monday, 30-Nov-26 00:00:00 GMT", "2026-11-30"},
		{"2026-11-28", "Friday, 27-Nov-76 00:00:00 GMT", "2076-11-27"},
		{"2026-11-28", "Monday, 30-Nov-76 00:00:00 GMT", "1976-11-30"},
		{"2026-11-28", "Sunday, 06-Nov-94 00:00:00 GMT", "1994-11-06"},
		{"2026-11-28", "Friday, 31-Dec-99 00:00:00 GMT", "1999-12-31"},
		{"1994-11-06", "Saturday, 01-Jan-00 00:00:00 GMT", "2000-01-01"},
		{"2090-01-01", "Saturday, 01-Jan-00 00:00:00 GMT", "2100-01-01"},
		{"2090-01-01", "Saturday, 01-Jan-50 00:00:00 GMT", "2050-01-01"},
	} {
		now, err := time.Parse(time.DateOnly, c.now)
		require.NoError(t, err)
		want, err := time.Parse(time.DateOnly, c.want)
		require.NoError(t, err)
		at, ok := httpDate(c.date, now.UnixMilli())
		require.True(t, ok, c.date)
		require.Equal(t, want.UnixMilli(), at, c)
	}
	_, ok := httpDate("Saturday, 01-Jan-65 00:00:00 GMT", 0) // of 1965: before all clocks
	require.False(t, ok)
}

func TestHTTPDateThatIsNoneIsRefused(t *testing.T) {
	for _, s := range []string{
		"", "0", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun,  6 Nov 1994 08:49:37 GMT", "Wed, 31 Nov 1994 08:49:37 GMT", "Wed, 29 Feb 2023 08:49:37 GMT", "Mon, 29 Feb 2100 08:49:37 GMT",
		"Mon, 30 Feb 2024 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 anF 1994 08:49:37 GMT", "Sun, 06 Nov 1969 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
		"06 Nov 1994 08:49:37 GMT", "06-Nov-94 08:49:37 GMT", "Nov  6 08:49:37 1994", "Sun,06 Nov 1994 08:49:37 GMT", "Sun 06 Nov 1994 08:49:37 GMT", "Sunday 06-Nov-94 08:49:37 GMT", "Sun, Nov  6 08:49:37 1994",
		"Sunday, 06-Nov-1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37", "Sunday,  6-Nov-94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun Nov  0 08:49:37 1994", "Sun Nov 31 08:49:37 1994",
		"Sun Nov  6 08:49:37 94", "Sun Nov  6 08:49:37 1994 GMT", "Sun Nov  6 08:49:37 1 94", "Sun, \xe6 Nov 1994 08:49:37 GMT",
	} {
		_, ok := httpDate(s, 784111777000)
		require.False(t, ok, s)
	}
}

func TestRetryAfterIsBoundedAndReadInAllForms(t *testing.T) {
	const noon, later, earlier = "Sun, 06 Nov 1994 12:00:00 GMT", "Sun, 06 Nov 1994 12:00:30 GMT", "Sun, 06 Nov 1994 11:59:59 GMT"
	at, ok := httpDate(noon, 0)
	require.True(t, ok)
	for name, c := range map[string]struct {
		header, date string
		want         int64
	}{
		"none":                    {"", "", 0},
		"seconds":                 {" 30 ", "", 30 * second},
		"no seconds":              {"0", "", 0},
		"an hour":                 {"3600", "", hour},
		"more than an hour":       {"3601", "", hour},
		"more than 32 bits":       {"4294967296", "", hour},
		"more than 64 bits":       {"18446744073709551616", "", hour},
		"a hundred digits":        {strings.Repeat("9", 100), "", hour},
		"a hundred zeros":         {strings.Repeat("0", 100) + "7", "", 7 * second},
		"a sign":                  {"+30", "", 0},
		"two of them":             {"30, 60", "", 0},
		"an exponent":             {"1e2", "", 0},
		"a word":                  {"soon", "", 0},
		"negative":                {"-1", "", 0},
		"a fraction":              {"1.5", "", 0},
		"a date":                  {later, "", 30 * second},
		"a date, by the server's": {later, earlier, 31 * second},
		"a date that is over":     {earlier, "", 0},
		"a date and a bad Date":   {later, "yesterday", 30 * second},
		"a date of 1036 and 850":  {"Sunday, 06-Nov-94 12:00:30 GMT", earlier, 31 * second},
		"a date of C's asctime":   {"Sun Nov  6 12:00:30 1994", earlier, 31 * second},
		"a century by the Date":   {"Saturday, 06-Nov-44 12:00:00 GMT", "Sun, 06 Nov 2044 11:59:00 GMT", minute},
		"dates of both old forms": {"Sunday, 06-Nov-94 12:00:30 GMT", "Sun Nov  6 11:59:59 1994", 31 * second},
		"a date in a year's time": {"Mon, 06 Nov 1995 12:00:00 GMT", noon, hour},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, retryAfter(Response{RetryAfter: c.header, Date: c.date}, Instant{Wall: at}))
		})
	}
}

package core

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Every day of several centuries, as leap years are where such code goes wrong.
func TestHTTPDateIsRightOnEveryDay(t *testing.T) {
	for at := time.Date(1970, 1, 1, 23, 59, 59, 0, time.UTC); at.Year() < 2405; at = at.AddDate(0, 0, 1) {
		got, ok := httpDate(at.Format(http.TimeFormat))
		require.True(t, ok, at)
		require.Equal(t, at.UnixMilli(), got, at)
	}
}

func TestHTTPDateThatIsNoneIsRefused(t *testing.T) {
	for _, s := range []string{
		"", "0", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Wed, 31 Nov 1994 08:49:37 GMT", "Wed, 29 Feb 2023 08:49:37 GMT",
		"Mon, 29 Feb 2100 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 anF 1994 08:49:37 GMT", "Sun, 06 Nov 1969 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
	} {
		_, ok := httpDate(s)
		require.False(t, ok, s)
	}
}

func TestRetryAfterIsBoundedAndReadInBothForms(t *testing.T) {
	const noon, later, earlier = "Sun, 06 Nov 1994 12:00:00 GMT", "Sun, 06 Nov 1994 12:00:30 GMT", "Sun, 06 Nov 1994 11:59:59 GMT"
	at, ok := httpDate(noon)
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
		"the most that is read":   {"4294967295", "", hour},
		"more than is read":       {"4294967296", "", 0},
		"negative":                {"-1", "", 0},
		"a fraction":              {"1.5", "", 0},
		"a date":                  {later, "", 30 * second},
		"a date, by the server's": {later, earlier, 31 * second},
		"a date that is over":     {earlier, "", 0},
		"a date and a bad Date":   {later, "yesterday", 30 * second},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, retryAfter(Response{RetryAfter: c.header, Date: c.date}, Instant{Wall: at}))
		})
	}
}

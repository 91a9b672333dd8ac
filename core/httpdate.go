package core

import (
	"strconv"
	"strings"
)

// httpDate reads the one form of date that HTTP still generates, such as
// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7), as wall-clock
// milliseconds. It is written out because package time would bring syscall and
// time zones into every page.
func httpDate(s string) (int64, bool) {
	const months = "JanFebMarAprMayJunJulAugSepOctNovDec"
	if len(s) != len("Sun, 06 Nov 1994 08:49:37 GMT") || s[3:5] != ", " || s[25:] != " GMT" ||
		s[7] != ' ' || s[11] != ' ' || s[16] != ' ' || s[19] != ':' || s[22] != ':' {
		return 0, false
	}
	var parts [5]int64
	for i, text := range [...]string{s[12:16], s[5:7], s[17:19], s[20:22], s[23:25]} {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return 0, false
		}
		parts[i] = int64(n)
	}
	year, day, hours, minutes, seconds := parts[0], parts[1], parts[2], parts[3], parts[4]
	at := strings.Index(months, s[8:11])
	if at < 0 || at%3 != 0 || year < 1970 || day < 1 || hours > 23 || minutes > 59 || seconds > 60 {
		return 0, false
	}
	length := [...]int64{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[at/3]
	if at/3 == 1 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		length++
	}
	if day > length {
		return 0, false
	}
	// Days since 1970, by counting years from March: the leap day comes last.
	month := int64(at/3+10) % 12
	if month >= 10 { // January and February belong to the year before
		year--
	}
	days := year*365 + year/4 - year/100 + year/400 + (month*153+2)/5 + day - 1 - 719468
	return ((days*24+hours)*60+minutes)*60*1000 + seconds*1000, true
}

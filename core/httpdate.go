package core

import "strings"

// dateForms are the three forms of an HTTP date (RFC 9110, section 5.6.7), behind the
// name of the day: the one that is still generated, and two older ones, which must be
// understood. A small letter stands for a digit, or for a letter of the month's name.
var dateForms = [...]string{
	"dd nnn yyyy hh:mm:ss GMT", // Sun, 06 Nov 1994 08:49:37 GMT
	"nnn dd hh:mm:ss yyyy",     // Sun Nov  6 08:49:37 1994
	"dd-nnn-yy hh:mm:ss GMT",   // Sunday, 06-Nov-94 08:49:37 GMT
}

// fiftyYears is the longest that a year of two digits may lie ahead.
const fiftyYears = (50*365 + 12) * 24 * hour

// httpDate reads a date as wall-clock milliseconds; now tells the century of a year of
// two digits. Of the day's name only the comma is looked at. It is written out because package time
// would bring syscall and time zones into every page.
func httpDate(s string, now int64) (int64, bool) {
	name, text, _ := strings.Cut(s, " ")
	for i, form := range dateForms {
		if len(text) != len(form) || strings.HasSuffix(name, ",") == (i == 1) {
			continue
		}
		var part ['z']int64
		for at := range len(form) {
			letter, c := form[at], text[at]
			if c == ' ' && i == 1 && at == 4 {
				c = '0' // before a day of one digit
			}
			switch digit := int64(c - '0'); {
			case letter == 'n':
			case letter < 'a':
				if c != letter {
					return 0, false
				}
			case digit > 9:
				return 0, false
			default:
				part[letter] = part[letter]*10 + digit
			}
		}
		year, day := part['y'], part['d']
		at := strings.IndexByte(form, 'n')
		month := int64(strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", text[at:at+3]))
		if month < 0 || month%3 != 0 || day < 1 || part['h'] > 23 || part['m'] > 59 || part['s'] > 60 {
			return 0, false
		}
		rest := ((part['h']*60+part['m'])*60 + part['s']) * second
		start := func() int64 { return dayNumber(year, month/3, day) }
		if i == 2 {
			for year += 2900; start()*24*hour > now+fiftyYears; {
				year -= 100
			}
		}
		if start() < 0 || start() >= dayNumber(year, month/3+1, 1) {
			return 0, false
		}
		return start()*24*hour + rest, true
	}
	return 0, false
}

// dayNumber counts the days since 1970, by years that begin in March: the leap day comes last.
func dayNumber(year, month, day int64) int64 {
	month += 10
	year += month/12 - 1 // January and February belong to the year before
	return year*365 + year/4 - year/100 + year/400 + (month%12*153+2)/5 + day - 1 - 719468
}

package sandbox

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// Settings are [Options] as JSON has them: what another language, or a command line, may ask for.
type Settings struct {
	Lifetime     *int64           `json:"lifetime"`  // seconds; nil is none
	Lifetimes    map[string]int64 `json:"lifetimes"` // seconds
	Logins       map[System]int   `json:"logins"`
	Paths        Paths            `json:"paths"`
	AllowOrigins []string         `json:"allowOrigins"`
}

// Options are the settings, checked. The error is an [*ArgumentError].
func (s Settings) Options() (Options, error) {
	out := Options{Logins: s.Logins, Paths: s.Paths, AllowOrigins: s.AllowOrigins}
	var err error
	if s.Lifetime != nil {
		if out.Lifetime, err = fromSeconds("lifetime", *s.Lifetime); err != nil {
			return out, err
		}
	}
	if out.Lifetimes, err = lifetimesOf(s.Lifetimes); err != nil {
		return out, err
	}
	return out, out.Check()
}

// lifetimesOf reads lifetimes in seconds. A zero was written on purpose here, and is refused like any
// other number that is out of bounds.
func lifetimesOf(seconds map[string]int64) (Lifetimes, error) {
	if err := onlyNames("lifetimes.", seconds, slices.Collect(maps.Keys(kinds))); err != nil {
		return nil, err
	}
	out := Lifetimes{}
	for _, name := range slices.Sorted(maps.Keys(seconds)) {
		d, err := fromSeconds("lifetimes."+name, seconds[name])
		if err != nil {
			return nil, err
		}
		out[name] = d
	}
	return out, nil
}

func fromSeconds(argument string, n int64) (time.Duration, error) {
	if most := int64(maxLifetime / time.Second); n < 1 || n > most {
		return 0, &ArgumentError{Argument: argument, Reason: "must be a whole number of seconds from 1 to " + strconv.FormatInt(most, 10)}
	}
	return time.Duration(n) * time.Second, nil
}

package sandbox

import (
	"maps"
	"slices"
	"time"
)

// Lifetimes are how long new tokens live, by their kinds, in whole seconds from 1 s up. A kind that is zero or absent
// stays as it is set.
type Lifetimes map[string]time.Duration

// maxLifetime keeps a lifetime within what dates and durations can hold: ten years.
const maxLifetime = 10 * 365 * 24 * time.Hour

// bounded is the nearest to a lifetime that tokens of the kind can have.
func (l lifetime) bounded(d time.Duration) time.Duration {
	// Vendors count in whole seconds: a fraction that a response could not state must not exist.
	d = min(max(d.Truncate(time.Second), time.Second), maxLifetime)
	if l.most > 0 {
		d = min(d, l.most)
	}
	return d
}

// whenAll is the lifetime that a kind gets where all get the same.
func (l lifetime) whenAll(d time.Duration) time.Duration {
	if l.of == "" {
		return d
	}
	return min(d, maxLifetime) * (l.documented / kinds[l.of].documented)
}

// lifetimes are those of a new sandbox.
func (o Options) lifetimes() Lifetimes {
	out := Lifetimes{}
	for name, kind := range kinds {
		out[name] = kind.documented
		if o.Lifetime != 0 {
			out[name] = kind.bounded(kind.whenAll(o.Lifetime))
		}
	}
	out.change(o.Lifetimes)
	return out
}

// change sets the lifetimes that are given, all of them of kinds that there are.
func (l Lifetimes) change(given Lifetimes) {
	for name, d := range given {
		if d != 0 {
			l[name] = kinds[name].bounded(d)
		}
	}
}

// SetLifetimes changes the lifetimes of the tokens that come after. Those that are absent, or zero, stay as they are.
func (s *Sandbox) SetLifetimes(given Lifetimes) error {
	if err := onlyNames("lifetimes.", given, slices.Collect(maps.Keys(kinds))); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lifetimes.change(given)
	return nil
}

// life is the lifetime of a system's tokens, which has the system's name.
func (s *Sandbox) life(system System) time.Duration { return s.lifetimes[string(system)] }

// seconds is l as the control endpoints show it.
func (l Lifetimes) seconds() map[string]int {
	out := map[string]int{}
	for name, d := range l {
		out[name] = int(d / time.Second)
	}
	return out
}

package core

import "math"

// What of a testimony outlives its host: who was believed, and whose refusals are
// their own. Otherwise each start would believe the same source once more, or could
// believe nobody. A source is two hashes; neither names anybody.

// hearingNumbers is how many numbers one hearing is.
const hearingNumbers = 7

func (t *testimony) save(w *writer, now Instant) {
	w.number("becauseUser", int64(t.because.user))
	w.number("becausePlace", int64(t.because.place))
	w.number("of", int64(t.of))
	w.number("asked", max(0, now.Mono-t.at))
	w.number("useless", int64(t.useless))
	w.number("since", max(0, now.Mono-t.since))
	w.boolean("refreshed", t.refresh)
	w.boolean("unproven", t.unproven)
	w.boolean("confirmed", t.confirmed)
	if len(t.heard) == 0 {
		return
	}
	w.name("heard")
	w.open('[')
	for i := range t.heard {
		h := &t.heard[i]
		for _, n := range [hearingNumbers]int64{
			int64(h.user), int64(h.place), int64(h.accepted), max(0, now.Mono-h.at), max(0, h.own-now.Mono), int64(h.believed), max(0, now.Mono-h.first),
		} {
			w.integer(n)
		}
	}
	w.close(']')
}

// testimony is what was saved of one, or nil where nothing was.
func (st state) testimony(now Instant, passed int64) *testimony {
	n, from := st.numbers, now.Mono-passed
	if n["of"] == 0 && n["useless"] == 0 && len(st.heard) == 0 && !st.flags["confirmed"] {
		return nil
	}
	t := &testimony{
		because:   source{uint32(n["becauseUser"]), uint32(n["becausePlace"])},
		of:        uint64(n["of"]),
		at:        from - n["asked"],
		refresh:   st.flags["refreshed"],
		unproven:  st.flags["unproven"],
		confirmed: st.flags["confirmed"],
		useless:   int8(n["useless"]),
		since:     from - n["since"],
	}
	for at := st.heard; len(at) > 0; at = at[hearingNumbers:] {
		t.heard = append(t.heard, hearing{
			source: source{uint32(at[0]), uint32(at[1])}, accepted: uint64(at[2]), at: from - at[3], own: from + at[4],
			believed: int8(at[5]), first: from - at[6],
		})
	}
	return t
}

// plausibleTestimony keeps out what no testimony is.
func (st state) plausibleTestimony() bool {
	n := st.numbers
	if len(st.heard)%hearingNumbers != 0 || len(st.heard) > mostHeard*hearingNumbers || n["useless"] > mostUseless ||
		max(n["becauseUser"], n["becausePlace"]) > math.MaxUint32 {
		return false
	}
	for at := st.heard; len(at) > 0; at = at[hearingNumbers:] {
		if max(at[0], at[1]) > math.MaxUint32 || at[4] > beliefWindow || at[5] > mostBelieved {
			return false
		}
	}
	return true
}

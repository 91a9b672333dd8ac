package vectors

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/stretchr/testify/require"
)

// PlayTogether has several users play a case at once against one host, each step by all of them before the next one. Time
// is the same for all. Each has vendors below a path of its own, so that no two share a session, or anything else.
func PlayTogether(t T, c Case, users int, start func(*World) Host) {
	w := newWorld()
	host := start(w)
	players := make([]*player, users)
	for i := range players {
		players[i] = &player{t: t, of: i + 1, identity: c.Identity.of(i + 1), world: w, host: host, callers: map[string]*caller{}}
	}
	for i, step := range c.Steps {
		for _, p := range playing(players, step) {
			p.play(i+1, step.of(p.of))
		}
	}
	for _, p := range players {
		p.end()
	}
}

// playing are those who play a step: one of them where time passes, or where all is looked at, as that is all the same.
func playing(players []*player, step Step) []*player {
	for _, verb := range []string{"time", "sleep", "clock", "paused", "events"} {
		if _, ok := step[verb]; ok {
			return []*player{{t: players[0].t, together: len(players), world: players[0].world, host: players[0].host}}
		}
	}
	return players
}

// of is the identity as one of several users has it.
func (id Identity) of(user int) Identity {
	id = maps.Clone(id)
	for _, name := range places {
		if text, ok := id[name].(string); ok {
			id[name] = address.ReplaceAllString(text, fmt.Sprintf("$1/user-%d", user))
		}
	}
	return id
}

// of is the step as one of several users plays it.
func (step Step) of(user int) Step {
	id, ok := step["identity"].(Identity)
	if !ok {
		return step
	}
	step = maps.Clone(step)
	step["identity"] = id.of(user)
	return step
}

// places are the members of identities that say where requests go.
var places = []string{"baseUrl", "authUrl"}

var (
	address = regexp.MustCompile(`^((?i:https?)://[^/?#]+)`)
	ofUser  = regexp.MustCompile(`^((?i:https?)://[^/?#]+)/user-([0-9]+)`)
)

// plain is a URL as it is for one alone, and the user whose it is.
func plain(url string) (string, int) {
	found := ofUser.FindStringSubmatch(url)
	if found == nil {
		return url, 0
	}
	user, _ := strconv.Atoi(found[2])
	return found[1] + url[len(found[0]):], user
}

// User is the user whose an identity is, where several play a case together.
func (id Identity) User() int {
	base, _ := id[places[0]].(string)
	_, user := plain(base)
	return user
}

// same reports events as one alone has them, from those of all who play together.
func (p *player) same(want, told []string) {
	all := slices.Repeat(want, max(1, p.together))
	if p.together > 1 { // in whatever order the users had them
		slices.Sort(all)
		slices.Sort(told)
	}
	require.Equal(p.t, all, told)
}

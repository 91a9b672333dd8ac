package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// Counts are the requests that arrived for one system, answered well or not.
type Counts struct {
	Logins        int `json:"logins"`
	Refreshes     int `json:"refreshes"`
	Verifications int `json:"verifications"`
	Business      int `json:"business"`
	Failed        int `json:"failed"`  // of all these, those that got no success
	Faulted       int `json:"faulted"` // of all these, those that met a fault on demand
}

func (c *Counts) arrived(at step) {
	switch at {
	case stepLogin:
		c.Logins++
	case stepRefresh:
		c.Refreshes++
	case stepVerify:
		c.Verifications++
	case stepBusiness:
		c.Business++
	}
}

// TokenState is what may be shown of a token.
type TokenState struct {
	ID               string    `json:"id"`
	System           System    `json:"system"`
	Subject          string    `json:"subject"` // an app key, or a user
	IssuedAt         time.Time `json:"issuedAt"`
	ExpiresAt        time.Time `json:"expiresAt,omitzero"`        // zero: no end of its own
	RefreshExpiresAt time.Time `json:"refreshExpiresAt,omitzero"` // zero: no refresh token, or used
	State            string    `json:"state"`                     // live, expired, revoked or rolled
	Value            string    `json:"value"`                     // shortened, never whole
}

// Refusal is a credential, by its public part, that a system turns away.
type Refusal struct {
	System     System `json:"system"`
	Credential string `json:"credential"`
}

// State is all that the sandbox shows of itself.
type State struct {
	Now               time.Time         `json:"now"`
	Counts            map[System]Counts `json:"counts"`
	Tokens            []TokenState      `json:"tokens"`    // oldest first
	Lifetimes         map[string]int    `json:"lifetimes"` // seconds; 0 is without end
	Refused           []Refusal         `json:"refused"`
	PendingFaults     int               `json:"pendingFaults"`
	RedirectsFollowed int               `json:"redirectsFollowed"`
}

// State returns the counts and the tokens as they are now.
func (s *Sandbox) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	out := State{
		Now: now, Counts: map[System]Counts{}, Tokens: []TokenState{}, Lifetimes: s.lifetimes.seconds(),
		Refused: []Refusal{}, PendingFaults: s.faults.pending(), RedirectsFollowed: s.followed,
	}
	for system, count := range s.counts {
		out.Counts[system] = *count
	}
	for _, t := range s.store.order {
		shown := TokenState{
			ID: t.id, System: t.system, Subject: t.subject, IssuedAt: t.issued, ExpiresAt: t.expires,
			State: t.state(now), Value: shorten(t.value),
		}
		if t.refresh != "" {
			shown.RefreshExpiresAt = t.refreshExpires
		}
		out.Tokens = append(out.Tokens, shown)
	}
	for system, credentials := range s.refused {
		for credential := range credentials {
			out.Refused = append(out.Refused, Refusal{system, credential})
		}
	}
	slices.SortFunc(out.Refused, func(a, b Refusal) int {
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(a.Credential, b.Credential))
	})
	return out
}

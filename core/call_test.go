package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// roller is a system whose answers may write something before a new token.
type roller struct{ appcube }

var rollerDescription = Description{Name: "roller", RollsIn: []string{"Set-GUID", "Guid"}, RollsAfter: "JSESSIONID="}

func (roller) description() *Description { return &rollerDescription }

func (roller) judge(_ *identity, _ string, r Response) judgement {
	return judgement{rolled: r.Rolled, life: hour}
}

func TestARolledTokenIsAllAfterWhatMayStandBeforeIt(t *testing.T) {
	for header, token := range map[string]string{
		"JSESSIONID=36a=b.AgentGateway0": "36a=b.AgentGateway0", // it may contain "=" itself
		"36a.AgentGateway0":              "36a.AgentGateway0",
		"jsessionid=36a":                 "jsessionid=36a", // what no document writes is not guessed at
		"JSESSIONID=JSESSIONID=a":        "JSESSIONID=a",
	} {
		c, now := New(Options{}), Instant{}
		s := c.add(&identity{system: roller{}, values: []string{}}, Instant{})
		c.install(s, now, now, grant{token: "T", life: hour}, EventAcquired, StepLogin)
		require.Equal(t, rollerDescription.RollsIn, s.token().Carriage.Rolls)
		require.True(t, c.Judge(s.id, s.serial(), Place{}, now, now, Response{Status: 200, Rolled: header}).Rolled)
		require.Equal(t, token, s.token().Value)
	}
	// Without a token behind it there is none to adopt.
	c, now := New(Options{}), Instant{}
	s := c.add(&identity{system: roller{}, values: []string{}}, Instant{})
	c.install(s, now, now, grant{token: "T", life: hour}, EventAcquired, StepLogin)
	require.False(t, c.Judge(s.id, s.serial(), Place{}, now, now, Response{Status: 200, Rolled: "JSESSIONID="}).Rolled)
}

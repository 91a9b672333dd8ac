package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// frozen is a host that was stopped as a renewal was under way, and for long: no timer has fired, and what held the
// connection at the other end is gone.
func frozen(t *testing.T) (b *bench, exchange uint64) {
	b = newBench(t, exampleIdentity)
	b.get(Want{})
	b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T1","expireTime":3600}`)})
	b.Effects()
	b.pass(50 * minute)
	require.Equal(t, "T1", b.get(Want{}).Token.Value)
	exchange = b.sent()
	b.pass(hour)
	return b, exchange
}

// A function is frozen between its calls. The first call after that is no worse off than any other.
func TestWhoWasFrozenWithARequestUnderWayTriesAnewAtOnce(t *testing.T) {
	for what, happens := range map[string]func(b *bench, exchange uint64){
		"nothing is heard of it":  func(*bench, uint64) {},
		"its timer fires at last": func(b *bench, exchange uint64) { b.Lost(exchange, b.now, Timeout, Unanswered) },
		"its connection is lost":  func(b *bench, exchange uint64) { b.Lost(exchange, b.now, Network, Unanswered) },
		"its answer was lying there": func(b *bench, exchange uint64) {
			b.Answered(exchange, b.now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T2","expireTime":3600}`)})
		},
	} {
		t.Run(what, func(t *testing.T) {
			b, exchange := frozen(t)
			happens(b, exchange)
			b.Effects()
			require.Equal(t, Wait, b.get(Want{}).Kind)
			b.Answered(b.sent(), b.now, Response{Status: 200, Body: []byte(`{"errorCode":0,"authToken":"T3","expireTime":3600}`)})
			require.Equal(t, "T3", b.get(Want{}).Token.Value)
		})
	}
}

// The timers of a hidden page are late as well. What is late twice in a row is the vendor's doing.
func TestWhatIsLateTwiceInARowIsLeftAloneForAWhile(t *testing.T) {
	b, _ := frozen(t)
	require.Equal(t, Wait, b.get(Want{}).Kind)
	b.sent()
	b.pass(hour)
	d := b.get(Want{})
	require.Equal(t, CoolingDown, d.Err.Code)
	require.Equal(t, Timeout, d.Err.Cause.Code)
}

// What a vendor has said is no matter of time.
func TestARefusalThatComesLateIsARefusal(t *testing.T) {
	b, exchange := frozen(t)
	b.Answered(exchange, b.now, Response{Status: 401})
	require.Equal(t, CoolingDown, b.get(Want{}).Err.Code)
}

package core_test

import (
	"fmt"

	"cctoken/core"
)

// A driver obeys the core: it sends what the core asks for, and reports what came.
func Example() {
	c := core.New(core.Options{Seed: [2]uint64{1, 2}}) // a real host takes random numbers
	now := core.Instant{Wall: 1_800_000_000_000, Mono: 5_000}

	identity := `{"system": "appcube", "baseUrl": "https://aicc.example.com", "appKey": "tenant001", "appSecret": "…"}`
	session, err := c.Open([]byte(identity), now)
	if err != nil {
		fmt.Println(err)
		return
	}

	// The first caller has to wait, as there is no token yet. A second one joins the same wait.
	first := c.Get(session, now, core.Want{})
	second := c.Get(session, now, core.Want{})
	fmt.Println(first.Kind == core.Wait, second.Acquisition == first.Acquisition)

	// The host obeys. Here the vendor's answer comes after 80 ms.
	for _, e := range c.Effects() {
		if e.Kind != core.Send {
			continue
		}
		fmt.Println(e.Request.Method, e.Request.URL)
		now.Wall, now.Mono = now.Wall+80, now.Mono+80
		c.Answered(e.ID, now, core.Response{Status: 200, Body: []byte(`{"errorCode": 0, "authToken": "T1", "expireTime": 3600}`)})
	}
	for _, e := range c.Effects() {
		if e.Kind == core.Settled {
			fmt.Println("those who wait get", e.Token.Value, "for acquisition", e.ID == first.Acquisition)
		}
	}

	// From now on there is a token at hand.
	third := c.Get(session, now, core.Want{})
	fmt.Println(third.Kind == core.Use, third.Token.Value, third.Token.Carriage.Body[0].Name)
	// Output:
	// true true
	// POST https://aicc.example.com/oifde/rest/appcube/api/getAppCubeToken
	// those who wait get T1 for acquisition true
	// true T1 authToken
}

// A business call was answered with 401: the core says whether it is worth another try.
func ExampleClient_Judge() {
	c := core.New(core.Options{})
	now := core.Instant{}
	session, _ := c.Open([]byte(`{"system": "isales", "baseUrl": "https://aicc.example.com", "user": "abcd", "passwd": "…"}`), now)
	c.Get(session, now, core.Want{})
	login := c.Effects()[0]
	c.Answered(login.ID, now, core.Response{Status: 200, Body: []byte(`{"result": 0, "resultData": {"token": "T1", "tokenExpirationTime": 300}}`)})
	c.Effects()

	token := c.Get(session, now, core.Want{}).Token
	place := core.Place{Call: "GET /rest/isales/v1/openapi/obs/business"}
	outcome := c.Judge(session, token.Serial, place, now, now, core.Response{Status: 401})
	fmt.Println(outcome.Replay, outcome.Reason)

	// The call needs another token than the one that it carried: the core is getting it already.
	fmt.Println(c.Get(session, now, core.Want{Instead: token.Serial}).Kind == core.Wait)
	// Output:
	// true token_dead
	// true
}

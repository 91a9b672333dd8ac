package keep

import (
	"encoding/json"
	"net/http"
	"slices"

	"cctoken/core"
)

// suppliers are the keepers of AccessTokens that sessions here ask. To the core
// each is a function of the caller's, known by a number.
type suppliers struct {
	all []*supplier // by number, from 1
}

type supplier struct {
	object   string
	identity string      // of the AccessToken, as JSON
	failure  *core.Error // what it answered last, where that was an error
}

// stand returns a ccmessaging identity in which the AccessToken's keeper stands
// in place of the app's secret.
func (s *suppliers) stand(id Identity) ([]byte, *core.Error) {
	wrong := func(field, reason string) ([]byte, *core.Error) {
		return nil, &core.Error{Code: core.InvalidIdentity, Step: core.StepInput, Field: field, Reason: reason}
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(id.JSON, &members) != nil {
		return wrong("identity", "must be an object")
	}
	if string(members["system"]) != `"ccmessaging"` {
		return wrong("accessTokenObject", `goes with the system "ccmessaging" only`)
	}
	if members["appSecret"] == nil {
		return wrong("appSecret", "is missing, and the AccessToken's keeper needs it")
	}
	base := members["baseUrl"]
	if members["authUrl"] != nil {
		base = members["authUrl"]
	}
	identity, err := json.Marshal(map[string]json.RawMessage{
		"system": json.RawMessage(`"accesstoken"`), "baseUrl": base, "appKey": members["appKey"], "appSecret": members["appSecret"],
	})
	if err != nil {
		return wrong("identity", "must be an object")
	}
	at := slices.IndexFunc(s.all, func(o *supplier) bool {
		return o.object == id.AccessTokenObject && o.identity == string(identity)
	})
	if at < 0 {
		at = len(s.all)
		s.all = append(s.all, &supplier{object: id.AccessTokenObject, identity: string(identity)})
	}
	delete(members, "appSecret")
	members["accessTokenSupplier"], _ = json.Marshal(at + 1)
	stood, _ := json.Marshal(members)
	return stood, nil
}

// named returns the supplier of a number.
func (s *suppliers) named(number int64) *supplier { return s.all[number-1] }

// explain adds to the error of a session what its supplier said more than the
// code: the core learns only that.
func (s *suppliers) explain(e *core.Error) {
	if e == nil || e.Step != core.StepAccessToken {
		return
	}
	for _, o := range s.all {
		if f := o.failure; f != nil && f.Code == e.Code {
			e.Status, e.Vendor, e.RetryAt = f.Status, f.Vendor, max(e.RetryAt, f.RetryAt)
		}
	}
}

// question is the request for a token. held is the core's state of the
// session: where that has found its token dead, it is named, so that the keeper
// of the AccessToken does not give it again.
func (o *supplier) question(held []byte) []byte {
	var state struct {
		Token string `json:"token"`
		Dead  bool   `json:"dead"`
	}
	_ = json.Unmarshal(held, &state)
	ask := struct {
		Identity json.RawMessage `json:"identity"`
		Rejected string          `json:"rejected,omitempty"`
	}{Identity: json.RawMessage(o.identity)}
	if state.Dead {
		ask.Rejected = state.Token
	}
	body, _ := json.Marshal(ask)
	return body
}

// report tells the core what the keeper of the AccessToken has answered. Its
// own errors keep their code, so that a refused app is not called a failed function.
func (o *supplier) report(c *core.Client, exchange uint64, now core.Instant, status int, body []byte, err error) {
	o.failure = nil
	if err == nil && status == http.StatusOK {
		var given struct {
			Value     string  `json:"value"`
			ExpiresIn float64 `json:"expiresIn"`
		}
		if json.Unmarshal(body, &given) == nil && given.Value != "" {
			c.Supplied(exchange, now, given.Value, int64(given.ExpiresIn*1000))
			return
		}
	}
	var p Problem
	if err == nil && json.Unmarshal(body, &p) == nil && p.Code != "" {
		o.failure = errorOf(p, now)
		c.Lost(exchange, now, o.failure.Code, true)
		return
	}
	c.Lost(exchange, now, core.SupplierFailed, false)
}

package keeper

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"cctoken/core"
)

// suppliers are the keepers of the tokens on which sessions here depend. To the
// core each is a function of the caller's, known by a number.
type suppliers struct {
	all []*supplier                  // by number, from 1
	of  map[core.SessionID]*supplier // by the sessions that ask them, and by the core's sessions of what they depend on
}

type supplier struct {
	object   string
	identity string      // of what is depended on, as JSON
	step     core.Step   // in which its token is got
	failure  *core.Error // what it answered last, where that was an error
}

// stand returns an identity in which the keeper of what it depends on stands in
// place of that one's secret, and that keeper.
func (s *suppliers) stand(id Identity) ([]byte, *supplier, *core.Error) {
	wrong := func(field, reason string) ([]byte, *supplier, *core.Error) {
		return nil, nil, &core.Error{Code: core.InvalidIdentity, Step: core.StepInput, Field: field, Reason: reason}
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(id.JSON, &members) != nil {
		return wrong("identity", "must be an object")
	}
	d, stands := dependent(members["system"])
	if stands == nil {
		return wrong("dependencyObject", "goes only with a system whose requests carry another one's token")
	}
	if !given(members[stands.Instead]) {
		return wrong(stands.Instead, "is missing, and the keeper of what this depends on needs it")
	}
	part, at := d.Shares()
	its := map[string]json.RawMessage{part.Base: members[d.Base]}
	if given(members[at]) {
		its[part.Base] = members[at]
	}
	its["system"], _ = json.Marshal(part.Name)
	for _, field := range part.Fields {
		if v := members[field.Name]; given(v) && !field.Carried && field.Name != stands.Name {
			its[field.Name] = v
		}
	}
	identity, err := json.Marshal(its)
	if err != nil {
		return wrong("identity", "must be an object")
	}
	number := slices.IndexFunc(s.all, func(o *supplier) bool {
		return o.object == id.DependencyObject && o.identity == string(identity)
	})
	if number < 0 {
		number = len(s.all)
		step, _ := part.Part()
		s.all = append(s.all, &supplier{object: id.DependencyObject, identity: string(identity), step: step})
	}
	delete(members, stands.Instead)
	members[stands.Supplier()], _ = json.Marshal(number + 1)
	stood, _ := json.Marshal(members)
	return stood, s.all[number], nil
}

// dependent returns the description of a vendor's system that shares a token with
// others, and the field in which that one's token can be given in place of a secret; or nil.
func dependent(system json.RawMessage) (*core.Description, *core.Field) {
	var name string
	if json.Unmarshal(system, &name) != nil {
		return nil, nil
	}
	d := core.DescriptionOf(name)
	if d == nil || !d.Vendor {
		return nil, nil
	}
	part, _ := d.Shares()
	if part == nil {
		return nil, nil
	}
	_, token := part.Part()
	for i := range part.Fields {
		if f := &part.Fields[i]; f.Name == token && f.Instead != "" {
			return d, f
		}
	}
	return nil, nil
}

// given reports whether a member is there; a null counts as absent, as in the core.
func given(v json.RawMessage) bool { return v != nil && string(v) != "null" }

// named returns the supplier of a number, which a session of the core's asks.
func (s *suppliers) named(number int64, session core.SessionID) *supplier {
	found := s.all[number-1]
	s.note(session, found)
	return found
}

func (s *suppliers) note(session core.SessionID, asks *supplier) {
	if s.of == nil {
		s.of = map[core.SessionID]*supplier{}
	}
	s.of[session] = asks
}

func (s *suppliers) drop(session core.SessionID) { delete(s.of, session) }

// explain adds to the error of a session what its supplier said beyond the
// code, which is all that the core takes of it. The core keeps the same error as
// the cause of the pause that follows, so those who come in it are told as well.
func (s *suppliers) explain(session core.SessionID, e *core.Error) {
	if o := s.of[session]; e != nil && o != nil && o.failure != nil && e.Step == o.step && e.Code == o.failure.Code {
		f := o.failure
		e.Status, e.Vendor, e.Retryable, e.RetryAt, e.Cause = f.Status, f.Vendor, f.Retryable, max(e.RetryAt, f.RetryAt), f.Cause
	}
}

// question is the request for a token. held is the core's state of the
// session: where that has found its token dead, it is named, so that the keeper
// that is asked does not give it again. Who has refused it is one user of several:
// place is the keeper that asks, and its own session one of many there.
func (o *supplier) question(held []byte, place string) []byte {
	var state struct {
		Token   string `json:"token"`
		Dead    bool   `json:"dead"`
		Suspect bool   `json:"suspect"`
		User    uint32 `json:"becauseUser"`
	}
	_ = json.Unmarshal(held, &state)
	ask := struct {
		Identity json.RawMessage `json:"identity"`
		Session  string          `json:"session"`
		Rejected string          `json:"rejected,omitempty"`
		User     string          `json:"user"`
	}{Identity: json.RawMessage(o.identity), Session: o.object, User: place + "/" + strconv.FormatUint(uint64(state.User), 36)}
	if state.Dead || state.Suspect {
		ask.Rejected = state.Token
	}
	body, _ := json.Marshal(ask)
	return body
}

// report tells the core what the keeper that was asked has answered about what a session depends on. Its own
// errors keep their code, so that a refused app is not called a failed function.
func (o *supplier) report(c *core.Client, session core.SessionID, exchange uint64, now core.Instant, status int, body []byte, err error) {
	o.failure = nil
	if err == nil && status == http.StatusOK {
		var given struct {
			Value     string  `json:"value"`
			Serial    uint64  `json:"serial"`
			ExpiresIn float64 `json:"expiresIn"`
		}
		if json.Unmarshal(body, &given) == nil && given.Value != "" {
			c.Supplied(exchange, now, core.Supply{Token: given.Value, Life: int64(given.ExpiresIn * 1000), Serial: given.Serial})
			return
		}
	}
	var p Problem
	switch {
	case err != nil || json.Unmarshal(body, &p) != nil || p.Code == "":
		c.Lost(exchange, now, core.SupplierFailed, core.Unanswered)
	case p.Code == string(StorageFailed) || p.Code == moduleFailed:
		c.Lost(exchange, now, core.Unavailable, core.Answering) // it is started anew: worth another try
	default:
		o.failure = errorOf(p, now)
		if o.failure.Code == core.CoolingDown && p.Cause == string(core.Network) {
			o.failure.Code = core.Network // what that keeper waits for, this one waits for as well
		}
		reach := core.Answering
		if o.failure.Code == core.Network {
			reach = core.Unanswered // it is the vendor that was not reached, and its keeper that spares it
		}
		if o.failure.Code == core.TokenRejected {
			o.stands(c, session, exchange, now)
			return
		}
		c.Lost(exchange, now, o.failure.Code, reach)
	}
}

// stands tells the core that the token is not given up, as that keeper does not believe who has refused it. That is
// told to who did: all others go on with it, and it is no reason not to ask that keeper again, which spares the vendor itself.
func (o *supplier) stands(c *core.Client, session core.SessionID, exchange uint64, now core.Instant) {
	var state struct{ Generation uint64 }
	_ = json.Unmarshal(c.Save(session, now), &state)
	c.Accepted(session, state.Generation+1, core.Place{Call: o.object}, now)
	c.Lost(exchange, now, core.TokenRejected, core.Answering)
	c.Relent(session, now)
}

package core

import "strings"

// edge is a Worker that holds the credentials of one of the other systems and
// hands out its tokens to users whom it knows, by this project's own protocol,
// which docs/edge.md describes. A token that comes from it is carried as the
// system's own would be.
type edge struct{ none }

var edgeDescription = Description{
	Name:   "edge",
	Member: "edge",
	Base:   "edge",
	Fields: append([]Field{
		{Name: "connection", Kind: Text, check: isConnection, form: "must have 1 to 64 letters, digits, hyphens and underscores"},
	}, authorizationFields...),
	Codes: []string{"code"},
	// An edge rides out its vendor's failures itself, and says when to ask again.
	// What authorized its user is of no more use once the token is there.
	policy: policy{retries: 1, backoff: second, relays: true, detached: true},
	needs:  authorization{},
	// Of whoever it stands for.
	errands: true,
}

func (edge) description() *Description { return &edgeDescription }

func isConnection(s string) bool {
	return len(s) <= 64 && strings.Trim(lower(s), "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

func (edge) post(id *identity, step Step, path, bearer, body string) Request {
	return Request{
		Step:    step,
		Method:  "POST",
		URL:     id.base + path,
		Headers: []Pair{bearerPair("Authorization", bearer), {"Content-Type", "application/json"}},
		Body:    body,
	}
}

// The rejected token is named, as the edge would otherwise hand it out again:
// it cannot know what a vendor answered to the console.
func (e edge) ask(id *identity, o occasion) Request {
	members := []Pair{id.pair("connection")}
	if o.rejected != "" {
		members = append(members, Pair{"rejected", o.rejected})
	}
	body := jsonObject(members...)
	if o.forced {
		body = strings.TrimSuffix(body, "}") + `,"force":true}`
	}
	r := e.post(id, StepEdge, "/v1/token", o.bearer, body)
	r.Share = !o.forced
	return r
}

// remote is what an edge says of a token beside its text: how another system's
// token is carried.
type remote struct {
	system   string
	carriage Carriage
}

func (e edge) read(step Step, r Response) (grant, *Error) {
	if err := e.problem(step, r); err != nil {
		return grant{}, err
	}
	var g grant
	var usable bool
	of := &remote{}
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "system":
			of.system, _ = asString(v)
		case "token":
			g.token, usable = asToken(v)
		case "expiresIn":
			g.life = remaining(v, r.Age)
		case "headers":
			of.carriage.Headers = Members(v)
		case "query":
			of.carriage.Query = Members(v)
		case "body":
			of.carriage.Body = Members(v)
		}
	})
	if err != nil || !usable || !isVendor(of.system) || !sendable(of.carriage.Headers) {
		return grant{}, malformed(step, r)
	}
	g.remote = of
	return g, nil
}

// remaining is the rest of a life in milliseconds that an answer states in
// seconds, where the answer itself is age milliseconds old. It is negative for one that is
// over or cannot be read: 0 would say that none is stated.
func remaining(v value, age int64) int64 {
	s, ok := asNumber(v)
	if !ok || s <= 0 {
		return over
	}
	if left := int64(min(s, 24*60*60)*1000) - max(0, age); left > 0 {
		return left
	}
	return over
}

// over is a life that has ended, at whatever moment it is looked at.
const over = -1

// sendable reports whether all pairs can stand in the header of a request.
func sendable(headers []Pair) bool {
	for _, h := range headers {
		if !isToken(h.Name) || !isToken(strings.ReplaceAll(h.Value, " ", "_")) {
			return false
		}
	}
	return true
}

// texts are those of what people type: a subject is told beside a function.
func (edge) texts() Texts {
	return Texts{
		Title: Words{"Edge", "边缘"},
		fields: []named{
			{"edge", Words{"Edge URL", "边缘地址"}, Words{"where the Worker answers", "Worker 所在地址"}, ""},
			{"connection", Words{"Connection", "连接"}, Words{"its name at the edge", "边缘上的连接名称"}, ""},
			{"authorization", Words{"Authorization", "授权"}, Words{"the bearer token of your own sign-in", "您自己登录的 bearer 令牌"}, ""},
		},
	}
}

// problem returns the error that an edge reports as application/problem+json,
// or nil for success. What it relays of the vendor's failure is kept.
func (edge) problem(step Step, r Response) *Error {
	err := answerError(&edgeDescription, step, r)
	if err == nil {
		return nil
	}
	_ = eachMember(r.Body, func(name string, v value) {
		text, _ := asString(v)
		switch name {
		case "code":
			if c := Code(text); c.known() {
				err.Code = c
			}
		case "system":
			if isVendor(text) {
				err.System = text
			}
		case "step":
			if s := Step(text); s.known() {
				err.Step = s
			}
		case "vendorStatus":
			if status, _ := asNumber(v); status >= 100 && status <= 599 {
				err.Status = int(status)
			}
		case "vendorCode":
			for _, s := range systems {
				if code, ok := s.description().codeOf(v); ok {
					err.Vendor = code
				}
			}
		case "reason":
			err.Why = absence(text)
		case "retryable":
			err.Retryable, _ = asBool(v)
		}
	})
	return err
}

// The edge does the errands of whoever it stands for. A sign-in brings no token to here: the edge keeps it.
func (e edge) errand(id *identity, of Errand, _, bearer string) Request {
	body := jsonObject(id.pair("connection"))
	path := "/v1/sign-in"
	switch of {
	case SignInByForce:
		body = strings.TrimSuffix(body, "}") + `,"force":true}`
	case SignOut:
		path = "/v1/sign-out"
	case KeepAlive:
		path = "/v1/keep-alive"
	}
	return e.post(id, StepEdge, path, bearer, body)
}

func (e edge) done(step Step, r Response) *Error { return e.problem(step, r) }

// carriage is the system's own, as the edge said it.
func (edge) carriage(_ *identity, g grant, _ string) Carriage {
	if g.remote == nil {
		return Carriage{}
	}
	return g.remote.carriage
}

func (edge) judge(_ *identity, _ string, r Response) judgement {
	return judgement{bearer: unauthorized(r), reason: TokenDead}
}

func (e edge) verification(id *identity, token, bearer string) (Request, bool) {
	body := jsonObject(id.pair("connection"), Pair{"token", token})
	return e.post(id, StepVerify, "/v1/verify", bearer, body), true
}

func (e edge) confirms(r Response, sent Instant) (Verdict, *Error) {
	if err := e.problem(StepVerify, r); err != nil {
		return Verdict{}, err
	}
	v := Verdict{Reason: Unknown}
	said := false
	err := eachMember(r.Body, func(name string, member value) {
		text, _ := asString(member)
		switch name {
		case "valid":
			yes, ok := asBool(member)
			if ok {
				v.Valid = valid(yes)
			}
			said = ok || member.Kind() == 'n'
		case "source":
			v.Vendor = text == "vendor"
		case "reason":
			if reason := Reason(text); reason.verdict() {
				v.Reason = reason
			}
		case "expiresIn":
			if left := remaining(member, r.Age); left != over {
				v.ExpiresAt = sent.Wall + left
			}
		}
	})
	if err != nil || !said {
		return Verdict{}, malformed(StepVerify, r)
	}
	return v, nil
}

// authorization is what a user shows to an edge: a bearer token of the
// enterprise's own, which the caller gives or supplies. Like an AccessToken it
// is a session of its own, since all connections of an edge share it. Calls that
// the edge makes for its user (/v1/call) carry it and nothing else.
//
// Two texts are two sessions as they are; where there is a function, only the
// subject says whose authorization is held, and so there must be one.
type authorization struct{ none }

var authorizationDescription = Description{
	Name:     "authorization",
	Of:       "edge",
	Base:     "edge",
	Fields:   authorizationFields,
	Carriers: []string{"Authorization"},
	policy:   policy{retries: 2, retryAnswered: true, backoff: second, free: true},
	personal: true,
	given:    "authorization",
	step:     StepAuthorization,
	refusal:  Unauthorized,
}

var authorizationFields = []Field{
	{Name: "subject", Kind: Text, Optional: true, Alone: true, Beside: "authorization"},
	{Name: "authorization", Kind: Supplied, Secret: true},
}

func (authorization) description() *Description { return &authorizationDescription }

// Only a supplied one is ever asked for.
func (authorization) ask(id *identity, _ occasion) Request {
	return Request{Step: StepAuthorization, Supplier: id.supplier()}
}

func (authorization) read(step Step, r Response) (grant, *Error) {
	return grant{}, malformed(step, r)
}

func (authorization) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{Headers: []Pair{bearerPair("Authorization", g.token)}}
}

// A vendor's own 401, handed on by the edge, says nothing of the authorization.
func (authorization) judge(_ *identity, _ string, r Response) judgement {
	return judgement{token: unauthorized(r), reason: TokenDead}
}

// unauthorized reports whether an answer is an edge's own 401.
func unauthorized(r Response) bool {
	if r.Status != 401 {
		return false
	}
	own := false
	_ = eachMember(r.Body, func(name string, v value) {
		if text, _ := asString(v); name == "type" {
			own = text == ProblemURN+string(Unauthorized)
		}
	})
	return own
}

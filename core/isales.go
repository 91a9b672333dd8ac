package core

// isales is the CC-iSales for the CTI-OBS: "Authentication Interface" (api-cec
// cec_07_0313, of 2025-11-13) and its refresh (cec_07_0314).
type isales struct{ none }

func (isales) name() string   { return "isales" }
func (isales) policy() policy { return lenient() }

func (isales) identify(f *fields) []string {
	return []string{f.text("user"), f.text("passwd")}
}

func (isales) ask(id *identity, o occasion) Request {
	const path = "/rest/isales/v1/openapi/obs/auth/"
	r := Request{Method: "POST", Headers: []Pair{{"Content-Type", "application/json"}}}
	if o.held.refresh != "" {
		r.Step, r.URL = StepRefresh, id.base+path+"refresh"
		r.Headers = append(r.Headers, bearerPair("Authentication", o.held.token))
		r.Body = jsonObject(Pair{"refreshToken", o.held.refresh})
		return r
	}
	r.Step, r.URL = StepLogin, id.base+path+"login"
	r.Body = jsonObject(Pair{"user", id.values[0]}, Pair{"passwd", id.values[1]})
	return r
}

// Lifetimes are in seconds: strings in the document's table, numbers in its
// example. It states no default; the example's 300 and 3600 stand in for one.
func (isales) read(step Step, r Response) (grant, *Error) {
	if err := answerError(step, r); err != nil {
		return grant{}, err
	}
	var code float64
	var known bool
	var data value
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "result":
			code, known = asNumber(v)
		case "resultData":
			data = v
		}
	})
	switch {
	case err != nil || !known:
		return grant{}, malformed(step, r)
	case code != 0:
		return grant{}, failed(step, r, code)
	}
	g := grant{life: 5 * minute, refreshLife: hour}
	usable := false
	err = eachMember(data, func(name string, v value) {
		switch name {
		case "token":
			g.token, usable = asToken(v)
		case "tokenExpirationTime":
			g.life = lifetime(v, 5*minute)
		case "refreshToken":
			g.refresh, _ = asToken(v) // without one, the next step is a login
		case "refreshExpirationTime":
			g.refreshLife = lifetime(v, hour)
		}
	})
	if err != nil || !usable {
		return grant{}, malformed(step, r)
	}
	return g, nil
}

// The header is the one that the refresh interface documents.
func (isales) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{Headers: []Pair{bearerPair("Authentication", g.token)}}
}

func (isales) judge(_ *identity, r Response) judgement {
	j := judgeByStatus(r)
	if r.Status == 403 { // "Response status code: 403. Authentication failed."
		j = judgement{token: true, reason: TokenDead}
	}
	return j
}

// bearerPair is a header of the form "Bearer TOKEN", with one space.
func bearerPair(name, token string) Pair { return Pair{name, "Bearer " + token} }

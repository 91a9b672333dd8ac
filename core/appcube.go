package core

// appcube is the OIAP AppCube of the Huawei AICC: "C6 OIAP AppCube Interface
// Authentication", of 2025-03-31.
type appcube struct{ none }

func (appcube) name() string   { return "appcube" }
func (appcube) policy() policy { return lenient() }

func (appcube) identify(f *fields) []string {
	return []string{f.text("appKey"), f.text("appSecret")}
}

func (appcube) ask(id *identity, _ occasion) Request {
	return Request{
		Step:    StepLogin,
		Method:  "POST",
		URL:     id.base + "/oifde/rest/appcube/api/getAppCubeToken",
		Headers: []Pair{{"Content-Type", "application/json; charset=UTF-8"}},
		Body:    jsonObject(Pair{"appKey", id.values[0]}, Pair{"appSecret", id.values[1]}),
	}
}

// The document counts two codes as success: 0, and "the status code 200".
func (appcube) read(step Step, r Response) (grant, *Error) {
	if err := answerError(step, r); err != nil {
		return grant{}, err
	}
	var code float64
	var known, usable bool
	g := grant{life: hour} // the documented default of expireTime is 3600 seconds
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "errorCode":
			code, known = asNumber(v)
		case "authToken":
			g.token, usable = asToken(v)
		case "expireTime":
			g.life = lifetime(v, hour)
		}
	})
	switch {
	case err != nil || !known:
		return grant{}, malformed(step, r)
	case code != 0 && code != 200:
		return grant{}, failed(step, r, code)
	case !usable:
		return grant{}, malformed(step, r)
	}
	return g, nil
}

// "The request body of the interface must contain authToken."
func (appcube) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{Body: []Pair{{"authToken", g.token}}}
}

// The document does not say how a dead token is answered; 401 can mean nothing else.
func (appcube) judge(_ *identity, r Response) judgement { return judgeByStatus(r) }

// judgeByStatus is for vendors that document no more than statuses: 401 means
// that the token is dead, 403 is not said to.
func judgeByStatus(r Response) judgement {
	switch r.Status {
	case 401:
		return judgement{token: true, reason: TokenDead}
	case 403:
		return judgement{reason: Unknown}
	}
	return judgement{}
}

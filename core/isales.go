package core

// isales is the CC-iSales for the CTI-OBS: "Authentication Interface" (api-cec
// cec_07_0313, of 2025-11-13) and its refresh (cec_07_0314).
type isales struct{ none }

var isalesDescription = Description{
	Name:   "isales",
	Vendor: true,
	Base:   "baseUrl",
	Fields: []Field{
		{Name: "user", Kind: Text},
		{Name: "passwd", Kind: Text, Secret: true},
	},
	Paths:      []string{"/rest/isales/v1/openapi/obs/auth"},
	Interfaces: []string{}, // "login" and "refresh" mean other things elsewhere
	Carriers:   []string{"Authentication", "Authorization"},
	Beside:     []string{"refreshToken"},
	Answers:    []string{"token", "refreshToken"},
	Codes:      []string{"result", "resultCode", "errorCode"},
	Success:    []string{"0"},
	Terse:      true, // "Response status code: 403. Authentication failed."
	Explains:   []string{"resultMsg", "resultDesc"},
	Life:       5 * minute, // the example's 300 seconds: the document states no default
	policy:     lenient,
}

func (isales) description() *Description { return &isalesDescription }

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
	r.Body = id.object("user", "passwd")
	return r
}

// Lifetimes are in seconds: strings in the document's table, numbers in its
// example. It states no default; the example's 300 and 3600 stand in for one.
func (isales) read(step Step, r Response) (grant, *Error) {
	if err := answerError(&isalesDescription, step, r); err != nil {
		return grant{}, err
	}
	var code string
	var known bool
	var data value
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "result":
			code, known = codeText(v)
		case "resultData":
			data = v
		}
	})
	switch {
	case err != nil || !known:
		return grant{}, malformed(step, r)
	case code != "0":
		return grant{}, isalesDescription.failed(step, r, code)
	}
	g := grant{life: isalesDescription.Life, refreshLife: hour}
	usable := false
	err = eachMember(data, func(name string, v value) {
		switch name {
		case "token":
			g.token, usable = asToken(v)
		case "tokenExpirationTime":
			g.life = lifetime(v, isalesDescription.Life)
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

// The Chinese pages and the examples say Authentication, the English tables Authorization.
func (isales) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{Headers: []Pair{bearerPair("Authentication", g.token), bearerPair("Authorization", g.token)}}
}

func (isales) judge(_ *identity, _ string, r Response) judgement {
	if r.Status == 403 && !isalesDescription.blocked(r) {
		return judgement{token: true, reason: TokenDead}
	}
	return isalesDescription.judge(r)
}

func (isales) texts() Texts {
	return Texts{
		Title:    Words{"CC-iSales for CTI-OBS", "CC-iSales（CTI-OBS）"},
		Document: `CC-iSales for CTI-OBS ("Authentication Interface", cec_07_0313).`,
		Type:     "IsalesIdentity",
		fields: []named{
			{"baseUrl", Words{"Base URL", "基础地址"}, Words{"of the CC-iSales", "CC-iSales 的地址"}, "https://service.besclouds.com"},
			{"user", Words{"User", "用户"}, Words{"the account's name, of CTI-OBS", "CTI-OBS 的用户"}, ""},
			{"passwd", Words{"Password", "密码"}, Words{"of that user", "该用户的密码"}, ""},
		},
	}
}

func (isales) counsel() Counsel {
	return Counsel{
		Refused: Advice{
			Found: "user or passwd is wrong, or the account is locked",
			Try: []string{
				"Log in once with the same pair where a person does. If it works there, compare how it is written here.",
				"Check that the account is not locked or expired; wait before more attempts, as they may lock it.",
			},
		},
		Statuses: map[int]string{401: "not authorised", 403: "a failed authentication"},
	}
}

// bearerPair is a header of the form "Bearer TOKEN", with one space.
func bearerPair(name, token string) Pair { return Pair{name, "Bearer " + token} }

package core

// cubedrive is CubeDrive: its API page "Token" (xAuthToken). The page does not name
// the parameters of a login ("the application information and user information"),
// so they are the caller's.
type cubedrive struct{ none }

var cubedriveDescription = Description{
	Name:   "cubedrive",
	Vendor: true,
	Base:   "baseUrl",
	Fields: []Field{
		{Name: "params", Kind: Parameters, Secret: true},
		{Name: "method", Kind: Choice, Values: []string{"POST", "GET"}, Optional: true}, // a query may be logged on its way; a body is not
	},
	Paths:      []string{"/getLogin", "/verifyAuthToken"},
	Interfaces: []string{"getLogin", "verifyAuthToken"},
	Carriers:   []string{"X-Auth-Token", "authToken"},
	Answers:    []string{"x-auth-token"},
	Codes:      []string{"success"},
	Success:    []string{"true"},
	Verifies:   true,
	// "This interface cannot be called frequently, otherwise it will be intercepted": the page gives no number, so the
	// budget is a careful one, and a login is repeated only if the vendor cannot have seen it.
	policy: policy{retries: 1, backoff: 10 * second, logins: 5, window: 10 * minute},
}

func (cubedrive) description() *Description { return &cubedriveDescription }

func (cubedrive) ask(id *identity, _ occasion) Request {
	r := Request{Step: StepLogin, Method: id.value("method"), URL: id.base + "/getLogin"}
	if r.Method == "GET" {
		r.Query = id.params()
	} else {
		r.Form = id.params()
	}
	return r
}

// No lifetime is given, and none is guaranteed: the token is used until it is rejected.
func (cubedrive) read(step Step, r Response) (grant, *Error) {
	if err := answerError(&cubedriveDescription, step, r); err != nil {
		return grant{}, err
	}
	var success, known, usable bool
	var g grant
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "success":
			success, known = asBool(v)
		case "x-auth-token":
			g.token, usable = asToken(v)
		}
	})
	switch {
	case err != nil || !known:
		return grant{}, malformed(step, r)
	case !success: // a login has nothing else that could be refused
		return grant{}, &Error{Code: CredentialsRefused, Step: step, Status: r.Status}
	case !usable:
		return grant{}, malformed(step, r)
	}
	return g, nil
}

func (cubedrive) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{
		Headers: []Pair{{"X-Auth-Token", g.token}},
		Query:   []Pair{{"x-auth-token", g.token}},
	}
}

func (cubedrive) judge(_ *identity, _ string, r Response) judgement {
	return cubedriveDescription.judge(r)
}

func (cubedrive) verification(id *identity, token, _ string) (Request, bool) {
	return Request{
		Step:   StepVerify,
		Method: "GET",
		URL:    id.base + "/verifyAuthToken",
		Query:  []Pair{{"authToken", token}},
	}, true
}

// The answer is {"success":true,"valid":true}. Without success it says nothing
// of the token, whatever valid may be.
func (cubedrive) confirms(r Response, _ Instant) (Verdict, *Error) {
	if err := answerError(&cubedriveDescription, StepVerify, r); err != nil {
		return Verdict{}, err
	}
	var success, yes, known, said bool
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "success":
			success, known = asBool(v)
		case "valid":
			yes, said = asBool(v)
		}
	})
	switch {
	case err != nil || !known:
		return Verdict{}, malformed(StepVerify, r)
	case !success:
		return Verdict{}, cubedriveDescription.failed(StepVerify, r, "")
	case !said:
		return Verdict{}, malformed(StepVerify, r)
	case !yes:
		return Verdict{Valid: valid(false), Vendor: true, Reason: Denied}, nil
	}
	return Verdict{Valid: valid(true), Vendor: true, Reason: Confirmed}, nil
}

func (cubedrive) texts() Texts {
	return Texts{
		Title:    Words{"CubeDrive", "CubeDrive"},
		Document: `CubeDrive ("xAuthToken").`,
		Type:     "CubeDriveIdentity",
		fields: []named{
			{"baseUrl", Words{"Base URL", "基础地址"}, Words{"of the deployment", "部署的地址"}, "https://www.cubedrive.com/lite"},
			{"params", Words{"Parameters", "参数"}, Words{"\"the application information and user information\", under the names that the deployment needs",
				"应用信息和用户信息，名称由部署决定"}, ""},
			{"method", Words{"Method of getLogin", "getLogin 的方法"}, Words{"how getLogin is called: a query may end up in logs, a body does not", "查询串可能被记录，请求体不会"}, ""},
		},
	}
}

func (cubedrive) counsel() Counsel {
	return Counsel{
		Refused: Advice{
			Found: "the application's or the user's parameters are wrong, or either is switched off",
			Try: []string{
				"Compare the names and the values of params with what your deployment asks for.",
				"CubeDrive tolerates few logins: wait a few minutes before the next.",
			},
		},
		Page:        "CubeDrive also answers so to those who log in too often: wait a few minutes.",
		Intercepted: "getLogin answered with a page of HTML, while verifyAuthToken answers properly: so CubeDrive itself is there, and intercepts logins that come too often.",
	}
}

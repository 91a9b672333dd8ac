package core

// frontdesk is a made-up system: an agent's session, with a field of each kind, an interface to verify, and tokens that roll.
type frontdesk struct{ none }

var frontdeskDescription = Description{
	Name:   "frontdesk",
	Vendor: true,
	Base:   "baseUrl",
	Fields: []Field{
		{Name: "agentId", Kind: Number, Least: 1, Most: 999_999},
		{Name: "loginPassword", Kind: Text, Secret: true, Most: 32},
		{Name: "phoneNumber", Kind: HeaderText, Most: 24},
		{Name: "seatUrl", Kind: URL, Instead: "phoneNumber"},
		{Name: "status", Kind: Number, Values: []string{"3", "4", "5"}, Optional: true},
		{Name: "autoAnswer", Kind: Flag, Optional: true},
		{Name: "mode", Kind: Choice, Values: []string{"dynamic", "static"}, Optional: true},
		{Name: "labels", Kind: Parameters, Optional: true},
	},
	Paths:      []string{"/sign-in", "/session"},
	Interfaces: []string{"sign-in"},
	Carriers:   []string{"Guid", "Next-Guid"},
	Answers:    []string{"guid"},
	RollsIn:    []string{"Next-Guid", "Guid"},
	RollsAfter: "DESK=",
	Codes:      []string{"retcode"},
	Success:    []string{"0"},
	Explains:   []string{"message"},
	Verifies:   true,
	Life:       hour,
	policy:     lenient,
}

func (frontdesk) description() *Description { return &frontdeskDescription }

func (frontdesk) ask(id *identity, _ occasion) Request {
	return Request{
		Step:    StepLogin,
		Method:  "PUT",
		URL:     id.base + "/sign-in/" + id.value("agentId"),
		Query:   id.params(),
		Headers: []Pair{{"Content-Type", "application/json"}},
		Body:    id.object("loginPassword", "phoneNumber", "seatUrl", "status", "autoAnswer", "mode"),
	}
}

func (frontdesk) read(step Step, r Response) (grant, *Error) {
	if err := answerError(&frontdeskDescription, step, r); err != nil {
		return grant{}, err
	}
	var g grant
	var refused, usable bool
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "retcode":
			text, _ := asString(v)
			refused = text != "0"
		case "guid":
			g.token, usable = asToken(v)
		}
	})
	switch {
	case err != nil:
		return grant{}, malformed(step, r)
	case refused:
		return grant{}, &Error{Code: CredentialsRefused, Step: step, Status: r.Status}
	case !usable:
		return grant{}, malformed(step, r)
	}
	g.life = frontdeskDescription.Life
	return g, nil
}

func (frontdesk) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{Headers: []Pair{{"Guid", g.token}}}
}

func (frontdesk) judge(_ *identity, _ string, r Response) judgement {
	if r.Status == 200 && r.Rolled != "" {
		return judgement{rolled: r.Rolled, life: frontdeskDescription.Life}
	}
	return frontdeskDescription.judge(r)
}

func (frontdesk) verification(id *identity, token, _ string) (Request, bool) {
	return Request{Step: StepVerify, Method: "GET", URL: id.base + "/session", Headers: []Pair{{"Guid", token}}}, true
}

func (frontdesk) confirms(r Response, _ Instant) (Verdict, *Error) {
	if err := answerError(&frontdeskDescription, StepVerify, r); err != nil {
		return Verdict{}, err
	}
	var alive, said bool
	err := eachMember(r.Body, func(name string, v value) {
		if name == "alive" {
			alive, said = asBool(v)
		}
	})
	switch {
	case err != nil || !said:
		return Verdict{}, malformed(StepVerify, r)
	case !alive:
		return Verdict{Valid: valid(false), Vendor: true, Reason: Denied}, nil
	}
	return Verdict{Valid: valid(true), Vendor: true, Reason: Confirmed}, nil
}

func (frontdesk) texts() Texts {
	return Texts{
		Title:    Words{"A made-up agent's session", "虚构的坐席会话"},
		Document: "None.",
		Type:     "FrontdeskIdentity",
		fields: []named{
			{"baseUrl", Words{"Base URL", "基础地址"}, Words{"of the gateway", "网关的地址"}, ""},
			{"agentId", Words{"Agent number", "坐席号"}, Words{"the agent's number", "坐席的号码"}, ""},
			{"loginPassword", Words{"Login password", "登录密码"}, Words{"of that agent", "该坐席的密码"}, ""},
			{"phoneNumber", Words{"Phone number", "电话号码"}, Words{"where calls go", "来电转到的号码"}, ""},
			{"seatUrl", Words{"Seat URL", "座席地址"}, Words{"in place of the phone number", "代替电话号码"}, ""},
			{"status", Words{"Status", "状态"}, Words{"to begin with", "开始时的状态"}, ""},
			{"autoAnswer", Words{"Auto answer", "自动应答"}, Words{"whether calls are taken by themselves", "来电是否自动接听"}, ""},
			{"mode", Words{"Mode", "模式"}, Words{"whether the session's number changes", "会话的号码是否变化"}, ""},
			{"labels", Words{"Labels", "标签"}, Words{"of the session", "会话的标签"}, ""},
		},
	}
}

func (frontdesk) counsel() Counsel {
	return Counsel{
		Refused: Advice{Found: "the agent's number or password is wrong", Try: []string{"Ask the supervisor."}},
	}
}

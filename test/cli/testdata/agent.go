package core

// agent is a made-up system for a test of the command: an agent's session, with a field of each kind.
type agent struct{ none }

var agentDescription = Description{
	Name:   "agent",
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
	Paths:      []string{"/sign-in"},
	Interfaces: []string{"sign-in"},
	Carriers:   []string{"Guid"},
	Answers:    []string{"guid"},
	Codes:      []string{"retcode"},
	Success:    []string{"0"},
	Explains:   []string{"message"},
	policy:     lenient,
}

func (agent) description() *Description { return &agentDescription }

func (agent) ask(id *identity, _ occasion) Request {
	return Request{
		Step:    StepLogin,
		Method:  "PUT",
		URL:     id.base + "/sign-in/" + id.value("agentId"),
		Query:   id.params,
		Headers: []Pair{{"Content-Type", "application/json"}},
		Body:    id.object("loginPassword", "phoneNumber", "seatUrl", "status", "autoAnswer", "mode"),
	}
}

func (agent) read(step Step, r Response) (grant, *Error) {
	if err := answerError(&agentDescription, step, r); err != nil {
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
	return g, nil
}

func (agent) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{Headers: []Pair{{"Guid", g.token}}}
}

func (agent) judge(_ *identity, r Response) judgement { return judgeByStatus(r) }

func (agent) texts() Texts {
	help := func(english string) FieldTexts { return FieldTexts{Help: Words{English: english}} }
	return Texts{
		Title:    Words{English: "A made-up agent's session"},
		Document: "None.",
		Type:     "AgentIdentity",
		Fields: map[string]FieldTexts{
			"baseUrl":       help("of the gateway"),
			"agentId":       help("the agent's number"),
			"loginPassword": help("of that agent"),
			"phoneNumber":   help("where calls go"),
			"seatUrl":       help("in place of the phone number"),
			"status":        help("to begin with"),
			"autoAnswer":    help("whether calls are taken by themselves"),
			"mode":          help("whether the session's number changes"),
			"labels":        help("of the session"),
		},
		Refused: Advice{Found: "the agent's number or password is wrong", Try: []string{"Ask the supervisor."}},
	}
}

package core

// ccgatewayconfig is the configuration login of the CC-Gateway: "C5" (api-cec
// cec_07_0006). Its token lives two minutes from its last use.
type ccgatewayconfig struct{ none }

var ccgatewayconfigDescription = Description{
	Name:   "ccgatewayconfig",
	Vendor: true,
	Base:   "baseUrl",
	Fields: []Field{
		{Name: "agentId", Kind: Number, Least: 1, Most: 999_999},
		{Name: "password", Kind: Text, Secret: true},
	},
	Paths:      []string{ccgatewayconfigPath},
	Interfaces: []string{}, // "login" means other things elsewhere
	Carriers:   []string{"Guid", "Set-GUID"},
	Answers:    []string{"guid"},
	RollsIn:    []string{"Set-GUID", "Guid"},
	RollsAfter: "JSESSIONID=",
	Slides:     true,
	Codes:      []string{"retcode"},
	Success:    []string{"0"},
	Meanings: []Meaning{
		{Codes: []string{"107-000", "107-007"}, Of: TokenDead},
		{Codes: []string{"107-003", "107-004"}, Means: CredentialsRefused},
	},
	Explains: []string{"message"},
	Life:     2 * minute,
	// 107-003 also locks the account after a few tries. A login that may have been seen is not repeated.
	policy: policy{retries: 1, backoff: 10 * second, locks: true},
}

const ccgatewayconfigPath = "/agentgateway/resource/config/login"

func (ccgatewayconfig) description() *Description { return &ccgatewayconfigDescription }

func (ccgatewayconfig) ask(id *identity, _ occasion) Request {
	return Request{
		Step:    StepLogin,
		Method:  "POST",
		URL:     id.base + ccgatewayconfigPath,
		Headers: []Pair{{"Content-Type", "application/json; charset=UTF-8"}},
		Body:    id.object("agentId", "password"),
	}
}

// The token stands in the body as well as in a header. A failure has a text in the place of the result.
func (ccgatewayconfig) read(step Step, r Response) (grant, *Error) {
	if err := answerError(&ccgatewayconfigDescription, step, r); err != nil {
		return grant{}, err
	}
	var code string
	var known, usable bool
	g := grant{life: ccgatewayconfigDescription.Life}
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "retcode":
			code, known = codeText(v)
		case "result":
			_ = eachMember(v, func(name string, v value) {
				if name == "guid" {
					g.token, usable = asToken(v)
				}
			})
		}
	})
	switch {
	case err != nil || !known:
		return grant{}, malformed(step, r)
	case code != "0":
		return grant{}, ccgatewayconfigDescription.failed(step, r, code)
	case !usable:
		return grant{}, malformed(step, r)
	}
	return g, nil
}

func (ccgatewayconfig) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{Headers: []Pair{{"Guid", g.token}}}
}

// Any answer may bring another token, but for that which says that this one is dead.
func (ccgatewayconfig) judge(_ *identity, _ string, r Response) judgement {
	j := ccgatewayconfigDescription.judge(r)
	if !j.token && isToken(r.Rolled) {
		j.rolled, j.life = r.Rolled, ccgatewayconfigDescription.Life
	}
	return j
}

func (ccgatewayconfig) texts() Texts {
	return Texts{
		Title:    Words{"CC-Gateway configuration", "CC-Gateway 配置"},
		Document: `The configuration login of the CC-Gateway ("C5", cec_07_0006).`,
		Type:     "CcgatewayConfigIdentity",
		fields: []named{
			{"baseUrl", Words{"Base URL", "基础地址"}, Words{"of the CC-Gateway", "CC-Gateway 的地址"}, "https://IP:8043"},
			{"agentId", Words{"Agent ID", "座席工号"}, Words{"of the agent who configures, 1 to 999999", "进行配置的座席工号，1 至 999999"}, ""},
			{"password", Words{"Password", "密码"}, Words{"of that agent", "该座席的密码"}, ""},
		},
	}
}

func (ccgatewayconfig) counsel() Counsel {
	return Counsel{
		Refused: Advice{
			Found: "agentId or password is wrong, or the account is locked",
			Try: []string{
				"Log in once with the same pair where a person does, and correct what is written here.",
				"A few wrong tries lock the account: have it unlocked before the next one.",
			},
		},
	}
}

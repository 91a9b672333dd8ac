package core

import "strings"

// ccgateway is an agent's session at the CC-Gateway: "C4", signing in (api-cec cec_07_1202,
// by force cec_07_1274), signing out (1204), the handshake (0358) and the event poll (1430).
type ccgateway struct{ none }

var ccgatewayDescription = Description{
	Name:   "ccgateway",
	Vendor: true,
	Base:   "baseUrl",
	Fields: []Field{
		{Name: "agentId", Kind: Number, Least: 101, Most: 999_999},
		{Name: "password", Kind: Text, Secret: true, Most: 32},
		{Name: "phonenum", Kind: Text, Most: 24},
		{Name: "autoanswer", Kind: Flag, Optional: true},
		{Name: "autoenteridle", Kind: Flag, Optional: true},
		{Name: "releasephone", Kind: Flag, Optional: true},
		{Name: "status", Kind: Number, Values: []string{"3", "4", "5"}, Optional: true},
		{Name: "agenttype", Kind: Number, Values: []string{"4", "11"}, Optional: true},
		{Name: "ip", Kind: Text, Optional: true},
		{Name: "checkInWebm", Kind: Flag, Optional: true},
		{Name: "checkInMailm", Kind: Flag, Optional: true},
		{Name: "listenStatus", Kind: Flag, Optional: true},
		{Name: "vcPhoneNumber", Kind: Text, Optional: true},
		{Name: "mode", Kind: Choice, Values: []string{"dynamic", "static"}, Optional: true},
	},
	Doors:      []string{ccgatewayAgents + "*"},
	Interfaces: []string{"forcelogin", "updateGuid"},
	Carriers:   []string{"Guid", "Set-GUID"},
	Answers:    []string{"guid"},
	RollsIn:    []string{"Set-GUID"},
	RollsAfter: "JSESSIONID=", // all that follows is the token: it may hold more such signs
	Codes:      []string{"retcode"},
	Success:    []string{"0"},
	Meanings: []Meaning{
		{Codes: []string{"100-002"}, Means: AlreadySignedIn},
		{Codes: []string{"100-004"}, Means: CredentialsRefused},
		{Codes: []string{"110-016"}, Means: AccountLocked},
		{Codes: []string{"000-004", "105-002"}, Means: Unavailable}, // a switch-over is under way: the token stays
		{Codes: []string{"100-006", "100-008", "105-005", "105-006", "105-007"}, Of: TokenDead},
		{Codes: []string{"000-003"}, Of: TokenDead, Times: 5}, // or "no permission"
	},
	SignsIn: true, // and so without a policy: nothing is tried again
	Life:    2 * minute,
	errands: true,
}

const ccgatewayAgents = "/agentgateway/resource/onlineagent/"

func (ccgateway) description() *Description { return &ccgatewayDescription }

func ccgatewayRequest(id *identity, step Step, method, end string) Request {
	return Request{
		Step:    step,
		Method:  method,
		URL:     id.base + ccgatewayAgents + id.value("agentId") + end,
		Headers: []Pair{{"Content-Type", "application/json; charset=UTF-8"}},
	}
}

func (ccgateway) ask(id *identity, o occasion) Request {
	end := ""
	if o.forced {
		end = "/forcelogin"
	}
	r := ccgatewayRequest(id, StepLogin, "PUT", end)
	r.Body = id.object("password", "phonenum", "autoanswer", "autoenteridle", "releasephone", "status", "agenttype",
		"ip", "checkInWebm", "checkInMailm", "listenStatus", "vcPhoneNumber")
	return r
}

func (ccgateway) errand(id *identity, e Errand, token, _ string) Request {
	r := ccgatewayRequest(id, StepSignOut, "DELETE", "/logout")
	if e == KeepAlive {
		r = ccgatewayRequest(id, StepKeepAlive, "POST", "/handshake")
	}
	r.Headers = append(r.Headers, Pair{"Guid", token})
	return r
}

// done is also how a sign-in's answer begins to be read.
func (ccgateway) done(step Step, r Response) *Error {
	d := &ccgatewayDescription
	if err := answerError(d, step, r); err != nil {
		return err
	}
	switch code, ok := d.said(r.Body); {
	case !ok:
		return malformed(step, r)
	case code != "0":
		return d.failed(step, r, code)
	}
	return nil
}

func (s ccgateway) read(step Step, r Response) (grant, *Error) {
	if err := s.done(step, r); err != nil {
		return grant{}, err
	}
	if !isToken(r.Rolled) {
		return grant{}, malformed(step, r)
	}
	return grant{token: r.Rolled, life: ccgatewayDescription.Life}, nil
}

func (ccgateway) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{Headers: []Pair{{"Guid", g.token}}}
}

// A status says nothing of a token: all that is known of it stands in the body, under any status.
func (ccgateway) judge(id *identity, call string, r Response) judgement {
	code, said := ccgatewayDescription.said(r.Body)
	if m := ccgatewayDescription.meaning(code); m != nil && m.Of == TokenDead {
		return judgement{token: true, code: code, times: m.Times, reason: TokenDead}
	}
	if r.Status < 200 || r.Status > 299 || said && code != "0" {
		return judgement{mute: true}
	}
	agent := id.value("agentId")
	own := ccgatewayAgents + agent
	j := judgement{
		life: ccgatewayDescription.Life,
		out:  said && strings.HasSuffix(call, own+"/logout"),
		sign: id.value("mode") == "static" && (strings.HasSuffix(call, own+"/handshake") || strings.HasSuffix(call, "/agentevent/"+agent)),
	}
	if isToken(r.Rolled) {
		j.rolled = r.Rolled
	} else if strings.HasSuffix(call, own+"/updateGuid") {
		j.rolled = ccgatewayGuid(r.Body)
	}
	return j
}

// ccgatewayGuid is the token in the body of updateGuid's answer, or "".
func ccgatewayGuid(body []byte) (guid string) {
	_ = eachMember(body, func(name string, result value) {
		if name == "result" {
			_ = eachMember(result, func(name string, v value) {
				if token, ok := asToken(v); ok && name == "guid" {
					guid = token
				}
			})
		}
	})
	return guid
}

func (ccgateway) texts() Texts {
	return Texts{
		Title:    Words{"CC-Gateway agent", "CC-Gateway 座席"},
		Document: `An agent's session at the CC-Gateway ("C4", cec_07_0005; signing in: cec_07_1202).`,
		Type:     "CcgatewayIdentity",
		fields: []named{
			{"baseUrl", Words{"Base URL", "基础地址"}, Words{"of the CC-Gateway", "CC-Gateway 的地址"}, "https://IP:8043"},
			{"agentId", Words{"Agent ID", "座席工号"}, Words{"from 101 to 999999", "101 至 999999"}, ""},
			{"password", Words{"Password", "密码"}, Words{"of the agent, 1 to 32 characters", "座席的密码，1 至 32 个字符"}, ""},
			{"phonenum", Words{"Phone number", "电话号码"}, Words{"on which the agent is called, 1 to 24 characters", "呼叫座席的号码，1 至 24 个字符"}, ""},
			{"autoanswer", Words{"Automatic answer", "自动应答"}, Words{"whether calls are answered by themselves", "是否自动应答来话"}, ""},
			{"autoenteridle", Words{"Idle after a call", "通话后空闲"}, Words{"whether the agent is idle at once after a call", "通话结束后是否立即进入空闲状态"}, ""},
			{"releasephone", Words{"Release the phone", "释放电话"}, Words{"whether the phone is hung up after a call", "通话结束后是否挂断话机"}, ""},
			{"status", Words{"State after sign-in", "签入后状态"}, Words{"3, 4 or 5, as the CC-Gateway counts them", "3、4 或 5，按 CC-Gateway 的编号"}, ""},
			{"agenttype", Words{"Agent type", "座席类型"}, Words{"4 or 11, as the CC-Gateway counts them", "4 或 11，按 CC-Gateway 的编号"}, ""},
			{"ip", Words{"IP address", "IP 地址"}, Words{"of the agent's machine", "座席电脑的地址"}, ""},
			{"checkInWebm", Words{"Web chats", "文字聊天"}, Words{"whether the agent signs in for web chats too", "是否同时签入文字聊天"}, ""},
			{"checkInMailm", Words{"E-mails", "邮件"}, Words{"whether the agent signs in for e-mails too", "是否同时签入邮件"}, ""},
			{"listenStatus", Words{"Listening", "监听"}, Words{"whether the agent's listening state is reported", "是否上报座席的监听状态"}, ""},
			{"vcPhoneNumber", Words{"Video number", "视频号码"}, Words{"for video calls", "用于视频通话"}, ""},
			{"mode", Words{"GUID", "GUID"}, Words{"how the gateway is set up: its GUIDs change all the time, or never. Not sent", "网关的设置：GUID 持续更新，或保持不变。不会发送"}, ""},
		},
	}
}

func (ccgateway) counsel() Counsel {
	return Counsel{
		Refused: Advice{
			Found: "agentId or password is wrong",
			Try:   []string{"Sign in once with the same agent where a person does. Do not try others: a few wrong ones lock the account."},
		},
		Failed: "Check phonenum first: a number that is taken, or unknown to the platform, cannot be signed in with.",
	}
}

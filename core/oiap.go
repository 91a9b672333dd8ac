package core

import "slices"

// oiap is the intelligent assistant platform of the Huawei AICC: "C3", its interface
// gettoken (api-cec cec_07_0004).
type oiap struct{ none }

var oiapDescription = Description{
	Name:   "oiap",
	Vendor: true,
	Base:   "baseUrl",
	Fields: []Field{
		{Name: "appKey", Kind: HeaderText},
		{Name: "appSecret", Kind: Text, Secret: true},
		{Name: "carrier", Kind: Choice, Values: []string{"body", "headers"}, Optional: true},
	},
	Paths:      []string{oiapPath},
	Interfaces: []string{"gettoken"},
	Carriers:   []string{"authToken"},
	Beside:     []string{"appKey", "appSecret", "username", "token"}, // headers: "token" in a query is anybody's
	Answers:    []string{"authToken"},
	Codes:      []string{"errorCode"},
	Success:    []string{"0", "200"}, // the document adds the latter: "the status code 200"
	Meanings: []Meaning{ // all under HTTP 200 (api-cec cec_07_2000)
		{Codes: []string{"900001", "900002"}, Of: TokenDead}, // none or expired; the check failed
		{Codes: []string{"200800001", "200800002"}, Means: CredentialsRefused},
		{Codes: []string{"200800003"}, Means: AccountLocked},
		{Codes: []string{"10000001", "200900002"}, Means: Unavailable}, // internal, passing
		{Codes: []string{"10000002", "10000003", "200900003"}, Means: BadRequest},
	},
	Explains: []string{"errorMsg"},
	InBody:   true,
	InBodyBy: "carrier",
	Life:     hour, // "expireTime … The default value is 3600."
	policy:   lenient,
}

const oiapPath = "/oifde/rest/api/gettoken"

func (oiap) description() *Description { return &oiapDescription }

func (oiap) ask(id *identity, _ occasion) Request { return askOIAP(id, oiapPath) }

// askOIAP is a login of the platform, whatever its path.
func askOIAP(id *identity, path string) Request {
	return Request{
		Step:    StepLogin,
		Method:  "POST",
		URL:     id.base + path,
		Headers: []Pair{{"Content-Type", "application/json; charset=UTF-8"}},
		Body:    id.object("appKey", "appSecret"),
	}
}

func (oiap) read(step Step, r Response) (grant, *Error) { return readOIAP(step, r) }

func readOIAP(step Step, r Response) (grant, *Error) {
	if err := answerError(&oiapDescription, step, r); err != nil {
		return grant{}, err
	}
	var code string
	var known, usable bool
	g := grant{life: oiapDescription.Life}
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "errorCode":
			code, known = codeText(v)
		case "authToken":
			g.token, usable = asToken(v)
		case "expireTime":
			g.life = lifetime(v, oiapDescription.Life)
		}
	})
	switch {
	case err != nil || !known:
		return grant{}, malformed(step, r)
	case !slices.Contains(oiapDescription.Success, code):
		return grant{}, oiapDescription.failed(step, r, code)
	case !usable:
		return grant{}, malformed(step, r)
	}
	return g, nil
}

// A tenant's call carries the token in its body; that of another system may in headers.
func (oiap) carriage(id *identity, g grant, _ string) Carriage {
	if id.value("carrier") == "headers" {
		return Carriage{Headers: []Pair{{"username", id.value("appKey")}, {"token", g.token}}}
	}
	return Carriage{Body: []Pair{{"authToken", g.token}}}
}

func (oiap) judge(_ *identity, _ string, r Response) judgement { return oiapDescription.judge(r) }

func (oiap) texts() Texts {
	return Texts{
		Title:    Words{"OIAP", "智能助手平台 OIAP"},
		Document: `The intelligent assistant platform ("C3 OIAP Interface Authentication", cec_07_0004).`,
		Type:     "OiapIdentity",
		fields: []named{
			{"baseUrl", Words{"Base URL", "基础地址"}, Words{"of the OIAP", "OIAP 的地址"}, "https://IP:PORT"},
			{"appKey", Words{"App key", "App key"}, Words{"the tenant ID, or the name of a system", "租户 ID 或系统名称"}, ""},
			{"appSecret", Words{"App secret", "App secret"}, Words{"goes with the app key", "与 App key 对应"}, ""},
			{"carrier", Words{"Carrier", "令牌位置"}, Words{"where a call carries the token: in its JSON body, as a tenant's does, or in the headers username and token, as a system's does", "调用时令牌所在的位置：租户放在 JSON 请求体中，系统放在 username 和 token 请求头中"}, ""},
		},
	}
}

func (oiap) counsel() Counsel {
	return Counsel{
		Refused: Advice{
			Found: "appKey or appSecret is wrong",
			Try:   []string{"Compare both with what the OIAP's administrator has; a few wrong tries lock the key."},
		},
	}
}

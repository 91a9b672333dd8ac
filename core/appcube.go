package core

import "slices"

// appcube is the OIAP AppCube of the Huawei AICC: "C6 OIAP AppCube Interface
// Authentication", of 2025-03-31.
type appcube struct{ none }

var appcubeDescription = Description{
	Name:   "appcube",
	Vendor: true,
	Base:   "baseUrl",
	Fields: []Field{
		{Name: "appKey", Kind: Text},
		{Name: "appSecret", Kind: Text, Secret: true},
	},
	Paths:      []string{appcubePath, "/oifde/rest/api/gettoken"},
	Interfaces: []string{"getAppCubeToken", "gettoken"},
	Carriers:   []string{"authToken"},
	Beside:     []string{"appKey", "appSecret"},
	Answers:    []string{"authToken"},
	Codes:      []string{"errorCode"},
	Success:    []string{"0", "200"},
	Meanings:   oiapMeanings,
	Explains:   []string{"errorMsg"},
	InBody:     true,
	Life:       hour, // "expireTime … The default value is 3600."
	policy:     lenient,
}

// oiapMeanings are the codes of the OIAP's interfaces (api-cec cec_07_2000), all under HTTP 200.
var oiapMeanings = []Meaning{
	{Codes: []string{"900001", "900002"}, Of: TokenDead}, // none or expired; the check failed
	{Codes: []string{"200800001", "200800002"}, Means: CredentialsRefused},
	{Codes: []string{"200800003"}, Means: AccountLocked},
	{Codes: []string{"10000001", "200900002"}, Means: Unavailable}, // internal, passing
	{Codes: []string{"10000002", "10000003", "200900003"}, Means: BadRequest},
}

const appcubePath = "/oifde/rest/appcube/api/getAppCubeToken"

func (appcube) description() *Description { return &appcubeDescription }

func (appcube) ask(id *identity, _ occasion) Request {
	return Request{
		Step:    StepLogin,
		Method:  "POST",
		URL:     id.base + appcubePath,
		Headers: []Pair{{"Content-Type", "application/json; charset=UTF-8"}},
		Body:    id.object("appKey", "appSecret"),
	}
}

// The document counts two codes as success: 0, and "the status code 200".
func (appcube) read(step Step, r Response) (grant, *Error) {
	if err := answerError(&appcubeDescription, step, r); err != nil {
		return grant{}, err
	}
	var code string
	var known, usable bool
	g := grant{life: appcubeDescription.Life}
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "errorCode":
			code, known = codeText(v)
		case "authToken":
			g.token, usable = asToken(v)
		case "expireTime":
			g.life = lifetime(v, appcubeDescription.Life)
		}
	})
	switch {
	case err != nil || !known:
		return grant{}, malformed(step, r)
	case !slices.Contains(appcubeDescription.Success, code):
		return grant{}, appcubeDescription.failed(step, r, code)
	case !usable:
		return grant{}, malformed(step, r)
	}
	return g, nil
}

// "The request body of the interface must contain authToken."
func (appcube) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{Body: []Pair{{"authToken", g.token}}}
}

func (appcube) judge(_ *identity, _ string, r Response) judgement { return appcubeDescription.judge(r) }

func (appcube) texts() Texts {
	return Texts{
		Title:    Words{"OIAP AppCube", "OIAP AppCube"},
		Document: `OIAP AppCube ("C6 OIAP AppCube Interface Authentication", cec_07_0007).`,
		Type:     "AppCubeIdentity",
		Fields: map[string]FieldTexts{
			"baseUrl":   {Words{"Base URL", "基础地址"}, Words{"of the OIAP", "OIAP 的地址"}, "https://IP:PORT"},
			"appKey":    {Words{"App key", "App key"}, Words{"the tenant ID", "租户 ID"}, ""},
			"appSecret": {Words{"App secret", "App secret"}, Words{"the API Password of the IVR", "IVR 的 API 密码"}, ""},
		},
		Refused: Advice{
			Found: "appKey or appSecret is wrong",
			Try:   []string{"Compare appKey with the tenant ID, and appSecret with the IVR's API Password: it can be changed at any time."},
		},
		Failed: "Check appKey and appSecret first: AppCube says no more than a code, and its API Password can be changed at any time.",
	}
}

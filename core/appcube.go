package core

// appcube is the OIAP AppCube of the Huawei AICC: "C6 OIAP AppCube Interface
// Authentication", of 2025-03-31. It is the OIAP itself behind a path of its own.
type appcube struct{ none }

var appcubeDescription = Description{
	Name:       "appcube",
	Vendor:     true,
	Base:       "baseUrl",
	Fields:     []Field{{Name: "appKey", Kind: Text}, {Name: "appSecret", Kind: Text, Secret: true}},
	Paths:      []string{appcubePath},
	Interfaces: []string{"getAppCubeToken"},
	Carriers:   []string{"authToken"},
	Beside:     []string{"appKey", "appSecret"},
	Answers:    []string{"authToken"},
	Codes:      oiapDescription.Codes,
	Success:    oiapDescription.Success,
	Meanings:   oiapDescription.Meanings,
	Explains:   oiapDescription.Explains,
	InBody:     true,
	Life:       oiapDescription.Life,
	policy:     lenient,
}

const appcubePath = "/oifde/rest/appcube/api/getAppCubeToken"

func (appcube) description() *Description { return &appcubeDescription }

func (appcube) ask(id *identity, _ occasion) Request { return askOIAP(id, appcubePath) }

func (appcube) read(step Step, r Response) (grant, *Error) { return readOIAP(step, r) }

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
		fields: []named{
			{"baseUrl", Words{"Base URL", "基础地址"}, Words{"of the OIAP", "OIAP 的地址"}, "https://IP:PORT"},
			{"appKey", Words{"App key", "App key"}, Words{"the tenant ID", "租户 ID"}, ""},
			{"appSecret", Words{"App secret", "App secret"}, Words{"the API Password of the IVR", "IVR 的 API 密码"}, ""},
		},
	}
}

func (appcube) counsel() Counsel {
	return Counsel{
		Refused: Advice{
			Found: "appKey or appSecret is wrong",
			Try:   []string{"Compare appKey with the tenant ID, and appSecret with the IVR's API Password: it can be changed at any time."},
		},
		Failed: "Check appKey and appSecret first: AppCube says no more than a code, and its API Password can be changed at any time.",
	}
}

package core

import "slices"

// apifabric is the API Fabric's AccessToken: tokenByAkSk ("C1"; api-cec cec_07_0002).
// Many interfaces take it alone, and ccmessaging needs it first. One of them serves every
// user and channel of an app, so all that depend on it share its session.
type apifabric struct{ none }

var apifabricDescription = Description{
	Name:       "apifabric",
	Vendor:     true,
	Base:       "baseUrl",
	Fields:     append(slices.Clone(appFields), carriedSpace),
	Paths:      []string{"/apigovernance/api/oauth"},
	Interfaces: []string{"tokenByAkSk"},
	Carriers:   []string{"Authorization", "X-APP-Key", "access_token"},
	Beside:     []string{"X-Token-Expire", "X-TenantSpaceID", "app_key", "app_secret"},
	Guarded:    []string{"Authorization", "x-app-key"}, // their holder can apply for any user's token
	Answers:    []string{"AccessToken", "accessToken"},
	Codes:      []string{"errorCode", "resultCode"},
	Success:    []string{"0"},
	Meanings:   []Meaning{{Codes: []string{"160033"}, Means: AddressNotAdmitted}},
	Explains:   []string{"exceptionInfo"},
	Life:       10 * minute, // the document's example has 600 seconds
	policy:     lenient,
	given:      "accessToken",
	step:       StepAccessToken,
	refusal:    CredentialsRefused,
}

// The identities of whoever depends on an AccessToken have the same fields.
var appFields = []Field{
	{Name: "appKey", Kind: HeaderText},
	{Name: "appSecret", Kind: Text, Secret: true},
	{Name: "accessToken", Kind: Supplied, Secret: true, Instead: "appSecret"},
}

// tenantSpaceField is in no document: public clients of sites with several tenants send it with every call but tokenByAkSk.
var tenantSpaceField = Field{Name: "tenantSpaceId", Kind: HeaderText, Optional: true}

// carriedSpace is the same where the token is no space's own.
var carriedSpace = Field{Name: tenantSpaceField.Name, Kind: HeaderText, Optional: true, Carried: true}

var tenantSpaceTexts = FieldTexts{
	Words{"Tenant space ID", "租户空间 ID"},
	Words{"only where a site with several tenants asks for it: sent as X-TenantSpaceID", "仅在多租户站点要求时填写：作为 X-TenantSpaceID 发送"}, "",
}

// appHeaders are those of every call that an AccessToken allows.
func appHeaders(id *identity, token string) []Pair {
	headers := []Pair{{"x-app-key", id.value("appKey")}}
	if token != "" { // a caller who gives ccmessaging's token need not have one
		headers = append(headers, bearerPair("Authorization", token))
	}
	if space := id.value(tenantSpaceField.Name); space != "" {
		headers = append(headers, Pair{"X-TenantSpaceID", space})
	}
	return headers
}

func (apifabric) description() *Description { return &apifabricDescription }

func (apifabric) ask(id *identity, _ occasion) Request {
	r := Request{Step: StepAccessToken, Supplier: id.supplier()}
	if r.Supplier != 0 {
		return r
	}
	r.Method = "POST"
	r.URL = id.base + "/apigovernance/api/oauth/tokenByAkSk"
	r.Headers = []Pair{
		{"Content-Type", "application/json"},
		{"X-Token-Expire", itoa(maxAccessTokenLife / second)},
	}
	r.Body = jsonObject(Pair{"app_key", id.value("appKey")}, Pair{"app_secret", id.value("appSecret")})
	return r
}

const maxAccessTokenLife = hour // "X-Token-Expire: at most 3600"

// firstEpoch is where an Expires is no number of seconds any more, but an instant.
const firstEpoch = 1e6

// The document has AccessToken and Expires, the latter a string; accessToken,
// expiresIn and expires_in are seen in public clients.
func (apifabric) read(step Step, r Response) (grant, *Error) {
	if err := answerError(&apifabricDescription, step, r); err != nil {
		return grant{}, err
	}
	code := "0"
	var usable bool
	var expires, created float64
	var g grant
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "AccessToken", "accessToken":
			g.token, usable = asToken(v)
		case "Expires", "expiresIn", "expires_in":
			expires, _ = asNumber(v)
		case "CreateTime":
			created, _ = asNumber(v)
		case "errorCode", "resultCode":
			code, _ = codeText(v)
		}
	})
	switch {
	case err != nil:
		return grant{}, malformed(step, r)
	case !usable && code != "0":
		return grant{}, apifabricDescription.failed(step, r, code)
	case !usable:
		return grant{}, malformed(step, r)
	}
	if expires >= firstEpoch {
		expires -= created // without that, it is no life that could be
	}
	if g.life = seconds(expires, apifabricDescription.Life); g.life > maxAccessTokenLife {
		g.life = apifabricDescription.Life
	}
	return g, nil
}

func (apifabric) carriage(id *identity, g grant, _ string) Carriage {
	return Carriage{Headers: appHeaders(id, g.token)}
}

func (apifabric) judge(_ *identity, _ string, r Response) judgement {
	if r.Status == 403 && apifabricDescription.why(r) == AccessTokenDead {
		return judgement{token: true, reason: AccessTokenDead}
	}
	return apifabricDescription.judge(r)
}

func (apifabric) texts() Texts {
	return Texts{
		Title:    Words{"API Fabric", "API Fabric（AccessToken）"},
		Document: `The AccessToken of the AICC's API Fabric ("C1", tokenByAkSk, cec_07_0002).`,
		Type:     "ApiFabricIdentity",
		fields: []named{
			{"baseUrl", Words{"Base URL", "基础地址"}, Words{"of tokenByAkSk", "tokenByAkSk 的地址"}, "https://service.besclouds.com"},
			{"appKey", appKeyTexts.Label, appKeyTexts.Help, appKeyTexts.Example},
			{"appSecret", appSecretTexts.Label, appSecretTexts.Help, appSecretTexts.Example},
			{"accessToken", Words{"AccessToken", "AccessToken"}, Words{"one that you have, in place of the app secret", "已有的令牌，代替 App secret"}, ""},
			{"tenantSpaceId", tenantSpaceTexts.Label, tenantSpaceTexts.Help, tenantSpaceTexts.Example},
		},
	}
}

func (apifabric) counsel() Counsel {
	return Counsel{
		Refused: appRefused,
		Unclear: Advice{
			Because: "A wrong app key, a wrong app secret, an app that is switched off and an address that is not admitted can all look like this.",
			Try: []string{
				"Log in once from a machine whose address is certainly admitted, with the same key and secret. If it works there, it is the address.",
				"If it fails there too, it is the key or the secret: copy both anew from the API Fabric, without spaces at their ends.",
			},
		},
		Absent: "tokenByAkSk often has another base URL, mostly without the port; for ccmessaging that is authUrl.",
	}
}

var (
	appKeyTexts    = FieldTexts{Words{"App key", "App key"}, Words{"as configured on the API Fabric", "与 API Fabric 一致"}, ""}
	appSecretTexts = FieldTexts{Words{"App secret", "App secret"}, Words{"goes with the app key, and gets the AccessToken (tokenByAkSk)", "用于获取 AccessToken"}, ""}
)

// appRefused is of whatever takes an app's key and secret.
var appRefused = Advice{
	Found: "the app key or the app secret is wrong, or the app is switched off",
	Try: []string{
		"Copy both anew from the API Fabric, without spaces or line ends around them.",
		"Check that the app is still switched on there, and subscribed.",
	},
}

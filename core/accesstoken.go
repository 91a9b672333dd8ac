package core

// accessToken is the API Fabric's AccessToken, which ccmessaging needs first:
// tokenByAkSk ("C1"; api-cec cec_07_0005, cec_07_2211). One of them serves every
// user and channel of an app, so it is an identity and a session of its own.
type accessToken struct{ none }

var accessTokenDescription = Description{
	Name:       "accesstoken",
	Of:         "ccmessaging",
	Base:       "baseUrl",
	Fields:     accessTokenFields,
	Paths:      []string{"/apigovernance/api/oauth"},
	Interfaces: []string{"tokenByAkSk"},
	Carriers:   []string{"Authorization", "X-APP-Key", "access_token"},
	Beside:     []string{"X-Token-Expire", "app_key", "app_secret"},
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
var accessTokenFields = []Field{
	{Name: "appKey", Kind: HeaderText},
	{Name: "appSecret", Kind: Text, Secret: true},
	{Name: "accessToken", Kind: Supplied, Secret: true, Instead: "appSecret"},
}

// tenantSpaceField is in no document: public clients of sites with several tenants send it with every call but tokenByAkSk.
var tenantSpaceField = Field{Name: "tenantSpaceId", Kind: HeaderText, Optional: true}

var tenantSpaceTexts = FieldTexts{
	Words{"Tenant space ID", "租户空间 ID"},
	Words{"only where a site with several tenants asks for it: sent as X-TenantSpaceID", "仅在多租户站点要求时填写：作为 X-TenantSpaceID 发送"}, "",
}

// appHeaders are those of every call that an AccessToken allows.
func appHeaders(id *identity, token string) []Pair {
	headers := []Pair{{"x-app-key", id.value("appKey")}, bearerPair("Authorization", token)}
	if space := id.value(tenantSpaceField.Name); space != "" {
		headers = append(headers, Pair{"X-TenantSpaceID", space})
	}
	return headers
}

func (accessToken) description() *Description { return &accessTokenDescription }

func (accessToken) ask(id *identity, _ occasion) Request {
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

// The document has AccessToken and Expires, the latter a string; accessToken,
// expiresIn and expires_in are seen in public clients.
func (accessToken) read(step Step, r Response) (grant, *Error) {
	if err := answerError(&accessTokenDescription, step, r); err != nil {
		return grant{}, err
	}
	code := "0"
	var usable bool
	g := grant{life: accessTokenDescription.Life}
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "AccessToken", "accessToken":
			g.token, usable = asToken(v)
		case "Expires", "expiresIn", "expires_in":
			g.life = lifetime(v, accessTokenDescription.Life)
		case "errorCode", "resultCode":
			code, _ = codeText(v)
		}
	})
	switch {
	case err != nil:
		return grant{}, malformed(step, r)
	case !usable && code != "0":
		return grant{}, accessTokenDescription.failed(step, r, code)
	case !usable:
		return grant{}, malformed(step, r)
	}
	if g.life > maxAccessTokenLife {
		g.life = accessTokenDescription.Life
	}
	return g, nil
}

func (accessToken) carriage(id *identity, g grant, _ string) Carriage {
	return Carriage{Headers: appHeaders(id, g.token)}
}

func (accessToken) judge(_ *identity, _ string, r Response) judgement {
	return accessTokenDescription.judge(r)
}

// texts are those for where tokenByAkSk fails.
func (accessToken) texts() Texts {
	return Texts{
		Refused: appRefused,
		Unclear: Advice{
			Because: "A wrong app key, a wrong app secret, an app that is switched off and an address that is not admitted can all look like this.",
			Try: []string{
				"Log in once from a machine whose address is certainly admitted, with the same key and secret. If it works there, it is the address.",
				"If it fails there too, it is the key or the secret: copy both anew from the API Fabric, without spaces at their ends.",
			},
		},
		Absent: "tokenByAkSk often has another base URL, mostly without the port: that is authUrl.",
	}
}

// appRefused is of whatever takes an app's key and secret.
var appRefused = Advice{
	Found: "the app key or the app secret is wrong, or the app is switched off",
	Try: []string{
		"Copy both anew from the API Fabric, without spaces or line ends around them.",
		"Check that the app is still switched on there, and subscribed.",
	},
}

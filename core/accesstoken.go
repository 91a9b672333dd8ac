package core

// accessToken is the API Fabric's AccessToken, which ccmessaging needs first:
// tokenByAkSk ("C1"; api-cec cec_07_0005, cec_07_2211). One of them serves every
// user and channel of an app, so it is an identity and a session of its own.
//
// The values are the app key, then one of: "secret" and the app secret; "token"
// and an AccessToken that the caller gave; "supplier" and the number of the
// caller's function that gives one.
type accessToken struct{ none }

func (accessToken) name() string   { return "accesstoken" }
func (accessToken) policy() policy { return lenient() }

func (accessToken) identify(f *fields) []string {
	key := f.headerText("appKey")
	given := 0
	for _, name := range [...]string{"appSecret", "accessToken", "accessTokenSupplier"} {
		if f.has(name) {
			given++
		}
	}
	switch {
	case given > 1:
		f.fail("accessToken", "and appSecret exclude each other: give one of them")
	case f.has("accessToken"):
		return []string{key, byToken, f.headerText("accessToken")}
	case f.has("accessTokenSupplier"):
		return []string{key, bySupplier, f.supplier("accessTokenSupplier")}
	}
	return []string{key, bySecret, f.text("appSecret")}
}

func (accessToken) ask(id *identity, _ occasion) Request {
	r := Request{Step: StepAccessToken}
	if r.Supplier = supplierNumber(id); r.Supplier != 0 {
		return r
	}
	r.Method = "POST"
	r.URL = id.base + "/apigovernance/api/oauth/tokenByAkSk"
	r.Headers = []Pair{
		{"Content-Type", "application/json"},
		{"X-Token-Expire", itoa(maxAccessTokenLife / second)},
	}
	r.Body = jsonObject(Pair{"app_key", id.values[0]}, Pair{"app_secret", id.values[2]})
	return r
}

const (
	maxAccessTokenLife     = hour        // "X-Token-Expire: at most 3600"
	defaultAccessTokenLife = 10 * minute // the document's example has 600 seconds
)

// The document has AccessToken and Expires, the latter a string; accessToken,
// expiresIn and expires_in are seen in public clients.
func (accessToken) read(step Step, r Response) (grant, *Error) {
	if err := answerError(step, r); err != nil {
		return grant{}, err
	}
	var code float64
	var usable bool
	g := grant{life: defaultAccessTokenLife}
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "AccessToken", "accessToken":
			g.token, usable = asToken(v)
		case "Expires", "expiresIn", "expires_in":
			g.life = lifetime(v, defaultAccessTokenLife)
		case "errorCode", "resultCode":
			code, _ = asNumber(v)
		}
	})
	switch {
	case err != nil:
		return grant{}, malformed(step, r)
	case !usable && code != 0:
		return grant{}, failed(step, r, code)
	case !usable:
		return grant{}, malformed(step, r)
	}
	if g.life > maxAccessTokenLife {
		g.life = defaultAccessTokenLife
	}
	return g, nil
}

func (accessToken) carriage(id *identity, g grant, _ string) Carriage {
	return Carriage{Headers: []Pair{{"x-app-key", id.values[0]}, bearerPair("Authorization", g.token)}}
}

func (accessToken) judge(_ *identity, r Response) judgement { return judgeByStatus(r) }

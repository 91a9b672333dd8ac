package core

import "strconv"

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

const (
	bySecret   = "secret"
	byToken    = "token"
	bySupplier = "supplier"
)

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
		v, _ := f.take("accessTokenSupplier")
		n, ok := asNumber(v)
		if !ok || n < 1 || n != float64(int64(n)) {
			f.fail("accessTokenSupplier", "must be a positive whole number")
		}
		return []string{key, bySupplier, itoa(int64(n))}
	}
	return []string{key, bySecret, f.text("appSecret")}
}

func (accessToken) ask(id *identity, _ grant, _ string) Request {
	r := Request{Step: StepAccessToken}
	if id.values[1] == bySupplier {
		r.Supplier, _ = strconv.ParseInt(id.values[2], 10, 64)
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

// given returns the AccessToken that the caller put into the identity, or "".
func (accessToken) given(id *identity) string {
	if id.values[1] == byToken {
		return id.values[2]
	}
	return ""
}

// supplied is the grant for what a caller's function returned. Its life is not
// known; asking the function again is cheap, so the shorter documented life is assumed.
func (accessToken) supplied(token string) (grant, *Error) {
	if !isToken(token) {
		return grant{}, &Error{Code: SupplierFailed, Step: StepAccessToken}
	}
	return grant{token: token, life: defaultAccessTokenLife}, nil
}

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

func (accessToken) carriage(id *identity, token, _ string) Carriage {
	return Carriage{Headers: []Pair{{"x-app-key", id.values[0]}, bearerPair("Authorization", token)}}
}

func (accessToken) judge(_ *identity, r Response) judgement { return judgeByStatus(r) }

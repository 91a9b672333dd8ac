package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tokenFields may be in no failure.
var tokenFields = []string{"authToken", "expireTime", "AccessToken", "token", "resultData", "x-auth-token"}

func (b *bench) refuses(good req, form func(*testing.T, ans), cases []broken) {
	b.Helper()
	for _, c := range cases {
		b.Run(c.rule, func(t *testing.T) {
			a := b.do(good, c.edit)
			assert.True(t, c.want(a), "%d %s", a.status, a.raw)
			assert.NotEmpty(t, a.header.Get("X-Sandbox-Reason"))
			for _, name := range tokenFields {
				assert.NotContains(t, a.json, name)
			}
			form(t, a)
			all := a.raw + jsonOf(a.header)
			for _, secret := range []string{AppCubeAppSecret, AICCAppSecret, CubeDriveAppSecret, "wrong-secret"} {
				assert.NotContains(t, all, secret, "an error names no secret")
			}
		})
	}
}

// bodyRules are the ways in which each of the fields of a JSON body can be wrong.
func bodyRules(want func(ans) bool, names ...string) []broken {
	rules := []broken{
		{"an empty body", body(""), want},
		{"a body that is no JSON", body("{"), want},
		{"a body that is no object", body("[]"), want},
		{"a null body", body("null"), want},
		{"two bodies", body("{}{}"), want},
	}
	for _, name := range names {
		rules = append(rules,
			broken{name + " is missing", field(name, ""), want},
			broken{name + " is a number", field(name, "1"), want},
			broken{name + " is null", field(name, "null"), want},
			broken{name + " is empty", field(name, `""`), want},
			broken{name + " in the wrong case", func(r *req) {
				field(name, "")(r)
				field(strings.ToUpper(name), `"x"`)(r)
			}, want})
	}
	return rules
}

// appCubeForm is a failing errorCode, whatever the status.
func appCubeForm(t *testing.T, a ans) {
	code, isNumber := a.json["errorCode"].(float64)
	assert.True(t, isNumber)
	assert.NotContains(t, []float64{0, 200}, code, "0 and 200 are successes")
	assert.IsType(t, "", a.json["errorMsg"])
}

func TestAppCubeLoginIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	b.refuses(appCubeLoginReq(), appCubeForm, oiapLoginRules("/oifde/rest/appcube/api/getAppCubeToken"))
}

// oiapLoginRules are those of a login of the platform, whatever its path.
func oiapLoginRules(at string) []broken {
	return append(bodyRules(code(10000002), "appKey", "appSecret"), []broken{
		{"GET", method("GET"), status(405)},
		{"PUT", method("PUT"), status(405)},
		{"DELETE", method("DELETE"), status(405)},
		{"a path in another case", path(strings.Replace(at, "oken", "OKEN", 1)), status(404)},
		{"a path with a slash at its end", path(at + "/"), status(404)},
		{"a path with an escape", path(strings.TrimSuffix(at, "n") + "%6e"), status(404)},
		{"no Content-Type", without("Content-Type"), code(10000003)},
		{"a Content-Type without charset", header("Content-Type", "application/json"), code(10000003)},
		{"a Content-Type without its space", header("Content-Type", "application/json;charset=UTF-8"), code(10000003)},
		{"the appSecret of another appKey", field("appKey", `"another"`), code(200800002)},
		{"a wrong appSecret", field("appSecret", `"wrong-secret"`), code(200800002)},
	}...)
}

func TestAppCubeTokenTravelsInTheBody(t *testing.T) {
	b := newBench(t, Options{})
	login := b.do(appCubeLoginReq())
	assert.JSONEq(t, `{"errorCode":0,"errorMsg":"","authToken":"`+login.str("authToken")+`","expireTime":3600}`, login.raw)
	good := appCubeBusinessReq(login.str("authToken"))
	assert.True(t, code(0)(b.do(good)))
	b.refuses(good, appCubeForm, []broken{
		{"the token in a header", func(r *req) {
			header("authToken", login.str("authToken"))(r)
			body("{}")(r)
		}, code(900001)},
		{"a token that is a number", field("authToken", "1"), code(900001)},
		{"an empty token", field("authToken", `""`), code(900001)},
		{"an unknown token", field("authToken", `"x"`), code(900002)},
		{"a token of another system", field("authToken", jsonOf(b.access())), code(900002)},
		{"a body that is no JSON", body("{"), code(10000002)},
		{"GET", method("GET"), status(405)},
		{"another Content-Type", header("Content-Type", "text/plain"), code(10000003)},
	})
}

func TestOIAPLoginIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	b.refuses(oiapLoginReq(), appCubeForm, oiapLoginRules("/oifde/rest/api/gettoken"))
}

func TestOIAPTokenTravelsInTheBodyOrInHeaders(t *testing.T) {
	b := newBench(t, Options{})
	token := b.got(oiapLoginReq(), "authToken")
	inHeaders := func(user, token string) edit {
		return func(r *req) {
			body("{}")(r)
			header("username", user)(r)
			header("token", token)(r)
		}
	}
	assert.True(t, code(0)(b.do(oiapBusinessReq(token))))
	assert.True(t, code(0)(b.do(oiapBusinessReq(token), inHeaders(OIAPAppKey, token))))
	b.refuses(oiapBusinessReq(token), appCubeForm, []broken{
		{"no token", body("{}"), code(900001)},
		{"an unknown token", field("authToken", `"x"`), code(900002)},
		{"a token of the other door", field("authToken", jsonOf(b.appCube())), code(900002)},
		{"an unknown token in the header", inHeaders(OIAPAppKey, "x"), code(900002)},
		{"another username", inHeaders("system002", token), code(900002)},
		{"no username", func(r *req) { inHeaders(OIAPAppKey, token)(r); without("username")(r) }, code(900002)},
		{"both", func(r *req) { header("username", OIAPAppKey)(r); header("token", token)(r) }, code(900002)},
		{"a body that is no object", body("[]"), code(10000002)},
		{"another Content-Type", header("Content-Type", "application/json"), code(10000003)},
	})
}

func TestWrongSecretsLockAnAppKeyForAWhile(t *testing.T) {
	b := newBench(t, Options{Secrets: map[System]map[string]string{AppCube: {AppCubeAppKey: AppCubeAppSecret, "other": "its own"}}})
	wrong := func() ans { return b.do(appCubeLoginReq(), field("appSecret", `"wrong-secret"`)) }
	assert.True(t, code(200800001)(b.do(appCubeLoginReq(), field("appKey", `"none"`))), "there is no such key")
	wrong()
	wrong()
	b.appCube() // the right one ends the count
	for range 3 {
		assert.True(t, code(200800002)(wrong()))
	}
	locked := b.do(appCubeLoginReq())
	assert.True(t, code(200800003)(locked), "the right one is not taken either")
	assert.NotContains(t, locked.json, "authToken")
	assert.True(t, code(0)(b.do(appCubeLoginReq(), field("appKey", `"other"`), field("appSecret", `"its own"`))), "nor is another locked")
	b.clock.advance(10*time.Minute - 1)
	assert.True(t, code(200800003)(b.do(appCubeLoginReq())))
	b.clock.advance(1)
	b.appCube()
	for range 3 {
		wrong()
	}
	b.Reset()
	b.appCube()
}

func aiccForm(t *testing.T, a ans) {
	assert.Equal(t, "0", a.json["errorCode"], "the documented form, which is no success")
	assert.NotEmpty(t, a.str("exceptionInfo"))
	assert.NotEqual(t, 200, a.status)
}

func TestTokenByAkSkIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	b.refuses(accessTokenReq(), aiccForm, append(bodyRules(status(400), "app_key", "app_secret"), []broken{
		{"GET", method("GET"), status(405)},
		{"another path", path("/apigovernance/api/oauth/tokenByAKSK"), status(404)},
		{"no Content-Type", without("Content-Type"), status(400)},
		{"a Content-Type with charset", header("Content-Type", utf8JSON), status(400)},
		{"no X-Token-Expire", without("X-Token-Expire"), status(400)},
		{"X-Token-Expire 0", header("X-Token-Expire", "0"), status(400)},
		{"X-Token-Expire over 3600", header("X-Token-Expire", "3601"), status(400)},
		{"X-Token-Expire in words", header("X-Token-Expire", "ten"), status(400)},
		{"an unknown app_key", field("app_key", `"another"`), status(403)},
		{"a wrong app_secret", field("app_secret", `"wrong-secret"`), status(403)},
	}...))
}

func TestTokenByAkSkAnswersInStrings(t *testing.T) {
	b := newBench(t, Options{})
	a := b.do(accessTokenReq())
	for name, want := range map[string]string{
		"ApplyType": "Bearer", "CreateTime": "1545650171", "Expires": "600", "AppKey": AICCAppKey, "UserID": "Anonymous",
	} {
		assert.Equal(t, want, a.json[name], name)
	}
	assert.Contains(t, a.json, "Scope")
	assert.Len(t, a.json, 7)

	b.SetLifetimes(Lifetimes{"apifabric": 5 * time.Second})
	assert.Equal(t, "5", b.do(accessTokenReq()).json["Expires"], "never more than the lifetime that is set")
	b.SetLifetimes(Lifetimes{"apifabric": 9 * time.Hour})
	assert.Equal(t, "3600", b.do(accessTokenReq(), header("X-Token-Expire", "3600")).json["Expires"])
}

func TestAPIFabricBusinessTakesTheAccessTokenAlone(t *testing.T) {
	b := newBench(t, Options{})
	access := b.access()
	foreign := b.do(accessTokenReq(), field("app_key", `"app002"`), field("app_secret", `"app-secret-of-app002"`)).str("AccessToken")
	good := pollReq(access, "").with(path("/apiaccess/business"), without("ccmessaging-token"))
	assert.Equal(t, "0", b.do(good).str("resultCode"))
	assert.Equal(t, "0", b.do(good, method("POST"), header("X-TenantSpaceID", "space-1")).str("resultCode"))
	b.refuses(good, aiccForm, append(aiccCallerRules(access, foreign), broken{"PUT", method("PUT"), status(405)}))
}

// aiccCallerRules are what every call of the web client must carry.
func aiccCallerRules(access, foreign string) []broken {
	deadText := func(a ans) bool { return a.status == 403 && a.str("exceptionInfo") == deadAccessToken }
	return []broken{
		{"no x-app-key", without("x-app-key"), status(400)},
		{"another x-app-key", header("x-app-key", "app002"), status(403)},
		{"no Authorization", without("Authorization"), status(401)},
		{"Authorization without Bearer", header("Authorization", access), status(401)},
		{"bearer in small letters", header("Authorization", "bearer "+access), status(401)},
		{"two spaces after Bearer", header("Authorization", "Bearer  "+access), status(401)},
		{"no space after Bearer", header("Authorization", "Bearer"+access), status(401)},
		{"an unknown AccessToken", header("Authorization", "Bearer x"), deadText},
		{"the AccessToken of another app", header("Authorization", "Bearer "+foreign), status(403)},
	}
}

func TestApplyTokenIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	access := b.access()
	foreign := b.do(accessTokenReq(), field("app_key", `"app002"`), field("app_secret", `"app-secret-of-app002"`)).str("AccessToken")
	require.NotEmpty(t, foreign)
	rules := append(bodyRules(status(400), "userId", "userName", "channelId", "locale"), aiccCallerRules(access, foreign)...)
	b.refuses(applyTokenReq(access), aiccForm, append(rules, []broken{
		{"GET", method("GET"), status(405)},
		{"another path", path("/apiaccess/ccmessaging/applytoken"), status(404)},
		{"a Content-Type without charset", header("Content-Type", "application/json"), status(400)},
		{"a userId of 33 characters", field("userId", jsonOf(strings.Repeat("ü", 33))), status(400)},
		{"a locale with a country", field("locale", `"zh_CN"`), status(400)},
		{"a locale with a country by hyphen", field("locale", `"zh-CN"`), status(400)},
		{"a locale in capitals", field("locale", `"EN"`), status(400)},
		{"a body over 1 MiB", body(strings.Repeat(" ", maxBody+1)), status(400)},
	}...))
	a := b.do(applyTokenReq(access), field("userId", jsonOf(strings.Repeat("ü", 32))))
	assert.Equal(t, "0", a.json["resultCode"], "32 characters are allowed, whatever their bytes")
}

func TestApplyTokenGivesTheDocumentedForm(t *testing.T) {
	b := newBench(t, Options{})
	access := b.access()
	one, two := b.ccMessaging(access), b.ccMessaging(access)
	assert.NotEqual(t, one, two, "each token is unique")
	decoded, err := base64.StdEncoding.DecodeString(one)
	require.NoError(t, err)
	var form map[string]string
	require.NoError(t, json.Unmarshal(decoded, &form))
	assert.Equal(t, CCMessagingUserID, form["userId"])
	assert.Equal(t, CCMessagingChannelID, form["channelId"])
	assert.NotEmpty(t, form["tenantId"])
}

func TestPollAndSendAreStrict(t *testing.T) {
	b := newBench(t, Options{})
	access := b.access()
	token := b.ccMessaging(access)
	foreign := b.do(accessTokenReq(), field("app_key", `"app002"`), field("app_secret", `"app-secret-of-app002"`)).str("AccessToken")
	rules := append(aiccCallerRules(access, foreign), []broken{
		{"no ccmessaging-token", without("ccmessaging-token"), status(401)},
		{"an unknown ccmessaging-token", header("ccmessaging-token", "x"), status(401)},
		{"an AccessToken as ccmessaging-token", header("ccmessaging-token", access), status(401)},
		{"DELETE", method("DELETE"), status(405)},
		{"a token that another app got", func(r *req) {
			header("Authorization", "Bearer "+foreign)(r)
			header("x-app-key", "app002")(r)
		}, status(401)},
	}...)
	require.Equal(t, 200, b.do(pollReq(access, token)).status)
	b.refuses(pollReq(access, token), aiccForm, append(rules, []broken{
		{"POST", method("POST"), status(405)},
		{"a channel that is not WEB", path("/apiaccess/ccmessaging/poll?channel=PHONE"), status(400)},
	}...))
	require.Equal(t, 200, b.do(sendReq(access, token)).status)
	b.refuses(sendReq(access, token), aiccForm, append(rules, []broken{
		{"GET", method("GET"), status(405)},
		{"no Content-Type", without("Content-Type"), status(400)},
		{"a body that is no object", body("1"), status(400)},
	}...))
}

func iSalesForm(t *testing.T, a ans) {
	assert.EqualValues(t, a.status, a.json["result"], "any value but 0 is a failure")
}

func TestISalesLoginIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	b.refuses(iSalesLoginReq(), iSalesForm, append(bodyRules(status(400), "user", "passwd"), []broken{
		{"GET", method("GET"), status(405)},
		{"another path", path("/rest/isales/v1/openapi/obs/auth"), status(404)},
		{"another Content-Type", header("Content-Type", "text/plain;charset=UTF-8"), status(400)},
		{"an unknown user", field("user", `"nobody"`), status(403)},
		{"a wrong passwd", field("passwd", `"wrong-secret"`), status(403)},
	}...))
	assert.Equal(t, 200, b.do(iSalesLoginReq(), without("Content-Type")).status, "Content-Type is not mandatory")
	assert.Equal(t, 200, b.do(iSalesLoginReq(), field("user", `"u7"`), field("passwd", `"passwd-of-u7"`)).status)
}

func TestISalesAnswersInNumbers(t *testing.T) {
	b := newBench(t, Options{})
	a := b.do(iSalesLoginReq())
	data := a.json["resultData"].(map[string]any)
	assert.EqualValues(t, 0, a.json["result"])
	assert.EqualValues(t, 300, data["tokenExpirationTime"])
	assert.EqualValues(t, 3600, data["refreshExpirationTime"])
	assert.NotEqual(t, data["token"], data["refreshToken"])
}

func TestISalesRefreshIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	token, refresh := b.iSales()
	another, _ := b.iSales()
	b.refuses(iSalesRefreshReq(token, refresh), iSalesForm, append(bodyRules(status(400), "refreshToken"), []broken{
		{"GET", method("GET"), status(405)},
		{"another Content-Type", header("Content-Type", utf8JSON), status(400)},
		{"no Authentication", without("Authentication"), status(403)},
		{"two spaces after Bearer", header("Authentication", "Bearer  "+token), status(403)},
		{"the token of another login", header("Authentication", "Bearer "+another), status(403)},
		{"an unknown refreshToken", field("refreshToken", `"x"`), status(403)},
		{"the token as refreshToken", field("refreshToken", jsonOf(token)), status(403)},
	}...))
}

func TestISalesRefreshReplacesBothTokens(t *testing.T) {
	b := newBench(t, Options{})
	token, refresh := b.iSales()
	b.clock.advance(300 * time.Second) // the token is dead, and its refresh token is not
	require.Equal(t, 403, b.do(iSalesBusinessReq(token)).status)
	token2, refresh2 := pair(b.do(iSalesRefreshReq(token, refresh)))
	require.NotEmpty(t, token2)
	assert.NotContains(t, []string{token, refresh}, token2)
	assert.NotContains(t, []string{token, refresh}, refresh2)
	assert.Equal(t, 200, b.do(iSalesBusinessReq(token2)).status)
	assert.Equal(t, 403, b.do(iSalesRefreshReq(token, refresh)).status, "a refresh token is used once")
	b.clock.advance(3600 * time.Second)
	assert.Equal(t, 403, b.do(iSalesRefreshReq(token2, refresh2)).status, "a refresh token expires")
}

func TestISalesTakesEitherHeader(t *testing.T) {
	b := newBench(t, Options{})
	token, refresh := b.iSales()
	inPlace := func(of string) edit {
		return func(r *req) {
			without("Authentication")(r)
			header("Authorization", "Bearer "+of)(r)
		}
	}
	assert.Equal(t, 200, b.do(iSalesBusinessReq(token), inPlace(token)).status)
	assert.Equal(t, 200, b.do(iSalesBusinessReq(token), header("Authorization", "Bearer "+token)).status)
	token, refresh = pair(b.do(iSalesRefreshReq(token, refresh), inPlace(token)))
	token, _ = pair(b.do(iSalesRefreshReq(refresh, refresh))) // the header by the Chinese page
	assert.Equal(t, 200, b.do(iSalesBusinessReq(token)).status)
}

func TestISalesBusinessIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	token, refresh := b.iSales()
	for _, m := range []string{"GET", "POST"} {
		assert.Equal(t, 200, b.do(iSalesBusinessReq(token), method(m)).status)
	}
	b.refuses(iSalesBusinessReq(token), iSalesForm, []broken{
		{"PUT", method("PUT"), status(405)},
		{"no Authentication", without("Authentication"), status(403)},
		{"no Bearer", header("Authentication", token), status(403)},
		{"another token in the other header", header("Authorization", "Bearer x"), status(403)},
		{"the other header without Bearer", header("Authorization", token), status(403)},
		{"a refresh token", header("Authentication", "Bearer "+refresh), status(403)},
		{"an unknown token", header("Authentication", "Bearer x"), status(403)},
	})
}

// astroZeroForm has no token, whatever else.
func astroZeroForm(t *testing.T, a ans) {
	assert.NotContains(t, a.json, "access_token")
	assert.IsType(t, "", a.json["error_description"])
}

func word(text string) func(ans) bool {
	return func(a ans) bool { return a.status == 400 && a.str("error") == text }
}

func TestAstroZeroLoginIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	form := func(name, value string) edit {
		return func(r *req) {
			values := astroZeroParams()
			values.Set(name, value)
			r.body = values.Encode()
		}
	}
	rules := []broken{
		{"GET", method("GET"), status(405)},
		{"another path", path("/baas/auth/v1.0/oauth2/tokens"), status(404)},
		{"no Content-Type", without("Content-Type"), word("invalid_request")},
		{"a JSON body", header("Content-Type", "application/json"), word("invalid_request")},
		{"a form that is not well formed", body("client_id=%zz"), word("invalid_request")},
		{"a parameter twice", body(astroZeroParams().Encode() + "&client_id=x"), word("invalid_request")},
		{"another grant", form("grant_type", "password"), word("unsupported_grant_type")},
		{"an unknown client", form("client_id", "another"), word("unauthorized_client")},
		{"a wrong secret", form("client_secret", "wrong-secret"), word("unauthorized_client")},
	}
	for _, name := range []string{"grant_type", "client_id", "client_secret"} {
		rules = append(rules, broken{name + " is empty", form(name, ""), word("invalid_request")})
	}
	b.refuses(astroZeroLoginReq(), astroZeroForm, rules)
	a := b.do(astroZeroLoginReq())
	assert.EqualValues(t, 1800, a.json["expires_in"])
	assert.Equal(t, "Bearer", a.json["token_type"])
}

func TestAstroZeroTokenTravelsInAHeader(t *testing.T) {
	b := newBench(t, Options{})
	token := b.got(astroZeroLoginReq(), "access_token")
	good := req{"GET", "/baas/business", "", map[string]string{"access-token": token}}
	for _, m := range []string{"GET", "POST"} {
		assert.Equal(t, 200, b.do(good, method(m)).status)
	}
	b.refuses(good, astroZeroForm, []broken{
		{"PUT", method("PUT"), status(405)},
		{"no token", without("access-token"), status(401)},
		{"an unknown token", header("access-token", "x"), status(401)},
		{"the token as a bearer", func(r *req) {
			without("access-token")(r)
			header("Authorization", "Bearer "+token)(r)
		}, status(401)},
	})
}

// ccgForm is a retcode that is none of success, and a text as its result.
func ccgForm(t *testing.T, a ans) {
	assert.NotEqual(t, "0", a.str("retcode"))
	assert.Equal(t, "", a.json["result"])
	assert.NotEmpty(t, a.str("message"))
	assert.Empty(t, a.header.Get("Guid"))
}

func retcode(text string) func(ans) bool {
	return func(a ans) bool { return a.status == 200 && a.str("retcode") == text }
}

func TestCCGatewayConfigLoginIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	b.refuses(ccgLoginReq(), ccgForm, []broken{
		{"GET", method("GET"), status(405)},
		{"another path", path("/agentgateway/resource/config/logins"), status(404)},
		{"another Content-Type", header("Content-Type", "text/plain"), status(400)},
		{"a body that is no JSON", body("{"), status(400)},
		{"no agentId", field("agentId", ""), status(400)},
		{"agentId as a text", field("agentId", `"101"`), status(400)},
		{"agentId 0", field("agentId", "0"), status(400)},
		{"agentId 1000000", field("agentId", "1000000"), status(400)},
		{"agentId 1.5", field("agentId", "1.5"), status(400)},
		{"no password", field("password", ""), status(400)},
		{"a wrong password", field("password", `"wrong-secret"`), retcode("107-004")},
	})
	a := b.do(ccgLoginReq())
	assert.Equal(t, a.header.Get("Guid"), a.json["result"].(map[string]any)["guid"])
	for range 3 {
		b.do(ccgLoginReq(), field("password", `"wrong-secret"`))
	}
	assert.True(t, retcode("107-003")(b.do(ccgLoginReq())), "a few tries lock the account")
	b.clock.advance(10 * time.Minute)
	assert.True(t, retcode("0")(b.do(ccgLoginReq())))
}

func TestCCGatewayConfigTokenLivesTwoMinutesFromItsLastUse(t *testing.T) {
	b := newBench(t, Options{})
	guid := b.do(ccgLoginReq()).header.Get("Guid")
	good := req{"GET", "/agentgateway/resource/config/business", "", map[string]string{"Guid": guid}}
	for range 3 {
		b.clock.advance(2*time.Minute - 1)
		assert.True(t, retcode("0")(b.do(good)))
	}
	b.refuses(good, ccgForm, []broken{
		{"PUT", method("PUT"), status(405)},
		{"no token", without("Guid"), retcode("107-000")},
		{"an unknown token", header("Guid", "x"), retcode("107-000")},
		{"a token of another system", header("Guid", b.access()), retcode("107-000")},
	})
	n, err := b.Roll(Target{System: CCGatewayConfig})
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	next, rolled := strings.CutPrefix(b.do(good).header.Get("Set-GUID"), "JSESSIONID=")
	require.True(t, rolled)
	assert.True(t, retcode("107-007")(b.do(good)), "the former one has ended")
	assert.True(t, retcode("0")(b.do(good, header("Guid", next))))
	b.clock.advance(2 * time.Minute)
	assert.True(t, retcode("107-007")(b.do(good, header("Guid", next))))
}

func cubeDriveForm(t *testing.T, a ans) { assert.Equal(t, false, a.json["success"]) }

func TestCubeDriveLoginIsStrict(t *testing.T) {
	b := newBench(t, Options{})
	rules := func(place func(string) edit) []broken {
		out := []broken{
			{"PUT", method("PUT"), status(405)},
			{"a wrong appSecret", place("appId=demo-app&user=u&appSecret=wrong-secret"), status(200)},
			{"parameters that are not well formed", place("appId=%zz"), status(200)},
			{"a parameter twice", place(cubeDriveParams().Encode() + "&user=x"), status(200)},
		}
		for _, name := range []string{"appId", "appSecret", "user"} {
			missing, empty := cubeDriveParams(), cubeDriveParams()
			missing.Del(name)
			empty.Set(name, "")
			out = append(out, broken{name + " is missing", place(missing.Encode()), status(200)},
				broken{name + " is empty", place(empty.Encode()), status(200)})
		}
		return out
	}
	b.refuses(cubeDriveLoginReq(), cubeDriveForm, append(rules(func(q string) edit { return path("/lite/getLogin?" + q) }),
		broken{"another path", path("/lite/getlogin"), status(404)}))
	b.refuses(cubeDriveFormReq(), cubeDriveForm, append(rules(body), []broken{
		{"a POST with its parameters in the URL", func(r *req) {
			path("/lite/getLogin?" + r.body)(r)
			body("")(r)
		}, status(200)},
		{"a JSON body", header("Content-Type", "application/json"), status(200)},
		{"no Content-Type", without("Content-Type"), status(200)},
	}...))
}

func TestCubeDriveAnswersAllFieldsOfTheDocument(t *testing.T) {
	b := newBench(t, Options{})
	for _, r := range []req{cubeDriveLoginReq(), cubeDriveFormReq()} {
		a := b.do(r)
		assert.Equal(t, true, a.json["success"], a.raw)
		assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, a.str("x-auth-token"))
		assert.IsType(t, "", a.json["userLang"])
		assert.Len(t, a.json["userObj"], 16)
		assert.Len(t, a.json["systemInfo"], 7)
		assert.Equal(t, CubeDriveUser, a.json["userObj"].(map[string]any)["username"])
	}
}

func TestCubeDriveVerifies(t *testing.T) {
	b := newBench(t, Options{})
	token := b.cubeDrive()
	assert.JSONEq(t, `{"success":true,"valid":true}`, b.do(verifyReq(token)).raw)
	assert.JSONEq(t, `{"success":true,"valid":false}`, b.do(verifyReq("x")).raw)
	b.refuses(verifyReq(token), cubeDriveForm, []broken{
		{"no authToken", path("/lite/verifyAuthToken"), status(200)},
		{"authToken twice", path("/lite/verifyAuthToken?authToken=a&authToken=b"), status(200)},
		{"POST", method("POST"), status(405)},
	})
}

func TestCubeDriveTokenTravelsInAHeaderOrInTheURL(t *testing.T) {
	b := newBench(t, Options{})
	token := b.cubeDrive()
	inURL := "/lite/commonPage?page=formData&x-auth-token=" + token
	assert.Equal(t, 200, b.do(commonPageReq(token)).status)
	assert.Equal(t, 200, b.do(commonPageReq(token), without("X-Auth-Token"), path(inURL)).status)
	b.refuses(commonPageReq(token), cubeDriveForm, []broken{
		{"no token", without("X-Auth-Token"), status(401)},
		{"an unknown token", header("X-Auth-Token", "x"), status(401)},
		{"two tokens", path(inURL), status(400)},
		{"the token by another name", func(r *req) {
			without("X-Auth-Token")(r)
			path("/lite/commonPage?authToken=" + token)(r)
		}, status(401)},
		{"POST", method("POST"), status(405)},
	})
}

func TestCubeDriveInterceptsFrequentLogins(t *testing.T) {
	b := newBench(t, Options{Logins: map[System]int{CubeDrive: 2}})
	b.cubeDrive()
	b.do(cubeDriveLoginReq(), path("/lite/getLogin?appId=demo-app&appSecret=app-secret-of-demo-app&user=other"))
	b.cubeDrive()
	a := b.do(cubeDriveLoginReq())
	assert.Equal(t, 200, a.status)
	assert.Contains(t, a.header.Get("Content-Type"), "text/html")
	assert.Contains(t, a.raw, "intercepted")
	b.clock.advance(59 * time.Second)
	assert.Nil(t, b.do(cubeDriveLoginReq()).json)
	b.clock.advance(time.Second)
	b.cubeDrive() // a new window
}

func TestTokensDieOnTime(t *testing.T) {
	const life = 2 * time.Second
	for _, c := range []struct {
		name string
		use  func(b *bench) req
		dead func(ans) bool
	}{
		{"appcube", func(b *bench) req { return appCubeBusinessReq(b.appCube()) }, code(900001)},
		{"apifabric", func(b *bench) req { return applyTokenReq(b.access()) }, status(403)},
		{"ccmessaging", func(b *bench) req {
			b.SetLifetimes(Lifetimes{"apifabric": time.Hour})
			access := b.access()
			return pollReq(access, b.ccMessaging(access))
		}, status(401)},
		{"isales", func(b *bench) req { token, _ := b.iSales(); return iSalesBusinessReq(token) }, status(403)},
		{"cubedrive", func(b *bench) req { return commonPageReq(b.cubeDrive()) }, status(401)},
		{"oiap", func(b *bench) req { return oiapBusinessReq(b.got(oiapLoginReq(), "authToken")) }, code(900001)},
		{"astrozero", func(b *bench) req {
			return req{"GET", "/baas/business", "", map[string]string{"access-token": b.got(astroZeroLoginReq(), "access_token")}}
		}, status(401)},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Options{Lifetime: life})
			use := c.use(b)
			b.clock.advance(life - 1)
			alive := b.do(use)
			require.True(t, alive.status == 200 && !c.dead(alive), alive.raw)
			b.clock.advance(1)
			dead := b.do(use)
			require.True(t, c.dead(dead), dead.raw)
		})
	}
}

func TestCubeDriveTokensHaveNoEndOfTheirOwn(t *testing.T) {
	b := newBench(t, Options{})
	use := commonPageReq(b.cubeDrive())
	b.clock.advance(10 * 365 * 24 * time.Hour)
	assert.Equal(t, 200, b.do(use).status)
	assert.True(t, b.State().Tokens[0].ExpiresAt.IsZero())
}

func TestLifetimesAreWholeSecondsFromOneUp(t *testing.T) {
	b := newBench(t, Options{Lifetimes: Lifetimes{"appcube": time.Millisecond, "isales": 2900 * time.Millisecond}})
	assert.EqualValues(t, 1, b.do(appCubeLoginReq()).json["expireTime"])
	assert.Equal(t, 2, b.State().Lifetimes["isales"])
}

func TestFixedSecretsReplaceTheRule(t *testing.T) {
	b := newBench(t, Options{Secrets: map[System]map[string]string{AppCube: {"mine": "known"}}})
	assert.NotContains(t, b.do(appCubeLoginReq()).json, "authToken")
	assert.Contains(t, b.do(appCubeLoginReq(), field("appKey", `"mine"`), field("appSecret", `"known"`)).json, "authToken")
	assert.NotContains(t, b.do(appCubeLoginReq(), field("appKey", `"none"`), field("appSecret", `""`)).json, "authToken")
	b.access() // other systems keep theirs
}

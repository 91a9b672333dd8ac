package sandbox

import (
	"net/http"
	"time"
)

// OIAP is the intelligent assistant platform.
//
//	POST /oifde/rest/api/gettoken
//	POST /oifde/rest/api/business
//
// The appSecret of an appKey K is "api-password-of-" + K. The path business is a stand-in: any real business call carries
// its token the same way, inside its JSON body, or in the headers username and token.
const OIAP System = "oiap"

// Credentials of OIAP that a new sandbox accepts.
const (
	OIAPAppKey    = "system001"
	OIAPAppSecret = "api-password-of-system001"
)

func init() {
	register(vendor{
		name:   OIAP,
		prefix: "/oifde/rest/api/",
		endpoints: []endpoint{
			{path: "/oifde/rest/api/gettoken", step: stepLogin, methods: []string{"POST"}, serve: oiapLogin(OIAP)},
			{path: "/oifde/rest/api/business", step: stepBusiness, methods: []string{"POST"}, serve: (*Sandbox).oiapBusiness},
		},
		success:     object{"errorCode": 0},
		failure:     oiapFailure,
		credentials: []Credential{{"appKey", OIAPAppKey}},
		opens:       oiapOpens,
		lock:        oiapLock,
		lifetimes:   []lifetime{{name: string(OIAP), documented: 3600 * time.Second}},
		sends:       []string{"token", "username"},
		identity: func(origin string) fields {
			return fields{"baseUrl", origin, "appKey", OIAPAppKey, "appSecret", OIAPAppSecret}
		},
		business: BusinessCall{Method: "POST", Path: "/oifde/rest/api/business", Body: "{}"},
	})
}

// oiapBusiness stands for any business interface. A tenant's token is in the body; a system's is in headers, beside the
// app key that it was got with. Undocumented: what both at once are, which is refused here.
func (s *Sandbox) oiapBusiness(c call) reply {
	if _, refusal := oiapFields(c); refusal != nil {
		return *refusal
	}
	value := oiapInBody(c)
	key, named := c.header("username")
	if inHeader, there := c.header("token"); there {
		t, known := s.store.byValue[inHeader]
		if value != "" || !named || known && t.subject != key {
			return oiapRefusal(oiapTokenUnknown, "the headers username and token must be of one app key, and stand alone")
		}
		value = inHeader
	}
	return s.oiapToken(OIAP, value, c.now)
}

// What both doors of the platform have in common.

// Its codes (api-cec cec_07_2000), all of them under HTTP 200. Undocumented: which of the last two is for what.
const (
	oiapTokenExpired = 900001 // or there is none
	oiapTokenUnknown = 900002
	oiapKeyUnknown   = 200800001
	oiapSecretWrong  = 200800002
	oiapLocked       = 200800003
	oiapFieldWrong   = 10000002
	oiapHeadersWrong = 10000003
)

// fixedJSON is the Content-Type that "C6" (cec_07_0007) calls fixed, and that applyToken has
// in devg-voip-cec cec_05_1003.
const fixedJSON = "application/json; charset=UTF-8"

// oiapLock is undocumented beyond there being a code for it.
var oiapLock = lock{tries: 3, lasts: 10 * time.Minute}

func oiapOpens(key, secret string) bool { return secret == "api-password-of-"+key }

// oiapFailure is what stands before the platform, in its form: the code repeats the status, and is none of its own.
func oiapFailure(status int, reason string) object {
	return object{"errorCode": status, "errorMsg": reason}
}

// oiapRefusal is the platform's own: nothing else is returned, above all no token.
func oiapRefusal(code int, reason string) reply {
	return reply{status: http.StatusOK, body: oiapFailure(code, reason), reason: reason}
}

// oiapLogin is the login of the system ("C3" cec_07_0004, "C6" cec_07_0007).
func oiapLogin(system System) func(*Sandbox, call) reply {
	return func(s *Sandbox, c call) reply {
		fields, refusal := oiapFields(c, "appKey", "appSecret")
		if refusal != nil {
			return *refusal
		}
		key := fields[0]
		switch s.standing(system, key, fields[1], c.now) {
		case absent:
			return oiapRefusal(oiapKeyUnknown, "there is no such appKey, or it is refused")
		case wrong:
			return oiapRefusal(oiapSecretWrong, "appSecret is wrong")
		case locked:
			return oiapRefusal(oiapLocked, "the appKey is locked after wrong secrets")
		}
		t := s.mint(system, randomText(), key, "", c.now, s.life(system))
		return ok(object{
			"errorCode":  0,
			"errorMsg":   "",
			"authToken":  t.value,
			"expireTime": int(s.life(system) / time.Second),
		})
	}
}

// oiapFields reads the fields of a body under the fixed Content-Type.
func oiapFields(c call, names ...string) ([]string, *reply) {
	code, reason := oiapHeadersWrong, "Content-Type must be "+fixedJSON
	var fields []string
	if contentType, _ := c.header("Content-Type"); contentType == fixedJSON {
		code = oiapFieldWrong
		fields, reason = c.texts(names...)
	}
	if reason == "" {
		return fields, nil
	}
	refusal := oiapRefusal(code, reason)
	return nil, &refusal
}

// oiapInBody is the token that a body carries, or "".
func oiapInBody(c call) string {
	fields, reason := c.texts("authToken")
	if reason != "" {
		return ""
	}
	return fields[0]
}

// oiapToken judges the token of a business call.
func (s *Sandbox) oiapToken(system System, value string, now time.Time) reply {
	t, known := s.store.byValue[value]
	switch {
	case value == "":
		return oiapRefusal(oiapTokenExpired, "there is no token")
	case !known || t.system != system:
		return oiapRefusal(oiapTokenUnknown, "the token is unknown")
	case !t.live(now):
		return oiapRefusal(oiapTokenExpired, "the token has expired")
	}
	return ok(object{"errorCode": 0, "errorMsg": ""})
}

package sandbox

import (
	"net/http"
	"time"
)

// AppCube is OIAP AppCube.
//
//	POST /oifde/rest/appcube/api/getAppCubeToken
//	POST /oifde/rest/appcube/api/business
//
// The appSecret of an appKey K is "api-password-of-" + K. The path business is a stand-in: any real business call carries
// its token the same way.
const AppCube System = "appcube"

// Credentials of AppCube that a new sandbox accepts.
const (
	AppCubeAppKey    = "tenant001" // the document's own
	AppCubeAppSecret = "api-password-of-tenant001"
)

func init() {
	register(vendor{
		name:   AppCube,
		prefix: "/oifde/",
		endpoints: []endpoint{
			{path: "/oifde/rest/appcube/api/getAppCubeToken", step: stepLogin, methods: []string{"POST"}, serve: (*Sandbox).appCubeLogin},
			{path: "/oifde/rest/appcube/api/business", step: stepBusiness, methods: []string{"POST"}, serve: (*Sandbox).appCubeBusiness},
		},
		success: object{"errorCode": 0},
		failure: func(status int, reason string) object {
			// The document: "Values other than 0: failure", but 200 is a success too, so no failure may use either.
			return object{"errorCode": status, "errorMsg": reason}
		},
		credentials: []Credential{{"appKey", AppCubeAppKey}},
		opens:       func(key, secret string) bool { return secret == "api-password-of-"+key },
		lifetimes:   []lifetime{{name: string(AppCube), documented: 3600 * time.Second}},
		identity: func(origin string) fields {
			return fields{"baseUrl", origin, "appKey", AppCubeAppKey, "appSecret", AppCubeAppSecret}
		},
		business: BusinessCall{Method: "POST", Path: "/oifde/rest/appcube/api/business", Body: "{}"},
	})
}

// fixedJSON is the Content-Type that "C6 OIAP AppCube Interface Authentication" calls fixed, and that applyToken has
// in devg-voip-cec cec_05_1003.
const fixedJSON = "application/json; charset=UTF-8"

// appCubeLogin is getAppCubeToken of "C6 OIAP AppCube Interface Authentication".
func (s *Sandbox) appCubeLogin(c call) reply {
	if contentType, _ := c.header("Content-Type"); contentType != fixedJSON {
		return appCubeFailure(http.StatusUnsupportedMediaType, "Content-Type must be "+fixedJSON)
	}
	fields, reason := c.texts("appKey", "appSecret")
	if reason != "" {
		return appCubeFailure(http.StatusBadRequest, reason)
	}
	key, secret := fields[0], fields[1]
	if !s.accepts(AppCube, key, secret) {
		return appCubeFailure(http.StatusUnauthorized, "appKey or appSecret is wrong, or refused")
	}
	t := s.mint(AppCube, randomText(), key, "", c.now, s.life(AppCube))
	return ok(object{
		"errorCode":  0,
		"errorMsg":   "",
		"authToken":  t.value,
		"expireTime": int(s.life(AppCube) / time.Second),
	})
}

// appCubeFailure is a failing errorCode: the document knows no other way, so that HTTP 200 says nothing. The code
// numbers are undocumented; these echo HTTP. Nothing else is returned, above all no token.
func appCubeFailure(code int, reason string) reply {
	a := failure(AppCube, code, reason)
	a.status = http.StatusOK
	return a
}

// appCubeBusiness stands for any business interface: "The request body of the interface must contain authToken".
func (s *Sandbox) appCubeBusiness(c call) reply {
	if contentType, _ := c.header("Content-Type"); contentType != fixedJSON {
		return appCubeFailure(http.StatusUnsupportedMediaType, "Content-Type must be "+fixedJSON)
	}
	fields, reason := c.texts("authToken")
	if reason != "" {
		return appCubeFailure(http.StatusBadRequest, reason)
	}
	if _, live := s.store.live(AppCube, fields[0], c.now); !live {
		// Undocumented: only that the token must be obtained again. 401 is what the sister systems use.
		return failure(AppCube, http.StatusUnauthorized, "authToken is unknown or expired")
	}
	return ok(object{"errorCode": 0, "errorMsg": ""})
}

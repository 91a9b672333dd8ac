package sandbox

import (
	"net/http"
	"time"
)

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
	t := s.mint(AppCube, randomText(), key, "", c.now, s.lifetimes.AppCube)
	return ok(object{
		"errorCode":  0,
		"errorMsg":   "",
		"authToken":  t.value,
		"expireTime": int(s.lifetimes.AppCube / time.Second),
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

package sandbox

import (
	"crypto/rand"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"time"
)

// CubeDrive is CubeDrive.
//
//	GET,POST /lite/getLogin               parameters appId, appSecret, user
//	GET      /lite/verifyAuthToken?authToken=…
//	GET      /lite/commonPage
//
// The appSecret of an appId A is "app-secret-of-" + A, for any user.
const CubeDrive System = "cubedrive"

// Parameters of CubeDrive's login that a new sandbox accepts.
const (
	CubeDriveAppID     = "demo-app"
	CubeDriveAppSecret = "app-secret-of-demo-app"
	CubeDriveUser      = "user22"
)

func init() {
	register(vendor{
		name:   CubeDrive,
		prefix: "/lite/",
		endpoints: []endpoint{
			{path: "/lite/getLogin", step: stepLogin, methods: []string{"GET", "POST"}, serve: (*Sandbox).getLogin},
			{path: "/lite/verifyAuthToken", step: stepVerify, methods: []string{"GET"}, serve: (*Sandbox).verifyAuthToken},
			{path: "/lite/commonPage", step: stepBusiness, methods: []string{"GET"}, serve: (*Sandbox).commonPage},
		},
		success: object{"success": true},
		failure: func(int, string) object {
			// Undocumented beyond success being true when all is well.
			return object{"success": false}
		},
		credentials: []Credential{{"appId", CubeDriveAppID}, {"user", CubeDriveUser}},
		opens:       func(app, secret string) bool { return secret == "app-secret-of-"+app },
		lifetimes:   []lifetime{{name: string(CubeDrive)}}, // the document states none: tokens live until they are revoked
		// The document: "cannot be called frequently, otherwise it will be intercepted". It gives no number.
		budget: budget{logins: 1000, window: time.Minute},
		sends:  []string{"X-Auth-Token"},
		identity: func(origin string) fields {
			return fields{"baseUrl", origin + "/lite", "params", fields{
				"appId", CubeDriveAppID, "appSecret", CubeDriveAppSecret, "user", CubeDriveUser,
			}}
		},
		business: BusinessCall{Method: "GET", Path: "/commonPage?page=formData"},
	})
}

// getLogin is the login of "API -> Token". The names of its parameters are undocumented, and the sandbox's own.
func (s *Sandbox) getLogin(c call) reply {
	params := c.URL.RawQuery
	if c.Method == http.MethodPost {
		contentType, _ := c.header("Content-Type")
		if media, _, err := mime.ParseMediaType(contentType); err != nil || media != "application/x-www-form-urlencoded" {
			return cubeDriveFailure("Content-Type must be application/x-www-form-urlencoded")
		}
		params = string(c.body)
	}
	values, err := url.ParseQuery(params)
	if err != nil {
		return cubeDriveFailure("the parameters are not well formed")
	}
	for _, name := range []string{"appId", "appSecret", "user"} {
		if len(values[name]) != 1 || values[name][0] == "" {
			return cubeDriveFailure("the parameter " + name + " must be there once, and not be empty")
		}
	}
	app, user := values.Get("appId"), values.Get("user")
	if s.overBudget(CubeDrive, app+"\x00"+user, c.now) {
		return intercepted()
	}
	if !s.accepts(CubeDrive, app, values.Get("appSecret")) || s.refused[CubeDrive][user] {
		return cubeDriveFailure("appId or appSecret is wrong, or the application or user is refused")
	}
	t := s.mint(CubeDrive, cubeDriveToken(), user, app, c.now, s.life(CubeDrive))
	return ok(cubeDriveLogin(user, t.value))
}

// cubeDriveToken has the shape of the document's example, a UUID, but is random in all of its 128 bits.
func cubeDriveToken() string {
	var b [16]byte
	rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// cubeDriveLogin has every field of the document's example.
func cubeDriveLogin(user, token string) object {
	return object{
		"success": true,
		"systemInfo": object{
			"logoPath": "/lite/images/customer/SANDBOX.png", "language": "en_US", "systemName": "SANDBOX",
			"systemDesc": "CubeDrive: application builder", "showAppModule": true, "showHelpModule": true,
			"canSelfRegister": true,
		},
		"userLang": "en_US",
		"userObj": object{
			"id": "14r7AYizW6c", "firstname": "John", "lastname": "Doe", "name": "John Doe",
			"imagepath": "/lite/userFile/sandbox/profile.png", "description": nil, "username": user,
			"email": "john.doe@example.com", "enabled": nil, "role": "user", "roleId": 2, "createDate": nil,
			"maxApp": nil, "maxShared": nil, "maxRecords": nil, "maxSpace": nil,
		},
		"x-auth-token": token,
	}
}

// cubeDriveFailure is success:false inside an HTTP 200, as success:true is.
func cubeDriveFailure(reason string) reply { return failure(CubeDrive, http.StatusOK, reason) }

// verifyAuthToken is "Validate token". The document shows only the answer for a valid one.
func (s *Sandbox) verifyAuthToken(c call) reply {
	values := c.URL.Query()["authToken"]
	if len(values) != 1 || values[0] == "" {
		return cubeDriveFailure("the parameter authToken must be there once, and not be empty")
	}
	_, live := s.store.live(CubeDrive, values[0], c.now)
	return ok(object{"success": true, "valid": live})
}

// commonPage is the document's example of "Use token": the header, or the URL parameter.
func (s *Sandbox) commonPage(c call) reply {
	value, inHeader := c.header("X-Auth-Token")
	params := c.URL.Query()["x-auth-token"]
	if !inHeader && len(params) == 1 {
		value = params[0]
	}
	if inHeader && len(params) > 0 {
		return failure(CubeDrive, http.StatusBadRequest, "the token must be in the header or in the URL, not in both")
	}
	if _, live := s.store.live(CubeDrive, value, c.now); !live {
		// Undocumented: only that the token must be re-acquired. 401 is what the sister systems use.
		return failure(CubeDrive, http.StatusUnauthorized, "the token is missing, unknown or expired")
	}
	return ok(object{"success": true})
}

package sandbox

import (
	"crypto/rand"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"time"
)

// interception is what "cannot be called frequently, otherwise it will be intercepted" looks like to a client. The
// form is undocumented: a firewall's page inside an HTTP 200 is the usual one, and the hardest.
const interception = `<!DOCTYPE html><html><head><title>Request intercepted</title></head>` +
	`<body><h1>Your request was intercepted</h1><p>Too many requests. Please try again later.</p></body></html>`

// A window counts a user's logins since its start.
type window struct {
	start time.Time
	count int
}

// overBudget counts one more login of a user, and reports whether it is one too many.
func (s *Sandbox) overBudget(who string, now time.Time) bool {
	length := s.options.CubeDriveWindow
	if len(s.logins) > 1000 { // many users: forget those whose window is over
		for key, w := range s.logins {
			if now.Sub(w.start) >= length {
				delete(s.logins, key)
			}
		}
	}
	w := s.logins[who]
	if w.count == 0 || now.Sub(w.start) >= length {
		w = window{start: now}
	}
	w.count++
	s.logins[who] = w
	return w.count > s.options.CubeDriveLogins
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
	if s.overBudget(app+"\x00"+user, c.now) {
		return reply{status: http.StatusOK, html: interception, reason: "too many logins in this window"}
	}
	if !s.accepts(CubeDrive, app, values.Get("appSecret")) || s.refused[CubeDrive][user] {
		return cubeDriveFailure("appId or appSecret is wrong, or the application or user is refused")
	}
	t := s.mint(CubeDrive, cubeDriveToken(), user, app, c.now, s.lifetimes.CubeDrive)
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

package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

// tokenByAkSk is the API Fabric's machine interface (devg-webclint-cec cec_05_2007, api-cec cec_07_0005).
func (s *Sandbox) tokenByAkSk(c call) reply {
	if contentType, _ := c.header("Content-Type"); contentType != "application/json" {
		return failure(AccessToken, http.StatusBadRequest, "Content-Type must be application/json")
	}
	// Undocumented: what happens without X-Token-Expire. It is in every documented request, so it is asked for.
	asked, _ := c.header("X-Token-Expire")
	seconds, err := strconv.Atoi(asked)
	if err != nil || seconds < 1 || seconds > int(maxAccessToken/time.Second) {
		return failure(AccessToken, http.StatusBadRequest, "X-Token-Expire must be 1 to 3600 seconds")
	}
	fields, reason := c.texts("app_key", "app_secret")
	if reason != "" {
		return failure(AccessToken, http.StatusBadRequest, reason)
	}
	key, secret := fields[0], fields[1]
	if !s.accepts(AccessToken, key, secret) {
		// Undocumented: which status. Public reports of this interface show 403.
		return failure(AccessToken, http.StatusForbidden, "app_key or app_secret is wrong, or refused")
	}
	life := min(time.Duration(seconds)*time.Second, s.lifetimes.AccessToken)
	t := s.mint(AccessToken, randomText(), key, key, c.now, life)
	// The numbers are strings, as in the documented response.
	return ok(object{
		"AccessToken": t.value,
		"ApplyType":   "Bearer",
		"CreateTime":  strconv.FormatInt(c.now.Unix(), 10),
		"Expires":     strconv.Itoa(int(life / time.Second)),
		"Scope":       "46fb027c8b4f1541e459cadea096495a",
		"AppKey":      key,
		"UserID":      "Anonymous",
	})
}

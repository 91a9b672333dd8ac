package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

// APIFabric is the API Fabric, whose AccessToken CCMessaging asks for first. It has a life, a count and a refusal of its
// own; a Fault on its login is also named as the endpoint apifabric of CCMessaging.
//
//	POST     /apigovernance/api/oauth/tokenByAkSk
//	GET,POST /apiaccess/business
//
// The app_secret of an app_key K is "app-secret-of-" + K. The path business is a stand-in: any real business call carries
// its token the same way.
const APIFabric System = "apifabric"

// Credentials of APIFabric that a new sandbox accepts.
const (
	AICCAppKey    = "app001"
	AICCAppSecret = "app-secret-of-app001"
)

// maxAccessToken is the most that X-Token-Expire gets (cec_07_0005).
const maxAccessToken = 3600 * time.Second

func init() {
	register(vendor{
		name:   APIFabric,
		prefix: "/apigovernance/",
		endpoints: []endpoint{
			{path: "/apigovernance/api/oauth/tokenByAkSk", step: stepLogin, methods: []string{"POST"}, serve: (*Sandbox).tokenByAkSk},
			{path: "/apiaccess/business", step: stepBusiness, methods: []string{"GET", "POST"}, serve: (*Sandbox).apiFabricBusiness},
		},
		behind:      CCMessaging,
		failure:     aiccFailure,
		texts:       aiccTexts,
		credentials: []Credential{{"appKey", AICCAppKey}},
		opens:       func(key, secret string) bool { return secret == "app-secret-of-"+key },
		lifetimes:   []lifetime{{name: string(APIFabric), documented: maxAccessToken, most: maxAccessToken}},
		sends:       []string{"X-TenantSpaceID", "X-Token-Expire"},
		identity: func(origin string) fields {
			return fields{"baseUrl", origin, "appKey", AICCAppKey, "appSecret", AICCAppSecret}
		},
		business: BusinessCall{Method: "GET", Path: "/apiaccess/business"},
	})
}

// tokenByAkSk is the API Fabric's machine interface (devg-webclint-cec cec_05_2007, api-cec cec_07_0005).
func (s *Sandbox) tokenByAkSk(c call) reply {
	if contentType, _ := c.header("Content-Type"); contentType != "application/json" {
		return failure(APIFabric, http.StatusBadRequest, "Content-Type must be application/json")
	}
	// Undocumented: what happens without X-Token-Expire. It is in every documented request, so it is asked for.
	asked, _ := c.header("X-Token-Expire")
	seconds, err := strconv.Atoi(asked)
	if err != nil || seconds < 1 || seconds > int(maxAccessToken/time.Second) {
		return failure(APIFabric, http.StatusBadRequest, "X-Token-Expire must be 1 to 3600 seconds")
	}
	fields, reason := c.texts("app_key", "app_secret")
	if reason != "" {
		return failure(APIFabric, http.StatusBadRequest, reason)
	}
	key, secret := fields[0], fields[1]
	if !s.accepts(APIFabric, key, secret) {
		// Undocumented: which status. Public reports of this interface show 403.
		return failure(APIFabric, http.StatusForbidden, "app_key or app_secret is wrong, or refused")
	}
	life := min(time.Duration(seconds)*time.Second, s.life(APIFabric))
	t := s.mint(APIFabric, randomText(), key, key, c.now, life)
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

// apiFabricBusiness stands for any interface that takes the AccessToken alone.
func (s *Sandbox) apiFabricBusiness(c call) reply {
	if _, refusal := s.aiccCaller(c); refusal != nil {
		return *refusal
	}
	return ok(object{"resultCode": "0", "resultDesc": "success."})
}

package sandbox

import "time"

// AppCube is OIAP AppCube: another door of the OIAP, with a path of its own.
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
			{path: "/oifde/rest/appcube/api/getAppCubeToken", step: stepLogin, methods: []string{"POST"}, serve: oiapLogin(AppCube)},
			{path: "/oifde/rest/appcube/api/business", step: stepBusiness, methods: []string{"POST"}, serve: (*Sandbox).appCubeBusiness},
		},
		success:     object{"errorCode": 0},
		failure:     oiapFailure,
		credentials: []Credential{{"appKey", AppCubeAppKey}},
		opens:       oiapOpens,
		lock:        oiapLock,
		lifetimes:   []lifetime{{name: string(AppCube), documented: 3600 * time.Second}},
		identity: func(origin string) fields {
			return fields{"baseUrl", origin, "appKey", AppCubeAppKey, "appSecret", AppCubeAppSecret}
		},
		business: BusinessCall{Method: "POST", Path: "/oifde/rest/appcube/api/business", Body: "{}"},
	})
}

// appCubeBusiness stands for any business interface: "The request body of the interface must contain authToken".
func (s *Sandbox) appCubeBusiness(c call) reply {
	if _, refusal := oiapFields(c); refusal != nil {
		return *refusal
	}
	return s.oiapToken(AppCube, oiapInBody(c), c.now)
}

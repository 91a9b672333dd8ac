// Package sandbox is the four vendor systems as one strict http.Handler, for tests and demos.
//
//	s := sandbox.New(sandbox.Options{})
//	server := httptest.NewServer(s)
//
// It answers as the vendors' documents say, and refuses what they do not allow: a wrong method, path, header, type
// or field gets the vendor's own error form. The response header X-Sandbox-Reason then says, for developers, which
// rule was broken; no secret or token is ever in it. Where the documents are silent, a comment beside the code says
// "undocumented" and what was chosen.
//
// # Vendor endpoints
//
//	appcube      POST     /oifde/rest/appcube/api/getAppCubeToken
//	             POST     /oifde/rest/appcube/api/business
//	accessToken  POST     /apigovernance/api/oauth/tokenByAkSk
//	ccmessaging  POST     /apiaccess/ccmessaging/applyToken
//	             GET      /apiaccess/ccmessaging/poll?receiverId=…&channel=WEB
//	             POST     /apiaccess/ccmessaging/send
//	isales       POST     /rest/isales/v1/openapi/obs/auth/login
//	             POST     /rest/isales/v1/openapi/obs/auth/refresh
//	             GET,POST /rest/isales/v1/openapi/obs/business
//	cubedrive    GET,POST /lite/getLogin               parameters appId, appSecret, user
//	             GET      /lite/verifyAuthToken?authToken=…
//	             GET      /lite/commonPage
//
// The two named business are stand-ins: any real business call of those systems carries its token the same way.
//
// # Credentials
//
// So that a test can have as many identities as it likes, a secret follows from its public part:
//
//	appcube      appKey  K   appSecret  "api-password-of-" + K
//	accessToken  app_key K   app_secret "app-secret-of-" + K
//	ccmessaging  any userId, userName, channelId and locale that the document allows, under a live AccessToken
//	isales       user    U   passwd     "passwd-of-" + U, and the document's own pair abcd / 123456
//	cubedrive    appId   A   appSecret  "app-secret-of-" + A, any user
//
// The constants, such as [AppCubeAppKey], are one such set. [Options].Secrets replaces the rule by fixed pairs.
//
// # Control endpoints
//
// JSON in and out. A POST needs the header Content-Type: application/json, so that no foreign page can send one. An
// error is {"error": "…"}: 400 for a wrong body, 404, 405 or 415 for a wrong path, method or Content-Type. Each is
// also a Go method of [Sandbox].
//
//	GET    /_sandbox/state      counts by system, tokens, lifetimes, refusals: see [State]
//	POST   /_sandbox/revoke     {"system", and at most one of "subject", "id", "all": true}, or {"all": true}
//	POST   /_sandbox/roll       {"system": "ccmessaging", optional "subject"}
//	POST   /_sandbox/refuse     {"system", "credential": the public part, "refuse": bool}
//	POST   /_sandbox/lifetimes  {"appcube", "ccmessaging", "accessToken", "isales", "isalesRefresh", "cubedrive"}: seconds
//	POST   /_sandbox/faults     {"system", "endpoint", "fault", "count", "delayMs", "retryAfter", "exceptionInfo"}: see [Fault]
//	DELETE /_sandbox/faults     forgets all faults that are waiting
//	POST   /_sandbox/reset      {} or no body: back to a new sandbox
//
// The systems here are appcube, accessToken, ccmessaging, isales and cubedrive: the AccessToken of ccmessaging is
// counted, revoked and refused apart. Only a fault on it is named {"system": "ccmessaging", "endpoint": "accessToken"}.
package sandbox

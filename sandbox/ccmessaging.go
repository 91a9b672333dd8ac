package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// CCMessaging is the AICC's web client. It needs an AccessToken first.
//
//	POST /apiaccess/ccmessaging/applyToken
//	GET  /apiaccess/ccmessaging/poll?receiverId=…&channel=WEB
//	POST /apiaccess/ccmessaging/send
//
// It takes any userId, userName, channelId and locale that the document allows, under a live AccessToken.
const CCMessaging System = "ccmessaging"

// What applyToken may be given in a new sandbox, with the credentials of AccessToken.
const (
	CCMessagingUserID    = "user001"
	CCMessagingUserName  = "Demo User"
	CCMessagingChannelID = "channel001"
	CCMessagingLocale    = "en"
)

func init() {
	register(vendor{
		name:   CCMessaging,
		prefix: "/apiaccess/",
		endpoints: []endpoint{
			{path: "/apiaccess/ccmessaging/applyToken", step: stepLogin, methods: []string{"POST"}, serve: (*Sandbox).applyToken},
			{path: "/apiaccess/ccmessaging/poll", step: stepBusiness, methods: []string{"GET"}, serve: (*Sandbox).poll},
			{path: "/apiaccess/ccmessaging/send", step: stepBusiness, methods: []string{"POST"}, serve: (*Sandbox).send},
		},
		success:     object{"resultCode": "0"},
		failure:     aiccFailure,
		texts:       aiccTexts,
		credentials: []Credential{{"appKey", AICCAppKey}, {"userId", CCMessagingUserID}},
		lifetimes:   []lifetime{{name: string(CCMessaging), documented: time.Hour}}, // never said in a response
		rolls:       true,
		sends:       []string{"Authorization", "ccmessaging-token", "x-app-key", "X-TenantSpaceID"},
		exposes:     []string{"ccmessaging-token"},
		identity: func(origin string) fields {
			return fields{
				"baseUrl", origin, "appKey", AICCAppKey, "appSecret", AICCAppSecret,
				"userId", CCMessagingUserID, "userName", CCMessagingUserName,
				"channelId", CCMessagingChannelID, "locale", CCMessagingLocale,
			}
		},
		business: BusinessCall{Method: "GET", Path: "/apiaccess/ccmessaging/poll?receiverId=" + CCMessagingUserID + "&channel=WEB"},
	})
}

// aiccFailure is the form that devg-voip-cec cec_05_1003 shows for every status but 200. Its errorCode is "0" there too: a
// client that trusts the code without the status takes a failure for a success.
func aiccFailure(_ int, reason string) object {
	return object{"errorCode": "0", "exceptionInfo": reason}
}

var aiccTexts = map[int]string{http.StatusForbidden: deadAccessToken}

// deadAccessToken is the text that devg-voip-cec cec_05_1003 gives for a 403: the AccessToken expired.
const deadAccessToken = "auth fail! illegal or expired token info. please apply or refresh the access token from the server!"

// isLanguage reports whether s is an ISO 639 code alone: the document of applyToken says "The value does not contain the country code".
func isLanguage(s string) bool {
	return (len(s) == 2 || len(s) == 3) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

// applyToken is "Performing Third-Party Request Authentication (applyToken)".
func (s *Sandbox) applyToken(c call) reply {
	if contentType, _ := c.header("Content-Type"); contentType != fixedJSON {
		return failure(CCMessaging, http.StatusBadRequest, "Content-Type must be "+fixedJSON)
	}
	appKey, refusal := s.aiccCaller(c)
	if refusal != nil {
		return *refusal
	}
	if s.refused[CCMessaging][appKey] {
		return failure(CCMessaging, http.StatusForbidden, "this x-app-key is refused")
	}
	fields, reason := c.texts("userId", "userName", "channelId", "locale")
	if reason != "" {
		return failure(CCMessaging, http.StatusBadRequest, reason)
	}
	user, channel, locale := fields[0], fields[2], fields[3]
	// The document has 400 and 500 both say "check the parameters"; 400 is the one that no client should try again.
	if utf8.RuneCountInString(user) > 32 {
		return failure(CCMessaging, http.StatusBadRequest, "userId must be 1 to 32 characters")
	}
	if !isLanguage(locale) {
		return failure(CCMessaging, http.StatusBadRequest, "locale must be a language without a country, such as en")
	}
	if s.refused[CCMessaging][user] {
		// The document: resultCode 1 is a failure, inside an HTTP 200.
		return reply{status: http.StatusOK, body: object{"resultCode": "1"}, reason: "this userId is refused"}
	}
	t := s.mintCCMessaging(c, user, appKey, channel)
	return ok(object{"resultCode": "0", "token": t.value})
}

// aiccCaller checks the two headers that every call of the web client carries (cec_05_2022), and returns the app key.
func (s *Sandbox) aiccCaller(c call) (appKey string, refusal *reply) {
	fail := func(status int, reason string) (string, *reply) {
		a := failure(CCMessaging, status, reason)
		return "", &a
	}
	appKey, there := c.header("x-app-key")
	if !there {
		return fail(http.StatusBadRequest, "the header x-app-key is missing")
	}
	access, well := c.bearer("Authorization")
	if !well {
		return fail(http.StatusUnauthorized, "the header Authorization must be Bearer, one space, and the AccessToken")
	}
	t, live := s.store.live(APIFabric, access, c.now)
	if !live {
		return fail(http.StatusForbidden, deadAccessToken)
	}
	// Undocumented: which status and text. An AccessToken speaks for the one app key that it was got with.
	if t.app != appKey {
		return fail(http.StatusForbidden, "x-app-key is not the one of the AccessToken")
	}
	return appKey, nil
}

// mintCCMessaging makes a token of the form in api-cec cec_07_0953: base64 of a JSON object. The nonce makes each one
// unique; standard base64 has the characters +, / and =, which a client must be able to carry.
func (s *Sandbox) mintCCMessaging(c call, user, appKey, channel string) *token {
	form, err := json.Marshal(struct {
		Tenant  string `json:"tenantId"`
		Channel string `json:"channelId"`
		User    string `json:"userId"`
		Nonce   string `json:"nonce"`
	}{tenantOf(appKey), channel, user, randomText()})
	if err != nil {
		panic(err) // four strings
	}
	t := s.mint(CCMessaging, base64.StdEncoding.EncodeToString(form), user, appKey, c.now, s.life(CCMessaging))
	t.note = channel
	return t
}

// tenantOf names the tenant of an app. The key is not in the name: it is not in a vendor's token either.
func tenantOf(appKey string) string {
	h := fnv.New32a()
	h.Write([]byte(appKey))
	return fmt.Sprintf("tenant-%08x", h.Sum32())
}

// ccMessagingBusiness checks what poll and send ask alike, and rolls a token that is due.
func (s *Sandbox) ccMessagingBusiness(c call, answer func() reply) reply {
	appKey, refusal := s.aiccCaller(c)
	if refusal != nil {
		return *refusal
	}
	value, _ := c.header("ccmessaging-token")
	t, live := s.store.live(CCMessaging, value, c.now)
	if !live || t.app != appKey {
		return failure(CCMessaging, http.StatusUnauthorized, "ccmessaging-token is missing, unknown or expired")
	}
	a := answer()
	if t.rollDue && a.reason == "" {
		// The document: "the AICC automatically returns a new token for the current request". Where it is put is
		// undocumented: here in a header and in the body, both.
		t.end, t.rollDue = "rolled", false
		next := s.mintCCMessaging(c, t.subject, t.app, t.note)
		a.set("ccmessaging-token", next.value)
		a.body["token"] = next.value
	}
	return a
}

// poll is GET /ccmessaging/poll (devg-webclint-cec cec_05_2022), whose two parameters are optional.
func (s *Sandbox) poll(c call) reply {
	return s.ccMessagingBusiness(c, func() reply {
		if channel := c.URL.Query().Get("channel"); channel != "" && channel != "WEB" {
			return failure(CCMessaging, http.StatusBadRequest, "channel must be WEB")
		}
		return ok(object{"resultCode": "0", "resultDesc": "query user messages success.", "downlinkMessages": []any{}})
	})
}

// send is POST /ccmessaging/send. What a message holds is not the sandbox's concern.
func (s *Sandbox) send(c call) reply {
	return s.ccMessagingBusiness(c, func() reply {
		contentType, _ := c.header("Content-Type")
		if media, _, err := mime.ParseMediaType(contentType); err != nil || media != "application/json" {
			return failure(CCMessaging, http.StatusBadRequest, "Content-Type must be application/json")
		}
		if _, reason := c.texts(); reason != "" {
			return failure(CCMessaging, http.StatusBadRequest, reason)
		}
		return ok(object{"resultCode": "0", "resultDesc": "send message success."})
	})
}

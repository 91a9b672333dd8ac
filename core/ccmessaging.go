package core

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// ccmessaging is the AICC web client: "Performing Third-Party Request
// Authentication (applyToken)" (api-cec cec_07_0953 and the pages beside it).
//
// The values are userId, userName, channelId and locale, then the base URL of
// the AccessToken's interface and the values of its identity.
type ccmessaging struct{ none }

func (ccmessaging) name() string   { return "ccmessaging" }
func (ccmessaging) policy() policy { return lenient() }

func (ccmessaging) identify(f *fields) []string {
	userID := f.text("userId")
	if n := utf8.RuneCountInString(userID); n > 32 {
		f.fail("userId", "must have 1 to 32 characters")
	}
	userName, channelID, locale := f.text("userName"), f.text("channelId"), f.text("locale")
	if locale != "" && !isLanguage(locale) {
		f.fail("locale", `must be an ISO 639 language code without a country, such as "zh" or "en"`)
	}
	authURL := ""
	if f.has("authUrl") {
		authURL = f.baseURL("authUrl")
	}
	return append([]string{userID, userName, channelID, locale, authURL}, accessToken{}.identify(f)...)
}

// isLanguage reports whether s has the form of an ISO 639 code: two or three letters in lower case.
func isLanguage(s string) bool {
	return (len(s) == 2 || len(s) == 3) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

func (ccmessaging) dependency(id *identity) *identity {
	base := id.values[4]
	if base == "" {
		base = id.base
	}
	return &identity{vendor: accessToken{}, base: base, values: id.values[5:]}
}

const ccmessagingPath = "/apiaccess/ccmessaging/"

func (ccmessaging) ask(id *identity, o occasion) Request {
	return Request{
		Step:   StepApply,
		Method: "POST",
		URL:    id.base + ccmessagingPath + "applyToken",
		Headers: []Pair{
			{"x-app-key", id.values[5]},
			bearerPair("Authorization", o.bearer),
			{"Content-Type", "application/json; charset=UTF-8"},
		},
		Body: jsonObject(Pair{"userId", id.values[0]}, Pair{"userName", id.values[1]},
			Pair{"channelId", id.values[2]}, Pair{"locale", id.values[3]}),
	}
}

// ccmessagingLife is stated by the document, not by the answer: "The token is valid within 1 hour."
const ccmessagingLife = hour

func (ccmessaging) read(step Step, r Response) (grant, *Error) {
	if err := answerError(step, r); err != nil {
		if err.Code == CredentialsRefused && forbidden(r) == AddressRefused {
			err.Code = AddressNotAdmitted
		}
		return grant{}, err
	}
	var code float64
	var known, usable bool
	g := grant{life: ccmessagingLife}
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "resultCode":
			code, known = asNumber(v)
		case "token":
			g.token, usable = asToken(v)
		}
	})
	switch {
	case err != nil || !known:
		return grant{}, malformed(step, r)
	case code != 0:
		return grant{}, failed(step, r, code)
	case !usable:
		return grant{}, malformed(step, r)
	}
	return g, nil
}

// devg-webclint-cec cec_05_2022: the same calls also carry the key and the AccessToken.
func (ccmessaging) carriage(id *identity, g grant, bearer string) Carriage {
	return Carriage{
		Headers: []Pair{
			{"ccmessaging-token", g.token},
			{"x-app-key", id.values[5]},
			bearerPair("Authorization", bearer),
		},
		Rolls: "ccmessaging-token",
	}
}

// judge follows cec_07_0088 (a 401 can mean that either token expired, so both
// are renewed), devg-voip-cec cec_05_1003 (the 403 of a dead AccessToken), and
// the note of applyToken: "If the token expires during a session, the AICC
// automatically returns a new token for the current request." The note does not
// say where in the response: the header and the body's "token" are looked at,
// the latter only where it is a token of this very user and channel.
func (ccmessaging) judge(id *identity, r Response) judgement {
	switch r.Status {
	case 401:
		return judgement{token: true, bearer: true, reason: TokenDead}
	case 403:
		reason := forbidden(r)
		return judgement{bearer: reason == AccessTokenDead, reason: reason}
	}
	if r.Status < 200 || r.Status > 299 {
		return judgement{}
	}
	if isToken(r.Rolled) {
		return judgement{rolled: r.Rolled}
	}
	var j judgement
	_ = eachMember(r.Body, func(name string, v value) {
		if token, ok := asToken(v); ok && name == "token" {
			if subject, ok := subjectOf(token); ok && subject.is(id) {
				j.rolled = token
			}
		}
	})
	return j
}

// forbidden tells apart the reasons of a 403, by the words of exceptionInfo.
// Only the first form is documented to the letter; the others are told by
// their subject, and what is not understood is Unknown.
func forbidden(r Response) Reason {
	var info string
	_ = eachMember(r.Body, func(name string, v value) {
		if name == "exceptionInfo" {
			info, _ = asString(v)
		}
	})
	info = lower(info)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(info, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("token") && has("expired", "illegal", "invalid", "refresh"):
		return AccessTokenDead
	case has("ip address", "client ip", "source ip", "whitelist", "white list", "allow list", "allowlist", "trustlist"):
		return AddressRefused
	case has("app key", "appkey", "app_key", "app-key"):
		return KeyRefused
	}
	return Unknown
}

// subject is what a ccmessaging token says of itself (cec_07_0953): base64 of a
// JSON object, possibly URL-encoded. It proves nothing.
type subject struct{ userID, channelID string }

func (s subject) is(id *identity) bool {
	return s.userID == id.values[0] && s.channelID == id.values[2]
}

func subjectOf(token string) (subject, bool) {
	text := token
	for _, form := range [...][2]string{
		{"%2B", "+"}, {"%2F", "/"}, {"%3D", "="}, {"%2b", "+"}, {"%2f", "/"}, {"%3d", "="}, // as URLs escape base64
		{"-", "+"}, {"_", "/"}, // as base64url writes it
	} {
		text = strings.ReplaceAll(text, form[0], form[1])
	}
	text = strings.TrimRight(text, "=")
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return subject{}, false
	}
	var s subject
	var user, channel bool
	err = eachMember(bytes.TrimSpace(data), func(name string, v value) {
		switch name {
		case "userId":
			s.userID, user = asString(v)
		case "channelId":
			s.channelID, channel = asString(v)
		}
	})
	return s, err == nil && user && channel
}

func (ccmessaging) foreign(id *identity, token string) Verdict {
	if s, ok := subjectOf(token); ok && !s.is(id) {
		no := false
		return Verdict{Valid: &no, Reason: OtherSubject}
	}
	return Verdict{Reason: Unknown}
}

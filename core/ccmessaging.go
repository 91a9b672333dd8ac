package core

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// ccmessaging is the AICC web client: "Performing Third-Party Request
// Authentication (applyToken)" (api-cec cec_07_0953 and the pages beside it).
type ccmessaging struct{ none }

var ccmessagingDescription = Description{
	Name:   "ccmessaging",
	Vendor: true,
	Base:   "baseUrl",
	Fields: slices.Concat(
		[]Field{{Name: "authUrl", Kind: URL, Optional: true}},
		appFields,
		[]Field{
			{Name: "userId", Kind: Text, Most: 32},
			{Name: "userName", Kind: Text},
			{Name: "channelId", Kind: Text},
			{Name: "locale", Kind: Text, check: isLocale, form: `must be an ISO 639 language such as "zh", or one with a country as in "zh_CN"`},
			tenantSpaceField,
		},
	),
	Paths:      []string{ccmessagingPath + "applyToken"},
	Interfaces: []string{"applyToken"},
	Carriers:   []string{"ccmessaging-token"},
	Answers:    []string{"token", "ccmessaging-token"},
	Rolls:      "token",
	RollsIn:    []string{"ccmessaging-token"},
	Codes:      []string{"resultCode", "errorCode"},
	Success:    []string{"0", "200"},
	Meanings: []Meaning{ // service codes, where they arrive
		{Codes: []string{"160028"}, Of: TokenDead},
		{Codes: []string{"160030", "160031"}, Means: CredentialsRefused},
		{Codes: []string{"160032"}, Means: AccountLocked},
		{Codes: []string{"160033"}, Means: AddressNotAdmitted},
	},
	Explains: []string{"exceptionInfo", "resultDesc"},
	Life:     hour, // stated by the document, not by the answer: "The token is valid within 1 hour."
	policy:   lenient,
	needs:    apifabric{},
	at:       "authUrl",
}

func (ccmessaging) description() *Description { return &ccmessagingDescription }

// isLocale reports whether s has one of the two forms that the documents write: an ISO 639
// language of two or three letters in lower case, or that with a country of two in upper case.
func isLocale(s string) bool {
	language, country, both := strings.Cut(s, "_")
	return (len(language) == 2 || len(language) == 3) && strings.Trim(language, "abcdefghijklmnopqrstuvwxyz") == "" &&
		(!both || len(country) == 2 && strings.Trim(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "")
}

const ccmessagingPath = "/apiaccess/ccmessaging/"

func (ccmessaging) ask(id *identity, o occasion) Request {
	return Request{
		Step:    StepApply,
		Method:  "POST",
		URL:     id.base + ccmessagingPath + "applyToken",
		Headers: append(appHeaders(id, o.bearer), Pair{"Content-Type", "application/json; charset=UTF-8"}),
		Body:    id.object("userId", "userName", "channelId", "locale"),
	}
}

func (ccmessaging) read(step Step, r Response) (grant, *Error) {
	if err := answerError(&ccmessagingDescription, step, r); err != nil {
		if err.Code == CredentialsRefused && ccmessagingDescription.why(r) == AddressRefused {
			err.Code = AddressNotAdmitted
		}
		return grant{}, err
	}
	var code string
	var given, known, usable bool
	g := grant{life: ccmessagingDescription.Life}
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "resultCode":
			given = true
			code, known = codeText(v)
		case "token":
			g.token, usable = unquoted(v)
		}
	})
	switch {
	case err != nil || given && !known:
		return grant{}, malformed(step, r)
	case given && code != "0":
		return grant{}, ccmessagingDescription.failed(step, r, code)
	case !usable: // one of the documented examples has a token and no code
		return grant{}, malformed(step, r)
	}
	return g, nil
}

// unquoted is a token, without the quotes that one documented example has as a part of it.
func unquoted(v value) (string, bool) {
	token, ok := asToken(v)
	if n := len(token); n > 2 && token[0] == '"' && token[n-1] == '"' {
		token = token[1 : n-1]
	}
	return token, ok
}

// devg-webclint-cec cec_05_2022: the same calls also carry the key and the AccessToken.
func (ccmessaging) carriage(id *identity, g grant, bearer string) Carriage {
	return Carriage{Headers: append([]Pair{{"ccmessaging-token", g.token}}, appHeaders(id, bearer)...)}
}

// clickToCall is where the 403 of a dead AccessToken renews both tokens (devg-voip-cec cec_05_1010).
const clickToCall = "/v1/createClickToCall"

// judge follows cec_07_0088 (a 401 can mean that either token expired, so both
// are renewed), devg-voip-cec cec_05_1003 (the 403 of a dead AccessToken), and
// the note of applyToken: "If the token expires during a session, the AICC
// automatically returns a new token for the current request." The note does not
// say where in the response: the header and the body's "token" are looked at,
// the latter only where it is a token of this very user and channel.
func (ccmessaging) judge(id *identity, call string, r Response) judgement {
	j := ccmessagingDescription.judge(r)
	switch {
	case r.Status == 401:
		j.bearer = true
		return j
	case r.Status == 403 && !j.token:
		reason := ccmessagingDescription.why(r)
		dead := reason == AccessTokenDead
		return judgement{token: dead && strings.HasSuffix(call, clickToCall), bearer: dead, reason: reason}
	case j.token || r.Status < 200 || r.Status > 299:
		return j
	}
	if isToken(r.Rolled) {
		return judgement{rolled: r.Rolled, life: ccmessagingDescription.Life}
	}
	_ = eachMember(r.Body, func(name string, v value) {
		if token, ok := unquoted(v); ok && name == ccmessagingDescription.Rolls {
			if subject, ok := subjectOf(token); ok && subject.is(id) {
				j = judgement{rolled: token, life: ccmessagingDescription.Life}
			}
		}
	})
	return j
}

// subject is what a ccmessaging token says of itself (cec_07_0953): base64 of a
// JSON object, possibly URL-encoded. It proves nothing.
type subject struct{ userID, channelID string }

func (s subject) is(id *identity) bool {
	return s.userID == id.value("userId") && s.channelID == id.value("channelId")
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

func (ccmessaging) texts() Texts {
	return Texts{
		Title:    Words{"AICC web client", "AICC Web 客户端"},
		Document: `The AICC web client ("Performing Third-Party Request Authentication (applyToken)", cec_07_0103).`,
		Type:     "CcmessagingIdentity",
		fields: []named{
			{"baseUrl", Words{"Base URL", "基础地址"}, Words{"of the AICC", "AICC 的地址"}, "https://service.besclouds.com"},
			{"authUrl", Words{"AccessToken base URL", "AccessToken 基础地址"}, Words{"the base URL of tokenByAkSk, only where it differs", "tokenByAkSk 的基础地址，仅在不同时填写"}, ""},
			{"appKey", appKeyTexts.Label, appKeyTexts.Help, appKeyTexts.Example},
			{"appSecret", appSecretTexts.Label, appSecretTexts.Help, appSecretTexts.Example},
			{"accessToken", Words{"AccessToken", "AccessToken"}, Words{"in place of the app secret", "代替 App secret"}, ""},
			{"userId", Words{"User ID", "用户 ID"}, Words{"1 to 32 characters, defined by the enterprise; send and queryHistoryChatMessage take 24 at most", "1 至 32 个字符，由企业定义；send 和 queryHistoryChatMessage 最多接受 24 个"}, ""},
			{"userName", Words{"User name", "用户名称"}, Words{"for display, defined by the enterprise", "用于显示，由企业定义"}, ""},
			{"channelId", Words{"Channel ID", "渠道 ID"}, Words{"the Configuration ID of the channel", "渠道的配置 ID"}, ""},
			{"tenantSpaceId", tenantSpaceTexts.Label, tenantSpaceTexts.Help, tenantSpaceTexts.Example},
			{"locale", Words{"Locale", "语言"}, Words{"an ISO 639 language, or one with a country as in zh_CN", "ISO 639 语言代码，或带国家，如 zh_CN"}, "zh"},
		},
	}
}

func (ccmessaging) counsel() Counsel {
	return Counsel{
		Refused: appRefused,
		Relying: &Relying{
			Expired: Advice{
				Found:   "the AccessToken that was given has expired, or never was one",
				Because: "An AccessToken lives an hour at most.",
				Try: []string{
					"Get a new one by tokenByAkSk from where you got this one, and give that.",
					"Or give appSecret in place of accessToken: then it is fetched and renewed by itself.",
				},
			},
			Distrusted: Advice{
				Found:   "applyToken does not accept an AccessToken that was issued a moment ago",
				Because: "tokenByAkSk gave one for this key and secret, so both are right.",
				Try: []string{
					"Check that authUrl and baseUrl are of the same environment: one's tokens are nothing to the other.",
					"Ask the vendor to compare the clocks of the two servers.",
				},
			},
			UnclearGiven: Advice{
				Because: "An AccessToken that has expired, one of another app key, and an address that is not admitted can all look like this.",
				Try: []string{
					"Try a new AccessToken, of this very app key; it lives an hour at most.",
					"Try once from a machine whose address is certainly admitted. If it works there, it is the address.",
				},
			},
			UnclearIssued: Advice{
				Because: "tokenByAkSk gave an AccessToken, so key and secret are right; what is left is an app that may not use the web client, and an address that is not admitted there.",
				Try: []string{
					"Check that the app key is allowed to call ccmessaging, and the channel is its own.",
					"Try once from a machine whose address is certainly admitted. If it works there, it is the address.",
				},
			},
		},
	}
}

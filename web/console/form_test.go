package console

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cctoken/core"
	"cctoken/sandbox"
)

// good are values that the core has nothing against.
var good = map[string]map[string]string{
	"appcube": {"baseUrl": "https://vendor.test", "appKey": "k", "appSecret": "s"},
	"ccmessaging": {
		"baseUrl": "https://vendor.test", "authUrl": "", "appKey": "k", "appSecret": "s", "accessToken": "", "userId": "u1", "userName": "User",
		"channelId": "c1", "locale": "en",
	},
	"isales":    {"baseUrl": "https://vendor.test", "user": "u1", "passwd": "p"},
	"cubedrive": {"baseUrl": "https://vendor.test/lite", "params": "appId=a\nuser=u22\n", "method": "POST"},
}

func asJSON(t *testing.T, members []Member) []byte {
	out := map[string]any{}
	for _, m := range members {
		out[m.Name] = m.Text
		if m.Pairs != nil {
			inner := map[string]string{}
			for _, p := range m.Pairs {
				inner[p.Name] = p.Value
			}
			out[m.Name] = inner
		}
	}
	b, err := json.Marshal(out)
	require.NoError(t, err)
	return b
}

func TestWhatAFormMakesIsAnIdentityOfTheCore(t *testing.T) {
	for form, values := range good {
		assert.Nil(t, core.Check(asJSON(t, Identity(form, values))), form)
	}
}

func TestAnEdgeIdentityNamesNoSystem(t *testing.T) {
	members := Identity(EdgeForm, map[string]string{"edge": "https://e.test", "connection": "c", "authorization": "a"})
	assert.Equal(t, []Member{{Name: "edge", Text: "https://e.test"}, {Name: "connection", Text: "c"}, {Name: "authorization", Text: "a"}}, members)
}

func TestEveryFieldOfTheFormsIsInThePageAndNoOther(t *testing.T) {
	page := read(t, "../index.html")
	for form, fields := range Forms {
		_, after, ok := strings.Cut(page, `<form data-form="`+form+`"`)
		require.True(t, ok, form)
		markup, _, _ := strings.Cut(after, "</form>")
		want := []string{"callMethod", "callPath"}
		for _, f := range fields {
			want = append(want, f.Name)
			if f.Secret && !f.Pairs {
				assert.Regexp(t, `name="`+f.Name+`"[^>]*type="password"`, markup, form)
			}
		}
		var have []string
		for _, m := range regexp.MustCompile(` name="(\w+)"`).FindAllStringSubmatch(markup, -1) {
			have = append(have, m[1])
		}
		slices.Sort(want)
		slices.Sort(have)
		assert.Equal(t, want, have, form)
		assert.NotRegexp(t, `<input(?:[^>](?:"[^"]*")?)*autocomplete="(?:on|current-password)"`, markup)
	}
}

// The core names the first field at fault: what comes before must not hide what is typed now.
func TestATrialFindsFaultWithTheFieldThatIsTypedAndNoOther(t *testing.T) {
	bad := map[string]string{"baseUrl": "vendor.test", "authUrl": "x:y", "locale": "en_US", "method": "PUT", "params": ""}
	for form, values := range good {
		for _, f := range Forms[form] {
			typed := map[string]string{f.Name: bad[f.Name]} // all others are still empty
			err := core.Check(asJSON(t, Trial(form, f.Name, typed, values)))
			if f.Optional && typed[f.Name] == "" {
				continue
			}
			require.NotNil(t, err, "%s %s", form, f.Name)
			assert.Equal(t, f.Name, err.Field)
			typed[f.Name] = values[f.Name]
			if typed[f.Name] != "" {
				assert.Nil(t, core.Check(asJSON(t, Trial(form, f.Name, typed, values))), "%s %s", form, f.Name)
			}
		}
	}
}

func TestAnAccessTokenStandsInForTheAppSecret(t *testing.T) {
	typed := map[string]string{"accessToken": "an-access-token"}
	assert.Nil(t, core.Check(asJSON(t, Trial("ccmessaging", "accessToken", typed, good["ccmessaging"]))))
	both := map[string]string{}
	for name, value := range good["ccmessaging"] {
		both[name] = value
	}
	both["accessToken"] = "an-access-token"
	assert.NotNil(t, core.Check(asJSON(t, Identity("ccmessaging", both))), "both together are for the core to refuse")
}

func TestATrialLeavesTheGoodValuesAlone(t *testing.T) {
	before := asJSON(t, Identity("isales", good["isales"]))
	Trial("isales", "user", map[string]string{"user": "x"}, good["isales"])
	assert.Equal(t, before, asJSON(t, Identity("isales", good["isales"])))
}

func TestParametersAreLinesOfNameAndValue(t *testing.T) {
	for text, want := range map[string][]Pair{
		"":                            {},
		"\n \n":                       {},
		"a=1":                         {{"a", "1"}},
		" a = 1 \r\nb=x=y\n":          {{"a", "1"}, {"b", "x=y"}},
		"name alone":                  {{"name alone", ""}},
		"=value alone":                {{"", "value alone"}},
		"appId=demo\nappSecret=s\nu=": {{"appId", "demo"}, {"appSecret", "s"}, {"u", ""}},
	} {
		assert.Equal(t, want, ReadPairs(text), "%q", text)
		assert.Equal(t, want, ReadPairs(WritePairs(want)), "%q", text)
	}
}

func TestATitleShowsNoSecret(t *testing.T) {
	for form, values := range good {
		title := Title(form, values)
		assert.NotEmpty(t, title, form)
		for _, f := range Forms[form] {
			if f.Secret && !f.Pairs {
				assert.NotEqual(t, values[f.Name], title, form)
			}
		}
	}
	assert.Equal(t, "u22", Title("cubedrive", good["cubedrive"]))
	assert.Empty(t, Title("cubedrive", map[string]string{"params": "secret=x"}), "what is under another name may be anything")
}

func TestTheSandboxTakesEveryFaultThatIsOffered(t *testing.T) {
	for form := range good {
		for _, place := range Places(form) {
			for _, fault := range Faults {
				var f sandbox.Fault
				require.NoError(t, json.Unmarshal([]byte(FaultBody(form, place, fault, "2")), &f))
				assert.NoError(t, sandbox.New(sandbox.Options{}).Inject(f), "%s %s %s", form, place, fault)
				assert.Equal(t, 2, f.Count)
			}
		}
	}
}

func TestTheSandboxTakesWhatIsRevokedAndRolled(t *testing.T) {
	for _, subject := range []string{"", `a "quoted" user`, "用户"} {
		for _, system := range []string{"appcube", "accessToken", "ccmessaging", "isales", "cubedrive"} {
			var target sandbox.Target
			require.NoError(t, json.Unmarshal([]byte(RevokeBody(system, subject)), &target))
			_, err := sandbox.New(sandbox.Options{}).Revoke(target)
			assert.NoError(t, err)
			assert.Equal(t, sandbox.Target{System: sandbox.System(system), Subject: subject, All: subject == ""}, target)
		}
		var roll struct{ System, Subject string }
		require.NoError(t, json.Unmarshal([]byte(RollBody(subject)), &roll))
		assert.Equal(t, subject, roll.Subject)
	}
}

func TestHowOftenIsAWholeNumberFromOneToAHundred(t *testing.T) {
	for text, want := range map[string]string{"1": "1", " 7 ": "7", "99": "99", "100": "100"} {
		n, ok := Times(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, n)
	}
	for _, text := range []string{"", "0", "01", "101", "999", "1000", "-1", "1.5", "1e2", "x", `1,"x":2`} {
		_, ok := Times(text)
		assert.False(t, ok, text)
	}
}

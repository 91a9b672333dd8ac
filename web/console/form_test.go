package console

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cctoken/core"
	"cctoken/sandbox"
)

// formFor is the form of a name, which must be there.
func formFor(t *testing.T, name string) Form {
	t.Helper()
	f, ok := FormNamed(name)
	require.True(t, ok, name)
	return f
}

// well are values of a form that the core has nothing against.
func well(f Form) map[string]string {
	out := map[string]string{}
	for _, field := range f.Fields {
		if !field.Optional || f.replaced(field.Name) {
			out[field.Name] = field.good()
		}
	}
	return out
}

func asJSON(t *testing.T, members []Member) []byte {
	out := map[string]any{}
	for _, m := range members {
		out[m.Name] = m.Value
		if pairs, ok := m.Value.([]Pair); ok {
			inner := map[string]string{}
			for _, p := range pairs {
				inner[p.Name] = p.Value
			}
			out[m.Name] = inner
		}
	}
	b, err := json.Marshal(out)
	require.NoError(t, err)
	return b
}

func TestEverySystemHasAFormAndTheEdgeToo(t *testing.T) {
	var want, have []string
	for _, d := range core.Described() {
		if d.Vendor {
			want = append(want, d.Name)
		}
	}
	for _, f := range Forms {
		have = append(have, f.Name)
	}
	assert.Equal(t, append(want, EdgeForm), have)
}

// Where a system's field takes texts of a form of its own, its description has an example of one.
func TestWhatAFormMakesIsAnIdentityOfTheCore(t *testing.T) {
	for _, f := range Forms {
		assert.Nil(t, core.Check(asJSON(t, f.Identity(well(f)))), f.Name)
	}
}

func TestAnEdgeIdentityNamesNoSystem(t *testing.T) {
	members := formFor(t, EdgeForm).Identity(map[string]string{"edge": "https://e.test", "connection": "c", "authorization": "a"})
	assert.Equal(t, []Member{{"edge", "https://e.test"}, {"connection", "c"}, {"authorization", "a"}}, members)
}

// The core names the first field at fault: what comes before must not hide what is typed now.
func TestATrialFindsFaultWithTheFieldThatIsTypedAndNoOther(t *testing.T) {
	for _, f := range Forms {
		for _, field := range f.Fields {
			bad := map[core.Kind]string{core.URL: "x:y", core.Choice: "none of them", core.HeaderText: "two words", core.Supplied: "two words"}[field.Kind]
			if bad == "" && field.Optional {
				continue // an empty one is left out
			}
			typed := map[string]string{field.Name: bad} // all others are still empty
			err := core.Check(asJSON(t, f.Trial(field.Name, typed)))
			require.NotNil(t, err, "%s %s", f.Name, field.Name)
			assert.Equal(t, field.Name, err.Field, f.Name)
			typed[field.Name] = field.good()
			assert.Nil(t, core.Check(asJSON(t, f.Trial(field.Name, typed))), "%s %s", f.Name, field.Name)
		}
	}
}

func TestOneFieldStandsInForAnother(t *testing.T) {
	tried := 0
	for _, f := range Forms {
		for _, field := range f.Fields {
			if field.Instead == "" {
				continue
			}
			tried++
			typed := map[string]string{field.Name: field.good()}
			assert.Nil(t, core.Check(asJSON(t, f.Trial(field.Name, typed))), "the one that is replaced is not asked for")
			assert.Nil(t, core.Check(asJSON(t, f.Trial(field.Instead, typed))), "nor missed")
			assert.NotNil(t, core.Check(asJSON(t, f.Trial(field.Instead, nil))), "one of the two must be there")
			both := well(f)
			both[field.Name] = field.good()
			assert.NotNil(t, core.Check(asJSON(t, f.Identity(both))), "both together are for the core to refuse")
		}
	}
	assert.Positive(t, tried)
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
	for _, f := range Forms {
		values, open := map[string]string{}, false
		for _, field := range f.Fields {
			values[field.Name] = "secret"
			if !field.Secret {
				values[field.Name] = "open"
			}
			open = open || field.Name == f.who
		}
		assert.Equal(t, open, f.Title(values) == "open", f.Name)
		assert.NotEqual(t, "secret", f.Title(values), f.Name)
	}
}

func TestAParameterIsFoundByItsName(t *testing.T) {
	f := FormOf(&core.Description{Name: "made", Base: "base", Fields: []core.Field{
		{Name: "more", Kind: core.Parameters, Secret: true}, {Name: "agent", Kind: core.Text},
	}}, core.Texts{})
	values := map[string]string{"more": "key=k\nuser=u22\n", "agent": "a7"}
	assert.Equal(t, "u22", f.Value("user", values))
	assert.Equal(t, "a7", f.Value("agent", values))
	assert.Empty(t, f.Value("other", values))
	assert.Empty(t, f.Value("", values))
}

// listing is what the sandbox lists, as the page reads it.
func listing() Listing {
	var out Listing
	for _, s := range sandbox.Systems("http://vendors.test") {
		listed := Listed{Name: string(s.Name), Places: s.Endpoints, Subject: s.Subject, Behind: string(s.Behind), Rolls: s.Rolls}
		if s.Business != nil {
			listed.Call = Call(*s.Business)
		}
		out = append(out, listed)
	}
	return out
}

func TestTheSandboxTakesEveryFaultThatIsOffered(t *testing.T) {
	offered := 0
	for _, s := range listing() {
		for _, place := range s.Places {
			for _, fault := range Faults {
				var f sandbox.Fault
				require.NoError(t, json.Unmarshal([]byte(FaultBody(s.Name, place, fault, "2")), &f))
				assert.NoError(t, sandbox.New(sandbox.Options{}).Inject(f), "%s %s %s", s.Name, place, fault)
				assert.Equal(t, 2, f.Count)
				offered++
			}
		}
	}
	assert.Greater(t, offered, 10*len(Faults))
}

func TestTheSandboxTakesWhatIsRevokedAndRolled(t *testing.T) {
	for _, subject := range []string{"", `a "quoted" user`, "用户"} {
		for _, s := range listing() {
			var target, roll sandbox.Target
			require.NoError(t, json.Unmarshal([]byte(RevokeBody(s.Name, subject)), &target))
			_, err := sandbox.New(sandbox.Options{}).Revoke(target)
			assert.NoError(t, err)
			assert.Equal(t, sandbox.Target{System: sandbox.System(s.Name), Subject: subject, All: subject == ""}, target)
			require.NoError(t, json.Unmarshal([]byte(RollBody(s.Name, subject)), &roll))
			_, err = sandbox.New(sandbox.Options{}).Roll(roll)
			assert.Equal(t, s.Rolls, err == nil, s.Name)
			assert.Equal(t, subject, roll.Subject)
		}
	}
}

func TestAPartIsWhatTheSandboxListsBehindASystem(t *testing.T) {
	for _, f := range Forms {
		if !f.Vendor {
			continue
		}
		part, behind := listing().PartOf(f.Name)
		assert.Equal(t, f.Part.Step != "", behind, f.Name)
		assert.NotEmpty(t, listing().Of(f.Name).Places, f.Name)
		if behind {
			assert.Contains(t, listing().Of(f.Name).Places, part.Name)
			assert.Equal(t, f.Part.Label.Chinese, Reader{Language: Chinese}.Place(f, part, part.Name))
			assert.NotEmpty(t, f.Value(part.Subject, well(f)), "whose tokens are revoked is among what was typed")
		}
	}
}

func TestABusinessCallHasTheSandboxsBodyOrAnEmptyObject(t *testing.T) {
	s := Listed{Call: Call{"PUT", "/a", `{"x":1}`}}
	assert.Equal(t, s.Call, s.With("PUT", "/a"))
	assert.Equal(t, Call{"POST", "/b", "{}"}, s.With("POST", "/b"))
	assert.Equal(t, Call{"GET", "/b", ""}, s.With("GET", "/b"))
	assert.Equal(t, []string{"GET", "POST", "PUT"}, s.Methods())
	assert.Equal(t, []string{"GET", "POST"}, Listed{}.Methods())
	assert.Equal(t, Listed{}, Listing(nil).Of("none"))
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

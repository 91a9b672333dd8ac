package core

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// clerk is a made-up system that has a field of each kind that JSON writes without quotes.
type clerk struct{ none }

var clerkDescription = Description{
	Name:   "agent",
	Vendor: true,
	Base:   "baseUrl",
	Fields: []Field{
		{Name: "agentId", Kind: Number, Least: 1, Most: 999_999},
		{Name: "password", Kind: Text, Secret: true, Most: 32},
		{Name: "seat", Kind: Number, Optional: true},
		{Name: "floor", Kind: Number, Least: -2, Most: 9, Optional: true},
		{Name: "status", Kind: Number, Values: []string{"3", "4", "5"}, Optional: true},
		{Name: "autoAnswer", Kind: Flag, Optional: true},
		{Name: "idle", Kind: Flag},
	},
	policy: lenient,
}

func (clerk) description() *Description { return &clerkDescription }

func (clerk) ask(id *identity, _ occasion) Request {
	return Request{Step: StepLogin, Method: "PUT", URL: id.base + "/" + id.value("agentId"), Body: id.object("password", "seat", "floor", "status", "autoAnswer", "idle")}
}

func (clerk) read(step Step, r Response) (grant, *Error)  { return grant{}, malformed(step, r) }
func (clerk) carriage(*identity, grant, string) Carriage  { return Carriage{} }
func (clerk) judge(*identity, string, Response) judgement { return judgement{} }

// employ puts the made-up system in another one's place.
func employ(t *testing.T) {
	before := systems[0]
	systems[0] = clerk{}
	t.Cleanup(func() { systems[0] = before })
}

// agentIdentity is one with these members beside those that it must have.
func agentIdentity(members string) []byte {
	fixed := `{"system":"agent","baseUrl":"https://a.example","password":"p"`
	if !strings.Contains(members, `"agentId"`) {
		fixed += `,"agentId":101`
	}
	if !strings.Contains(members, `"idle"`) {
		fixed += `,"idle":false`
	}
	if members != "" {
		fixed += ","
	}
	return []byte(fixed + members + "}")
}

func TestNumbersAndFlagsAreSentAsSuch(t *testing.T) {
	employ(t)
	for members, body := range map[string]string{
		``:                           `{"password":"p","idle":false}`,
		`"idle":true`:                `{"password":"p","idle":true}`,
		`"autoAnswer":false`:         `{"password":"p","autoAnswer":false,"idle":false}`,
		`"autoAnswer":null`:          `{"password":"p","idle":false}`,
		`"autoAnswer":true,"seat":0`: `{"password":"p","seat":0,"autoAnswer":true,"idle":false}`,
		`"status":4,"floor":-2`:      `{"password":"p","floor":-2,"status":4,"idle":false}`,
		`"seat":9007199254740991`:    `{"password":"p","seat":9007199254740991,"idle":false}`,
	} {
		id, err := parseIdentity(agentIdentity(members), "")
		require.Nil(t, err, members)
		request := id.system.ask(id, occasion{})
		require.Equal(t, body, request.Body, members)
		require.Equal(t, "https://a.example/101", request.URL)
	}
}

func TestOneNumberIsOneIdentityHoweverItIsWritten(t *testing.T) {
	employ(t)
	first, err := parseIdentity(agentIdentity(`"seat":100`), "")
	require.Nil(t, err)
	for _, written := range []string{"100", "1e2", "100.0", "1000E-1"} {
		same, err := parseIdentity(agentIdentity(`"seat":`+written), "")
		require.Nil(t, err, written)
		require.True(t, first.equal(same), written)
		require.Equal(t, first.hash(1), same.hash(1))
	}
	for _, other := range []string{`"seat":101`, `"seat":0`, ``, `"seat":100,"autoAnswer":false`} {
		another, err := parseIdentity(agentIdentity(other), "")
		require.Nil(t, err, other)
		require.False(t, first.equal(another), other)
	}
}

func TestWhatIsNoNumberOrFlagIsRefusedByItsField(t *testing.T) {
	employ(t)
	const id, seat, floor = "must be a whole number from 1 to 999999", "must be a whole number from 0 to 9007199254740991", "must be a whole number from -2 to 9"
	for members, want := range map[string][2]string{
		`"agentId":null`:          {"agentId", "is missing"},
		`"agentId":"101"`:         {"agentId", id},
		`"agentId":0`:             {"agentId", id},
		`"agentId":1000000`:       {"agentId", id},
		`"agentId":1.5`:           {"agentId", id},
		`"agentId":1e999`:         {"agentId", id},
		`"agentId":true`:          {"agentId", id},
		`"seat":-1`:               {"seat", seat},
		`"seat":9007199254740992`: {"seat", seat},
		`"seat":[1]`:              {"seat", seat},
		`"floor":-3`:              {"floor", floor},
		`"floor":10`:              {"floor", floor},
		`"status":6`:              {"status", "must be 3, 4 or 5"},
		`"status":"3"`:            {"status", "must be 3, 4 or 5"},
		`"status":3.5`:            {"status", "must be 3, 4 or 5"},
		`"autoAnswer":"true"`:     {"autoAnswer", "must be true or false"},
		`"autoAnswer":1`:          {"autoAnswer", "must be true or false"},
		`"idle":null`:             {"idle", "is missing"},
		`"idle":""`:               {"idle", "must be true or false"},
	} {
		_, err := parseIdentity(agentIdentity(members), "")
		require.NotNil(t, err, members)
		require.Equal(t, want, [2]string{err.Field, err.Reason}, members)
	}
}

func TestAFieldInOtherCapitalsIsNamed(t *testing.T) {
	for identity, want := range map[string][2]string{
		`{"system":"isales","baseUrl":"https://a","USER":"u","passwd":"p"}`:      {"user", "is missing: USER is not how it is spelt"},
		`{"system":"isales","baseurl":"https://a","user":"u","passwd":"p"}`:      {"baseUrl", "is missing: baseurl is not how it is spelt"},
		`{"system":"isales","baseUrl":"https://a","usr":"u","passwd":"p"}`:       {"user", "is missing"},
		`{"system":"isales","baseUrl":"https://a","user":"u","Passwd":"S3cret"}`: {"passwd", "is missing: Passwd is not how it is spelt"},
	} {
		_, err := parseIdentity([]byte(identity), "")
		require.NotNil(t, err, identity)
		require.Equal(t, want, [2]string{err.Field, err.Reason}, identity)
	}
}

// A request that gets or verifies a token goes to a path that the description names, as an
// edge closes those: one that it does not name could be reached by a page.
func TestEveryRequestForATokenGoesToAPathThatIsNamed(t *testing.T) {
	var asked []system
	for _, s := range systems {
		if d := s.description(); d.Vendor {
			asked = append(asked, s)
			if d.needs != nil {
				asked = append(asked, d.needs)
			}
		}
	}
	for _, s := range asked {
		d := s.description()
		id := &identity{system: s, base: "https://a.example", values: make([]string, len(d.Fields))}
		for i := range d.Fields {
			if d.Fields[i].Kind == Number { // it may stand in a path
				id.values[i] = "7"
			}
		}
		requests := []Request{s.ask(id, occasion{}), s.ask(id, occasion{held: grant{token: "T", refresh: "R", refreshLife: hour}, bearer: "B", forced: true})}
		if r, asks := s.verification(id, "T", "B"); asks {
			requests = append(requests, r)
		}
		for _, r := range requests {
			path := strings.TrimPrefix(r.URL, id.base)
			require.True(t, slices.ContainsFunc(d.Paths, func(named string) bool {
				return path == named || strings.HasPrefix(path, named+"/")
			}) || slices.ContainsFunc(d.Doors, func(door string) bool {
				return path == strings.ReplaceAll(door, "*", "7")
			}) || slices.Contains(d.Interfaces, path[strings.LastIndexByte(path, '/')+1:]), "%s: %s", d.Name, path)
		}
	}
}

func TestACallCarriesTheTokenInItsBodyWhereTheDescriptionSaysSo(t *testing.T) {
	inBody := func(s system, choice string) bool {
		d := s.description()
		id := &identity{system: s, base: "https://a.example", values: make([]string, len(d.Fields))}
		if i := slices.IndexFunc(d.Fields, func(f Field) bool { return f.Name == d.InBodyBy }); i >= 0 {
			id.values[i] = choice
		}
		return len(s.carriage(id, grant{token: "T"}, "B").Body) > 0
	}
	chosen := 0
	for _, s := range systems {
		d := s.description()
		if d.InBodyBy == "" {
			require.Equal(t, d.InBody, inBody(s, ""), d.Name)
			continue
		}
		chosen++
		by := d.Fields[slices.IndexFunc(d.Fields, func(f Field) bool { return f.Name == d.InBodyBy })]
		require.Equal(t, Choice, by.Kind, d.Name)
		for i, value := range by.Values {
			require.Equal(t, d.InBody && i == 0, inBody(s, value), "%s: %s", d.Name, value)
		}
	}
	require.Positive(t, chosen)
}

func TestASystemVerifiesWhereItSaysSo(t *testing.T) {
	for _, s := range systems {
		d := s.description()
		id := &identity{system: s, base: "https://a.example", values: make([]string, len(d.Fields))}
		_, asks := s.verification(id, "token", "")
		require.Equal(t, asks && d.Vendor, d.Verifies, d.Name)
	}
}

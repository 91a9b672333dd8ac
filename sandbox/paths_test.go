package sandbox

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPathsAreReadAsServersReadThem(t *testing.T) {
	const all, none = "written nginx envoy tomcat iis chain", ""
	for path, who := range map[string]string{
		"/apiaccess/ccmessaging/applyToken":                      all,
		"/apiaccess/ccmessaging/%61pplyToken":                    "nginx envoy tomcat iis chain",
		"/%61piaccess/ccmessaging/applyToke%6E":                  "nginx envoy tomcat iis chain",
		"/apiaccess/ccmessaging/%2561pplyToken":                  "tomcat chain", // decoded twice
		"/apiaccess/ccmessaging/x/../applyToken":                 "nginx envoy tomcat iis chain",
		"/apiaccess/ccmessaging/x/%2e%2E/applyToken":             "nginx envoy tomcat iis chain",
		"/apiaccess/ccmessaging/x%2f..%2FapplyToken":             "nginx envoy tomcat iis chain",
		"/apiaccess//ccmessaging/./applyToken":                   "nginx envoy tomcat iis chain",
		"/apiaccess/ccmessaging%5capplyToken":                    "tomcat iis chain",
		"/apiaccess/ccmessaging/applyToken;a=b":                  "tomcat chain",
		"/apiaccess;x=y/ccmessaging/applyToken":                  "tomcat chain",
		"/apiaccess/ccmessaging/x/..;/applyToken":                "tomcat chain",
		"/apiaccess/ccmessaging/applyToken/":                     "tomcat",
		"/apiaccess/ccmessaging/applyToken.json":                 "tomcat",
		"/apiaccess/ccmessaging/%c1%a1pplyToken":                 "tomcat iis chain", // overlong
		"/apiaccess/ccmessaging/%e0%81%a1pplyToken":              "tomcat iis chain",
		"/apiaccess/ccmessaging/APPLYTOKEN":                      "iis chain",
		"/apiaccess/ccmessaging/applyToken%20":                   "iis chain",
		"/apiaccess/ccmessaging/applyToken.":                     "tomcat iis",
		"/apiaccess/(S(abc))/ccmessaging/applyToken":             "iis chain",
		"/apiaccess/ccmessaging/%ef%bd%81pplyToken":              "iis chain", // a full width a
		"/apiaccess/ccmessaging%e2%88%95applyToken":              "iis chain", // U+2215
		"/apiaccess/ccmessaging/applyTo%ce%baen":                 "iis chain", // a Greek kappa
		"/apiaccess/ccmessaging/apply%e2%80%8bToken":             "chain",     // a space without width
		"/apiaccess/ccmessaging/applyToken%3fx":                  "chain",
		"/apiaccess/ccmessaging/x/%ef%bc%8e%ef%bc%8e/applyToken": "iis chain",
		"/apiaccess/ccmessaging/poll":                            none,
		"/apiaccess/ccmessaging/apply":                           none,
	} {
		for _, paths := range AllPaths {
			read, err := paths.Read(path)
			e, _, found := paths.find(read)
			minted := err == nil && found && e.step == stepLogin
			assert.Equal(t, strings.Contains(" "+who+" ", " "+string(paths)+" "), minted, "%s reads %s as %s", paths, path, read)
		}
	}
}

func TestAPathWithoutAMeaningIsRefused(t *testing.T) {
	for _, paths := range []Paths{LikeNginx, LikeEnvoy, LikeTomcat} {
		for _, path := range []string{"/a%", "/a%2", "/a%zz", "/a%00", "/..", "/a/../.."} {
			_, err := paths.Read(path)
			assert.Error(t, err, "%s %s", paths, path)
		}
	}
}

func TestADecodingServerMintsForAnEscapedPath(t *testing.T) {
	b := newBench(t, Options{Paths: LikeNginx})
	a := b.do(applyTokenReq(b.access()), path("/apiaccess/ccmessaging/%61pplyToken"))
	require.Equal(t, 200, a.status, a.raw)
	require.NotEmpty(t, a.str("token"))
	require.Equal(t, "%2Fapiaccess%2Fccmessaging%2FapplyToken", a.header.Get("X-Sandbox-Path"))
	require.Equal(t, 1, b.State().Counts[CCMessaging].Logins)
}

func TestAPathThatCannotBeReadIsAnsweredAs400(t *testing.T) {
	s := New(Options{Paths: LikeNginx})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/a/../../b", nil))
	require.Equal(t, 400, w.Code)
}

// What a server that resolves has read has no dot segments left, and begins at the root.
func FuzzPaths(f *testing.F) {
	for _, seed := range []string{"/a/%2e%2e/b", "/%c0%ae%c0%ae/", "/a;/..;/b", "/%u002e%u002e/", "/..", "//a//", "/a%5c..%5cb", "/(S(x))../a", "/.%20./", "/%25252e./"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		for _, paths := range AllPaths[1:] {
			read, err := paths.Read("/" + path)
			if err != nil {
				continue
			}
			if !strings.HasPrefix(read, "/") {
				t.Fatalf("%s reads %q as %q", paths, path, read)
			}
			for _, segment := range strings.Split(read, "/") {
				if segment == ".." && (paths == LikeNginx || paths == LikeEnvoy || paths == LikeChain) {
					t.Fatalf("%s reads %q as %q", paths, path, read)
				}
			}
		}
	})
}

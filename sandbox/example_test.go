package sandbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"cctoken/sandbox"
)

// The sandbox is an http.Handler: a test serves it, logs in, and makes it fail.
func Example() {
	s := sandbox.New(sandbox.Options{})
	server := httptest.NewServer(s)
	defer server.Close()

	login := func() int {
		body := strings.NewReader(`{"user": "` + sandbox.ISalesUser + `", "passwd": "` + sandbox.ISalesPasswd + `"}`)
		response, err := http.Post(server.URL+"/rest/isales/v1/openapi/obs/auth/login", "application/json", body)
		if err != nil {
			panic(err)
		}
		response.Body.Close()
		return response.StatusCode
	}

	fmt.Println(login())

	if err := s.Inject(sandbox.Fault{System: sandbox.ISales, Endpoint: "login", Kind: "503"}); err != nil {
		panic(err)
	}
	fmt.Println(login(), login())
	fmt.Println(s.State().Counts[sandbox.ISales].Logins, "logins were tried")
	// Output:
	// 200
	// 503 200
	// 3 logins were tried
}

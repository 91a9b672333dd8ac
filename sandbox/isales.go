package sandbox

import (
	"net/http"
	"time"
)

// ISales is CC-iSales.
//
//	POST     /rest/isales/v1/openapi/obs/auth/login
//	POST     /rest/isales/v1/openapi/obs/auth/refresh
//	GET,POST /rest/isales/v1/openapi/obs/business
//
// The passwd of a user U is "passwd-of-" + U, and the document's own pair is abcd and 123456. The path business is a
// stand-in: any real business call carries its token the same way.
const ISales System = "isales"

// Credentials of ISales that a new sandbox accepts.
const (
	ISalesUser   = "abcd" // the document's own pair
	ISalesPasswd = "123456"
)

// iSalesRefreshes is the lifetime of the refresh token.
const iSalesRefreshes = "isalesRefresh"

func init() {
	register(vendor{
		name:   ISales,
		prefix: "/rest/",
		endpoints: []endpoint{
			{path: "/rest/isales/v1/openapi/obs/auth/login", step: stepLogin, methods: []string{"POST"}, serve: (*Sandbox).iSalesLogin},
			{path: "/rest/isales/v1/openapi/obs/auth/refresh", step: stepRefresh, methods: []string{"POST"}, serve: (*Sandbox).iSalesRefresh},
			{path: "/rest/isales/v1/openapi/obs/business", step: stepBusiness, methods: []string{"GET", "POST"}, serve: (*Sandbox).iSalesBusiness},
		},
		success: object{"result": 0},
		failure: func(status int, _ string) object {
			// The document: "Other values: failure", and resultData only after a success.
			return object{"result": status}
		},
		credentials: []Credential{{"user", ISalesUser}},
		opens: func(user, passwd string) bool {
			return passwd == "passwd-of-"+user || user == ISalesUser && passwd == ISalesPasswd
		},
		lifetimes: []lifetime{ // of the document's example
			{name: string(ISales), documented: 300 * time.Second},
			{name: iSalesRefreshes, documented: 3600 * time.Second, of: string(ISales)},
		},
		sends: []string{"Authentication", "Authorization"},
		identity: func(origin string) fields {
			return fields{"baseUrl", origin, "user", ISalesUser, "passwd", ISalesPasswd}
		},
		business: BusinessCall{Method: "GET", Path: "/rest/isales/v1/openapi/obs/business"},
	})
}

// iSalesLogin is the "Authentication Interface" of CC-iSales.
func (s *Sandbox) iSalesLogin(c call) reply {
	if reason := iSalesContentType(c); reason != "" {
		return failure(ISales, http.StatusBadRequest, reason)
	}
	fields, reason := c.texts("user", "passwd")
	if reason != "" {
		return failure(ISales, http.StatusBadRequest, reason)
	}
	if !s.accepts(ISales, fields[0], fields[1]) {
		return failure(ISales, http.StatusForbidden, "user or passwd is wrong, or refused")
	}
	return s.iSalesTokens(fields[0], c.now)
}

// iSalesContentType allows none, which the document does, but no other.
func iSalesContentType(c call) string {
	values := c.Header.Values("Content-Type")
	if len(values) == 0 || len(values) == 1 && values[0] == "application/json" {
		return ""
	}
	return "Content-Type must be application/json or absent"
}

// iSalesTokens gives the pair with numbers, as in the document's example; its table says strings.
func (s *Sandbox) iSalesTokens(user string, now time.Time) reply {
	t := s.store.add(&token{
		system: ISales, value: randomText(), subject: user, issued: now, expires: endOf(now, s.life(ISales)),
		refresh: randomText(), refreshExpires: endOf(now, s.lifetimes[iSalesRefreshes]),
	})
	return ok(object{"result": 0, "resultData": object{
		"token":                 t.value,
		"tokenExpirationTime":   int(s.life(ISales) / time.Second),
		"refreshToken":          t.refresh,
		"refreshExpirationTime": int(s.lifetimes[iSalesRefreshes] / time.Second),
	}})
}

// iSalesRefresh is the refresh interface (cec_07_0314). The header has the token by its English page, and the refresh
// token by the Chinese one. Undocumented, and chosen: that token must be the one that the refresh token came with, and
// may have expired, which is when a refresh is needed; a refresh token is used once; the older token lives on to its own
// end; a revoked login cannot be refreshed.
func (s *Sandbox) iSalesRefresh(c call) reply {
	if reason := iSalesContentType(c); reason != "" {
		return failure(ISales, http.StatusBadRequest, reason)
	}
	bearer, refusal := iSalesBearer(c)
	if refusal != nil {
		return *refusal
	}
	fields, reason := c.texts("refreshToken")
	if reason != "" {
		return failure(ISales, http.StatusBadRequest, reason)
	}
	t, known := s.store.byRefresh[fields[0]]
	if !known || t.value != bearer && t.refresh != bearer || t.end != "" || !within(c.now, t.refreshExpires) {
		return failure(ISales, http.StatusForbidden, "refreshToken is unknown, used, expired, or of another token")
	}
	if s.refused[ISales][t.subject] {
		return failure(ISales, http.StatusForbidden, "the user is refused")
	}
	delete(s.store.byRefresh, t.refresh)
	t.refresh = ""
	return s.iSalesTokens(t.subject, c.now)
}

// iSalesBearer reads the header of every call: Authentication by the Chinese pages and the examples, Authorization by the
// English tables. "Response status code: 403. Authentication failed." 401 is for what was not purchased.
func iSalesBearer(c call) (string, *reply) {
	var bearers []string
	for _, name := range []string{"Authentication", "Authorization"} {
		if len(c.Header.Values(name)) > 0 {
			bearer, _ := c.bearer(name)
			bearers = append(bearers, bearer)
		}
	}
	if len(bearers) == 0 || bearers[0] == "" || bearers[0] != bearers[len(bearers)-1] {
		refusal := failure(ISales, http.StatusForbidden,
			"the header Authentication, Authorization, or both alike, must be Bearer, one space, and the token")
		return "", &refusal
	}
	return bearers[0], nil
}

// iSalesBusiness stands for any business interface.
func (s *Sandbox) iSalesBusiness(c call) reply {
	bearer, refusal := iSalesBearer(c)
	if refusal != nil {
		return *refusal
	}
	if _, live := s.store.live(ISales, bearer, c.now); !live {
		return failure(ISales, http.StatusForbidden, "the token is unknown or expired")
	}
	return ok(object{"result": 0, "resultData": object{}})
}

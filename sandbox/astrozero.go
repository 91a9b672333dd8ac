package sandbox

import (
	"mime"
	"net/http"
	"net/url"
	"time"
)

// AstroZero is AppCube's own OAuth2.
//
//	POST     /baas/auth/v1.0/oauth2/token
//	GET,POST /baas/business
//
// The client_secret of a client_id C is "client-secret-of-" + C. The path business is a stand-in: any real business call
// carries its token the same way.
const AstroZero System = "astrozero"

// Credentials of AstroZero that a new sandbox accepts.
const (
	AstroZeroClientID     = "client001"
	AstroZeroClientSecret = "client-secret-of-client001"
)

func init() {
	register(vendor{
		name:   AstroZero,
		prefix: "/baas/",
		endpoints: []endpoint{
			{path: "/baas/auth/v1.0/oauth2/token", step: stepLogin, methods: []string{"POST"}, serve: (*Sandbox).astroZeroToken},
			{path: "/baas/business", step: stepBusiness, methods: []string{"GET", "POST"}, serve: (*Sandbox).astroZeroBusiness},
		},
		// Undocumented: what the body of another status than 400 is.
		failure:     func(_ int, reason string) object { return object{"error_description": reason} },
		credentials: []Credential{{"clientId", AstroZeroClientID}},
		opens:       func(id, secret string) bool { return secret == "client-secret-of-"+id },
		lifetimes:   []lifetime{{name: string(AstroZero), documented: 1800 * time.Second}}, // of an example
		sends:       []string{"access-token"},
		identity: func(origin string) fields {
			return fields{"baseUrl", origin, "clientId", AstroZeroClientID, "clientSecret", AstroZeroClientSecret}
		},
		business: BusinessCall{Method: "GET", Path: "/baas/business"},
	})
}

// astroZeroToken is "client credentials". The document shows a failure with unauthorized_client; the other words are those
// that RFC 6749, section 5.2, has for the occasion.
func (s *Sandbox) astroZeroToken(c call) reply {
	refused := func(word, reason string) reply {
		return reply{status: http.StatusBadRequest, body: object{"error": word, "error_description": reason}, reason: reason}
	}
	contentType, _ := c.header("Content-Type")
	if media, _, err := mime.ParseMediaType(contentType); err != nil || media != "application/x-www-form-urlencoded" {
		return refused("invalid_request", "Content-Type must be application/x-www-form-urlencoded")
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return refused("invalid_request", "the form is not well formed")
	}
	for _, name := range []string{"grant_type", "client_id", "client_secret"} {
		if len(form[name]) != 1 || form.Get(name) == "" {
			return refused("invalid_request", name+" must be there once, and not be empty")
		}
	}
	if form.Get("grant_type") != "client_credentials" {
		return refused("unsupported_grant_type", "grant_type must be client_credentials")
	}
	id := form.Get("client_id")
	if !s.accepts(AstroZero, id, form.Get("client_secret")) {
		return refused("unauthorized_client", "client_id or client_secret is wrong, or refused")
	}
	t := s.mint(AstroZero, randomText(), id, "", c.now, s.life(AstroZero))
	// A number, as in the example; the table says string.
	return ok(object{"access_token": t.value, "expires_in": int(s.life(AstroZero) / time.Second), "token_type": "Bearer"})
}

// astroZeroBusiness stands for any business interface.
func (s *Sandbox) astroZeroBusiness(c call) reply {
	value, _ := c.header("access-token")
	if _, live := s.store.live(AstroZero, value, c.now); !live {
		// Undocumented: 401 is what the sister systems use.
		return failure(AstroZero, http.StatusUnauthorized, "access-token is missing, unknown or expired")
	}
	return ok(object{})
}

package core

// astrozero is AppCube's own OAuth2, which is Astro Zero today: client credentials
// (usermanual-astrozero astrozero_06_0042, astrozero_api_0010).
type astrozero struct{ none }

var astrozeroDescription = Description{
	Name:   "astrozero",
	Vendor: true,
	Base:   "baseUrl",
	Fields: []Field{
		{Name: "clientId", Kind: Text},
		{Name: "clientSecret", Kind: Text, Secret: true},
		{Name: "redirectUrl", Kind: Text, Optional: true}, // as it is registered, to the letter
		{Name: "locale", Kind: Text, Optional: true},
	},
	Paths:      []string{"/baas/auth/v1.0/oauth2"},
	Interfaces: []string{}, // "token" means other things elsewhere
	Carriers:   []string{"access-token"},
	Beside:     []string{"client_id", "client_secret"},
	Answers:    []string{"access_token"},
	Codes:      []string{"error"},
	Success:    []string{}, // it has no code where there is no error
	Meanings: []Meaning{ // RFC 6749, section 5.2
		{Codes: []string{"invalid_client", "unauthorized_client", "invalid_grant"}, Means: CredentialsRefused},
		{Codes: []string{"invalid_request", "unsupported_grant_type", "invalid_scope"}, Means: BadRequest},
	},
	Explains: []string{"error_description"},
	Life:     10 * minute, // the shorter one of the examples: the document states no default
	policy:   lenient,
}

func (astrozero) description() *Description { return &astrozeroDescription }

func (astrozero) ask(id *identity, _ occasion) Request {
	form := []Pair{
		{"grant_type", "client_credentials"},
		{"client_id", id.value("clientId")},
		{"client_secret", id.value("clientSecret")},
	}
	for _, p := range [...]Pair{{"redirect_url", id.value("redirectUrl")}, {"locale", id.value("locale")}} {
		if p.Value != "" {
			form = append(form, p)
		}
	}
	return Request{Step: StepLogin, Method: "POST", URL: id.base + "/baas/auth/v1.0/oauth2/token", Form: form}
}

// expires_in is a string in the document's table, and a number in its example.
func (astrozero) read(step Step, r Response) (grant, *Error) {
	if err := answerError(&astrozeroDescription, step, r); err != nil {
		return grant{}, err
	}
	var usable bool
	g := grant{life: astrozeroDescription.Life}
	err := eachMember(r.Body, func(name string, v value) {
		switch name {
		case "access_token":
			g.token, usable = asToken(v)
		case "expires_in":
			g.life = lifetime(v, astrozeroDescription.Life)
		}
	})
	code, failed := astrozeroDescription.said(r.Body)
	switch {
	case err == nil && failed:
		return grant{}, astrozeroDescription.failed(step, r, code)
	case err != nil || !usable:
		return grant{}, malformed(step, r)
	}
	return g, nil
}

func (astrozero) carriage(_ *identity, g grant, _ string) Carriage {
	return Carriage{Headers: []Pair{{"access-token", g.token}}}
}

func (astrozero) judge(_ *identity, _ string, r Response) judgement {
	return astrozeroDescription.judge(r)
}

func (astrozero) texts() Texts {
	return Texts{
		Title:    Words{"Astro Zero", "Astro Zero"},
		Document: `AppCube's own OAuth2, which is Astro Zero today (astrozero_06_0042, astrozero_api_0010).`,
		Type:     "AstroZeroIdentity",
		fields: []named{
			{"baseUrl", Words{"Base URL", "基础地址"}, Words{"of the environment", "环境的地址"}, "https://DOMAIN"},
			{"clientId", Words{"Client ID", "客户端 ID"}, Words{"of the connected application that was registered for OAuth", "已注册的 OAuth 应用的客户端 ID"}, ""},
			{"clientSecret", Words{"Client secret", "客户端密钥"}, Words{"goes with the client ID", "与客户端 ID 对应"}, ""},
			{"redirectUrl", Words{"Redirect URL", "重定向地址"}, Words{"only where the application was registered with one: as it is registered", "仅在应用注册了重定向地址时填写，须与注册的完全一致"}, ""},
			{"locale", Words{"Locale", "语言"}, Words{"in which the vendor words its answers", "系统应答所用的语言"}, "zh_CN"},
		},
	}
}

func (astrozero) counsel() Counsel {
	return Counsel{
		Refused: Advice{
			Found: "clientId or clientSecret is wrong, or the application may not log in by itself",
			Try: []string{
				"Compare both with the application's in the environment's OAuth management.",
				"Check that the grant type client_credentials is allowed there, and that the user behind it is active.",
			},
		},
	}
}

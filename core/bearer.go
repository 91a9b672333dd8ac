package core

// Tokens that come from the caller, as a text or by a function. A part's may, which other sessions'
// requests carry as their bearer token; and so may the token itself of any system that is asked for one.

// OwnToken is the member in which an identity has the token itself, in place of the secrets by
// which it would be got.
const OwnToken = "token"

var ownToken = Field{Name: OwnToken, Kind: Supplied, Secret: true}

// TakesToken reports whether an identity may have it. A token that comes by a sign-in alone changes while
// it is used, so that nobody can give it to others; and a system that has a field for it needs no second.
func (d *Description) TakesToken() bool { return d.Vendor && !d.SignsIn && d.given == "" }

// owns reports whether the session's token is the caller's own, or what a function of the caller's gives.
func (s *session) owns() bool {
	token, source := s.identity.own()
	return token != "" || source != 0
}

// given returns the token that the caller put into the identity, or "".
func (id *identity) given() string {
	if token, _ := id.own(); token != "" {
		return token
	}
	if name := id.system.description().given; name != "" {
		return id.value(name)
	}
	return ""
}

// blame says of a refusal that it is of the token that the caller gave, or supplies, for a session; where it is such a one.
func (e *Error) blame(s *session) {
	if s.identity.supplier() != 0 || s.given() {
		e.Field, e.Reason = s.ownField(), "is not accepted; supply another one"
	}
}

// ownField is the field of the identity that has the token which the caller gave, or the function that gives it.
func (s *session) ownField() string {
	if s.owns() {
		return OwnToken
	}
	return s.identity.system.description().given
}

// suppliedLife is assumed where a function does not say how long its token
// lives: asking it again is cheap.
const suppliedLife = 10 * minute

// Supply is what a caller's function returned.
type Supply struct {
	Token string
	Life  int64 // milliseconds, or 0 where the function does not say
	// Serial is that of the token where another client has it, or 0. It tells calls that carried
	// one token from those that carried the next, whichever of the clients that ask has ended meanwhile.
	Serial uint64
}

func (s Supply) grant(step Step) (grant, *Error) {
	if !isToken(s.Token) {
		return grant{}, &Error{Code: SupplierFailed, Step: step}
	}
	life := s.Life
	if life <= 0 || life > 24*hour {
		life = suppliedLife
	}
	return grant{token: s.Token, life: life, serial: s.Serial}, nil
}

// follows is the generation of a token that is installed after the current one.
func (s *session) follows(g grant) uint64 {
	if g.serial > s.generation || g.serial != 0 && g.serial == s.generation && g.token == s.held.token {
		return g.serial
	}
	return s.generation + 1
}

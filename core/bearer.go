package core

// What a part has in common that other sessions' requests carry as their bearer
// token: it may come from the caller, as a text or by a function.

// given returns the token that the caller put into the identity, or "".
func (id *identity) given() string {
	if name := id.system.description().given; name != "" {
		return id.value(name)
	}
	return ""
}

// suppliedLife is assumed where a function does not say how long its token
// lives: asking it again is cheap.
const suppliedLife = 10 * minute

// supplied is the grant for what a caller's function returned.
func supplied(step Step, token string, life int64) (grant, *Error) {
	if !isToken(token) {
		return grant{}, &Error{Code: SupplierFailed, Step: step}
	}
	if life <= 0 || life > 24*hour {
		life = suppliedLife
	}
	return grant{token: token, life: life}, nil
}

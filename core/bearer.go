package core

import "strconv"

// What an AccessToken and an authorization for an edge have in common: they are
// what the requests of other sessions carry as their bearer token, and they may
// come from the caller, as a text or by a function. Of both, the values end in
// how the token comes and from what.
const (
	bySecret   = "secret"   // is followed by the app secret
	byToken    = "token"    // … the token that the caller gave
	bySupplier = "supplier" // … the number of the caller's function
)

func isBearer(v vendor) bool { return v == vendor(accessToken{}) || v == vendor(authorization{}) }

// given returns the token that the caller put into the identity, or "".
func (id *identity) given() string {
	if isBearer(id.vendor) && id.values[1] == byToken {
		return id.values[2]
	}
	return ""
}

// supplier takes a mandatory number of a caller's function.
func (f *fields) supplier(name string) string {
	v, _ := f.take(name)
	n, ok := asNumber(v)
	if !ok || n < 1 || n != float64(int64(n)) {
		f.fail(name, "must be a positive whole number")
	}
	return itoa(int64(n))
}

// supplierNumber returns the number of the caller's function, or 0 where there is none.
func supplierNumber(id *identity) int64 {
	if id.values[1] != bySupplier {
		return 0
	}
	n, _ := strconv.ParseInt(id.values[2], 10, 64)
	return n
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

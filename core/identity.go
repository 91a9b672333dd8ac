package core

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// identity is who a token is for: a system, its base URL and the values of the
// system's own fields. Two identities are one when all of it is equal. The
// values hold secrets, so an identity is never printed, and never part of a key.
type identity struct {
	system  system
	base    string   // without a slash at the end
	values  []string // of the description's fields, in their order; "" for what is absent
	special *special // nil where there is nothing of it, as with most
}

// special is what few identities have.
type special struct {
	params   []Pair // of a field of kind Parameters, in the order of their names
	supplier int64  // the number of the caller's function that gives a part's token, or 0
	token    string // the token itself, where the caller gives it; or ""
	source   int64  // the number of the caller's function that gives it, or 0
}

// extra returns the special of an identity that is being read.
func (id *identity) extra() *special {
	if id.special == nil {
		id.special = &special{}
	}
	return id.special
}

func (id *identity) params() []Pair {
	if id.special == nil {
		return nil
	}
	return id.special.params
}

func (id *identity) supplier() int64 {
	if id.special == nil {
		return 0
	}
	return id.special.supplier
}

// own returns the token itself, or the number of the function that gives it, where the identity has either.
func (id *identity) own() (token string, source int64) {
	if id.special == nil {
		return "", 0
	}
	return id.special.token, id.special.source
}

func (id *identity) equal(b *identity) bool {
	token, source := id.own()
	others, from := b.own()
	return id.system == b.system && id.base == b.base && id.supplier() == b.supplier() && token == others && source == from &&
		slices.Equal(id.values, b.values) && slices.Equal(id.params(), b.params())
}

// hash spreads identities over the client's index. It is seeded by the host's
// random number and never leaves the client.
func (id *identity) hash(seed uint64) uint64 {
	token, source := id.own()
	h := newHash(seed).text(id.system.description().Name).text(id.base).number(uint64(id.supplier())).number(uint64(source)).text(token)
	for _, s := range id.values {
		h = h.text(s)
	}
	for _, p := range id.params() {
		h = h.text(p.Name).text(p.Value)
	}
	return uint64(h)
}

// value returns the value of a field, or "" where it is absent.
func (id *identity) value(name string) string {
	fields := id.system.description().Fields
	for i := range fields {
		if fields[i].Name == name {
			return id.values[i]
		}
	}
	return ""
}

// pair is a field as a member of a request, under its own name.
func (id *identity) pair(name string) Pair { return Pair{name, id.value(name)} }

// object is fields as a JSON object, under their own names: a Number and a Flag as
// such, the others as texts. What is absent is left out.
func (id *identity) object(names ...string) string {
	var room [256]byte // for most, so that they are not copied as they grow
	w := writer{room[:0]}
	w.open('{')
	fields := id.system.description().Fields
	for _, name := range names {
		for i, text := range id.values {
			field := &fields[i]
			switch {
			case field.Name != name || text == "":
			case field.Kind == Number || field.Kind == Flag:
				w.name(name)
				w.raw(value(text))
			default:
				w.text(name, text)
			}
		}
	}
	w.close('}')
	return string(w.data)
}

// dependency returns the identity whose token every request of this one carries
// too, or its own where it only adds to what that carries; or nil, also where it has nothing
// to get that by. Its fields are those of the same names.
func (id *identity) dependency() *identity {
	d := id.system.description()
	needs := d.needs
	if needs == nil && id.adds() {
		needs = id.system
	}
	if needs == nil {
		return nil
	}
	part := &identity{system: needs, base: id.base}
	if n := id.supplier(); n != 0 {
		part.special = &special{supplier: n}
	}
	if at := id.value(d.at); at != "" {
		part.base = at
	}
	fields := needs.description().Fields
	part.values = make([]string, len(fields))
	able := part.special != nil
	for i := range fields {
		if !fields[i].Carried {
			part.values[i] = id.value(fields[i].Name)
			able = able || fields[i].Secret && part.values[i] != ""
		}
	}
	if !able {
		return nil
	}
	return part
}

// adds reports whether the identity's calls carry more than those of another that has its token.
func (id *identity) adds() bool {
	fields := id.system.description().Fields
	for i := range fields {
		if fields[i].Carried && id.values[i] != "" {
			return true
		}
	}
	return false
}

// parseIdentity reads an identity from a JSON object: "system", "baseUrl" and
// the system's own fields. Nothing but those fields may be there, so that a
// misspelt name is not silently ignored. known is a base URL in normal form, or "":
// most identities of a client have the same one, and share its text.
func parseIdentity(data []byte, known string) (*identity, *Error) {
	f := fields{members: make([]member, 0, 8), known: known} // few identities have more members
	if err := eachMember(data, f.add); err != nil {
		return nil, invalid("", "identity", "must be an object")
	}
	s := f.system()
	if f.err != nil {
		return nil, f.err
	}
	d := s.description()
	f.of = d.shown()
	id := &identity{system: s, base: f.baseURL(d.Base)}
	f.own = d.TakesToken() && (f.has(OwnToken) || f.has(ownToken.Supplier()))
	f.read(id, d.Fields)
	if f.own {
		sp := id.extra()
		sp.token, sp.source = f.supplied(&ownToken)
	}
	if f.err == nil {
		for _, m := range f.members { // what no reader has taken
			if !m.taken && (f.err == nil || m.name < f.err.Field) {
				f.err = invalid(f.of, safeName(m.name), "is not a field of this system")
			}
		}
	}
	if f.err != nil {
		f.spell()
		return nil, f.err
	}
	return id, nil
}

// spell says of a field that is missing where it is there in other capitals.
func (f *fields) spell() {
	if f.err.Reason != missing {
		return
	}
	for _, m := range f.members {
		if !m.taken && lower(m.name) == lower(f.err.Field) {
			f.err.Reason = missing + ": " + safeName(m.name) + " is not how it is spelt"
		}
	}
}

const missing = "is missing"

// safeName keeps a caller's own field name out of an error where it could be
// anything: a secret that was passed as a name by mistake stays unseen.
func safeName(name string) string {
	if name == "" || len(name) > 32 {
		return "a field"
	}
	for _, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return "a field"
		}
	}
	return name
}

// fields are the members of an identity, taken one by one. The first fault
// found stays in err; later readings then return zero values.
type fields struct {
	of      string // the system's name
	known   string // a base URL in normal form, or ""
	members []member
	own     bool // the token itself is given, or a function that gives it
	err     *Error
}

type member struct {
	name  string
	value value
	taken bool
}

func (f *fields) add(name string, v value) {
	f.members = append(f.members, member{name: name, value: v})
}

func (f *fields) fail(name, reason string) {
	if f.err == nil {
		f.err = invalid(f.of, name, reason)
	}
}

// take returns the member and notes that it was taken; a null counts as absent.
func (f *fields) take(name string) (value, bool) {
	v := f.look(name, true)
	return v, v != nil
}

func (f *fields) has(name string) bool { return f.look(name, false) != nil }

// look returns the member, or nil where it is absent or null. Of a name that
// stands twice the last one counts.
func (f *fields) look(name string, take bool) value {
	var v value
	for i := range f.members {
		if m := &f.members[i]; m.name == name {
			v, m.taken = m.value, m.taken || take
		}
	}
	if v.Kind() == 'n' {
		return nil
	}
	return v
}

// system takes the member that says which system the identity is of: one that only
// that system has, or "system".
func (f *fields) system() system {
	if !f.has("system") {
		for _, s := range systems {
			if member := s.description().Member; member != "" && f.has(member) {
				return s
			}
		}
	}
	name := f.text("system")
	s := systemNamed(name)
	if s == nil && f.err == nil {
		f.err = invalid("", "system", "must be "+oneOf(vendorNames(), `"`)+`, or there must be an "edge" in its place`)
	}
	return s
}

func vendorNames() []string {
	var names []string
	for _, s := range systems {
		if d := s.description(); d.Vendor {
			names = append(names, d.Name)
		}
	}
	return names
}

// oneOf lists names as a sentence does: "a", "b" or "c", each in quotes of that form.
func oneOf(names []string, quote string) string {
	last := len(names) - 1
	text := quote + names[last] + quote
	if last > 0 {
		text = quote + strings.Join(names[:last], quote+", "+quote) + quote + " or " + text
	}
	return text
}

// read takes the values of a system's fields.
func (f *fields) read(id *identity, all []Field) {
	id.values = make([]string, len(all))
	for i := range all {
		field := &all[i]
		given := f.has(field.Name) || field.Kind == Supplied && f.has(field.Supplier())
		needless := f.own && field.Secret && field.Kind != Parameters // these tell apart whose the token is
		switch {
		case !given && field.Beside != "" && f.has(field.Beside+"Supplier"):
			f.fail(field.Name, "is missing where "+field.Beside+" is a function: it tells users apart, as a function does not say whose "+field.Beside+" it gives")
		case given && field.Instead != "" && f.has(field.Instead):
			f.fail(field.Name, "and "+field.Instead+" exclude each other: give one of them")
		case given && needless && id.system.description().needs == nil:
			f.fail(field.Name, "and "+OwnToken+" exclude each other: give one of them")
		case given || !field.Optional && field.Instead == "" && !needless && !f.replaced(field, all):
			id.values[i] = f.value(id, field)
		default:
			f.take(field.Name) // a null is absent, and no stray name
			if field.Kind == Choice {
				id.values[i] = field.Values[0]
			}
		}
	}
}

// replaced reports whether another field is given that stands in the place of this one.
func (f *fields) replaced(field *Field, all []Field) bool {
	for i := range all {
		if all[i].Instead == field.Name && (f.has(all[i].Name) || f.has(all[i].Supplier())) {
			return true
		}
	}
	return false
}

// value takes one field, which must be there.
func (f *fields) value(id *identity, field *Field) string {
	var s string
	switch field.Kind {
	case HeaderText:
		s = f.headerText(field.Name)
	case URL:
		s = f.baseURL(field.Name)
	case Number:
		return f.wholeNumber(field)
	case Flag:
		return f.flag(field.Name)
	case Parameters:
		id.extra().params = f.parameters(field.Name)
	case Supplied:
		var n int64
		if s, n = f.supplied(field); n != 0 {
			id.extra().supplier = n
		}
	default:
		s = f.text(field.Name)
	}
	switch {
	case s == "":
	case field.Kind == Choice && !slices.Contains(field.Values, s):
		f.fail(field.Name, "must be "+oneOf(field.Values, `"`))
	case field.Most > 0 && utf8.RuneCountInString(s) > field.Most:
		f.fail(field.Name, "must have 1 to "+itoa(int64(field.Most))+" characters")
	case field.check != nil && !field.check(s):
		f.fail(field.Name, field.form)
	}
	return s
}

// supplied takes a mandatory token, or the number of the caller's function that gives it.
func (f *fields) supplied(field *Field) (token string, number int64) {
	if f.has(field.Supplier()) {
		return "", f.number(field.Supplier())
	}
	return f.headerText(field.Name), 0
}

// number takes a mandatory number of a caller's function.
func (f *fields) number(name string) int64 {
	v, _ := f.take(name)
	n, ok := asNumber(v)
	if !ok || n < 1 || n != float64(int64(n)) {
		f.fail(name, "must be a positive whole number")
	}
	return int64(n)
}

// wholeNumber takes a mandatory Number, and returns it in one form.
func (f *fields) wholeNumber(field *Field) string {
	v, given := f.take(field.Name)
	if !given {
		f.fail(field.Name, missing)
		return ""
	}
	least, most := int64(field.Least), int64(field.Most)
	if most == 0 {
		most = 1<<53 - 1 // as far as JavaScript tells one whole number from the next
	}
	n, ok := asNumber(v)
	whole := ok && v.Kind() == '0' && n == math.Trunc(n)
	text := itoa(int64(n))
	switch {
	case len(field.Values) > 0 && !(whole && slices.Contains(field.Values, text)):
		f.fail(field.Name, "must be "+oneOf(field.Values, ""))
	case len(field.Values) == 0 && !(whole && n >= float64(least) && n <= float64(most)):
		f.fail(field.Name, "must be a whole number from "+itoa(least)+" to "+itoa(most))
	}
	return text
}

// flag takes a mandatory Flag.
func (f *fields) flag(name string) string {
	v, given := f.take(name)
	yes, ok := asBool(v)
	switch {
	case !given:
		f.fail(name, missing)
	case !ok:
		f.fail(name, "must be true or false")
	case yes:
		return "true"
	}
	return "false"
}

// parameters takes a mandatory object of texts, and orders it by its names. Of a
// name that stands twice the last one counts.
func (f *fields) parameters(name string) []Pair {
	v, ok := f.take(name)
	if !ok {
		f.fail(name, missing)
		return nil
	}
	var pairs []Pair
	err := eachMember(v, func(parameter string, v value) {
		text, ok := asString(v)
		if !ok || parameter == "" {
			f.fail(name, "must be an object whose names are not empty and whose values are strings")
			return
		}
		at, twice := slices.BinarySearchFunc(pairs, parameter, func(p Pair, n string) int { return strings.Compare(p.Name, n) })
		if twice {
			pairs[at].Value = text
		} else {
			pairs = slices.Insert(pairs, at, Pair{parameter, text})
		}
	})
	if err != nil || len(pairs) == 0 {
		f.fail(name, "must be an object with at least one parameter")
	}
	return pairs
}

// text returns a mandatory, non-empty string.
func (f *fields) text(name string) string {
	v, ok := f.take(name)
	if !ok {
		f.fail(name, missing)
		return ""
	}
	s, ok := asString(v)
	switch {
	case !ok:
		f.fail(name, "must be a string")
	case s == "":
		f.fail(name, "must not be empty")
	}
	return s
}

// headerText returns a mandatory string that can stand in an HTTP header.
func (f *fields) headerText(name string) string {
	s := f.text(name)
	if s != "" && !isToken(s) {
		f.fail(name, "must be visible ASCII characters without a space, as it is sent in a header")
		return ""
	}
	return s
}

// baseURL returns a mandatory http or https URL in one normal form: scheme and
// host in lower case, no default port, no slash at the end.
func (f *fields) baseURL(name string) string {
	s := f.text(name)
	if s == "" {
		return ""
	}
	base, reason := s, ""
	if s != f.known {
		base, reason = normalBaseURL(s)
	}
	switch {
	case reason != "":
		f.fail(name, reason)
	case base == f.known:
		return f.known // the same text, not another copy of it
	}
	return base
}

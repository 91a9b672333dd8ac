package core

// Description is a system as data: what generic code asks of it, and what the
// other languages and programs of the project are told by it.
type Description struct {
	// Name is the value of an identity's "system".
	Name string
	// Vendor is set for a vendor's system, which callers name, and for which an edge can stand.
	Vendor bool
	// Of is the name by which callers know a part that only others depend on, or "".
	Of string
	// Member is the member whose presence makes an identity one of this system, or "" where "system" names it.
	Member string
	// Base is the name of the field with the base URL.
	Base string
	// Fields are the others, in the order in which they are read and shown.
	Fields []Field
	// Paths are the paths below a base URL at which tokens are handed out, refreshed or
	// verified, and those below each of them. No call may reach them in the name of others.
	Paths []string
	// Doors are such paths below which others lie that are open; "*" stands for any one segment.
	Doors []string
	// Interfaces are the names of those that mean nothing else: they are closed wherever they
	// stand, as gateways put them below other paths. Where there are none it is empty, and never nil.
	Interfaces []string
	// Carriers are the names of all headers, query parameters and members of a body that carry its tokens.
	Carriers []string
	// Beside are those of what else belongs to a login or a token. No header of theirs is a caller's.
	Beside []string
	// Guarded are those of the headers that only the app itself may hold: an edge keeps them from a page.
	Guarded []string
	// Answers are the members of answers that hold tokens.
	Answers []string
	// Rolls is the member of a business answer's JSON object that may hold a new token, or "".
	Rolls string
	// RollsIn are the headers of such an answer that may: the first that is there counts.
	// RollsAfter is what may stand before the token in them, and is no part of it.
	RollsIn    []string
	RollsAfter string
	// Slides is set where each use that the vendor accepts begins the token's life anew. Such a
	// token is not renewed ahead of time: while it is used there is no need to.
	Slides bool
	// Codes are the members of an answer's JSON object that hold the system's own code: the
	// first that is there counts. Success are those of its values that mean success.
	Codes   []string
	Success []string
	// Meanings are what the vendor's documents say of those codes.
	Meanings []Meaning
	// Terse is set where the vendor's documents give its 403 no body: one without is its own
	// word. Elsewhere it is that of something before it.
	Terse bool
	// Explains are the members of a refusal's JSON object whose text may say why.
	Explains []string
	// InBody is set where a business call carries the token as members of its JSON body.
	InBody bool
	// InBodyBy is the Choice by whose first value alone it does so, or "".
	InBodyBy string
	// Verifies is set where the vendor has an interface that says whether a token is valid.
	Verifies bool
	// SignsIn is set where nothing but a person's act brings a token: [Client.Attend].
	SignsIn bool
	// Life is how long a token lives where its answer does not say, in milliseconds; 0 for one without an end.
	Life int64

	policy policy
	// errands is set where there are such: of a system that signs in, or of one that stands for others.
	errands bool

	// needs is the system whose token every request of this one carries too, or nil. Its
	// identity has the fields of the same names, and the base URL of the field at, if that is given.
	needs system
	at    string
	// personal is set where the token is one user's own: it goes when that user is forgotten.
	personal bool
	// given is the field whose text is the token itself, given by the caller, or "".
	given string
	// step is the exchange in which the token of a part is got, and refusal the error for
	// one that the caller gave and that is not accepted any more.
	step    Step
	refusal Code
}

// Logins returns how many logins are allowed in any window of so many milliseconds; 0 is no limit.
func (d *Description) Logins() (most int, window int64) { return d.policy.logins, d.policy.window }

// Needs returns the description of the system whose token every request of this one
// carries too, and the field with its base URL where that differs; or nil.
func (d *Description) Needs() (of *Description, at string) {
	if d.needs == nil {
		return nil, ""
	}
	return d.needs.description(), d.at
}

// Shares returns the description of the system whose token serves many identities of this
// one, and the field with its base URL where that differs: that which it needs, or itself
// where others need it; or nil.
func (d *Description) Shares() (of *Description, at string) {
	if d.needs == nil && d.given != "" {
		return d, ""
	}
	return d.Needs()
}

// Part returns the exchange in which the token of a part is got, and the field whose
// text is the token itself where the caller gives one, or "".
func (d *Description) Part() (step Step, given string) { return d.step, d.given }

// shown is the name by which callers know the system.
func (d *Description) shown() string {
	if d.Of != "" {
		return d.Of
	}
	return d.Name
}

// Kind says what a field takes.
type Kind string

const (
	// Text is a text that is not empty.
	Text Kind = "text"
	// HeaderText is a text that can stand in a header: visible ASCII without a space.
	HeaderText Kind = "header"
	// URL is an http or https URL in one normal form.
	URL Kind = "url"
	// Choice is one of Values, of which the first is meant where the field is absent.
	Choice Kind = "choice"
	// Parameters are an object of texts, under names of the caller's choice.
	Parameters Kind = "parameters"
	// Supplied is a token as a HeaderText, or a function of the caller's that gives one.
	Supplied Kind = "supplied"
	// Number is a whole number from Least to Most, or one of Values.
	Number Kind = "number"
	// Flag is true or false. An absent one is neither.
	Flag Kind = "flag"
)

// Field is one member of an identity.
type Field struct {
	Name     string
	Kind     Kind
	Secret   bool // it must not be shown, logged, or given on a command line
	Optional bool
	Instead  string   // the field in whose place it stands: one of the two must be there, and not both
	Least    int      // of a Number
	Most     int      // the largest Number, or the most characters of a text; 0 is no limit
	Values   []string // of a Choice, or of a Number that can be nothing else
	// Beside is the field that may be a function: where it is one, this one must be there, as
	// it tells apart whom the function speaks for.
	Beside string
	// Carried is a field that business calls carry, and that is all: identities that differ in
	// it alone share one token, that of the identity without it.
	Carried bool
	// Alone is a field that tells identities of a program apart and is not sent.
	Alone bool

	check func(string) bool // a text of the right form, or nil where any is
	form  string            // what check asks for, as the rest of a sentence: "must be …"
}

// Supplier is the member with the number of the caller's function.
func (f *Field) Supplier() string { return f.Name + "Supplier" }

// Described returns the descriptions of the systems, vendors' first.
func Described() []*Description {
	list := make([]*Description, len(systems))
	for i, s := range systems {
		list[i] = s.description()
	}
	return list
}

// DescriptionOf returns the description of the system of that name, or nil.
func DescriptionOf(name string) *Description {
	if s := systemNamed(name); s != nil {
		return s.description()
	}
	return nil
}

// Words is a text in the two languages of the vendors.
type Words struct{ English, Chinese string }

// Advice is what something likely means, why that is thought so, and what to do
// about it. Because is a sentence of its own.
type Advice struct {
	Found, Because string
	Try            []string
}

// Texts are what a system calls itself and its fields. A part has none: what is shown are
// those of the system that depends on it.
type Texts struct {
	Title    Words
	Document string // the vendor's document, by title and number
	Type     string // the name of its identities' type
	Fields   map[string]FieldTexts

	fields []named // as a system has them: a list is data, and a map would be code in each of them
}

// named are the texts of a field, and its name.
type named struct {
	name        string
	label, help Words
	example     string
}

// Counsel is what a system says to who has got no token. It stands apart from [Texts], as
// not everything that shows a form explains failures too.
type Counsel struct {
	// Refused is for credentials that are refused.
	Refused Advice
	// Unclear is for a refusal by 403 that does not say why: the credentials may be right.
	// Where there is none, they are what is refused. Found is not said of it.
	Unclear Advice
	// Statuses are what the vendor's document calls a status that refuses credentials.
	Statuses map[int]string
	// Failed, Absent and Page are what to look at first where the system reports a failure,
	// is not found at its base URL, or a page of HTML comes in its place; "" where there is nothing to say.
	Failed, Absent, Page string
	// Intercepted is what it means that a page of HTML comes in place of a login's answer while the
	// interface that verifies tokens answers; "" where it means nothing.
	Intercepted string
	// Relying is for a system whose requests carry the token of a part, or nil.
	Relying *Relying
}

// Relying is what a system says where it refuses a request that carried the token
// of the part on which it depends.
type Relying struct {
	// Expired is for a token that the caller gave, and Distrusted for one that was issued a moment ago.
	Expired, Distrusted Advice
	// UnclearGiven and UnclearIssued are for the same where it is not said that it is the
	// token. Found is not said of them.
	UnclearGiven, UnclearIssued Advice
}

// FieldTexts are what is said of one field.
type FieldTexts struct {
	Label   Words
	Help    Words  // one line
	Example string // of its value, or ""
}

// TextsOf returns what a system says to people, by its name; nothing where it says nothing.
func TextsOf(name string) Texts {
	s, ok := systemNamed(name).(speaker)
	if !ok {
		return Texts{}
	}
	t := s.texts()
	t.Fields = map[string]FieldTexts{}
	for _, f := range t.fields {
		t.Fields[f.name] = FieldTexts{f.label, f.help, f.example}
	}
	t.fields = nil
	return t
}

// CounselOf returns what a system says to who has got no token, by its name; nothing where it says nothing.
func CounselOf(name string) Counsel {
	if s, ok := systemNamed(name).(counsellor); ok {
		return s.counsel()
	}
	return Counsel{}
}

package core

// ResponseHeaders reads the headers of a response that matter from a JSON object
// of strings: "retryAfter", "date" and "rolled". Hosts that are not written in Go
// hand them over in this form.
func ResponseHeaders(data []byte) Response {
	var r Response
	_ = eachMember(data, func(name string, v value) {
		switch name {
		case "retryAfter":
			r.RetryAfter, _ = asString(v)
		case "date":
			r.Date, _ = asString(v)
		case "rolled":
			r.Rolled, _ = asString(v)
		}
	})
	return r
}

// Members reads a JSON object of strings, in order.
func Members(data []byte) []Pair {
	var pairs []Pair
	_ = eachMember(data, func(name string, v value) {
		if s, ok := asString(v); ok {
			pairs = append(pairs, Pair{name, s})
		}
	})
	return pairs
}

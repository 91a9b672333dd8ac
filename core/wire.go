package core

// ResponseHead reads a response without its body from a JSON object: "status"
// and "age", numbers, and the strings "retryAfter", "date" and "rolled". Hosts that are
// not written in Go hand responses over in this form.
func ResponseHead(data []byte) Response {
	var r Response
	_ = eachMember(data, func(name string, v value) {
		switch name {
		case "status":
			r.Status = int(vendorCode(v)) // what no status can be becomes 0
		case "retryAfter":
			r.RetryAfter, _ = asString(v)
		case "date":
			r.Date, _ = asString(v)
		case "rolled":
			r.Rolled, _ = asString(v)
		case "age":
			age, _ := asNumber(v)
			r.Age = int64(min(max(age, 0), 1<<40))
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

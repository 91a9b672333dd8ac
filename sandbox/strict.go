package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// A call is one request to a vendor, its body read.
type call struct {
	*http.Request
	body []byte
	now  time.Time
	part string // the segment of the path for which the endpoint has "*", or ""
}

type object = map[string]any

// header returns a header that is there exactly once and is not empty.
func (c call) header(name string) (string, bool) {
	values := c.Header.Values(name)
	if len(values) != 1 || values[0] == "" {
		return "", false
	}
	return values[0], true
}

// bearer reads "Bearer X" with exactly one space, as the documents ask.
func (c call) bearer(name string) (string, bool) {
	value, ok := c.header(name)
	if !ok {
		return "", false
	}
	token, ok := strings.CutPrefix(value, "Bearer ")
	if !ok || token == "" || strings.ContainsAny(token, " \t") {
		return "", false
	}
	return token, true
}

// texts reads the named fields of the JSON body, each a non-empty string. The reason is empty when all are well; it
// names the field, never a value. Other fields are let pass: a body may carry more than its authentication.
func (c call) texts(names ...string) (values []string, reason string) {
	var body object
	if err := json.Unmarshal(c.body, &body); err != nil || body == nil {
		return nil, "the body is not a JSON object"
	}
	for _, name := range names {
		// Looked up by hand: encoding/json would take "appkey" for "appKey".
		value, there := body[name]
		text, isText := value.(string)
		switch {
		case !there:
			return nil, name + " is missing in the body"
		case !isText:
			return nil, name + " is not a string"
		case text == "":
			return nil, name + " is empty"
		}
		values = append(values, text)
	}
	return values, ""
}

// isNumber reports whether a field of the JSON body is a number, and no text that holds one.
func (c call) isNumber(name string) bool {
	var body object
	_ = json.Unmarshal(c.body, &body)
	_, is := body[name].(float64)
	return is
}

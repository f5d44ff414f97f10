package httpapi

import "regexp"

// A Service is the API of one vendor: what messages and settings call it, and how
// it differs from others.
type Service struct {
	// Name is what messages call the vendor, and whatever answers in its place.
	Name string
	// DefaultURL is the API URL if none is set.
	DefaultURL string
	// URLEnding may stand at the end of the API URL and is cut off, as tools
	// disagree on whether it belongs there; empty for none.
	URLEnding string
	// Environment names the environment variables of the settings that have one.
	Environment map[Field]string
	// Secret is what proves who asks.
	Secret Secret
	// UnusableAdvice is what to do about an answer that cannot be used.
	UnusableAdvice string
	// NotFound says why a 404 speaks for a wrong API URL.
	NotFound string
	// ReadProblem reads the body of a refusal. Where it finds no words, the body is
	// quoted.
	ReadProblem func(body []byte) Problem
}

// A Secret is what proves to a vendor who asks, such as an API token, and what messages call it.
type Secret struct {
	// Field and File are the settings for it and for the path of a file that holds it.
	Field, File Field
	// Noun is what the vendor calls it: "API token".
	Noun string
	// Wanted says which one is: "the token of an administrator".
	Wanted string
	// Refuse says what is wrong with one in a way that only this vendor's can be, or nothing. It
	// must not quote it. It may be nil.
	Refuse func(secret string) (reason string)
	// Shape is what any of them looks like, whosever it is, so that none is told that a server names; nil
	// if they look like nothing else.
	Shape *regexp.Regexp
	// Part returns what of one is secret by itself, where the rest is not: it is not shown either. It
	// may be nil.
	Part func(secret string) string
	// Refused is why the server may answer 401 to one: a sentence.
	Refused string
}

// A Problem is what the body of a refusal says.
type Problem struct {
	Title, Detail string
	// Fields are messages per property; the empty name is for the whole.
	Fields map[string][]string
	// TraceID identifies the request in the vendor's logs.
	TraceID string
}

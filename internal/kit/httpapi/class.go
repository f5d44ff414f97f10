package httpapi

// A Class says what may be done after an attempt whose outcome is unknown.
type Class int

const (
	// Idempotent requests may be sent again: reads, and writes that state the
	// whole result.
	Idempotent Class = iota
	// Once marks requests that act each time they are sent, such as creates.
	// They are sent again only if the server certainly did not act.
	Once
)

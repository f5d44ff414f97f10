package contract

import (
	"fmt"
	"strings"
)

// A MissingError says that an answer does not have a property where it is
// expected.
type MissingError struct {
	Property Property
	// Route is what answered. It tells how well the name is known; nil if it is
	// not at hand.
	Route *Route
	// names are those of the properties that the answer has.
	names []string
}

func (e *MissingError) Error() string {
	evidence := ""
	if e.Route != nil {
		evidence = fmt.Sprintf(" (the name is %s)", e.Route.Evidence(PartAnswer, e.Property))
	}
	return fmt.Sprintf("it has no property %q%s, only %s. %s", e.Property, evidence, strings.Join(e.names, ", "), Advice)
}

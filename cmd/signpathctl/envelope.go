package main

import (
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

// now is a variable for tests, whose documents must not depend on the day.
var now = time.Now

// newEnvelope is for a command that begins at the time, and reads nothing live.
func newEnvelope(at time.Time) envelope.Envelope {
	return envelope.Envelope{Tool: envelope.Tool{Name: "signpathctl", Version: version}, Time: at}
}

// readLive says which organization was read, by the URL of the API.
func readLive(id, url string) envelope.Organization { return envelope.Organization{ID: &id, URL: &url} }

// readBy says whose token read.
func readBy(caller access.Principal) *envelope.Reader {
	return &envelope.Reader{Member: caller.Reference().String(), Role: string(caller.Role)}
}

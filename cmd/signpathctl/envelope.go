package main

import (
	"context"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// now is a variable for tests, whose documents must not depend on the day.
var now = time.Now

// newEnvelope is for a command that begins at the time, and reads nothing live.
func newEnvelope(at time.Time) envelope.Envelope {
	return envelope.Envelope{Tool: envelope.Tool{Name: "signpathctl", Version: version}, Time: at}
}

// readLive says which organization is read, by the URL of the API. Its name is left out where
// the token may not read it: whatever else is read does not need it.
func readLive(ctx context.Context, client *api.Client) envelope.Organization {
	id, url := client.OrganizationID(), client.URL()
	read := envelope.Organization{ID: &id, URL: &url}
	if organization, err := client.Organization(ctx); err == nil && organization.Name != "" {
		read.Name = &organization.Name
	}
	return read
}

// readBy says whose token read.
func readBy(caller access.Principal) *envelope.Reader {
	return &envelope.Reader{Member: caller.Reference().String(), Role: string(caller.Role)}
}

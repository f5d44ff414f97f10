package review

import (
	"slices"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// A Thing is what an environment of an application has: an API key, a way to sign in, or a webhook.
type Thing struct {
	// ID is empty if the API tells none. Name is what people call it: of a webhook, its URL.
	ID, Name string
	// Status is as the API has it; empty if it tells none.
	Status string
	// IsUnrestricted is true for an API key that may do everything in its environment, as far as the
	// API tells.
	IsUnrestricted bool
}

// An Environment is what the API shows of one. A list is nil if it does not show it.
type Environment struct {
	Name                         string
	Keys, SingleSignOn, Webhooks []Thing
}

// An Invitation is one as the API has it.
type Invitation struct {
	ID, Email, Status string
	// Environments are those in which the invitation has a role, in any order.
	Environments []string
}

// A Change is that the members of the application changed.
type Change struct {
	// Event is its id. At is zero if the API tells no time that can be read.
	Event string
	At    time.Time
	// UserID is whose membership it was; empty if the API does not tell it.
	UserID string
}

// A Recorder is a webhook for which IgniSign keeps a record of changed members.
type Recorder struct {
	// Made is zero if the API tells no time that can be read.
	Made       time.Time
	IsDisabled bool
}

// A Live is what the API showed.
type Live struct {
	// Application is the id of the application of the key, and Status its status.
	Application, Status string
	Environments        []Environment
	Invitations         []Invitation
	// Changes are those since the attestation, or more.
	Changes []Change
	// Recorders are the webhooks of PRODUCTION: without one, IgniSign keeps no record of the members.
	Recorders []Recorder
	// Gaps say what could not be read. They are sentences.
	Gaps []string
}

// A Stated is what somebody says about the application.
type Stated struct {
	baseline.Baseline
	// Attestation is nil if nobody has attested.
	Attestation *baseline.Attestation
	// Keys, SingleSignOn and Webhooks are those that should be, by the names of environments: ids, or
	// names, or URLs.
	Keys, SingleSignOn, Webhooks map[string][]string
	// Environments are those that are compared; all if there is none.
	Environments []string
}

// Compares tells whether an environment is compared.
func (s Stated) Compares(environment string) bool {
	return len(s.Environments) == 0 || slices.Contains(s.Environments, environment)
}

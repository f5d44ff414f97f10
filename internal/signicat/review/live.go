package review

import (
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

// An Account is what the account API shows of one.
type Account struct {
	ID, Name string
	// Type is empty if the API does not tell it.
	Type vocabulary.AccountType
	// Organisation is the id that the API tells; empty if it tells none.
	Organisation string
	// Deleted is whether the account is soft-deleted.
	Deleted access.Answer
	// Enabled is as the API has it: no page says what an account is that is not.
	Enabled access.Answer
}

// An Event is what matters of an audit event here.
type Event struct {
	// At is zero if the API tells no time that can be read.
	At time.Time
	// UserID is as the API has it. Whether it is who acted is not known.
	UserID string
}

// A Search is what a filter, which somebody chose, found in the audit events since a day.
type Search struct {
	Name   string
	Events []Event
	// Whole is false if there may be more events than these.
	Whole bool
	// Gap says what could not be asked; empty if nothing.
	Gap string
}

// A Live is what the APIs showed.
type Live struct {
	Accounts []Account
	// Searches are those of the filters. They are about the time since the attestation, so there are
	// none without one.
	Searches []Search
}

// A Stated is what somebody says about the organisation.
type Stated struct {
	baseline.Baseline
	// Attestation is nil if nobody has attested.
	Attestation *baseline.Attestation
	// Filters are the names of the filters for audit events.
	Filters []string
}

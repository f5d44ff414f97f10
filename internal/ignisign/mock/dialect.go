package mock

import (
	"errors"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Dialect selects among the plausible readings of what IgniSign does not document. The zero value is the default, which is
// the most plausible one.
type Dialect struct {
	// Versions are those that are served; by default both.
	Versions Versions
	// InvitationsOnV4 says how /v4 answers the routes of invitations, which are documented for /v3 only; by default it serves them.
	InvitationsOnV4 InvitationsOnV4
	// NewKeysOnV4Only refuses new keys, skv2_ and so on, on /v3.
	NewKeysOnV4Only bool
	// TokenLifetime is how long the token is good for that an old key is exchanged for; 0 is an hour.
	TokenLifetime time.Duration

	// Edits are the methods that edit an invitation; by default PUT.
	Edits Edits
	// OtherMethod405 answers 405 instead of 404 where a path is served by another method only.
	OtherMethod405 bool
	// CancelRemoves takes a cancelled invitation out of the list, where it otherwise stays as CANCELED.
	CancelRemoves bool
	// AcceptedEdit is what an edit of an accepted invitation does; by default it is refused.
	AcceptedEdit AcceptedEdit
	// AcceptedCancel is what the cancelling of an accepted invitation does; by default it is refused.
	AcceptedCancel AcceptedCancel
	// SecondInvitation is what becomes of an invitation of an address that was invited before; by default it is refused as long
	// as the first one is pending.
	SecondInvitation SecondInvitation
	// LowerAddresses keeps addresses in lower case, where they otherwise keep theirs. They are compared without case anyway.
	LowerAddresses bool
	// MissingEnvironmentRefused refuses roles without all three environments; otherwise what is missing is an empty list.
	MissingEnvironmentRefused bool
	// EmptyListRefused refuses roles with an empty list.
	EmptyListRefused bool
	// OtherEnvironmentRefused refuses a key of one environment what is about another one: roles there, webhooks there.
	OtherEnvironmentRefused bool
	// UnknownPropertiesRefused refuses bodies with properties that are not known, which are otherwise ignored.
	UnknownPropertiesRefused bool
	// IAMRoles takes a list of IAM constants for roles besides, and any further property with them, as the sample on the page
	// Users, Roles, and Rights has it. Answers then have that list.
	IAMRoles bool

	// EventsFromZero numbers the pages of events from 0 instead of 1.
	EventsFromZero bool
	// EventsStrict refuses a page before the first one, which is otherwise taken for it.
	EventsStrict bool
	// OldestFirst sorts events by age, the oldest first.
	OldestFirst bool
	// TopicApplication calls the topic of application events APPLICATION, as the webhook pages do, instead of APP.
	TopicApplication bool

	// NoClientSecret leaves client secrets of single sign-on out of the context.
	NoClientSecret bool
	// OwnEnvironmentOnly shows a key its own environment only in the context.
	OwnEnvironmentOnly bool
	// MessageObjects has the message of errors in an object.
	MessageObjects bool
	// Feature refuses invitations as a feature that the organization may not use; by default it may.
	Feature Feature
}

// Versions are the versions of the API that are served.
type Versions string

// The versions that a server may have: both, or one.
const (
	BothVersions Versions = ""
	OnlyV3       Versions = "v3"
	OnlyV4       Versions = "v4"
)

// serves tells whether a version is served.
func (v Versions) serves(version string) bool { return v == BothVersions || string(v) == version }

// InvitationsOnV4 says how /v4 answers the routes of invitations.
type InvitationsOnV4 string

// The answers of /v4 to the routes of invitations.
const (
	InvitationsServed    InvitationsOnV4 = ""
	InvitationsNotFound  InvitationsOnV4 = "404"
	InvitationsForbidden InvitationsOnV4 = "403"
)

// Edits are the methods that edit an invitation.
type Edits string

// The methods that edit an invitation.
const (
	EditByPut       Edits = ""
	EditByPost      Edits = "POST"
	EditByPutOrPost Edits = "both"
)

// AcceptedEdit is what an edit of an accepted invitation does.
type AcceptedEdit string

// What an edit of an accepted invitation may do.
const (
	// AcceptedEditRefused answers 400 NO_PENDING_USER_INVITATION.
	AcceptedEditRefused AcceptedEdit = ""
	// AcceptedEditIgnored answers the invitation as it was.
	AcceptedEditIgnored AcceptedEdit = "ignored"
	// AcceptedEditOfMember changes the roles of the invitation and of the member.
	AcceptedEditOfMember AcceptedEdit = "member"
)

// AcceptedCancel is what the cancelling of an accepted invitation does.
type AcceptedCancel string

// What the cancelling of an accepted invitation may do.
const (
	// AcceptedCancelRefused answers 400 NO_PENDING_USER_INVITATION.
	AcceptedCancelRefused AcceptedCancel = ""
	// AcceptedCancelOfInvitation cancels the invitation and leaves the member.
	AcceptedCancelOfInvitation AcceptedCancel = "invitation"
	// AcceptedCancelOfMember cancels the invitation and removes the member.
	AcceptedCancelOfMember AcceptedCancel = "member"
)

// SecondInvitation is what becomes of an invitation of an address that was invited before. That of a member is always
// refused.
type SecondInvitation string

// What may become of a second invitation.
const (
	// SecondInvitationRefused answers 400 USER_ALREADY_INVITED_BY_ORGANIZATION while the first one is pending.
	SecondInvitationRefused SecondInvitation = ""
	// SecondInvitationNew makes a new record beside the first one.
	SecondInvitationNew SecondInvitation = "new"
	// SecondInvitationSame makes the record of before, whatever its status, pending with the new roles.
	SecondInvitationSame SecondInvitation = "same"
)

// Feature is how the server refuses a feature that the organization may not use.
type Feature string

// The refusals of a feature: since version 4.2.2 of data models and SDK, and before.
const (
	FeatureAllowed      Feature = ""
	FeatureForbidden    Feature = "403"
	FeatureUnauthorized Feature = "401"
)

const (
	tokenLifetime      = time.Hour
	shortTokenLifetime = time.Minute
)

// Deviation is a dialect that deviates from the default in one thing.
type Deviation = mockserver.Deviation[Dialect]

// Deviations returns each deviation alone, sorted by name.
func Deviations() []Deviation { return deviations.Deviations() }

// ParseDialect builds a dialect of named deviations from the default; see Deviations. Several names may be in one text,
// separated by commas. Deviations that exclude each other are an error.
func ParseDialect(names ...string) (Dialect, error) {
	dialect, err := deviations.Parse(names...)
	if err != nil {
		return Dialect{}, err
	}
	return dialect, dialect.validate()
}

// validate refuses what says nothing together.
func (d Dialect) validate() error {
	if d.Versions == OnlyV3 && d.InvitationsOnV4 != InvitationsServed {
		return errors.New("dialect: /v4 is not served, and so says nothing of invitations")
	}
	if d.Versions == OnlyV4 && d.NewKeysOnV4Only {
		return errors.New("dialect: /v3 is not served, and so says nothing of keys")
	}
	return nil
}

// String names the deviations as ParseDialect takes them, separated by commas; "" is the default dialect.
func (d Dialect) String() string { return deviations.Spell(d) }

func (d Dialect) tokenLifetime() time.Duration {
	if d.TokenLifetime > 0 {
		return d.TokenLifetime
	}
	return tokenLifetime
}

// topic is that of application events.
func (d Dialect) topic() string {
	if d.TopicApplication {
		return "APPLICATION"
	}
	return "APP"
}

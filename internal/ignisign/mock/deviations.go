package mock

import (
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// deviations are sorted by name.
var deviations = mockserver.Switches[Dialect]{
	mockserver.Choice("cancel-accepted-keeps-member", "cancelling an accepted invitation cancels the invitation, and the member stays",
		AcceptedCancelOfInvitation, acceptedCancel),
	mockserver.Choice("cancel-accepted-removes-member", "cancelling an accepted invitation removes the member",
		AcceptedCancelOfMember, acceptedCancel),
	mockserver.Flag("cancel-removes-record", "a cancelled invitation is no longer in the list", func(d *Dialect) *bool { return &d.CancelRemoves }),
	mockserver.Flag("context-of-own-environment", "the context has the environment of the key only", func(d *Dialect) *bool { return &d.OwnEnvironmentOnly }),
	mockserver.Flag("context-without-client-secret", "the context has no client secrets", func(d *Dialect) *bool { return &d.NoClientSecret }),
	mockserver.Choice("edit-accepted-changes-member", "an edit of an accepted invitation changes what the member may do",
		AcceptedEditOfMember, acceptedEdit),
	mockserver.Choice("edit-accepted-changes-nothing", "an edit of an accepted invitation answers 200 and changes nothing",
		AcceptedEditIgnored, acceptedEdit),
	mockserver.Choice("edit-by-post", "invitations are edited by POST only", EditByPost, edits),
	mockserver.Choice("edit-by-put-and-post", "invitations are edited by PUT and by POST", EditByPutOrPost, edits),
	mockserver.Flag("empty-list-refused", "roles with an empty list are refused", func(d *Dialect) *bool { return &d.EmptyListRefused }),
	mockserver.Flag("events-from-zero", "the first page of events has the number 0", func(d *Dialect) *bool { return &d.EventsFromZero }),
	mockserver.Flag("events-oldest-first", "events are sorted by age, the oldest first", func(d *Dialect) *bool { return &d.OldestFirst }),
	mockserver.Flag("events-strict", "a page of events before the first is refused", func(d *Dialect) *bool { return &d.EventsStrict }),
	mockserver.Choice("feature-forbidden", "the organization may not invite: 403 ORGANIZATION_FEATURE_FORBIDDEN", FeatureForbidden, feature),
	mockserver.Choice("feature-unauthorized", "the organization may not invite: 401 UNAUTHORIZED_ERROR", FeatureUnauthorized, feature),
	mockserver.Flag("iam-roles", "an invitation may have a list of IAM roles instead", func(d *Dialect) *bool { return &d.IAMRoles }),
	mockserver.Flag("lower-case-addresses", "addresses are kept in lower case", func(d *Dialect) *bool { return &d.LowerAddresses }),
	mockserver.Flag("message-objects", "the message of an error is an object", func(d *Dialect) *bool { return &d.MessageObjects }),
	mockserver.Flag("missing-environment-refused", "roles have to have all three environments",
		func(d *Dialect) *bool { return &d.MissingEnvironmentRefused }),
	mockserver.Flag("new-keys-on-v4-only", "new keys are refused on /v3", func(d *Dialect) *bool { return &d.NewKeysOnV4Only }),
	mockserver.Flag("other-environment-refused", "a key is refused what is about another environment",
		func(d *Dialect) *bool { return &d.OtherEnvironmentRefused }),
	mockserver.Flag("other-method-405", "another method of a path is answered with 405 instead of 404", func(d *Dialect) *bool { return &d.OtherMethod405 }),
	mockserver.Choice("second-invitation-new", "a second invitation of an address is a record of its own", SecondInvitationNew, secondInvitation),
	mockserver.Choice("second-invitation-same", "a second invitation of an address is the same record, pending again", SecondInvitationSame, secondInvitation),
	mockserver.Choice("short-tokens", "the token for an old key is good for a minute only", shortTokenLifetime,
		func(d *Dialect) *time.Duration { return &d.TokenLifetime }),
	mockserver.Flag("topic-application", "the topic of application events is APPLICATION", func(d *Dialect) *bool { return &d.TopicApplication }),
	mockserver.Flag("unknown-properties-refused", "a body with unknown properties is refused", func(d *Dialect) *bool { return &d.UnknownPropertiesRefused }),
	mockserver.Choice("v3-only", "only /v3 is served", OnlyV3, versions),
	mockserver.Choice("v4-invitations-403", "/v4 answers 403 to the routes of invitations", InvitationsForbidden, invitationsOnV4),
	mockserver.Choice("v4-invitations-404", "/v4 answers 404 to the routes of invitations", InvitationsNotFound, invitationsOnV4),
	mockserver.Choice("v4-only", "only /v4 is served", OnlyV4, versions),
}

func acceptedCancel(d *Dialect) *AcceptedCancel { return &d.AcceptedCancel }

func acceptedEdit(d *Dialect) *AcceptedEdit { return &d.AcceptedEdit }

func edits(d *Dialect) *Edits { return &d.Edits }

func feature(d *Dialect) *Feature { return &d.Feature }

func invitationsOnV4(d *Dialect) *InvitationsOnV4 { return &d.InvitationsOnV4 }

func secondInvitation(d *Dialect) *SecondInvitation { return &d.SecondInvitation }

func versions(d *Dialect) *Versions { return &d.Versions }

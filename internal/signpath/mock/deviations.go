package mock

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// The lags without a duration: longer than a client needs for its next request, short enough to wait for it.
const (
	defaultListLag = 300 * time.Millisecond
	defaultReadLag = 150 * time.Millisecond
)

// deviations are those with which an organization can still be managed completely, sorted by name. RandomDialect draws
// from them by their order.
var deviations = []deviation{
	chosen("create-id", "a create answers the id as id", CreateIDPlain, createIDForm),
	chosen("create-location-only", "a create answers the id in the Location header only", CreateIDLocationOnly, createIDForm),
	flagged("create-suffix", "users and groups are created at /Create", func(d *Dialect) *bool { return &d.CreateSuffix }),
	flagged("edit-patches", "an Edit keeps the properties that it omits", func(d *Dialect) *bool { return &d.EditPatches }),
	flagged("edit-without-suffix", "an Edit goes to the path of the object", func(d *Dialect) *bool { return &d.EditWithoutSuffix }),
	chosen("enable-disable", "users are switched at /Enable and /Disable", EnableDisable,
		func(d *Dialect) *ActivationVerbs { return &d.ActivationVerbs }),
	flagged("foreign-links", "links name another host", func(d *Dialect) *bool { return &d.ForeignLinks }),
	lagging("list-lag", "lists show the organization as it was", defaultListLag, func(d *Dialect) *time.Duration { return &d.ListLag }),
	flagged("member-object-requests", "members are objects with an id, in requests too",
		func(d *Dialect) *bool { return &d.MemberObjectRequests }),
	flagged("member-objects", "members are shown as objects", func(d *Dialect) *bool { return &d.MemberObjects }),
	flagged("members-per-kind", "members are an object of ids per kind", func(d *Dialect) *bool { return &d.MembersPerKind }),
	flagged("no-ci-users-in-groups", "CI users are refused as members of groups",
		func(d *Dialect) *bool { return &d.NoCIUsersInGroups }),
	flagged("no-document", "there is no OpenAPI document", func(d *Dialect) *bool { return &d.NoDocument }),
	flagged("old-origin-names", "the names of origin verification before 1.202.0", func(d *Dialect) *bool { return &d.OldOriginNames }),
	flagged("old-read-rule", "everybody reads projects, and submitters and approvers the requests of their own policy only, as before 1.207.3",
		func(d *Dialect) *bool { return &d.OldReadRule }),
	flagged("plain-text-errors", "errors are text, except validation errors", func(d *Dialect) *bool { return &d.PlainTextErrors }),
	silent(renaming("rename-request", "role:newRole", "a property has another name in requests; as often as wanted",
		func(d *Dialect) *map[string]string { return &d.RenamedInRequests })),
	renaming("rename", "role:globalRole", "a property has another name, in requests and answers; as often as wanted",
		func(d *Dialect) *map[string]string { return &d.Renamed }),
	flagged("summary-lists", "list items are summaries", func(d *Dialect) *bool { return &d.SummaryLists }),
	flagged("text-actors", "actors of audit events are names", func(d *Dialect) *bool { return &d.TextActors }),
	flagged("unknown-is-404", "an unknown object is a 404", func(d *Dialect) *bool { return &d.UnknownIs404 }),
	flagged("wrapped-lists", "lists are in an object", func(d *Dialect) *bool { return &d.WrappedLists }),
}

// hostileDeviations may leave a client nothing but to refuse; sorted by name.
var hostileDeviations = []deviation{
	flagged("boolean-texts", `isActive is "True" or "False"`, func(d *Dialect) *bool { return &d.BooleanTexts }),
	flagged("demand-member-type", "members are objects of an id and a type, which requests have to have",
		func(d *Dialect) *bool { return &d.MemberTypes }),
	naming("demand", "externalReference", "every Edit demands a property that no answer has; as often as wanted",
		func(d *Dialect) *[]string { return &d.Demanded }),
	chosen("document=assumed-names", "the document has the assumed names of properties and roles, even if they are wrong",
		DocumentAssumedNames, documentForm),
	chosen("document=old", "the document is that of a server before 1.202.0", DocumentOld, documentForm),
	silent(naming("hide", "originPolicyVerification", "no answer has a property that Edits take and reset; as often as wanted",
		func(d *Dialect) *[]string { return &d.Hidden })),
	flagged("null-regular", "the role of Regular Users is null", func(d *Dialect) *bool { return &d.NullRegularUser }),
	flagged("omit-nulls", "answers leave out what is null", func(d *Dialect) *bool { return &d.OmitNulls }),
	paged(PagingInEnvelope),
	paged(PagingByLink),
	paged(PagingByNextLink),
	paged(PagingByOffset),
	paged(PagingByNumber),
	paged(PagingFromZero),
	paged(PagingByToken),
	paged(PagingWithTotal),
	flagged("policy-status", "signing policies have a status instead of isActive", func(d *Dialect) *bool { return &d.PolicyStatus }),
	lagging("read-lag", "single objects are shown as they were", defaultReadLag, func(d *Dialect) *time.Duration { return &d.ReadLag }),
	flagged("role-numbers", "roles are numbers", func(d *Dialect) *bool { return &d.RoleNumbers }),
	renaming("spell-role", "GlobalAdministrator:GlobalAdmin", "a role is spelled otherwise; as often as wanted",
		func(d *Dialect) *map[Role]string { return &d.RoleSpellings }),
	silent(flagged("token-object", "a new API token is in an object", func(d *Dialect) *bool { return &d.TokenObjects })),
	{
		name: "version", form: "=VERSION", example: "1.176.0",
		about: "the server is older, and lacks what the changelog says came later",
		apply: func(d *Dialect, argument string) error {
			if _, err := parseVersion(argument); err != nil {
				return err
			}
			if d.Version != "" {
				return fmt.Errorf("dialect: a server has one version, not %s and %s", d.Version, argument)
			}
			d.Version = argument
			return nil
		},
		arguments: func(d Dialect) []string {
			if d.Version == "" {
				return nil
			}
			return []string{d.Version}
		},
	},
}

// allDeviations are all, sorted by name.
var allDeviations = sync.OnceValue(func() []deviation {
	all := slices.Concat(deviations, hostileDeviations)
	slices.SortFunc(all, func(a, b deviation) int { return strings.Compare(a.spelling(a.example), b.spelling(b.example)) })
	return all
})

func createIDForm(d *Dialect) *CreateIDForm { return &d.CreateIDForm }

func documentForm(d *Dialect) *DocumentForm { return &d.Document }

package vocabulary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Parent is the kind of object that an access list belongs to.
type Parent string

const (
	// ParentProject is a project.
	ParentProject Parent = "project"
	// ParentSigningPolicy is a signing policy of a project.
	ParentSigningPolicy Parent = "signing policy"
	// ParentUserGroup is a user group, whose members have its rights.
	ParentUserGroup Parent = "user group"
)

// A List is one kind of access list: a set of members of a project, signing
// policy or user group who may do a certain thing.
type List struct {
	// Plural and Singular name the list and one entry: "approvers", "approver".
	Plural, Singular string
	Parent           Parent
	// Grants says what an entry allows, to follow "may".
	Grants string
	// Besides says in sentences what else comes with an entry; empty if that is nothing.
	Besides string
	// Kinds are the kinds of principals that SignPath documents for the list.
	Kinds []access.Kind
	// Source is where SignPath documents who may be on the list.
	Source string
	// Refuses is whom else the list does not take, to follow "so is"; empty if there is nobody.
	Refuses string
	// For is the permission that an entry is for, and Rights are a cell for each permission.
	For    access.Permission
	Rights map[access.Permission]access.Cell
}

// ReadRule says who reads signing requests by a list of a signing policy, and since when.
const ReadRule = "Whoever is a submitter or approver of **any** signing policy of a project also reads the signing requests of the whole project, " +
	"those of its other signing policies and their artifacts included (users page; since 1.207.3 for new organizations, and since some weeks after 1.211.0 for all). " +
	"Before that, it was those of the own signing policy only. Reviews go by the newer rule."

// notificationLevels is a limit of what can be managed. Source: users page, "Notifications".
const notificationLevels = "Which mails somebody gets (all, default or none) is a choice of each person for each signing policy, for which no API is known, so it cannot be managed here."

// The access lists of projects, signing policies and user groups.
var (
	Readers = List{
		Plural: "readers", Singular: "reader", Parent: ParentProject,
		Grants: "read the project and its signing requests, including artifacts",
		Kinds:  access.Kinds(),
		Source: "projects page: readers are users or groups",
		For:    ReadArtifacts,
		Rights: ofList(access.No(projectSettings), access.No(projectSettings), access.Yes(projectSettings), access.No(projectSettings)),
	}
	Configurators = List{
		Plural: "configurators", Singular: "configurator", Parent: ParentProject,
		Grants: "change the artifact configurations and webhooks of the project",
		Kinds:  access.Kinds(),
		Source: "projects page: configurators are users or groups; changelog 1.151.1: CI users too",
		For:    Configure,
		Rights: ofList(access.No(projectSettings), access.No(projectSettings), access.Yes(readPermissions), access.Yes(projectSettings)),
	}
	Submitters = List{
		Plural: "submitters", Singular: "submitter", Parent: ParentSigningPolicy,
		Grants:  "submit signing requests",
		Besides: ReadRule + " By default, SignPath mails a submitter about every change of status of a request. " + notificationLevels,
		Kinds:   access.Kinds(),
		Source:  "projects page: submitters are interactive users, CI users or groups",
		Refuses: "an interactive user where the signing policy verifies trusted build systems",
		For:     Submit,
		Rights:  ofList(access.Yes(signingPolicies), access.No(approvalProcess), access.Yes(readOfProject).In(PlaceProject), access.No(projectSettings)),
	}
	Approvers = List{
		Plural: "approvers", Singular: "approver", Parent: ParentSigningPolicy,
		Grants: "approve or deny signing requests",
		Besides: ReadRule + " By default, SignPath mails the approvers when a request has to be approved, has enough approvals or was denied, " +
			"and whoever approved last when it is completed, failed or retried. " + notificationLevels,
		Kinds:   []access.Kind{access.KindUser, access.KindGroup},
		Source:  "projects page: approvers are users; directory synchronization page: or groups",
		Refuses: "a CI user that is not on the list yet, because SignPath documents only interactive users and groups as approvers",
		For:     Approve,
		Rights:  ofList(access.No(signingPolicies), access.Yes(approvalProcess), access.Yes(readOfProject).In(PlaceProject), access.No(projectSettings)),
	}
	// GroupMembers admits CI users, on which the documentation is silent: SignPath
	// has the last word on them.
	GroupMembers = List{
		Plural: "members", Singular: "member", Parent: ParentUserGroup,
		Grants:  "use every right that the group was given",
		Kinds:   access.Kinds(),
		Source:  "directory synchronization page: members of a group are users and groups",
		Refuses: "a group by which the group would contain itself",
	}
)

// ofList are the cells of an entry of a list, which gives permissions on a project or signing
// policy alone.
func ofList(submits, approves, reads, configures access.Cell) map[access.Permission]access.Cell {
	no := access.No(permissionLists)
	return map[access.Permission]access.Cell{
		Submit: submits, Approve: approves, ReadArtifacts: reads, Configure: configures,
		AdministerProjects: no, AdministerUsers: no, AdministerCertificates: no, Everything: no,
	}
}

// Role is the role of whoever is on the list.
func (l List) Role() access.Role { return access.Role(l.Singular) }

// Kind is the key of the kind of places that have the list; empty for the members of a group.
func (l List) Kind() string {
	return map[Parent]string{ParentProject: PlaceProject, ParentSigningPolicy: PlaceSigningPolicy}[l.Parent]
}

// rolesOfLists are what the vocabulary says of whoever is on a list.
func rolesOfLists() []access.RoleDescription {
	var roles []access.RoleDescription
	for _, l := range append(ListsOf(ParentProject), ListsOf(ParentSigningPolicy)...) {
		roles = append(roles, access.RoleDescription{
			Role: l.Role(), By: access.ByEntry, Title: l.Singular, Plural: l.Plural, At: l.Kind(), For: l.For, Rights: l.Rights,
		})
	}
	return roles
}

// ListsOf returns the access lists of a kind of object.
func ListsOf(parent Parent) []List {
	return slices.DeleteFunc(Lists(), func(l List) bool { return l.Parent != parent })
}

// Lists returns all access lists.
func Lists() []List { return []List{Readers, Configurators, Submitters, Approvers, GroupMembers} }

// Conditions are the settings of a list's parent that decide who may be on it.
type Conditions struct {
	// TrustedBuildSystem is true where the signing policy verifies that
	// requests come from a trusted build system.
	TrustedBuildSystem bool
}

// A RefusedError says that a principal may not be on a list, and by which rule.
type RefusedError struct {
	Member access.Reference
	List   List
	Reason string
	// Advice says what to do instead.
	Advice string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%q cannot be %s: %s. %s", e.Member, e.article(), e.Reason, e.Advice)
}

func (e *RefusedError) article() string {
	if strings.ContainsAny(e.List.Singular[:1], "aeiou") {
		return "an " + e.List.Singular
	}
	return "a " + e.List.Singular
}

// Admit checks whether the principal may be added to the list. It answers nil
// or a [*RefusedError]. Groups are admitted whoever is in them: what SignPath
// does with an interactive user inside a group is not documented.
func (l List) Admit(p access.Principal, conditions Conditions) error {
	refuse := func(reason, advice string) error {
		return &RefusedError{Member: p.Reference(), List: l, Reason: reason, Advice: advice}
	}
	if !slices.Contains(l.Kinds, p.Kind) {
		return refuse(fmt.Sprintf("SignPath documents no %s on this list", p.Kind.Noun()),
			fmt.Sprintf("Name an interactive user or a group (%s).", l.Source))
	}
	if !p.Active {
		return refuse("the account is inactive",
			"Activate it first, or leave it off the list: a right that is granted now would come into force unseen when the account is activated.")
	}
	if l.Plural == Submitters.Plural && p.Kind == access.KindUser && conditions.TrustedBuildSystem {
		return refuse("the signing policy verifies trusted build systems, and SignPath then takes no interactive users as submitters",
			"Name the CI user of the build system.")
	}
	return nil
}

package mock

import (
	"slices"
	"time"
)

// Dialect selects among the plausible readings of what SignPath does not document. The zero value is the default.
type Dialect struct {
	// Version is that of an older server, such as "1.176.0": it lacks what the changelog says came later, and has what was
	// renamed by its old names. "" is the newest.
	Version string

	// WrappedLists answers lists as {"interactiveUsers": […]} instead of a bare array. One documented route
	// (Cryptoki/MySigningPolicies) does so; for all others it is unknown.
	WrappedLists bool
	// SummaryLists gives list items only id, link and name (and slug, for what is addressed by its slug).
	SummaryLists bool
	// Paging cuts the lists of users, CI users, groups and projects into pages, on which the documentation is silent.
	Paging Paging
	// ListLag makes the lists of users, groups and projects show the organization as it was that long ago: lists were
	// outdated in an incident, and lagged behind creates until 1.186.1. What was there when the server started is always
	// seen, and a single object is read as it is now.
	ListLag time.Duration
	// ReadLag makes single users, groups, projects and signing policies show themselves as they were that long ago, as a
	// replica does that is behind. What is written is written to the organization as it is now.
	ReadLag time.Duration

	// MemberObjects shows members as {"id": …, "name": …} instead of bare ids.
	MemberObjects bool
	// MemberObjectRequests takes members as objects with an id only, and shows them so too. Without it, requests may have
	// bare ids or objects.
	MemberObjectRequests bool
	// MembersPerKind shows and takes members as an object of ids per kind,
	// {"interactiveUsers": […], "ciUsers": […], "userGroups": […]}. It excludes MemberObjects and MemberObjectRequests.
	MembersPerKind bool
	// MemberTypes shows members as {"id": …, "type": "CIUser"}, and demands both of members in requests. It excludes the
	// three other forms of members.
	MemberTypes bool
	// NoCIUsersInGroups refuses CI users as group members, on which the documentation is silent.
	NoCIUsersInGroups bool

	// EditPatches keeps properties that an Edit request omits. The routes were PATCH in v1-pre.
	EditPatches bool
	// EditWithoutSuffix edits at the path of the object, without /Edit: so changelog 1.202.0 names the route for signing
	// policies, other than 1.170.2.
	EditWithoutSuffix bool
	// CreateSuffix creates users and groups at /Create below the path of the list.
	CreateSuffix bool
	// ActivationVerbs name the routes that activate and deactivate.
	ActivationVerbs ActivationVerbs
	// CreateIDForm says where a create answers the id of the new object.
	CreateIDForm CreateIDForm

	// OldOriginNames has the names before 1.202.0: verifyOrigin and originVerification in requests, verifiesOrigin in
	// answers.
	OldOriginNames bool
	// Renamed has other names for properties, by their names in the default dialect, in requests and answers. The name in
	// the default dialect is then unknown.
	Renamed map[string]string
	// RenamedInRequests is Renamed for requests alone, and goes before it.
	RenamedInRequests map[string]string
	// Hidden are properties that no answer has, by their names in answers of the default dialect, or those of properties
	// that clients may not know. Edits take them, and reset them where they are left out. Sorted.
	Hidden []string
	// Demanded are properties that no answer has and without which every Edit is refused. They are texts that set
	// nothing. Sorted.
	Demanded []string
	// OmitNulls leaves properties that are null out of answers. JSON that the mock only keeps for its clients stays as it is.
	OmitNulls bool

	// RoleSpellings have other spellings of roles, both ways. The spelling in the default dialect is then unknown.
	RoleSpellings map[Role]string
	// NullRegularUser has null, both ways, for the role of those who have none: of "Regular User" nothing is documented
	// but the value of a SCIM app role.
	NullRegularUser bool
	// RoleNumbers has integers for roles, both ways, as ASP.NET writes enumerations unless it is told otherwise. It
	// excludes RoleSpellings.
	RoleNumbers bool
	// BooleanTexts has "True" and "False" for isActive.
	BooleanTexts bool
	// PolicyStatus shows signing policies with a status, as projects have one, instead of isActive: a status of theirs was
	// observed.
	PolicyStatus bool
	// TokenObjects answers a new API token as {"apiToken": {"value": …}}.
	TokenObjects bool

	// TextActors names the actors of audit events by a text, and not as an object with an id and a name: of metadata.actor
	// nothing but the place is documented.
	TextActors bool

	// OldReadRule lets everybody read projects and signing policies, and submitters and approvers read the signing requests
	// of their own signing policy alone: so it was before the project read permission of 1.207.3.
	OldReadRule bool

	// PlainTextErrors answers errors as text, except those with an errors map: observed before 1.195.0.
	PlainTextErrors bool
	// UnknownIs404 answers 404 for an unknown object instead of the documented 403.
	UnknownIs404 bool
	// ForeignLinks makes link and Location name another host than the one called, as behind a misconfigured proxy:
	// these addresses come from the server's configuration (changelog 1.197.0).
	ForeignLinks bool
	// NoDocument answers 404 for the OpenAPI document, which an installation may keep from the outside.
	NoDocument bool
	// Document is how the OpenAPI document is wrong. It excludes NoDocument.
	Document DocumentForm
}

// DocumentForm says whether the OpenAPI document describes the server, or how it is wrong.
type DocumentForm string

const (
	// DocumentTrue describes the server.
	DocumentTrue DocumentForm = ""
	// DocumentOld is that of an installation before 1.202.0, as a proxy may have kept it. The server must be a newer one.
	DocumentOld DocumentForm = "old"
	// DocumentAssumedNames has the names of properties and roles of the default dialect, whatever the server takes.
	DocumentAssumedNames DocumentForm = "assumedNames"
)

// described is the dialect that the OpenAPI document describes.
func (d Dialect) described() Dialect {
	switch d.Document {
	case DocumentOld:
		d.OldOriginNames = true
	case DocumentAssumedNames:
		d.PlainTextErrors = d.hasPlainTextErrors()
		d.OldOriginNames, d.Version = false, ""
		d.Renamed, d.RenamedInRequests, d.RoleSpellings = nil, nil, nil
	}
	return d
}

// describedMapping is the mapping file, of a server of the dialect, that the OpenAPI document describes.
func (d Dialect) describedMapping(text string) string {
	if d.Document == DocumentAssumedNames {
		return ""
	}
	return text
}

// CreateIDForm says where a create answers the id of the new object. All forms answer the Location header too.
type CreateIDForm string

const (
	// CreateIDEntity is a property named after the entity, such as interactiveUserId: observed for signing requests.
	CreateIDEntity CreateIDForm = ""
	// CreateIDPlain is a property named id.
	CreateIDPlain CreateIDForm = "id"
	// CreateIDLocationOnly has the id in the Location header only, as before 1.155.0.
	CreateIDLocationOnly CreateIDForm = "locationOnly"
)

// ActivationVerbs name the routes that activate and deactivate users: the capability is documented, the names are not.
type ActivationVerbs string

const (
	// ActivateDeactivate is /Activate and /Deactivate.
	ActivateDeactivate ActivationVerbs = ""
	// EnableDisable is /Enable and /Disable.
	EnableDisable ActivationVerbs = "enableDisable"
)

// answerName is the name that a property of the default dialect has in answers.
func (d Dialect) answerName(property string) string {
	if renamed := d.Renamed[property]; renamed != "" {
		return renamed
	}
	if old := oldAnswerNames[property]; old != "" && d.hasOldOriginNames() {
		return old
	}
	return property
}

// requestName is the name that a property of the default dialect has in requests.
func (d Dialect) requestName(property string) string {
	for _, renamed := range []string{d.RenamedInRequests[property], d.Renamed[property]} {
		if renamed != "" {
			return renamed
		}
	}
	if old := oldRequestNames[property]; old != "" && d.hasOldOriginNames() {
		return old
	}
	return property
}

// NeedsDocument tells whether requests have to be other than in the default dialect, or answers be understood otherwise, in
// a way that answers do not show: only the OpenAPI document tells a client then.
func (d Dialect) NeedsDocument() bool {
	return d.EditWithoutSuffix || d.CreateSuffix || d.ActivationVerbs != ActivateDeactivate || d.MemberObjectRequests ||
		len(d.Renamed) > 0 || len(d.RenamedInRequests) > 0 || len(d.Hidden) > 0 || len(d.Demanded) > 0 || d.MemberTypes ||
		len(d.RoleSpellings) > 0 || d.NullRegularUser || d.RoleNumbers || d.TokenObjects || pagings[d.Paging.Kind].silent
}

// IsDescribed tells whether the document that the server has describes all that a client may send and get, so that both
// can be judged by it. It does not where it is hidden or wrong, or where nothing but links has the parameters of pages.
func (d Dialect) IsDescribed() bool {
	return d.hasTrueDocument() && !pagings[d.Paging.Kind].undocumented
}

func (d Dialect) hasTrueDocument() bool { return !d.NoDocument && d.Document == DocumentTrue }

// IsHostile tells whether one of [HostileDialects] is in the dialect.
func (d Dialect) IsHostile() bool {
	return slices.ContainsFunc(hostileDeviations, func(known deviation) bool { return len(known.arguments(d)) > 0 })
}

package mapping

import "slices"

// A Thing is a kind of objects of the API.
type Thing string

// The things, in the order of the documentation.
const (
	User          Thing = "user"
	CIUser        Thing = "ci_user"
	Group         Thing = "group"
	Project       Thing = "project"
	SigningPolicy Thing = "signing_policy"
	Organization  Thing = "organization"
	AuditEvent    Thing = "audit_event"
)

// Principals are the things that can be members of lists.
var Principals = []Thing{User, CIUser, Group}

// A ConceptKind is what kind of value a concept has: it decides which forms it can have.
type ConceptKind string

// The kinds of concepts.
const (
	// KindText is a text, a time or anything else that is taken as it comes.
	KindText ConceptKind = "text"
	// KindNumber is a whole number.
	KindNumber ConceptKind = "number"
	// KindState is true or false.
	KindState ConceptKind = "state"
	// KindRole is a global role.
	KindRole ConceptKind = "role"
	// KindMembers is a list of principals.
	KindMembers ConceptKind = "members"
	// KindPolicies is the list of the signing policies of a project.
	KindPolicies ConceptKind = "policies"
)

// A Concept is something that the provider knows of a thing.
type Concept struct {
	Name string
	Kind ConceptKind
	// InRequestsOnly is true for what no answer has.
	InRequestsOnly bool
}

// A facts is what a mapping may say of a thing.
type facts struct {
	// parameters are those of the routes about one object.
	parameters []string
	concepts   []Concept
	// calls are the names of those that the file may state; all things have "answer".
	calls []string
}

func ofKind(kind ConceptKind, names []string) []Concept {
	var concepts []Concept
	for _, name := range names {
		concepts = append(concepts, Concept{Name: name, Kind: kind})
	}
	return concepts
}

func texts(names ...string) []Concept { return ofKind(KindText, names) }

func numbers(names ...string) []Concept { return ofKind(KindNumber, names) }
func states(names ...string) []Concept  { return ofKind(KindState, names) }
func members(names ...string) []Concept { return ofKind(KindMembers, names) }

var (
	role = []Concept{{Name: "role", Kind: KindRole}}

	ofID     = []string{"id"}
	ofPolicy = []string{"project", "policy"}
)

var things = map[Thing]facts{
	User: {
		parameters: ofID,
		concepts: slices.Concat(texts("id", "link", "slug", "name", "email", "notification_email", "identity"), role,
			states("active", "synchronized", "support")),
		calls: []string{callList, callRead, callMe, callCreate, callEdit, callSet, callActivate, callDeactivate, callReinvite},
	},
	CIUser: {
		parameters: ofID,
		concepts:   slices.Concat(texts("id", "link", "slug", "name", "notification_email"), role, states("active")),
		calls:      []string{callList, callRead, callMe, callCreate, callEdit, callSet, callActivate, callDeactivate, callRegenerateToken},
	},
	Group: {
		parameters: ofID,
		concepts: slices.Concat(texts("id", "link", "slug", "name", "description"), states("synchronized"), members("members"),
			[]Concept{{"added_members", KindMembers, true}, {"removed_members", KindMembers, true}}),
		calls: []string{callList, callRead, callCreate, callEdit, callSet, callChangeMembers, callModifyMembers},
	},
	Project: {
		parameters: []string{"project"},
		concepts: slices.Concat(texts("id", "link", "slug", "name", "description", "status"), states("active"), members("readers", "configurators"),
			[]Concept{{Name: "signing_policies", Kind: KindPolicies}}),
		calls: []string{callList, callRead, callEdit, callSet},
	},
	SigningPolicy: {
		parameters: ofPolicy,
		concepts: slices.Concat(texts("id", "link", "slug", "name", "description", "status", "purpose"), states("active"), members("submitters", "approvers"),
			states("verifies_trusted_build_system", "verifies_origin_policy"), texts("origin_policy_verification"),
			states("uses_approval_process"), numbers("required_approvals")),
		calls: []string{callRead, callEdit, callSet},
	},
	Organization: {
		concepts: append(numbers("yearly_size", "yearly_signatures"), texts("quota_start", "quota_end")...),
		calls:    []string{callRead},
	},
	AuditEvent: {
		concepts: texts("id", "time", "name", "metadata", "actor", "object", "changes", "property", "before", "after"),
		calls:    []string{callList},
	},
}

// Things returns all things, in the order of the documentation.
func Things() []Thing {
	return []Thing{User, CIUser, Group, Project, SigningPolicy, Organization, AuditEvent}
}

// Concepts returns what a mapping can speak of, in the order of the documentation.
func (t Thing) Concepts() []Concept { return things[t].concepts }

// Concept returns the concept of that name.
func (t Thing) Concept(name string) (Concept, bool) {
	i := slices.IndexFunc(things[t].concepts, func(c Concept) bool { return c.Name == name })
	if i < 0 {
		return Concept{}, false
	}
	return things[t].concepts[i], true
}

// roles are the names of the global roles. A test holds that they are those of the
// vocabulary, which this package does not know.
var roles = []string{
	"GlobalAdministrator", "CertificateAdministrator", "UserAdministrator", "ProjectAdministrator", "GlobalReader", "RegularUser",
	"DirectorySynchronizer",
}

// Roles returns the names of the global roles that a file can give another value.
func Roles() []string { return slices.Clone(roles) }

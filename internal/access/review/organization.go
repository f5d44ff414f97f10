package review

import (
	"cmp"
	"strings"
	"time"
	"unicode"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An Organization is what a review looks at. Whoever fills it names principals by
// any reference that fits one: by natural key, by id, or as "unknown:UUID".
type Organization struct {
	// Principals are the users, CI users and groups.
	Principals []Principal
	// PrincipalsIncomplete is true where there may be more of them. A user who is
	// named on a list and not here is then taken to exist and to be active; and
	// rules that count the principals of the organization do not fire.
	PrincipalsIncomplete bool
	// Members are the direct members of each group. Of a group that is not in it,
	// the members are not known.
	Members  map[access.Reference]Entries
	Projects []Project
}

// A Principal is a user, a CI user or a group, with the dates that few servers
// tell. A nil date is unknown.
type Principal struct {
	access.Principal
	// InvitationExpires is when the invitation of an invited user runs out.
	InvitationExpires *time.Time
	// TokenGenerated is when the API token was generated.
	TokenGenerated *time.Time
}

// Entries are the direct entries of an access list, or the members of a group. The
// zero value is a list that is known to be empty.
type Entries struct {
	References []access.Reference
	// Incomplete is true where there may be more entries than these, such as
	// those that a plan does not know yet. Rules about who is missing from the
	// list then do not fire.
	Incomplete bool
}

// EntriesOf returns a list that is known to hold these, and nobody else.
func EntriesOf(references ...access.Reference) Entries { return Entries{References: references} }

// A Project has two access lists and signing policies.
type Project struct {
	Slug string
	// Active is nil where it is unknown.
	Active          *bool
	Readers         Entries
	Configurators   Entries
	SigningPolicies []SigningPolicy
}

// A SigningPolicy has two access lists and settings. A nil setting is unknown.
type SigningPolicy struct {
	Slug, Name string
	// Purpose is SignPath's word for what the policy is for; empty if unknown.
	Purpose    string
	Submitters Entries
	Approvers  Entries

	Active                     *bool
	UsesApprovalProcess        *bool
	RequiredApprovals          *int64
	VerifiesTrustedBuildSystem *bool
	VerifiesOrigin             *bool
}

// A Place is where a permission holds: in a signing policy, in a project with all
// its signing policies, or, as the zero value, in the whole organization.
type Place struct{ Project, SigningPolicy string }

// String spells the place as import ids do.
func (p Place) String() string {
	switch {
	case p.Project == "":
		return "the organization"
	case p.SigningPolicy == "":
		return p.Project
	}
	return access.PolicyPath{Project: p.Project, SigningPolicy: p.SigningPolicy}.String()
}

// Contains tells whether the other place is this one or inside it.
func (p Place) Contains(other Place) bool {
	return (p.Project == "" || p.Project == other.Project) &&
		(p.SigningPolicy == "" || p.SigningPolicy == other.SigningPolicy)
}

// enclosing returns the places that contain this one, the widest first and this one
// last.
func (p Place) enclosing() []Place {
	all := []Place{{}, {Project: p.Project}, p}
	return append(all[:p.extent():p.extent()], p)
}

func (p Place) extent() extent {
	switch {
	case p.Project == "":
		return ofOrganization
	case p.SigningPolicy == "":
		return ofProject
	}
	return ofSigningPolicy
}

func comparePlaces(a, b Place) int {
	return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.SigningPolicy, b.SigningPolicy))
}

// An extent is the size of a place. The wider one is the smaller number.
type extent int

const (
	ofOrganization extent = iota
	ofProject
	ofSigningPolicy
)

func is(setting *bool) bool    { return setting != nil && *setting }
func isNot(setting *bool) bool { return setting != nil && !*setting }

// verifiesTrustedBuildSystem is true as well where origins are verified, which
// requires it (documented: projects page).
func (p SigningPolicy) verifiesTrustedBuildSystem() bool {
	return is(p.VerifiesTrustedBuildSystem) || is(p.VerifiesOrigin)
}

// isForRelease tells whether the policy's name or purpose says that it signs what
// is shipped. SignPath has no closed list of purposes, and its documentation calls
// the two usual policies test-signing and release-signing.
func (p SigningPolicy) isForRelease() bool { return p.saysWord("release") }

// isForTest is false for a policy that claims both.
func (p SigningPolicy) isForTest() bool { return p.saysWord("test") && !p.isForRelease() }

func (p SigningPolicy) saysWord(word string) bool {
	for _, text := range []string{p.Slug, p.Name, p.Purpose} {
		for _, found := range words(text) {
			if found == word || found == word+"s" {
				return true
			}
		}
	}
	return false
}

// words splits "ReleaseSigning", "release-signing" and "Release_Signing" alike, and
// leaves "latest" and "unreleased" whole.
func words(text string) []string {
	var found []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			found = append(found, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	lower := false
	for _, r := range text {
		if !unicode.IsLetter(r) || lower && unicode.IsUpper(r) {
			flush()
		}
		if unicode.IsLetter(r) {
			word.WriteRune(r)
		}
		lower = unicode.IsLower(r)
	}
	flush()
	return found
}

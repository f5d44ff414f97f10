package vocabulary

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Project are the settings of a project. What is nil is unknown.
type Project struct {
	Active *bool
}

// SigningPolicy are the settings of a signing policy. What is nil is unknown.
type SigningPolicy struct {
	Slug, Name string
	// Purpose is SignPath's word for what the policy is for; empty if unknown.
	Purpose string

	Active                     *bool
	UsesApprovalProcess        *bool
	RequiredApprovals          *int64
	VerifiesTrustedBuildSystem *bool
	VerifiesOrigin             *bool
}

// policySettings are those that the data source of a signing policy tells.
func policySettings(a access.Attributes) any {
	return SigningPolicy{
		Name: a.Text("name"), Purpose: a.Text("purpose"), Active: a.Boolean("active"),
		UsesApprovalProcess:        a.Boolean("uses_approval_process"),
		RequiredApprovals:          a.Integer("required_approvals"),
		VerifiesTrustedBuildSystem: a.Boolean("verifies_trusted_build_system"),
		VerifiesOrigin:             a.Boolean("verifies_origin"),
	}
}

// policyNotes say what a signing policy is for, and how many have to look.
func policyNotes(place access.Place, settings any) access.PlaceNotes {
	p, _ := settings.(SigningPolicy)
	p.Slug = place.Slug(1)
	var notes access.PlaceNotes
	switch {
	case p.IsForRelease():
		notes = access.PlaceNotes{Noun: "release policy", Plural: "release policies", Grave: true}
	case p.IsForTest():
		notes = access.PlaceNotes{Noun: "test policy", Plural: "test policies"}
	}
	switch {
	case isNot(p.UsesApprovalProcess):
		notes.Requires = "no approval process"
	case is(p.UsesApprovalProcess) && p.RequiredApprovals != nil && *p.RequiredApprovals == 1:
		notes.Requires = "1 approval required"
	case is(p.UsesApprovalProcess) && p.RequiredApprovals != nil:
		notes.Requires = fmt.Sprintf("%d approvals required", *p.RequiredApprovals)
	}
	return notes
}

func is(setting *bool) bool    { return setting != nil && *setting }
func isNot(setting *bool) bool { return setting != nil && !*setting }

// verifiesTrustedBuildSystem is true as well where origins are verified, which
// requires it (documented: projects page).
func (p SigningPolicy) verifiesTrustedBuildSystem() bool {
	return is(p.VerifiesTrustedBuildSystem) || is(p.VerifiesOrigin)
}

// IsForRelease tells whether the policy's name or purpose says that it signs what
// is shipped. SignPath has no closed list of purposes, and its documentation calls
// the two usual policies test-signing and release-signing.
func (p SigningPolicy) IsForRelease() bool { return p.saysWord("release") }

// GuardsReleases tells whether somebody has to agree to what the policy signs, or it signs
// what is shipped.
func (p SigningPolicy) GuardsReleases() bool { return is(p.UsesApprovalProcess) || p.IsForRelease() }

// IsForTest is false for a policy that claims both.
func (p SigningPolicy) IsForTest() bool { return p.saysWord("test") && !p.IsForRelease() }

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

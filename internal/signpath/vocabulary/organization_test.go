package vocabulary_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

// ref reads a reference such as "user:dev@example.com", or "unknown:UUID".
func ref(text string) access.Reference {
	reference, err := access.ParseEntry(text)
	if err != nil {
		panic(err)
	}
	return reference
}

func entries(texts ...string) review.Entries {
	var list review.Entries
	for _, text := range texts {
		list.References = append(list.References, ref(text))
	}
	return list
}

// principal is an active Regular User, CI user or group.
func principal(text string) review.Principal {
	reference := ref(text)
	p := review.Principal{Principal: access.Principal{Kind: reference.Kind, Name: reference.Key, Active: true, Role: vocabulary.RoleRegularUser}}
	switch reference.Kind {
	case access.KindUser:
		p.Email = reference.Key
	case access.KindGroup:
		p.Role = ""
	}
	return p
}

func ptr[T any](value T) *T { return &value }

// A draft is an organization that a test still changes.
type draft struct {
	review.Organization
	Projects []vocabularytest.Project
}

func (d *draft) organization() review.Organization {
	return vocabularytest.With(d.Organization, d.Projects...)
}

// An orgEdit changes an organization for one test.
type orgEdit func(*draft)

// soundOrganization has no finding. Its release policy is approved by two of the
// three Release Managers, who are in a group.
func soundOrganization(edits ...orgEdit) review.Organization {
	d := soundDraft(edits...)
	return d.organization()
}

func soundDraft(edits ...orgEdit) draft {
	org := draft{}
	org.Organization = review.Organization{
		Members: map[access.Reference]review.Entries{
			ref("group:Developers"):       entries("user:dev@example.com"),
			ref("group:Release Managers"): entries("user:lead@example.com", "user:manager@example.com", "user:officer@example.com"),
			ref("group:Outer"):            entries("group:Inner", "user:dev@example.com"),
			ref("group:Inner"):            entries("user:dev@example.com"),
		},
	}
	org.Projects = []vocabularytest.Project{{
		Slug:          "acme",
		Readers:       entries("group:Developers"),
		Configurators: entries("user:dev@example.com"),
		SigningPolicies: []vocabularytest.SigningPolicy{
			{
				Submitters: entries("ci_user:acme-release"), Approvers: entries("group:Release Managers"), SigningPolicy: vocabulary.SigningPolicy{
					Slug: "release-signing", UsesApprovalProcess: ptr(true), RequiredApprovals: ptr(int64(2)),
					VerifiesTrustedBuildSystem: ptr(true), VerifiesOrigin: ptr(false),
				},
			},
			{
				Submitters: entries("ci_user:acme-test", "user:dev@example.com"), SigningPolicy: vocabulary.SigningPolicy{
					Slug: "test-signing", UsesApprovalProcess: ptr(false), RequiredApprovals: ptr(int64(0)),
					VerifiesTrustedBuildSystem: ptr(false), VerifiesOrigin: ptr(false),
				},
			},
		},
	}}
	for _, text := range []string{
		"user:owner@example.com", "user:deputy@example.com", "user:dev@example.com", "user:lead@example.com", "user:manager@example.com",
		"user:officer@example.com", "ci_user:acme-release", "ci_user:acme-test",
		"group:Developers", "group:Release Managers", "group:Outer", "group:Inner",
	} {
		org.Principals = append(org.Principals, principal(text))
	}
	for _, text := range []string{"user:owner@example.com", "user:deputy@example.com"} {
		account(&org.Organization, text).Role = vocabulary.RoleGlobalAdministrator
	}
	for _, edit := range edits {
		edit(&org)
	}
	return org
}

// account finds a principal, to change it.
func account(org *review.Organization, text string) *review.Principal {
	for i := range org.Principals {
		if org.Principals[i].Reference().Same(ref(text)) {
			return &org.Principals[i]
		}
	}
	panic("nobody is " + text)
}

// The signing policies of the organization.
func release(org *draft) *vocabularytest.SigningPolicy {
	return &org.Projects[0].SigningPolicies[0]
}

func test(org *draft) *vocabularytest.SigningPolicy {
	return &org.Projects[0].SigningPolicies[1]
}

func grant(list func(*draft) *review.Entries, texts ...string) orgEdit {
	return func(org *draft) {
		entries := list(org)
		for _, text := range texts {
			entries.References = append(entries.References, ref(text))
		}
	}
}

// throughGroups puts the principals on the list by group:Outer, which holds
// group:Inner, which holds them and nobody else.
func throughGroups(list func(*draft) *review.Entries, texts ...string) orgEdit {
	return func(org *draft) {
		grant(list, "group:Outer")(org)
		org.Members[ref("group:Outer")] = entries("group:Inner")
		org.Members[ref("group:Inner")] = entries(texts...)
	}
}

func releaseSubmitters(org *draft) *review.Entries { return &release(org).Submitters }
func releaseApprovers(org *draft) *review.Entries  { return &release(org).Approvers }
func testSubmitters(org *draft) *review.Entries    { return &test(org).Submitters }
func configurators(org *draft) *review.Entries     { return &org.Projects[0].Configurators }
func readers(org *draft) *review.Entries           { return &org.Projects[0].Readers }

func deactivated(text string) orgEdit {
	return func(org *draft) { account(&org.Organization, text).Active = false }
}

func invited(text string) orgEdit {
	return func(org *draft) { account(&org.Organization, text).Invited = true }
}

func role(text string, role access.Role) orgEdit {
	return func(org *draft) { account(&org.Organization, text).Role = role }
}

func TestPlace(t *testing.T) {
	organization, project, policy := access.Place{}, access.PlaceOf("acme"), access.PlaceOf("acme", "release-signing")
	other := access.PlaceOf("beta", "release-signing")
	for place, text := range map[access.Place]string{organization: "the organization", project: "acme", policy: "acme/release-signing"} {
		if place.String() != text || !place.Contains(place) || !organization.Contains(place) {
			t.Errorf("%q should be %q, contain itself and be in the organization", place, text)
		}
	}
	if !project.Contains(policy) || policy.Contains(project) || project.Contains(other) || policy.Contains(other) || project.Contains(organization) {
		t.Error("a project contains its own signing policies, and nothing else does")
	}
}

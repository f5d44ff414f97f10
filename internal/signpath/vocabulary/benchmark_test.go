package vocabulary_test

import (
	"fmt"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

// largeOrganization has 200 principals and 90 signing policies in 30 projects. Every
// list holds a group of three groups, in which are 36 users.
func largeOrganization() review.Organization {
	org := draft{Organization: review.Organization{Members: map[access.Reference]review.Entries{}}}
	var users []string
	for n := range 180 {
		users = append(users, fmt.Sprintf("user:user-%03d@example.com", n))
	}
	for _, text := range users {
		org.Principals = append(org.Principals, principal(text))
	}
	for n := range 15 {
		text := fmt.Sprintf("group:Team %02d", n)
		org.Principals = append(org.Principals, principal(text))
		org.Members[ref(text)] = entries(users[n*12 : n*12+12]...)
	}
	for n := range 5 {
		text := fmt.Sprintf("group:Division %d", n)
		org.Principals = append(org.Principals, principal(text))
		var teams []string
		for team := range 3 {
			teams = append(teams, fmt.Sprintf("group:Team %02d", n*3+team))
		}
		org.Members[ref(text)] = entries(teams...)
	}
	for n := range 30 {
		project := vocabularytest.Project{
			Slug:    fmt.Sprintf("project-%02d", n),
			Readers: entries(fmt.Sprintf("group:Division %d", n%5)), Configurators: entries(fmt.Sprintf("group:Division %d", (n+1)%5)),
		}
		for _, slug := range []string{"test-signing", "release-signing", "manual-signing"} {
			project.SigningPolicies = append(project.SigningPolicies, vocabularytest.SigningPolicy{
				SigningPolicy: vocabulary.SigningPolicy{
					Slug: slug, UsesApprovalProcess: ptr(true), RequiredApprovals: ptr(int64(2)), VerifiesOrigin: ptr(false),
				},
				Submitters: entries(fmt.Sprintf("group:Division %d", n%5)), Approvers: entries(fmt.Sprintf("group:Division %d", (n+2)%5)),
			})
		}
		org.Projects = append(org.Projects, project)
	}
	return org.organization()
}

func BenchmarkEffective(b *testing.B) {
	org := largeOrganization()
	rows := 0
	for b.Loop() {
		rows = len(review.Effective(org))
	}
	b.ReportMetric(float64(rows), "accesses")
}

func BenchmarkReview(b *testing.B) {
	org := largeOrganization()
	for b.Loop() {
		if _, err := review.Review(org, review.Rulebook{Catalogue: vocabulary.Rules, Now: now}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChanges(b *testing.B) {
	before, after := largeOrganization(), largeOrganization()
	after.Members[ref("group:Team 03")] = entries("user:user-000@example.com")
	for b.Loop() {
		review.Changes(before, after)
	}
}

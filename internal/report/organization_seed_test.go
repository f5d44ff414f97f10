package report_test

import (
	"slices"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

const (
	// token is that of a Global Reader, and leadToken that of a Regular User who is
	// on lists of one project.
	token     = "cmVwb3J0LXRva2VuLW9mLWEtdGVzdC0wMDAwMDAwMDA="
	leadToken = "bGVhZC10b2tlbi1vZi1hLXRlc3QtMDAwMDAwMDAwMDA="

	// script is a CI user whose name must not run, compute or break a table.
	script = `<script>alert(1)</script>|=1+1`
	// hostile is a display name that turns text round and clears a terminal.
	hostile = "</style><img src=x onerror=alert(2)>\u202e\x1b[2J"
)

// seed is an organization with findings by direct entries (dev.lead submits and
// configures) and through nested groups (dev.lead approves as a member of Inner, in
// Outer). Two approvals are required, and one person can approve.
func seed() mock.Seed {
	return mock.Seed{
		Organization: mock.OrganizationSeed{ID: "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", Name: "Example"},
		InteractiveUsers: []mock.InteractiveUserSeed{
			{Name: "Owner", Email: "owner@example.com", Identity: "example:1", Role: mock.RoleGlobalAdministrator},
			{Name: "Deputy", Email: "deputy@example.com", Identity: "example:2", Role: mock.RoleGlobalAdministrator},
			{Name: "Lead", Email: "dev.lead@example.com", Identity: "example:3", Token: leadToken},
			{Name: hostile, Email: "invited@example.com"},
			{Name: "Left", Email: "left@example.com", Identity: "example:5", Inactive: true},
		},
		CIUsers: []mock.CIUserSeed{{Name: "auditor", Role: mock.RoleGlobalReader, Token: token}, {Name: script}},
		UserGroups: []mock.UserGroupSeed{
			{Name: "Outer", Members: []string{"group:Inner"}},
			{Name: "Inner", Members: []string{"user:dev.lead@example.com", "user:invited@example.com"}},
		},
		Projects: []mock.ProjectSeed{
			{
				Slug: "app", Name: "App", Readers: []string{"user:left@example.com"}, Configurators: []string{"user:dev.lead@example.com"},
				SigningPolicies: []mock.SigningPolicySeed{
					{
						Slug: "release-signing", Name: "Release", UseApprovalProcess: true, RequiredApprovals: 2,
						Submitters: []string{"user:dev.lead@example.com", "ci_user:" + script}, Approvers: []string{"group:Outer"},
					},
					{Slug: "test-signing", Name: "Test", Submitters: []string{"ci_user:auditor"}},
				},
			},
			{Slug: "tool", Name: "Tool", SigningPolicies: []mock.SigningPolicySeed{{Slug: "release-signing", Name: "Release"}}},
		},
	}
}

// budget is how many requests a review of the seed may take: the lists of users, CI
// users and groups, each group, project and signing policy, and two more.
const budget = 3 + 2 + 2 + 3 + 2

func shuffled() mock.Seed {
	s := seed()
	slices.Reverse(s.InteractiveUsers)
	slices.Reverse(s.CIUsers)
	slices.Reverse(s.UserGroups)
	slices.Reverse(s.UserGroups[0].Members)
	slices.Reverse(s.Projects)
	slices.Reverse(s.Projects[1].SigningPolicies)
	slices.Reverse(s.Projects[1].SigningPolicies[1].Submitters)
	return s
}

// contractMiddleware judges what is said to the mock server, and what that answers.
var contractMiddleware = contracttest.MustNew(contract.OpenAPI())

// server is a mock organization that is being served.
type server struct {
	*mock.Server
	url string
}

func start(t *testing.T, from mock.Seed, options ...mock.Option) server {
	t.Helper()
	options = append([]mock.Option{mock.WithMiddleware(contractMiddleware.Middleware(t))}, options...)
	s, err := mock.New(from, options...)
	must(t, err)
	url, stop, err := s.Start()
	must(t, err)
	t.Cleanup(stop)
	return server{s, url + "/Api"}
}

func (s server) client(t *testing.T, token string) *api.Client {
	t.Helper()
	client, err := api.New(api.Config{
		OrganizationID: s.OrganizationID(), Config: httpapi.Config{URL: s.url, Secret: token}, Mapping: mappingtest.File(t, s.Mapping()),
	})
	must(t, err)
	return client
}

func (s server) read(t *testing.T, token string) *survey.Survey {
	t.Helper()
	organization, err := survey.ReadWithCaller(t.Context(), s.client(t, token), nil)
	must(t, err)
	// The port is another one in every run.
	organization.URL = api.DefaultURL
	return organization
}

// now is when the reviews here take place.
var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func reviewed(t *testing.T, o *survey.Survey, filter review.Filter) *report.Report {
	t.Helper()
	r, err := report.New(o, review.Rulebook{Catalogue: vocabulary.Rules, Now: now}, filter)
	must(t, err)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

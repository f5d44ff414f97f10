// Package signpathtest is the bench of the tests that run the provider against a mock
// SignPath: those of the provider itself, and those of its documentation. It starts
// organizations, hands out the provider, and makes working directories for a CLI.
package signpathtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
)

// Source is where a configuration says that the provider is from.
const Source = "signpath-community/signpath"

// Providers serve the provider in the process of the test.
var Providers = ProvidersOf(provider.New("test"))

// ProvidersOf are Providers for another version of the provider.
func ProvidersOf(newProvider func() framework.Provider) *testkit.Providers {
	return testkit.NewProviders(testkit.Factories{"signpath": func() (tfprotov6.ProviderServer, error) {
		return tfkit.NewServer(newProvider()), nil
	}})
}

// InProcess is a Terraform without a CLI.
func InProcess(t *testing.T) testkit.Terraform {
	return testkit.InProcess(t, testkit.NewDriver(Providers))
}

// ByCLI is a Terraform with one.
func ByCLI(t *testing.T) *testkit.Workspace {
	t.Helper()
	return testkit.NewWorkspace(t, testkit.Factories{Source: Providers.Factories["signpath"]})
}

// An Organization is a mock SignPath organization of one test.
type Organization struct {
	*mock.Server
	// URL is that of the API, and Token that of the CI user as whom Terraform acts.
	URL, Token string
	// mapping is the file that says in what the server differs; empty if there is none.
	mapping string
}

// Start starts an organization with the demo seed, changed by the functions, and
// stops it with the test. The contract middleware stands before it.
func Start(t *testing.T, options []mock.Option, changes ...func(*mock.Seed)) *Organization {
	t.Helper()
	seed := mock.DemoSeed()
	for _, change := range changes {
		change(&seed)
	}
	server, err := mock.New(seed, append([]mock.Option{Judged(t)}, options...)...)
	testkit.Must(t, err)
	url, stop, err := server.Start()
	testkit.Must(t, err)
	t.Cleanup(stop)
	return &Organization{Server: server, URL: url + "/Api", Token: TokenOf(seed, "terraform"), mapping: mappingFile(t, server.Mapping())}
}

// mappingFile writes a mapping into a file; there is none for an empty one.
func mappingFile(t *testing.T, text string) string {
	t.Helper()
	if text == "" {
		return ""
	}
	path := filepath.Join(t.TempDir(), "signpath-api.yaml")
	testkit.Must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// contractMiddleware judges what the provider says to the mock server, and what that
// answers.
var contractMiddleware = contracttest.MustNew(contract.OpenAPI())

// Judged puts the contract between provider and mock server. Given again, with
// options, it replaces the one that every organization has.
func Judged(t *testing.T, options ...contracttest.Option) mock.Option {
	t.Helper()
	return mock.WithMiddleware(contractMiddleware.Middleware(t, options...))
}

// TokenOf is the token of a CI user of the seed.
func TokenOf(seed mock.Seed, ciUser string) string {
	for _, user := range seed.CIUsers {
		if user.Name == ciUser {
			return user.Token
		}
	}
	return ""
}

const providerBlock = "provider \"signpath\" {"

// WithoutMapping is the organization for who has no mapping of it.
func (o *Organization) WithoutMapping() *Organization {
	other := *o
	other.mapping = ""
	return &other
}

// KnownMapping is the mapping that configurations name; empty if there is none.
func (o *Organization) KnownMapping() string {
	if o.mapping == "" {
		return ""
	}
	return o.Mapping()
}

// MappingSetting is the setting of a provider block that names the mapping, unless the other
// settings do, or there is none.
func (o *Organization) MappingSetting(others string) string {
	if o.mapping == "" || strings.Contains(others, "api_mapping") {
		return ""
	}
	return fmt.Sprintf("  api_mapping = %q\n", o.mapping)
}

// Config is the configuration with what leads to the organization: in its provider
// block if it has one, and else in a block before it. The provider runs in the process
// of the test, whose environment all organizations share.
func (o *Organization) Config(hcl string) string {
	settings := fmt.Sprintf("%s\n  api_url = %q\n  organization_id = %q\n  api_token = %q\n", providerBlock, o.URL, o.OrganizationID(), o.Token)
	settings += o.MappingSetting(hcl)
	if strings.Contains(hcl, providerBlock) {
		return strings.Replace(hcl, providerBlock, settings, 1)
	}
	return settings + "}\n" + hcl
}

// ExpectPlan expects what a plan does, and nothing that WithoutWarnings refuses.
func ExpectPlan(t *testing.T, planned testkit.Result, want testkit.Summary) {
	t.Helper()
	WithoutWarnings(t, planned)
	if planned.Summary != want || planned.Changes != (want != testkit.Summary{}) {
		t.Fatalf("the plan is %+v, want %+v: %s", planned.Summary, want, planned)
	}
}

// WithoutWarnings expects a plan that does not fail, and that warns of nothing but
// that a list changes, and that whom it invites has not accepted yet.
func WithoutWarnings(t *testing.T, planned testkit.Result) {
	t.Helper()
	if planned.Err != nil {
		t.Fatalf("the plan fails: %s", planned)
	}
	for _, d := range planned.Diagnostics {
		isMeant := strings.HasPrefix(d.Summary, "Who gains ") || strings.HasPrefix(d.Summary, "Guardrail invited-entry")
		if !isMeant && !strings.Contains(d.Summary, "development overrides") {
			t.Errorf("the plan says: %s", d)
		}
	}
}

// WithAnyone adds to the demo organization who and what cannot be managed, and
// fills its lists.
func WithAnyone(seed *mock.Seed) {
	seed.InteractiveUsers = append(seed.InteractiveUsers,
		mock.InteractiveUserSeed{Name: "Support", Email: "support@example.com", Role: mock.RoleGlobalAdministrator, Support: true},
		mock.InteractiveUserSeed{Name: "Former Auditor", Email: "former.auditor@example.com", Role: mock.RoleGlobalReader, Inactive: true},
		mock.InteractiveUserSeed{Name: "Synchronized Reader", Email: "sync.reader@example.com", Role: mock.RoleGlobalReader, Synchronized: true},
	)
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "build"}, mock.CIUserSeed{Name: "twin"}, mock.CIUserSeed{Name: "twin", Inactive: true})
	seed.UserGroups[1].Members = []string{"user:release.manager@example.com", "user:sync.user@example.com", "group:Directory Engineers"}
	seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "Empty"})
	a, b := &seed.Projects[0], &seed.Projects[1]
	a.Readers = []string{"user:qa.lead@example.com", "user:sync.user@example.com"}
	a.SigningPolicies[1].Submitters = []string{"ci_user:build"}
	a.SigningPolicies[1].Approvers = []string{"user:security.officer@example.com", "group:Release Managers"}
	b.SigningPolicies[0].Approvers = []string{"user:dev.lead@example.com"}
	b.SigningPolicies[1].Approvers = []string{"user:security.officer@example.com"}
}

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselineprovider/providertest"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/provider"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
)

var openAPI = contracttest.MustNew(contract.OpenAPI())

const (
	demoKey = "skv2_development_11111111-2222-3333-4444-555555555555_MockOnlyDemoKeyOfDevelopmentD3V1"
	oldKey  = "sk_development_MockOnlyDemoOldKey0LDk"

	invitations = "*/users-invitations"
)

// An application is a mock server of IgniSign and a working directory whose configuration asks it.
type application struct {
	*mock.Server
	*mock.Console
	testkit.Terraform
	t    *testing.T
	root string
	// block are further settings of the provider block.
	block string
}

// startApplication starts the demo in a dialect, with the contract before it.
func startApplication(t *testing.T, dialect string) *application {
	t.Helper()
	for _, variable := range api.Service.Environment {
		t.Setenv(variable, "")
	}
	return startQuietly(t, dialect)
}

// startQuietly is the same for tests that run beside each other, and so leave the environment as it is.
func startQuietly(t *testing.T, dialect string) *application {
	t.Helper()
	parsed, err := mock.ParseDialect(dialect)
	testkit.Must(t, err)
	server, err := mock.New(mock.DemoSeed(), mock.WithDialect(parsed), mock.WithMiddleware(openAPI.Middleware(t)))
	testkit.Must(t, err)
	root, stop, err := server.Start()
	testkit.Must(t, err)
	t.Cleanup(stop)
	site := providertest.InProcess(t, "ignisign", provider.NewServer, "2026-11-20")
	return &application{Server: server, Console: server.Console(), Terraform: site, t: t, root: root}
}

// with sets further settings of the provider block.
func (a *application) with(block string) *application {
	a.block = block
	return a
}

// configure writes a configuration with the provider block.
func (a *application) configure(resources string) *application {
	a.Write("main.tf", a.configuration(resources))
	return a
}

// configuration is one with the provider block.
func (a *application) configuration(resources string) string {
	block := a.block
	if !strings.Contains(block, "app_secret") && !strings.Contains(block, "api_key") {
		block += fmt.Sprintf("\n  api_key = %q", demoKey)
	}
	return fmt.Sprintf("provider \"ignisign\" {\n  api_url = %q\n  retry_timeout_seconds = 5\n%s\n}\n%s", a.root, block, resources)
}

// invitation is the resource "one", or of another name.
func invitation(email, roles, more string) string { return invitationNamed("one", email, roles, more) }

func invitationNamed(name, email, roles, more string) string {
	return fmt.Sprintf("resource \"ignisign_application_invitation\" %q {\n  email = %q\n  roles = %s\n  %s\n}\n", name, email, roles, more)
}

// plan plans, and expects what it counts and phrases in what it says.
func (a *application) plan(add, change, remove int, phrases ...string) testkit.Result {
	a.t.Helper()
	planned := a.Plan(testkit.Options{})
	if planned.Err != nil {
		a.t.Fatalf("the plan fails: %s", planned)
	}
	if want := (testkit.Summary{Add: add, Change: change, Remove: remove}); planned.Summary != want {
		a.t.Errorf("the plan counts %+v, want %+v: %s", planned.Summary, want, planned)
	}
	a.expectSaid(planned, phrases...)
	return planned
}

func (a *application) expectSaid(result testkit.Result, phrases ...string) {
	a.t.Helper()
	for _, phrase := range phrases {
		if !testkit.Says(phrase).MatchString(result.Said) {
			a.t.Errorf("it does not say %q: %s", phrase, result)
		}
	}
}

// planFails and applyFails expect an error with phrases.
func (a *application) planFails(phrases ...string) {
	a.t.Helper()
	a.expectFailure(a.Plan(testkit.Options{}), phrases...)
}

func (a *application) applyFails(phrases ...string) {
	a.t.Helper()
	a.expectFailure(a.Apply(testkit.Options{}), phrases...)
}

func (a *application) expectFailure(result testkit.Result, phrases ...string) {
	a.t.Helper()
	if result.Err == nil {
		a.t.Fatalf("it does not fail: %s", result)
	}
	for _, phrase := range phrases {
		if !testkit.Says(phrase).MatchString(result.Said + result.Err.Error()) {
			a.t.Errorf("it does not fail with %q: %s", phrase, result)
		}
	}
}

// apply applies, and expects that the plan after it is empty.
func (a *application) apply(phrases ...string) testkit.Result {
	a.t.Helper()
	applied := a.Apply(testkit.Options{})
	if applied.Err != nil {
		a.t.Fatalf("the apply fails: %s", applied)
	}
	a.expectSaid(applied, phrases...)
	if planned := a.Plan(testkit.Options{}); planned.Err != nil || planned.Changes {
		a.t.Errorf("the plan after the apply: %s", planned)
	}
	return applied
}

// attribute is one of the resource "one"; nil if it is not in the state.
func (a *application) attribute(name string) any {
	for _, object := range a.Objects() {
		if object.Address == "ignisign_application_invitation.one" {
			return object.Values[name]
		}
	}
	return nil
}

func (a *application) is(name string, want any) {
	a.t.Helper()
	if got := a.attribute(name); got != want {
		a.t.Errorf("%s is %v, want %v", name, got, want)
	}
}

// expectMails expects how many mails an address got.
func (a *application) expectMails(email string, want int) {
	a.t.Helper()
	count := 0
	for _, mail := range a.Mails() {
		if strings.EqualFold(mail.To, email) {
			count++
		}
	}
	if count != want {
		a.t.Errorf("%s got %d mails, want %d", email, count, want)
	}
}

// record is the last record of an address at the server.
func (a *application) record(email string) (last mock.Invitation) {
	for _, invitation := range a.Invitations() {
		if strings.EqualFold(invitation.Email, email) {
			last = invitation
		}
	}
	return last
}

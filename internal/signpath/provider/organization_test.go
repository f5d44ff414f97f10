package provider_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider"
)

// organization is a mock SignPath organization of one test, and the provider
// configuration for it.
type organization struct {
	*mock.Server
	t     *testing.T
	url   string
	token string
}

// newOrganization starts an organization with the demo seed, changed by the
// functions, and stops it with the test.
func newOrganization(t *testing.T, changes ...func(*mock.Seed)) *organization {
	t.Helper()
	return newOrganizationWith(t, nil, changes...)
}

// newOrganizationIn is newOrganization for a server of the dialect.
func newOrganizationIn(t *testing.T, dialect mock.Dialect, changes ...func(*mock.Seed)) *organization {
	t.Helper()
	return newOrganizationWith(t, []mock.Option{mock.WithDialect(dialect), judgedIn(t, dialect)}, changes...)
}

// newOrganizationWith is newOrganization for a server with options.
func newOrganizationWith(t *testing.T, options []mock.Option, changes ...func(*mock.Seed)) *organization {
	t.Helper()
	seed := mock.DemoSeed()
	for _, change := range changes {
		change(&seed)
	}
	server, err := mock.New(seed, append([]mock.Option{judged(t)}, options...)...)
	must(t, err)
	url, stop, err := server.Start()
	must(t, err)
	t.Cleanup(stop)
	return &organization{Server: server, t: t, url: url + "/Api", token: tokenOf(seed, "terraform")}
}

// contractMiddleware judges what the provider says to the mock server, and what that
// answers.
var contractMiddleware = contracttest.MustNew(contract.OpenAPI())

// judgedIn is judged for a server of the dialect: it may have names that only its
// own document has.
func judgedIn(t *testing.T, dialect mock.Dialect) mock.Option {
	t.Helper()
	if dialect.NeedsDocument() {
		return judged(t, contracttest.ByServedDocument("/Api/swagger/v1/swagger.json", "this dialect has other names"))
	}
	return judged(t)
}

// judged puts the contract between provider and mock server. Given again, with
// options, it replaces the one that every organization has.
func judged(t *testing.T, options ...contracttest.Option) mock.Option {
	t.Helper()
	return mock.WithMiddleware(contractMiddleware.Middleware(t, options...))
}

func tokenOf(seed mock.Seed, ciUser string) string {
	for _, user := range seed.CIUsers {
		if user.Name == ciUser {
			return user.Token
		}
	}
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// config puts the provider block of the organization before the configuration.
func (o *organization) config(hcl string) string { return o.configAs(o.token, hcl) }

// configAs is config with another token.
func (o *organization) configAs(token, hcl string) string {
	return fmt.Sprintf("provider \"signpath\" {\n  api_url = %q\n  organization_id = %q\n  api_token = %q\n}\n%s",
		o.url, o.OrganizationID(), token, hcl)
}

// behindTerraform makes changes as an administrator would in the web
// application.
func (o *organization) behindTerraform(changes ...func(*mock.Administrator) error) func() {
	return func() {
		o.t.Helper()
		for _, change := range changes {
			must(o.t, change(o.Administrator("user:org.admin@example.com")))
		}
	}
}

// inject makes requests go wrong.
func (o *organization) inject(fault mock.Fault) {
	o.t.Helper()
	must(o.t, o.Inject(fault))
}

// userIs checks a user of the organization.
func (o *organization) userIs(reference string, check func(mock.UserState) error) resource.TestCheckFunc {
	return func(*terraform.State) error {
		user, err := o.User(reference)
		if err != nil {
			return err
		}
		return check(user)
	}
}

// membersAre checks an access list; the owner is "project:SLUG" or
// "policy:PROJECT/POLICY".
func (o *organization) membersAre(owner, list string, want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		got, err := o.Members(owner, list)
		if err != nil {
			return err
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			return fmt.Errorf("%s of %s are [%s], want [%s]", list, owner, strings.Join(got, " "), strings.Join(want, " "))
		}
		return nil
	}
}

// requestsAre checks how many requests that fit the pattern arrived.
func (o *organization) requestsAre(pattern string, want int) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if got := o.CountRequests(pattern); got != want {
			return fmt.Errorf("%d requests %q, want %d", got, pattern, want)
		}
		return nil
	}
}

// all joins checks of the organization for the end of a test.
func all(checks ...resource.TestCheckFunc) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		var errs []error
		for _, check := range checks {
			errs = append(errs, check(state))
		}
		return errors.Join(errs...)
	}
}

// signpathProviders serves the provider in the test's process.
var signpathProviders = providersOf(provider.New("test"))

func providersOf(newProvider func() framework.Provider) *testkit.Providers {
	return testkit.NewProviders(testkit.Factories{"signpath": func() (tfprotov6.ProviderServer, error) {
		return providerserver.NewProtocol6WithError(newProvider())()
	}})
}

// run takes the steps in process, in parallel with other tests.
func (o *organization) run(destroyed resource.TestCheckFunc, steps ...resource.TestStep) {
	o.t.Helper()
	o.t.Parallel()
	o.runOn(signpathProviders, destroyed, steps...)
}

// runOn is run with other providers, and by itself.
func (o *organization) runOn(providers *testkit.Providers, destroyed resource.TestCheckFunc, steps ...resource.TestStep) {
	o.t.Helper()
	testkit.NewDriver(providers).Run(o.t, destroyed, steps...)
}

// unchangedSince fails the test if the organization is not as it was.
func (o *organization) unchangedSince(before mock.Seed) {
	o.t.Helper()
	must(o.t, sameSeed(before, o.Snapshot()))
}

func sameSeed(before, after mock.Seed) error {
	want, err := json.Marshal(before)
	if err != nil {
		return err
	}
	got, err := json.Marshal(after)
	if err != nil {
		return err
	}
	if string(got) != string(want) {
		return fmt.Errorf("the organization was changed:\n%s\nwas\n%s", got, want)
	}
	return nil
}

// says matches an error in which the phrases occur in this order. Terraform
// breaks lines anywhere, so white space matches any.
func says(phrases ...string) *regexp.Regexp {
	patterns := make([]string, len(phrases))
	for i, phrase := range phrases {
		patterns[i] = strings.ReplaceAll(regexp.QuoteMeta(phrase), " ", `\s+`)
	}
	return regexp.MustCompile("(?s)" + strings.Join(patterns, ".*"))
}

// skipBelow skips the test on a CLI that has not got what it shows.
func skipBelow(t *testing.T, minimum *version.Version) {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), testkit.CLIPath(t), "version", "-json").Output()
	must(t, err)
	var cli struct {
		Version string `json:"terraform_version"`
	}
	must(t, json.Unmarshal(output, &cli))
	current, err := version.NewVersion(cli.Version)
	must(t, err)
	if current.LessThan(minimum) {
		t.Skipf("needs Terraform %s, this is %s", minimum, current)
	}
}

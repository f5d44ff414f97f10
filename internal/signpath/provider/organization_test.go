package provider_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// organization is a mock SignPath organization of one test, with what the tests of the
// provider ask of it.
type organization struct {
	*signpathtest.Organization
	t *testing.T
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
	return &organization{signpathtest.Start(t, options, changes...), t}
}

// unmapped is the organization for who has no mapping of it.
func (o *organization) unmapped() *organization {
	other := *o
	other.Organization = o.WithoutMapping()
	return &other
}

// judgedIn lets the contract middleware judge a server of the dialect: it may have
// names that only its own document has.
func judgedIn(t *testing.T, dialect mock.Dialect) mock.Option {
	t.Helper()
	switch {
	case !dialect.NeedsDocument() && !dialect.IsHostile():
		return signpathtest.Judged(t)
	case dialect.Version != "":
		return signpathtest.Judged(t, contracttest.Unwatched("an old server is asked for what it lacks"))
	case dialect.IsDescribed():
		return signpathtest.Judged(t, contracttest.ByServedDocument("/Api/swagger/v1/swagger.json", "this dialect has other names"))
	}
	return signpathtest.Judged(t, contracttest.Unwatched("this dialect has other names, and nothing that describes it"))
}

// These two are everywhere.
var must, says = testkit.Must, testkit.Says

// config puts what leads to the organization into the configuration.
func (o *organization) config(hcl string) string { return o.Config(hcl) }

// configAs is config with another token.
func (o *organization) configAs(token, hcl string) string {
	as := *o.Organization
	as.Token = token
	return as.Config(hcl)
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

// run takes the steps in process, in parallel with other tests.
func (o *organization) run(destroyed resource.TestCheckFunc, steps ...resource.TestStep) {
	o.t.Helper()
	o.t.Parallel()
	o.runOn(signpathtest.Providers, destroyed, steps...)
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

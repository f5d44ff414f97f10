package provider_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// TestAnotherOrganization lets a state of every type, and saved plans of it, meet the
// provider of another organization, in which the people and the slugs are the same.
func TestAnotherOrganization(t *testing.T) {
	t.Parallel()
	org, other := newOrganization(t), otherOrganization(t)
	before := other.Snapshot()
	made := testkit.NewDriver(signpathtest.Providers)
	config := org.config(everyType)
	creates, err := made.Plan(config, testkit.Options{})
	must(t, err)
	_, err = made.ApplyPlan(creates)
	must(t, err)

	t.Run("a state", func(t *testing.T) {
		// Without blocks, each object is looked at, also after errors of others.
		nothing := org.config("")
		for name, c := range map[string]struct {
			config  string
			options testkit.Options
		}{
			"plan":                              {config, testkit.Options{}},
			"refresh":                           {nothing, testkit.Options{RefreshOnly: true}},
			"plan of orphans":                   {nothing, testkit.Options{}},
			"plan of orphans without a refresh": {nothing, testkit.Options{NoRefresh: true}},
			"destroy":                           {config, testkit.Options{Destroy: true}},
			"destroy without a refresh":         {config, testkit.Options{Destroy: true, NoRefresh: true}},
		} {
			t.Run(name, func(t *testing.T) {
				d := made.Fork()
				d.Providers = other.elsewhere()
				run, err := d.Apply(c.config, c.options)
				if err == nil || run.Applied || !d.State.Equal(made.State) {
					t.Errorf("it is not refused (%v), or the state changed", err)
				}
				for _, address := range made.State.Addresses() {
					depends := c.config == config && !c.options.NoRefresh
					told := says("Another organization", address, org.OrganizationID(), other.OrganizationID())
					if !depends && !told.MatchString(run.Said.String()) {
						t.Errorf("nothing is said of %s", address)
					}
				}
				other.unchangedSince(before)
			})
		}
	})
	t.Run("an import", func(t *testing.T) {
		d := testkit.NewDriver(signpathtest.Providers)
		_, err := d.Import(config, "signpath_role_assignment.user", "user:new.approver@example.com")
		must(t, err)
		if id, _ := d.State.Attribute("signpath_role_assignment.user", "organization_id"); id.AsString() != org.OrganizationID() {
			t.Errorf("it is of organization %s", id.AsString())
		}
		d.Providers = other.elsewhere()
		if run, err := d.Apply(config, testkit.Options{RefreshOnly: true}); err == nil || !says("Another organization").MatchString(run.Said.String()) {
			t.Errorf("it is not refused: %s", run.Said)
		}
	})
	t.Run("a saved plan", func(t *testing.T) {
		updates := strings.NewReplacer(`"New Approver"`, `"Approver"`, `"GlobalReader"`, `"UserAdministrator"`, `["user:qa.lead@example.com"]`, `[]`).Replace(config)
		for name, c := range map[string]struct {
			of      *testkit.Driver
			config  string
			options testkit.Options
			want    string
		}{
			"creates":  {testkit.NewDriver(signpathtest.Providers), config, testkit.Options{}, inconsistent},
			"updates":  {made.Fork(), updates, testkit.Options{}, "Another organization"},
			"destroys": {made.Fork(), config, testkit.Options{Destroy: true}, "Another organization"},
			"replaces": {made.Fork(), config, testkit.Options{Replace: made.State.Addresses()}, "Another organization"},
		} {
			t.Run(name, func(t *testing.T) {
				if name == "creates" { // They were planned before there was anything.
					c.of.State = testkit.NewDriver(nil).State
				}
				plan := creates
				if name != "creates" {
					plan, err = c.of.Plan(c.config, c.options)
					must(t, err)
				}
				c.of.Providers = other.elsewhere()
				if said, err := c.of.ApplyPlan(plan); err == nil || !says(c.want).MatchString(said.String()) {
					t.Errorf("the apply says: %s (%v)", said, err)
				}
				other.unchangedSince(before)
				if writes := other.CountRequests("POST *") + other.CountRequests("PUT *"); writes > 0 {
					t.Errorf("%d writes were sent", writes)
				}
			})
		}
	})
}

// forgetful is a provider that keeps in no state of which organization it is, as before
// it did.
type forgetful struct{ tfprotov6.ProviderServer }

func (f forgetful) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := f.ProviderServer.ReadResource(ctx, req)
	if err != nil {
		return nil, err
	}
	schemas, err := f.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	ty := schemas.ResourceSchemas[req.TypeName].ValueType()
	value, err := resp.NewState.Unmarshal(ty)
	if err != nil {
		return nil, err
	}
	attributes := map[string]tftypes.Value{}
	if err := value.As(&attributes); err != nil {
		return nil, err
	}
	for _, name := range []string{"organization_id", "member_id", "group_id", "takes_over", "replaces_role"} {
		if _, has := attributes[name]; has {
			attributes[name] = tftypes.NewValue(tftypes.String, nil)
		}
	}
	if _, has := attributes["replaces_roles"]; has {
		attributes["replaces_roles"] = tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, nil)
	}
	for _, name := range []string{"member_ids", "removes"} {
		if _, has := attributes[name]; has {
			attributes[name] = tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, nil)
		}
	}
	state, err := tfprotov6.NewDynamicValue(ty, tftypes.NewValue(ty, attributes))
	resp.NewState, resp.Private = &state, nil
	return resp, err
}

// TestStateWithoutOrganization refreshes a state of every type from before the provider
// kept to which organization it belongs, and whom it means: the plan is empty, and the
// state has it all then.
func TestStateWithoutOrganization(t *testing.T) {
	t.Parallel()
	org, other := newOrganization(t), otherOrganization(t)
	d := testkit.NewDriver(signpathtest.Providers)
	config := org.config(everyType)
	_, err := d.Apply(config, testkit.Options{})
	must(t, err)
	d.Providers = testkit.NewProviders(testkit.Factories{"signpath": func() (tfprotov6.ProviderServer, error) {
		server, err := signpathtest.Providers.Factories["signpath"]()
		return forgetful{server}, err
	}})
	_, err = d.Apply(config, testkit.Options{RefreshOnly: true})
	must(t, err)
	d.Providers = signpathtest.Providers
	if id, _ := d.State.Attribute("signpath_user.this", "organization_id"); !id.IsNull() {
		t.Fatal("the state has the organization already")
	}

	for name, options := range map[string]testkit.Options{"with a refresh": {}, "without a refresh": {NoRefresh: true}} {
		plan, err := d.Plan(config, options)
		must(t, err)
		if plan.Count() > 0 || slices.ContainsFunc(plan.Changes, func(c *testkit.Change) bool { return c.Action != testkit.NoOp }) {
			t.Errorf("the plan %s is not empty:\n%s", name, plan)
		}
	}
	_, err = d.Apply(config, testkit.Options{})
	must(t, err)
	for _, o := range d.State.Objects() {
		if o.Values["organization_id"] != org.OrganizationID() {
			t.Errorf("%s is of organization %v", o.Address, o.Values["organization_id"])
		}
		for _, name := range []string{"member_id", "member_ids"} {
			if value, has := o.Values[name]; has && value == nil {
				t.Errorf("%s has no %s", o.Address, name)
			}
		}
	}
	d.Providers = other.elsewhere()
	if run, err := d.Apply(config, testkit.Options{}); err == nil || !says("Another organization").MatchString(run.Said.String()) {
		t.Errorf("the other organization is not refused: %s", run.Said)
	}
}

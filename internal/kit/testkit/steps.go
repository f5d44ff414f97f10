package testkit

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/zclconf/go-cty/cty"
)

// Run takes the steps of a test case of plugin-testing in process, with what
// plugin-testing itself does around them: after each configuration a plan without
// and one with a refresh are empty, and in the end everything is destroyed and
// destroyed, if it is not nil, is asked.
func (d *Driver) Run(t *testing.T, destroyed resource.TestCheckFunc, steps ...resource.TestStep) {
	t.Helper()
	applied := ""
	for i, step := range steps {
		number := fmt.Sprintf("step %d/%d", i+1, len(steps))
		if step.PreConfig != nil {
			step.PreConfig()
		}
		if step.SkipFunc != nil {
			skip, err := step.SkipFunc()
			if err != nil {
				t.Fatalf("%s: %s", number, err)
			}
			if skip {
				continue
			}
		}
		var err error
		switch {
		case step.StateStore, step.GenerateConfig, step.RefreshState, step.ConfigDirectory != nil, step.ConfigFile != nil, step.ConfigVariables != nil:
			t.Fatalf("%s: the driver does not know this kind of step; it runs on a CLI", number)
		case step.Query:
			err = d.queryStep(step)
		case step.ImportState:
			err = d.importStep(step, applied)
		default:
			err = d.configStep(step)
			if err == nil || applied == "" {
				applied = step.Config
			}
		}
		judge(t, number, step.ExpectError, err)
	}
	d.destroyAll(t, applied, steps, destroyed)
}

func judge(t *testing.T, number string, want *regexp.Regexp, err error) {
	t.Helper()
	switch {
	case want == nil && err != nil:
		t.Fatalf("%s: %s", number, err)
	case want != nil && err == nil:
		t.Fatalf("%s: expected an error but got none", number)
	case want != nil && !want.MatchString(err.Error()):
		t.Fatalf("%s: expected an error with pattern %s, got: %s", number, want, err)
	}
}

// destroyAll destroys with the last configuration, as plugin-testing does: it
// believes the state.
func (d *Driver) destroyAll(t *testing.T, applied string, steps []resource.TestStep, destroyed resource.TestCheckFunc) {
	t.Helper()
	if len(d.State.Addresses()) == 0 {
		return
	}
	for _, step := range steps {
		if step.Config != "" && !step.ImportState && !step.Query {
			applied = step.Config
		}
	}
	before := d.State.legacyState()
	if run, err := d.Apply(applied, Options{Destroy: true, NoRefresh: true}); err != nil {
		t.Fatalf("the destroy after the test: %s\n%s", err, run.Said)
	}
	if destroyed != nil {
		if err := destroyed(before); err != nil {
			t.Fatal(err)
		}
	}
}

func (d *Driver) configStep(step resource.TestStep) error {
	for _, address := range step.Taint {
		if err := d.State.Taint(address); err != nil {
			return err
		}
	}
	if !step.PlanOnly {
		if err := d.applyStep(step); err != nil {
			return err
		}
	}
	for _, options := range []Options{{NoRefresh: true, Destroy: step.Destroy}, {Destroy: step.Destroy}} {
		plan, err := d.Plan(step.Config, options)
		if err != nil {
			return err
		}
		checks := step.ConfigPlanChecks.PostApplyPostRefresh
		if options.NoRefresh {
			checks = step.ConfigPlanChecks.PostApplyPreRefresh
		}
		if err := d.checkPlan(plan, checks); err != nil {
			return err
		}
		switch empty := d.isEmpty(plan); {
		case !empty && !step.ExpectNonEmptyPlan:
			return fmt.Errorf("the plan after the apply is not empty (refreshed: %t):\n%s", !options.NoRefresh, plan)
		case empty && step.ExpectNonEmptyPlan && !options.NoRefresh:
			return errors.New("expected a plan that is not empty")
		}
	}
	return nil
}

func (d *Driver) isEmpty(plan *Plan) bool {
	if plan.Count() > 0 || slices.ContainsFunc(plan.Changes, func(c *Change) bool { return c.Action == Read }) {
		return false
	}
	for _, change := range d.JSON(plan).OutputChanges {
		if !change.Actions.NoOp() {
			return false
		}
	}
	return true
}

func (d *Driver) applyStep(step resource.TestStep) error {
	plan, err := d.Plan(step.Config, Options{Destroy: step.Destroy})
	if err != nil {
		return err
	}
	if err := d.checkPlan(plan, step.ConfigPlanChecks.PreApply); err != nil {
		return err
	}
	before := d.State.legacyState()
	if _, err := d.ApplyPlan(plan); err != nil {
		return err
	}
	if step.Check != nil {
		state := d.State.legacyState()
		if step.Destroy {
			state = before
		}
		if err := step.Check(state); err != nil {
			return err
		}
	}
	var errs []error
	for _, check := range step.ConfigStateChecks {
		response := statecheck.CheckStateResponse{}
		check.CheckState(context.Background(), statecheck.CheckStateRequest{State: d.StateJSON()}, &response)
		errs = append(errs, response.Error)
	}
	return errors.Join(errs...)
}

func (d *Driver) checkPlan(plan *Plan, checks []plancheck.PlanCheck) error {
	var errs []error
	for _, check := range checks {
		response := plancheck.CheckPlanResponse{}
		check.CheckPlan(context.Background(), plancheck.CheckPlanRequest{Plan: d.JSON(plan)}, &response)
		errs = append(errs, response.Error)
	}
	return errors.Join(errs...)
}

// importStep imports into a state that has not got the object: by the command, or
// by a block that is added to the configuration.
func (d *Driver) importStep(step resource.TestStep, applied string) error {
	config := step.Config
	if config == "" {
		config = applied
	}
	id, err := d.importID(step)
	if err != nil {
		return err
	}
	into := d.Fork()
	into.Around = d.Around
	if step.ImportStateKind == resource.ImportCommandWithID {
		return into.importCommand(step, config, id, d.State)
	}
	address, err := parseAddress(step.ResourceName)
	if err != nil {
		return err
	}
	if !step.ImportStateConfigExact {
		block := fmt.Sprintf("\nimport {\n  to = %s\n  id = %q\n}\n", step.ResourceName, id)
		if step.ImportStateKind == resource.ImportBlockWithResourceIdentity {
			prior := d.State.current(address)
			if prior == nil || prior.identity == cty.NilVal {
				return fmt.Errorf("%s has no identity", address)
			}
			block = fmt.Sprintf("\nimport {\n  to = %s\n  identity = {\n%s  }\n}\n", step.ResourceName, identityText(prior.identity))
		}
		config += block
	}
	if err := into.State.Remove(step.ResourceName); err != nil {
		return err
	}
	plan, err := into.Plan(config, Options{})
	if err != nil {
		return err
	}
	change := plan.Change(step.ResourceName)
	switch {
	case change == nil || !change.Importing:
		return fmt.Errorf("%s is not imported:\n%s", address, plan)
	case change.Action != NoOp && !step.ExpectNonEmptyPlan:
		return fmt.Errorf("the import of %s changes it:\n%s", address, plan)
	}
	return into.checkPlan(plan, step.ImportPlanChecks.PreApply)
}

func identityText(identity cty.Value) string {
	var text strings.Builder
	for it := identity.ElementIterator(); it.Next(); {
		name, value := it.Element()
		if !value.IsNull() {
			fmt.Fprintf(&text, "    %s = %q\n", name.AsString(), fmt.Sprint(jsonValue(value)))
		}
	}
	return text.String()
}

func (d *Driver) importID(step resource.TestStep) (string, error) {
	id := step.ImportStateId
	switch {
	case step.ImportStateIdFunc != nil:
		var err error
		if id, err = step.ImportStateIdFunc(d.State.legacyState()); err != nil {
			return "", err
		}
	case id == "":
		if value, ok := d.State.Attribute(step.ResourceName, "id"); ok {
			id = value.AsString()
		}
	}
	return step.ImportStateIdPrefix + id, nil
}

// importCommand imports into an empty state, and compares what it brings with what
// the state had.
func (d *Driver) importCommand(step resource.TestStep, config, id string, had *State) error {
	d.State = newState()
	if _, err := d.Import(config, step.ResourceName, id); err != nil {
		return err
	}
	if !step.ImportStateVerify {
		return nil
	}
	address, err := parseAddress(step.ResourceName)
	if err != nil {
		return err
	}
	want, got := had.current(address), d.State.current(address)
	if want == nil {
		return fmt.Errorf("the state has no %s to compare with", address)
	}
	var differ []string
	for name := range want.value.Type().AttributeTypes() {
		before, after := want.value.GetAttr(name), got.value.GetAttr(name)
		if !slices.Contains(step.ImportStateVerifyIgnore, name) && !before.RawEquals(after) && !bothEmpty(before, after) {
			differ = append(differ, fmt.Sprintf("%s: was %s, is imported as %s", name, display(before), display(after)))
		}
	}
	if len(differ) > 0 {
		return fmt.Errorf("the imported %s is another one:\n%s", address, strings.Join(differ, "\n"))
	}
	return nil
}

// bothEmpty tells whether the values differ only in that one is null and the other
// empty, which the checks of plugin-testing do not tell apart.
func bothEmpty(a, b cty.Value) bool {
	empty := func(v cty.Value) bool {
		return v.IsNull() || v.CanIterateElements() && v.LengthInt() == 0
	}
	return empty(a) && empty(b)
}

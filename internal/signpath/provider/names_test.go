package provider_test

import (
	"fmt"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A name that a run frees goes to somebody else in the same run: in any order where
// Terraform is told of it, or works on both at a time. Else nothing is written there, and
// the error says what to do. Names that are exchanged, and those of who is destroyed, are
// refused in the plan.
func TestNamesThatARunFrees(t *testing.T) {
	block := func(kind, label, name, more string) string {
		return fmt.Sprintf("resource \"signpath_%s\" %q {\n  name = %q\n%s}\n", kind, label, name, more)
	}
	for _, kind := range []string{"ci_user", "user_group"} {
		x := func(name string) string { return block(kind, "x", name, "") }
		y := func(name, more string) string { return block(kind, "y", name, more) }
		depends := fmt.Sprintf("  depends_on = [signpath_%s.x]\n", kind)
		foreign := map[string]string{"ci_user": "terraform", "user_group": "Release Managers"}[kind]
		before := x("Build") + y("Next", "")
		for name, c := range map[string]struct {
			before, after string
			// alone has the words of an error where Terraform does one thing after the other,
			// and refused those of a plan.
			alone, refused string
		}{
			"to another one":             {before, x("Old") + y("Build", ""), "add depends_on", ""},
			"to another one, as told":    {before, x("Old") + y("Build", depends), "", ""},
			"to a new one":               {x("Build"), x("Old") + y("Build", ""), "Already exists", ""},
			"to a new one, as told":      {x("Build"), x("Old") + y("Build", depends), "", ""},
			"exchanged":                  {before, x("Next") + y("Build", ""), "add depends_on", "two applies"},
			"of one that is destroyed":   {before, y("Build", ""), "A destroy frees no name", "A destroy frees no name"},
			"of one that keeps it":       {before, x("Build") + y("Build", ""), "The name is taken", "The name is taken"},
			"of one that nobody manages": {x("Build"), x(foreign), "The name is taken", "The name is taken"},
		} {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(6) {
					driver := testkit.NewDriver(signpathtest.Providers)
					s := newOrganization(t).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) }, c.before)
					s.mustApply()
					was := s.Snapshot()
					s.Write("main.tf", c.after)
					driver.Parallelism, driver.Random = int(1+9*(seed%2)), testkit.NewRandom(seed)
					applied := s.Apply(testkit.Options{})
					switch isAlone := driver.Parallelism == 1; {
					case c.refused != "":
						if applied.Err == nil || !says(c.refused).MatchString(applied.Said) {
							t.Errorf("it is not refused: %s", applied)
						}
						s.unchangedSince(was)
						continue
					case applied.Err != nil && (!isAlone || c.alone == "" || !says(c.alone).MatchString(applied.Said)):
						t.Fatalf("parallelism %d: it fails: %s", driver.Parallelism, applied)
					}
					for i := 0; applied.Err != nil && i < 10; i++ { // Another order.
						applied = s.Apply(testkit.Options{})
					}
					s.planIs(testkit.Summary{})
				}
			})
		}
	}
}

// A member that is named by a text, and created by the same run, is found if Terraform
// works on both at a time; else the plan says to refer to it.
func TestTextThatNamesWhoIsCreated(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		driver := testkit.NewDriver(signpathtest.Providers)
		s := newOrganization(t).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) },
			"resource \"signpath_ci_user\" \"x\" {\n  name = \"build\"\n}\n"+
				roleAssignmentNamed("x", "ci_user:build", "GlobalReader")+filled(settleReaders, `"ci_user:build"`)+filled(settleReader, "b", "ci_user:build"))
		driver.Parallelism, driver.Random = int(1+9*(seed%2)), testkit.NewRandom(seed)
		applied := s.Apply(testkit.Options{})
		if isAlone := driver.Parallelism == 1; applied.Err != nil && (!isAlone || !says("refer to the `member` attribute").MatchString(applied.Said)) {
			t.Errorf("parallelism %d: it fails: %s", driver.Parallelism, applied)
		}
		if applied.Err == nil {
			s.planIs(testkit.Summary{})
		}
	}
}

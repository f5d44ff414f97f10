package provider_test

import (
	"fmt"
	"slices"
	"strings"
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
			"a new one, twice":           {before, x("New") + y("New", ""), "Give one of the two another name", "Give one of the two another name"},
			"a new one, and a new one's": {x("Build"), x("New") + y("New", ""), "Give one of the two another name", "Give one of the two another name"},
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

// An address that one user gives up goes to another one in the same plan only where that is
// to take over whoever is there: then both are in force in the end. Else the plan is refused,
// in whatever order Terraform looks at the two, and nothing is written.
func TestAddressesThatChangeHands(t *testing.T) {
	user := func(label, email string, isCreatedFirst, adopts bool) string {
		return fmt.Sprintf("resource \"signpath_user\" %q {\n  name = \"N\"\n  email = \"%s@example.com\"\n  adopt_existing = %t\n"+
			"  lifecycle {\n    create_before_destroy = %t\n  }\n}\n", label, email, adopts, isCreatedFirst)
	}
	for name, after := range map[string][2]string{"exchanged": {"y", "x"}, "handed on": {"y", "z"}, "taken from who is destroyed": {"y", ""}} {
		for i := range 8 {
			adopts, isCreatedFirst := i&1 > 0, [2]bool{i&2 > 0, i&4 > 0}
			t.Run(fmt.Sprintf("%s, adopts: %t, created first: %t", name, adopts, isCreatedFirst), func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(6) {
					driver := testkit.NewDriver(signpathtest.Providers)
					both := func(emails [2]string) (hcl string) {
						for i, email := range emails {
							if email != "" {
								hcl += user("xy"[i:i+1], email, isCreatedFirst[i], adopts)
							}
						}
						return hcl
					}
					s := newOrganization(t).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) }, both([2]string{"x", "y"}))
					s.mustApply()
					was := s.Snapshot()
					s.Write("main.tf", both(after))
					driver.Parallelism, driver.Random = int(1+9*(seed%2)), testkit.NewRandom(seed)
					applied := s.Apply(testkit.Options{})
					if !adopts {
						if applied.Err == nil || !says("moved block").MatchString(applied.Said) && !says("moved {").MatchString(applied.Said) {
							t.Errorf("it is not refused: %s", applied)
						}
						s.unchangedSince(was)
						continue
					}
					if applied.Err != nil {
						t.Errorf("it fails: %s", applied)
					}
					s.planIs(testkit.Summary{})
					for _, p := range s.Snapshot().InteractiveUsers {
						if email, _, _ := strings.Cut(p.Email, "@"); slices.Contains([]string{"x", "y", "z"}, email) && p.Inactive == slices.Contains(after[:], email) {
							t.Errorf("seed %d: %s is inactive: %t\n%s", seed, p.Email, p.Inactive, applied)
						}
					}
				}
			})
		}
	}
}

// Who gets the name of somebody else by a plan is the same one before and after, for all
// that names them; and what names the one who has the name then is about them.
func TestNamesThatChangeHands(t *testing.T) {
	held := func(kind, name string) string { return fmt.Sprintf("  %s = signpath_%s.member\n", kind, name) }
	of := func(kind, label, body string) string {
		return fmt.Sprintf("resource \"signpath_%s\" %q {\n%s}\n", kind, label, body)
	}
	accounts := func(x, y string) string {
		both := ""
		for _, kind := range []string{"ci_user", "user_group"} {
			both += of(kind, "x", fmt.Sprintf("  name = %q\n", x)) + of(kind, "y", fmt.Sprintf("  name = %q\n  depends_on = [signpath_%s.x]\n", y, kind))
		}
		return both
	}
	policy := "  project = \"project-b\"\n  signing_policy = \"release-signing\"\n"
	given := map[string]func(who string) string{
		"token": func(who string) string { return of("ci_user_token", who, held("ci_user", "ci_user."+who)) },
		"role": func(who string) string {
			return of("role_assignment", who, held("member", "ci_user."+who)+"  role = \"GlobalReader\"\n")
		},
		"entry": func(who string) string {
			return of("signing_policy_submitter", who, policy+held("member", "ci_user."+who))
		},
		"entry of a group": func(who string) string {
			return of("signing_policy_approver", who, policy+held("member", "user_group."+who))
		},
		"member": func(who string) string {
			return of("user_group_member", who, held("group", "user_group."+who)+"  member = \""+lead+"\"\n")
		},
		"members": func(who string) string {
			return of("user_group_members", who, held("group", "user_group."+who)+"  members = [\""+lead+"\"]\n")
		},
		"list": func(who string) string {
			return of("project_readers", "all", "  project = \"project-b\"\n  members = [signpath_ci_user."+who+".member]\n")
		},
		"list that has others": func(who string) string {
			return of("project_readers", "all", "  project = \"project-b\"\n  members = [\""+lead+"\", signpath_user_group."+who+".member]\n")
		},
	}
	for name, hcl := range given {
		for _, noRefresh := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, without a refresh: %t", name, noRefresh), func(t *testing.T) {
				t.Parallel()
				both := func(x, y string) string {
					if strings.HasPrefix(name, "list") {
						return accounts(x, y) + strings.Replace(hcl("x"), ".x.member", ".x.member, signpath_ci_user.y.member, signpath_user_group.y.member", 1)
					}
					return accounts(x, y) + hcl("x") + hcl("y")
				}
				s := newOrganization(t).site(inProcess, both("Build", "Next"))
				s.mustApply()
				before, tokens := s.Snapshot(), s.Objects()
				s.Write("main.tf", both("Old", "Build"))
				renamed := s.mustPlan(testkit.Options{NoRefresh: noRefresh})
				if renamed.Summary != (testkit.Summary{Change: 4}) || strings.Contains(renamed.Said, "Who gains") {
					t.Errorf("more than names changes: %s", renamed)
				}
				s.mustApply(testkit.Options{NoRefresh: noRefresh})
				s.planIs(testkit.Summary{})
				s.keepsTokens(tokens)
				want := outcome{cloneSeed(before)}
				want.renameCIUser("Build", "Old")
				want.renameCIUser("Next", "Build")
				want.renameGroup("Build", "Old")
				want.renameGroup("Next", "Build")
				s.mustBeDone(*want.Seed)

				// What was about the one is about the other who has the name then.
				s = newOrganization(t).site(inProcess, accounts("Build", "Next")+hcl("x"))
				s.mustApply()
				s.Write("main.tf", accounts("Old", "Build")+strings.Replace(hcl("y"), "\"y\" {", "\"x\" {", 1))
				s.mustApply(testkit.Options{NoRefresh: noRefresh})
				s.planIs(testkit.Summary{})
			})
		}
	}
}

// What a plan says of a group that takes the name of another one is about those who are in
// it, and so is what the guardrails say.
func TestGuardKnowsWhoseNameAGroupTakes(t *testing.T) {
	groups := func(seniors, interns string) string {
		return fmt.Sprintf("resource \"signpath_user_group\" \"seniors\" {\n  name = %q\n}\n"+
			"resource \"signpath_user_group\" \"interns\" {\n  name = %q\n  depends_on = [signpath_user_group.seniors]\n}\n", seniors, interns)
	}
	s := newOrganization(t).site(inProcess, groups("Approvers", "Interns"))
	s.mustApply()
	must(t, s.Administrator("").AddMembers("group:Approvers", "members", officer, manager))
	must(t, s.Administrator("").AddMembers("group:Interns", "members", outsider))
	list := strings.Replace(wholeList("approvers", "release-signing", "interns"), `"interns"`, "signpath_user_group.interns.member", 1)
	s.Write("main.tf", groups("Approvers 2025", "Approvers")+list)
	if planned := s.mustPlan(); !says("gains: "+outsider+" (through group:Interns).").MatchString(planned.Said) || strings.Contains(planned.Said, manager) {
		t.Errorf("the plan says: %s", planned)
	}
	must(t, s.Administrator("").AddMembers(releasePolicyB, "submitters", outsider))
	if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says("Guardrail submit-and-approve: "+outsider).MatchString(planned.Said) {
		t.Errorf("the plan says: %s", planned)
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

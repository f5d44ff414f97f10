package provider_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// countedEntries are entries by index, as count makes them.
func countedEntries(kind, parent string, people ...string) string {
	return fmt.Sprintf(`
locals {
  people = ["user:%s@example.com"]
}
resource "signpath_%s" "this" {
  count = length(local.people)
%s
  member = local.people[count.index]
}
`, strings.Join(people, `@example.com", "user:`), kind, parent)
}

// A handOver is a change of configuration by which somebody goes from one resource to
// another, and by which nobody loses anything.
type handOver struct{ before, after string }

func handOvers() map[string]handOver {
	const (
		policy  = "  project        = \"project-b\"\n  signing_policy = \"release-signing\""
		project = "  project = \"project-b\""
		group   = "  group = \"group:Release Managers\""
	)
	named := func(kind, label, body string) string {
		return fmt.Sprintf("resource \"signpath_%s\" %q {\n%s\n}\n", kind, label, body)
	}
	all := map[string]handOver{}
	for kind, parent := range map[string]string{
		"signing_policy_approver": policy, "project_reader": project, "project_configurator": project, "user_group_member": group,
	} {
		entry := func(label, who string) string {
			return named(kind, label, parent+"\n  member = \"user:"+who+"@example.com\"")
		}
		all[kind+": the primary becomes the backup"] = handOver{
			entry("primary", "dev.lead"), entry("primary", "qa.lead") + entry("backup", "dev.lead"),
		}
		all[kind+": two are exchanged"] = handOver{
			entry("primary", "dev.lead") + entry("backup", "qa.lead"), entry("primary", "qa.lead") + entry("backup", "dev.lead"),
		}
		all[kind+": one more in front"] = handOver{
			countedEntries(kind, parent, "dev.lead", "qa.lead", "outsider"), countedEntries(kind, parent, "security.officer", "dev.lead", "qa.lead", "outsider"),
		}
		all[kind+": the first one gone"] = handOver{
			countedEntries(kind, parent, "security.officer", "dev.lead", "qa.lead"), countedEntries(kind, parent, "dev.lead", "qa.lead"),
		}
		all[kind+": renamed"] = handOver{entry("old", "dev.lead"), entry("new", "dev.lead")}
		members, entries := `"user:dev.lead@example.com", "user:qa.lead@example.com"`, entry("a", "dev.lead")+entry("b", "qa.lead")
		if parent == group { // Who is in it, and nobody's.
			members, entries = members+`, "user:release.manager@example.com"`, entries+entry("c", "release.manager")
		}
		list := named(kind+"s", "all", parent+"\n  members = ["+members+"]")
		all[kind+": entries become a list"] = handOver{entries, list}
		all[kind+": a list becomes entries"] = handOver{list, entries}
		all[kind+": a list is renamed"] = handOver{list, strings.Replace(list, `"all"`, `"other"`, 1)}
	}
	role := func(label, who, role string) string {
		return named("role_assignment", label, "  member = \"user:"+who+"@example.com\"\n  role = \""+role+"\"")
	}
	all["roles are exchanged"] = handOver{
		role("a", "dev.lead", "GlobalReader") + role("b", "qa.lead", "GlobalReader"), role("a", "qa.lead", "GlobalReader") + role("b", "dev.lead", "GlobalReader"),
	}
	all["a role is renamed"] = handOver{role("old", "dev.lead", "GlobalReader"), role("new", "dev.lead", "GlobalReader")}
	all["an account is renamed"] = handOver{
		filled(settleUser, ""), strings.Replace(filled(settleUser, ""), `"this"`, `"other"`, 1),
	}
	all["a CI user is renamed"] = handOver{
		filled(settleCIUser, ""), strings.Replace(filled(settleCIUser, ""), `"this"`, `"other"`, 1),
	}
	token := func(label, ciUser string) string { return named("ci_user_token", label, "  ci_user = "+ciUser) }
	builds := func(names ...string) string {
		return fmt.Sprintf("locals {\n  builds = [\"%s\"]\n}\n", strings.Join(names, `", "`)) +
			"resource \"signpath_ci_user\" \"this\" {\n  for_each = toset([\"a\", \"b\", \"c\"])\n  name = each.key\n}\n" +
			token("this", "signpath_ci_user.this[local.builds[count.index]].member\n  count = length(local.builds)")
	}
	renamed := func(label string) string { return newCIUser + "\n" + token(label, "signpath_ci_user.this.member") }
	all["a token is renamed"] = handOver{renamed("old"), renamed("new")}
	all["tokens: one more in front"] = handOver{builds("a", "b"), builds("c", "a", "b")}
	all["tokens: the first one gone"] = handOver{builds("a", "b"), builds("b")}
	all["tokens are exchanged"] = handOver{builds("a", "b"), builds("b", "a")}
	all["a group with members is renamed"] = handOver{
		groupHCL("a", "A") + membersHCL("a", refA, `"`+lead+`"`),
		strings.NewReplacer(`"a"`, `"other"`, refA, "signpath_user_group.other.member").Replace(groupHCL("a", "A") + membersHCL("a", refA, `"`+lead+`"`)),
	}
	return all
}

// Whoever is in both configurations is not off in the end, in whichever order Terraform
// destroys and creates, and the next plan is empty; or the plan is refused.
func TestHandOver(t *testing.T) {
	for name, c := range handOvers() {
		// One after the other in three orders; many at a time come in an order of their own.
		for parallelism, seeds := range map[int]uint64{1: 3, 10: 1} {
			t.Run(fmt.Sprintf("%s, parallelism %d", name, parallelism), func(t *testing.T) {
				t.Parallel()
				for seed := range seeds {
					driver := testkit.NewDriver(signpathtest.Providers)
					s := newOrganization(t).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) }, c.before)
					s.mustApply()
					before, tokens := s.Snapshot(), s.Objects()
					s.Write("main.tf", c.after)
					writes := s.CountRequests("POST *")
					driver.Parallelism, driver.Random = parallelism, testkit.NewRandom(seed)
					applied := s.Apply(testkit.Options{})
					switch {
					case applied.Err == nil:
						s.planIs(testkit.Summary{})
						s.keepsEverybody(name, before)
						s.keepsTokens(tokens)
					case s.CountRequests("POST *") > writes || !says("moved").MatchString(applied.Said):
						t.Errorf("it fails, and is not refused: %s", applied)
					}
				}
			})
		}
	}
}

// Where the resource that was to keep somebody cannot be created, who is handed over stays
// all the same, if the plan came to the end of the other resource after that.
func TestHandOverOfWhichTheCreateFails(t *testing.T) {
	for name, c := range handOvers() {
		isRefused := slices.Contains([]string{"a CI user is renamed", "an account is renamed", "a group with members is renamed", "a token is renamed"}, name)
		if !strings.HasSuffix(name, "renamed") || isRefused {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			noted := 0
			for seed := range uint64(12) {
				driver := testkit.NewDriver(signpathtest.Providers)
				s := newOrganization(t).site(func(o *organization) testkit.Terraform { return testkit.InProcess(o.t, driver) }, c.before)
				s.mustApply()
				before := s.Snapshot()
				s.Write("main.tf", c.after)
				isPlanned, isNoted := false, false // Of the create, and before the destroy.
				driver.Parallelism, driver.Random = 1, testkit.NewRandom(seed)
				driver.Around = func(call testkit.Call, next func() error) error {
					switch {
					case call.Walk == "plan" && call.Method == "PlanResourceChange":
						isPlanned, isNoted = isPlanned || !call.Destroys, isNoted || call.Destroys && isPlanned
					case call.Walk == "apply" && call.Method == "ApplyResourceChange" && !call.Destroys:
						return errors.New("the provider has ended")
					}
					return next()
				}
				if applied := s.Apply(testkit.Options{}); applied.Err == nil {
					t.Fatalf("the create does not fail: %s", applied)
				}
				if isNoted {
					noted++
					s.keepsEverybody(name, before)
				}
			}
			if noted == 0 {
				t.Error("no plan came to the create first")
			}
		})
	}
}

// keepsEverybody checks that nobody lost an entry, a role or an account; these
// configurations take nobody away, but for whoever stands in front.
func (s *site) keepsEverybody(name string, before mock.Seed) {
	s.t.Helper()
	if strings.Contains(name, "the first one gone") {
		return // The empty plan shows it.
	}
	now := outcome{cloneSeed(s.Snapshot())}
	for _, u := range before.InteractiveUsers {
		if is := now.user(u.Email); is.Role != u.Role || is.Inactive != u.Inactive {
			s.t.Errorf("%s has the role %s (inactive: %t), and had %s", u.Email, is.Role, is.Inactive, u.Role)
		}
	}
	for _, g := range before.UserGroups {
		s.kept(g.Name, g.Members, now.group(g.Name).Members)
	}
	for _, p := range before.Projects {
		s.kept(p.Slug, p.Readers, now.project(p.Slug).Readers)
		s.kept(p.Slug, p.Configurators, now.project(p.Slug).Configurators)
		for _, policy := range p.SigningPolicies {
			s.kept(policy.Slug, policy.Approvers, now.policy(p.Slug, policy.Slug).Approvers)
		}
	}
}

func (s *site) keepsTokens(before []testkit.Object) {
	s.t.Helper()
	for _, o := range before {
		if token, isToken := o.Values["token"].(string); isToken && !s.Accepts(token) {
			s.t.Errorf("the token of %s is not accepted any more", o.Address)
		}
	}
}

func (s *site) kept(of string, before, after []string) {
	s.t.Helper()
	for _, member := range before {
		found := false
		for _, other := range after {
			found = found || other == member
		}
		if !found {
			s.t.Errorf("%s lost %s, and has %q", of, member, after)
		}
	}
}

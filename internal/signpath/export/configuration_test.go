package export_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/export"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

// people are the principals of the small organizations here.
var people = []access.Principal{
	{Kind: access.KindUser, ID: idOf("user", 1), Name: "Dev Lead", Email: "dev.lead@example.com", Role: vocabulary.RoleGlobalAdministrator, Active: true},
	{Kind: access.KindUser, ID: idOf("user", 2), Name: "Left", Email: "left@example.com", Role: vocabulary.RoleRegularUser},
	{
		Kind: access.KindUser, ID: idOf("user", 3), Name: "Synced\nresource \"x\" {}", Email: "sync@example.com",
		Role: vocabulary.RoleGlobalReader, Active: true, Synchronized: true,
	},
	{Kind: access.KindCIUser, ID: idOf("ci_user", 1), Name: "build", Role: "Auditor", Active: true, NotificationEmail: "build@example.com"},
	{Kind: access.KindGroup, ID: idOf("group", 1), Name: "Team", Description: "a ${team}", Active: true},
}

// small has one project, with these readers.
func small(readers ...access.Principal) *survey.Survey {
	return &survey.Survey{
		ID: organizationID, URL: api.DefaultURL, Caller: people[0], Directory: access.NewDirectory(people...),
		Organization: vocabularytest.With(review.Organization{
			Members: map[access.Reference]review.Entries{people[4].IDReference(): entries(people[0], people[2])},
		}, vocabularytest.Project{Slug: "app", Readers: entries(readers...)}),
	}
}

func entries(of ...access.Principal) review.Entries {
	var references []access.Reference
	for _, p := range of {
		references = append(references, p.IDReference())
	}
	return review.EntriesOf(references...)
}

func generate(t *testing.T, o *survey.Survey, options export.Options) map[string]string {
	t.Helper()
	files := map[string]string{}
	for name, content := range export.Generate(o, options).Files {
		if _, diags := hclsyntax.ParseConfig(content, name, hcl.InitialPos); diags.HasErrors() {
			t.Errorf("%s is no HCL: %s\n%s", name, diags, content)
		}
		if !bytes.HasPrefix(content, []byte(export.Marker)) {
			t.Errorf("%s does not begin with the marker:\n%s", name, content)
		}
		files[name] = string(content)
	}
	return files
}

func expectIn(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nis not in\n%s", want, text)
		}
	}
}

func TestPrincipals(t *testing.T) {
	files := generate(t, small(), export.Options{})
	expectIn(
		t, files["principals.tf"],
		`
resource "signpath_user" "dev_lead" {
  name  = "Dev Lead"
  email = "dev.lead@example.com"
}
`, `
resource "signpath_user" "left" {
  name   = "Left"
  email  = "left@example.com"
  active = false
}
`, `
# Not managed here are these interactive users (synchronized from the organization's directory, which manages it):
#   "user:sync@example.com", "Synced\nresource \"x\" {}"
`, `API tokens of CI users cannot be imported`, `
resource "signpath_ci_user" "build" {
  name               = "build"
  notification_email = "build@example.com"
}
`, `
resource "signpath_user_group" "team" {
  name        = "Team"
  description = "a $${team}"
}

resource "signpath_user_group_members" "team" {
  group = signpath_user_group.team.member
  members = [
    signpath_user.dev_lead.member,
    "user:sync@example.com", # synchronized from the organization's directory, which manages it
  ]
}
`)
	expectIn(
		t, files["imports.tf"],
		"\nimport {\n  to = signpath_user.dev_lead\n  id = \"user:dev.lead@example.com\"\n}\n",
		"\nimport {\n  to = signpath_user_group_members.team\n  id = \"group:Team\"\n}\n")
}

func TestRoles(t *testing.T) {
	files := generate(t, small(), export.Options{})
	expectIn(
		t, files["roles.tf"],
		`
resource "signpath_role_holders" "global_administrator" {
  role = "GlobalAdministrator"
  members = [
    signpath_user.dev_lead.member,
  ]
}
`, `
resource "signpath_role_holders" "global_reader" {
  role    = "GlobalReader"
  members = []
}
`,
		`"user:sync@example.com", "Synced\nresource \"x\" {}", "GlobalReader"`,
		"(the provider knows no such role, which may be an administrator's):\n#   \"ci_user:build\", \"Auditor\"\n")
	if strings.Contains(files["roles.tf"], "left") {
		t.Errorf("a Regular User has a role:\n%s", files["roles.tf"])
	}
	for _, role := range vocabulary.PrivilegedRoles() {
		expectIn(t, files["imports.tf"], "  id = \""+string(role)+"\"\n")
	}
}

// What the provider would refuse is in no resource, and is told.
func TestUnknownRolesAreTold(t *testing.T) {
	organization := small()
	organization.Directory.Put(access.Principal{Kind: access.KindUser, ID: idOf("user", 4), Email: "a@example.com", Role: "globalAdministrator", Active: true})
	organization.Directory.Put(access.Principal{Kind: access.KindUser, ID: idOf("user", 5), Email: "b@example.com", Role: access.RoleUnstated, Active: true})
	generated := export.Generate(organization, export.Options{})
	text := string(generated.Files["roles.tf"])
	expectIn(t, text, `"user:a@example.com", `, `, "globalAdministrator"`, `"user:b@example.com", `, ", null\n")
	if count := strings.Count(text, "signpath_user."); count != 1 {
		t.Errorf("%d users are managed:\n%s", count, text)
	}
	told := export.LeftOut{What: "global roles", Why: "the provider knows no such role, which may be an administrator's", Count: 3}
	if !slices.Contains(generated.Summary.LeftOut, told) {
		t.Errorf("the summary says %+v", generated.Summary.LeftOut)
	}
	organization.Caller.Role = access.RoleUnstated
	if said := export.Partial(organization); !strings.Contains(said, "with the role null, sees only") {
		t.Errorf("of the caller it says %q", said)
	}
}

// A role is written as single assignments where Terraform would spell a name otherwise.
func TestRoleOfANameThatTerraformChanges(t *testing.T) {
	organization := small()
	odd := access.Principal{Kind: access.KindCIUser, ID: idOf("ci_user", 7), Name: "bui\u0308ld", Role: vocabulary.RoleGlobalAdministrator, Active: true}
	organization.Directory.Put(odd)
	files := generate(t, organization, export.Options{})
	expectIn(t, files["roles.tf"], `resource "signpath_role_assignment" "global_administrator__dev_lead"`, `"ci_user:`+odd.ID+`"`)
	if strings.Contains(files["roles.tf"], `"signpath_role_holders" "global_administrator"`) {
		t.Errorf("the role is managed as a whole:\n%s", files["roles.tf"])
	}
}

func TestListWithAnEntryOfNobodyIsManagedEntryByEntry(t *testing.T) {
	files := generate(t, small(access.Principal{Kind: access.KindUnknown, ID: ghost}, people[3]), export.Options{})
	expectIn(
		t, files["project-app.tf"],
		"ids that no user or group has, so the list is managed entry by entry, without them:\n#   "+ghost+"\n",
		"resource \"signpath_project_reader\" \"app__build\" {\n  project = \"app\"\n  member  = signpath_ci_user.build.member\n}\n")
	if strings.Contains(files["project-app.tf"], "signpath_project_readers") {
		t.Errorf("the whole list is managed:\n%s", files["project-app.tf"])
	}
	expectIn(t, files["imports.tf"], "id = \"app/ci_user:build\"")
}

func TestEmptyLists(t *testing.T) {
	o := small()
	expectIn(t, generate(t, o, export.Options{})["project-app.tf"],
		"\n# Nobody is among the readers of project \"app\", so Terraform does not manage that list.\n")
	expectIn(
		t, generate(t, o, export.Options{EmptyLists: true})["project-app.tf"],
		"\nresource \"signpath_project_readers\" \"app\" {\n  project = \"app\"\n  members = []\n}\n")
}

// Lists that decide what is released are written also where nobody is on them; the others
// are counted.
func TestEmptyListsThatAreWatched(t *testing.T) {
	policy := func(slug string, settings vocabulary.SigningPolicy) vocabularytest.SigningPolicy {
		settings.Slug = slug
		return vocabularytest.SigningPolicy{SigningPolicy: settings, Approvers: entries()}
	}
	yes := true
	o := small()
	o.Organization = vocabularytest.With(o.Organization, vocabularytest.Project{Slug: "app", Readers: entries(), SigningPolicies: []vocabularytest.SigningPolicy{
		policy("test-signing", vocabulary.SigningPolicy{}), policy("release-signing", vocabulary.SigningPolicy{}),
		policy("agreed", vocabulary.SigningPolicy{UsesApprovalProcess: &yes}), policy("shipped", vocabulary.SigningPolicy{Purpose: "Release"}),
	}})
	generated := export.Generate(o, export.Options{})
	text := string(generated.Files["project-app.tf"])
	for _, name := range []string{"app_release_signing", "app_agreed", "app_shipped"} {
		expectIn(t, text, `resource "signpath_signing_policy_approvers" "`+name+`"`, `resource "signpath_signing_policy_submitters" "`+name+`"`)
	}
	expectIn(t, text, `Nobody is among the approvers of signing policy "app/test-signing"`)
	// The readers and configurators of the project, and two of the test policy.
	if generated.Summary.Unwatched != 4 {
		t.Errorf("%d lists are not watched", generated.Summary.Unwatched)
	}
	if all := export.Generate(o, export.Options{EmptyLists: true}); all.Summary.Unwatched != 0 {
		t.Errorf("%d lists are not watched, of all", all.Summary.Unwatched)
	}
}

func TestNamesThatSeveralHave(t *testing.T) {
	o := small(people[3])
	second := people[3]
	second.ID = idOf("ci_user", 2)
	o.Directory.Put(second)
	files := generate(t, o, export.Options{})
	name := "build_" + people[3].ID[:8]
	expectIn(t, files["principals.tf"], `resource "signpath_ci_user" "`+name+`"`)
	expectIn(t, files["imports.tf"], "to = signpath_ci_user."+name+"\n  id = \"ci_user:"+people[3].ID+"\"")
	expectIn(t, files["project-app.tf"], `"ci_user:`+people[3].ID+`", # "ci_user:build": the name fits several, or cannot stand in a reference`)
}

// TestTextIsWrittenAsItIs reads what was written.
func TestTextIsWrittenAsItIs(t *testing.T) {
	for i, text := range []string{
		`a "quoted" \ text`, "line\r\nbreak\ttab", "${a}", "$${a}", "$$${a}", "%{ if a }", "%%{a}", "$%{a}", "ends in $",
		"\u202e\u2028\u0000", "日本語 é 🙂", "<<EOT",
	} {
		o := small()
		group := people[4]
		group.Description = text
		o.Directory.Put(group)
		content := export.Generate(o, export.Options{}).Files["principals.tf"]
		parsed, _ := hclsyntax.ParseConfig(content, "", hcl.InitialPos)
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			if block.Labels[0] != "signpath_user_group" {
				continue
			}
			value, diags := block.Body.Attributes["description"].Expr.Value(nil)
			if diags.HasErrors() || value.Equals(cty.StringVal(text)).False() {
				t.Errorf("%d: %q is written as %#v (%s)", i, text, value, diags)
			}
		}
	}
}

func TestProviderSettings(t *testing.T) {
	o := small()
	expectIn(t, generate(t, o, export.Options{})["provider.tf"], "source = \"signpath-community/signpath\"",
		"\nprovider \"signpath\" {\n  organization_id = \""+organizationID+"\"\n}\n")
	o.URL = "https://signpath.example.com/Api"
	expectIn(t, generate(t, o, export.Options{})["provider.tf"], `api_url         = "https://signpath.example.com/Api"`)
	if text := generate(t, o, export.Options{})["provider.tf"]; strings.Contains(text, "WARNING") {
		t.Errorf("an administrator sees all:\n%s", text)
	}
	o.Caller = people[1]
	expectIn(t, generate(t, o, export.Options{})["provider.tf"], `# WARNING: this export may lack projects`, `"user:left@example.com" with the role "RegularUser"`)
}

func TestSlugsThatAreNone(t *testing.T) {
	o := small()
	o.Organization = vocabularytest.With(o.Organization,
		vocabularytest.Project{Slug: "a b", Readers: entries(people[0])},
		vocabularytest.Project{Slug: "Same", SigningPolicies: []vocabularytest.SigningPolicy{vocabularytest.Policy("p?", entries(), entries(people[0]))}},
		vocabularytest.Project{Slug: "same"},
	)
	files := generate(t, o, export.Options{})
	expectIn(t, files["project-a_b.tf"], "these projects (the provider takes no such slug, or Terraform would change its Unicode form):\n#   \"a b\"")
	for name, content := range files {
		if strings.HasPrefix(name, "project-Same_") {
			expectIn(t, content, "these signing policies (the provider takes no such slug, or Terraform would change its Unicode form):\n#   \"Same/p?\"")
		}
	}
	lower := map[string]bool{}
	for name := range files {
		lower[strings.ToLower(name)] = true
	}
	if len(lower) != len(files) {
		t.Errorf("some file systems take two of these for one: %v", slices.Sorted(maps.Keys(files)))
	}
}

func TestSummary(t *testing.T) {
	c := export.Generate(small(), export.Options{})
	var table bytes.Buffer
	must(t, c.Summary.WriteTable(&table))
	expectIn(t, strings.Join(strings.Fields(table.String()), " "),
		"signpath_user 2", "signpath_user_group_members 1", "imports in all 11",
		"global roles 1 synchronized from", "interactive users 1 synchronized from", "signpath_project_readers 1 empty")
	if got := fmt.Sprint(c.Summary.Files); got != "[imports.tf principals.tf project-app.tf provider.tf roles.tf]" {
		t.Errorf("files %s", got)
	}
}

func TestMembersAreOrderedByKindAndName(t *testing.T) {
	readers := []access.Principal{people[4], people[3]}
	for i, email := range []string{"c@example.com", "B@example.com", "a@example.com"} {
		p := access.Principal{
			Kind: access.KindUser, ID: fmt.Sprintf("0000000%d-0000-4000-8000-000000000000", i), Name: "X", Email: email,
			Role: vocabulary.RoleRegularUser, Active: true,
		}
		readers = append(readers, p)
	}
	o := small(readers...)
	for _, p := range readers {
		o.Directory.Put(p)
	}
	expectIn(t, generate(t, o, export.Options{})["project-app.tf"], `  members = [
    signpath_user.a.member,
    signpath_user.b.member,
    signpath_user.c.member,
    signpath_ci_user.build.member,
    signpath_user_group.team.member,
  ]
`)
}

package export_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/export"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

const moduleSource = "./modules/signpath-project"

var (
	randomOrganizations    = flag.Int("organizations", 15, "how many random organizations are exported in both formats")
	randomOrganizationSeed = flag.Uint64("organization", 0, "export only the organization of this seed")
)

// TestModuleFormatSaysTheSame exports organizations in both formats: as resources, whose plans are
// known to import all and change nothing, and for the module. Both import the same objects by the
// same ids, and their lists have the same members.
func TestModuleFormatSaysTheSame(t *testing.T) {
	type organization struct {
		name string
		seed mock.Seed
	}
	organizations := []organization{{"demo", smallSeed()}, {"large", largeSeed()}}
	first, count := rand.Uint64()>>32, *randomOrganizations
	if *randomOrganizationSeed != 0 {
		first, count, organizations = *randomOrganizationSeed, 1, nil
	}
	for i := range count {
		organizations = append(organizations, organization{fmt.Sprintf("seed %d", first+uint64(i)), randomSeed(first + uint64(i))})
		t.Logf("go test ./internal/signpath/export -run TestModuleFormat -args -organization %d", first+uint64(i))
	}
	for _, o := range organizations {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, newServer(t, o.seed))
			found, err := survey.ReadStrictly(t.Context(), s.client(t, token), nil)
			must(t, err)
			for _, all := range []bool{false, true} {
				asResources := export.Generate(found, export.Options{EmptyLists: all})
				forModule := export.Generate(found, export.Options{EmptyLists: all, ModuleSource: moduleSource})
				wanted, got := readResources(t, asResources.Files), readResources(t, forModule.Files)
				addModuleLists(t, got, forModule.Files["projects.yaml"])
				for object, members := range wanted {
					if other, there := got[object]; !there || !slices.Equal(other, members) {
						t.Errorf("%s has %q for the module, and %q as a resource", object, other, members)
					}
				}
				if len(got) != len(wanted) || len(wanted) < 10 {
					t.Errorf("%d objects for the module, and %d as resources", len(got), len(wanted))
				}
				if got, want := forModule.Summary, asResources.Summary; got.Imports() != want.Imports() || got.Unwatched != want.Unwatched ||
					!slices.Equal(got.LeftOut, want.LeftOut) || bytes.Count(forModule.Files["imports.tf"], []byte("\nimport {\n")) != want.Imports() {
					t.Errorf("the summary is %+v, and %+v as resources", got, want)
				}
			}
		})
	}
}

// readResources reads what is imported, by type and import id, with the members of lists.
func readResources(t *testing.T, files map[string][]byte) map[string][]string {
	t.Helper()
	ids := map[string]string{} // by address
	var resources []*hclsyntax.Block
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".tf") {
			continue
		}
		parsed, diags := hclsyntax.ParseConfig(files[name], name, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			switch block.Type {
			case "import":
				to, _ := hcl.AbsTraversalForExpr(block.Body.Attributes["to"].Expr)
				ids[spellTraversal(to)] = textOf(t, block.Body.Attributes["id"].Expr)
			case "resource":
				resources = append(resources, block)
			}
		}
	}
	found := map[string][]string{}
	for _, block := range resources {
		address := strings.Join(block.Labels, ".")
		found[block.Labels[0]+" "+ids[address]] = membersOf(t, block, ids)
	}
	for address, id := range ids {
		if typeName, isOfModule := strings.CutPrefix(address, "module.projects."); isOfModule {
			typeName, key, _ := strings.Cut(typeName, ".this.")
			if key != id {
				t.Errorf("%s is imported from %s", address, id)
			}
			found[typeName+" "+id] = []string{"as the module says"}
		}
	}
	return found
}

// spellTraversal writes an address with dots only.
func spellTraversal(traversal hcl.Traversal) string {
	parts := []string{traversal.RootName()}
	for _, step := range traversal[1:] {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			parts = append(parts, step.Name)
		case hcl.TraverseIndex:
			parts = append(parts, step.Key.AsString())
		}
	}
	return strings.Join(parts, ".")
}

func textOf(t *testing.T, expression hclsyntax.Expression) string {
	t.Helper()
	value, diags := expression.Value(nil)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return value.AsString()
}

// membersOf are the members of a list as import ids spell them, or the attribute member of an entry.
func membersOf(t *testing.T, block *hclsyntax.Block, ids map[string]string) []string {
	t.Helper()
	expressions := []hclsyntax.Expression{}
	if one, isEntry := block.Body.Attributes["member"]; isEntry {
		expressions = append(expressions, one.Expr)
	}
	if whole, isList := block.Body.Attributes["members"]; isList {
		expressions = append(expressions, whole.Expr.(*hclsyntax.TupleConsExpr).Exprs...)
	}
	members := []string{}
	for _, expression := range expressions {
		traversal, diags := hcl.AbsTraversalForExpr(expression)
		if diags.HasErrors() {
			members = append(members, textOf(t, expression))
			continue
		}
		address := spellTraversal(traversal)
		members = append(members, memberAt(t, strings.TrimSuffix(address, ".member"), ids))
	}
	return members
}

// memberAt is the reference of a principal's resource. Its import id is spelled alike.
func memberAt(t *testing.T, address string, ids map[string]string) string {
	t.Helper()
	id, known := ids[address]
	if !known {
		t.Errorf("%s is not imported", address)
	}
	return id
}

// A moduleProject is what the module reads of a project.
type moduleProject struct {
	Readers, Configurators *[]string
	SigningPolicies        map[string]struct{ Submitters, Approvers *[]string } `yaml:"signing_policies"`
}

// addModuleLists puts the members of the module's lists into their places.
func addModuleLists(t *testing.T, found map[string][]string, content []byte) {
	t.Helper()
	if !bytes.HasPrefix(content, []byte(export.Marker)) {
		t.Errorf("the file does not begin with the marker:\n%s", content)
	}
	var projects map[string]moduleProject
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	must(t, decoder.Decode(&projects))
	add := func(typeName, id string, members *[]string) {
		if members == nil {
			return
		}
		if _, isImported := found[typeName+" "+id]; !isImported {
			t.Errorf("%s %s is not imported", typeName, id)
		}
		found[typeName+" "+id] = *members
	}
	for slug, project := range projects {
		add("signpath_project_readers", slug, project.Readers)
		add("signpath_project_configurators", slug, project.Configurators)
		for policy, lists := range project.SigningPolicies {
			add("signpath_signing_policy_submitters", slug+"/"+policy, lists.Submitters)
			add("signpath_signing_policy_approvers", slug+"/"+policy, lists.Approvers)
		}
	}
}

// oddWords are slugs that YAML could take for something else than text.
var oddWords = []string{"no", "null", "2048", "1e3", "y", "0x1F"}

// randomSeed is an organization of some of the people, groups and slugs of the large one, odd ones
// among them, with lists that have any of these on them.
func randomSeed(seed uint64) mock.Seed {
	random := rand.New(rand.NewPCG(seed, 31))
	large := largeSeed()
	some := func(from []string, most int) []string {
		members := make([]string, 0, most)
		for _, i := range random.Perm(len(from))[:min(len(from), random.IntN(most+1))] {
			members = append(members, from[i])
		}
		return members
	}
	o := mock.Seed{Organization: large.Organization}
	var anybody []string
	for i, u := range large.InteractiveUsers {
		if i == 0 || random.IntN(8) == 0 {
			o.InteractiveUsers, anybody = append(o.InteractiveUsers, u), append(anybody, user(i))
		}
	}
	for i, u := range large.CIUsers {
		if i == 0 || random.IntN(3) == 0 {
			o.CIUsers, anybody = append(o.CIUsers, u), append(anybody, ciUser(i))
		}
	}
	for i, g := range large.UserGroups {
		if random.IntN(3) == 0 {
			g.Members = some(slices.Clone(anybody), 4)
			o.UserGroups, anybody = append(o.UserGroups, g), append(anybody, group(i))
		}
	}
	anybody = append(anybody, "user:"+ghost)
	for _, project := range large.Projects {
		if random.IntN(3) > 0 {
			continue
		}
		project.Readers, project.Configurators = some(anybody, 3), some(anybody, 3)
		word := random.IntN(len(oddWords))
		for i := range project.SigningPolicies {
			policy := &project.SigningPolicies[i]
			policy.UseApprovalProcess, policy.VerifyTrustedBuildSystem = random.IntN(2) == 0, false
			policy.Submitters, policy.Approvers = some(anybody, 3), some(anybody, 3)
			if random.IntN(4) == 0 {
				policy.Slug = oddWords[(word+i)%len(oddWords)]
			}
		}
		o.Projects = append(o.Projects, project)
	}
	return o
}

func TestModuleFiles(t *testing.T) {
	o := small(people[0], people[2])
	o.Organization = vocabularytest.With(o.Organization, vocabularytest.Project{
		Slug: "app", Readers: entries(people[0], people[2]),
		SigningPolicies: []vocabularytest.SigningPolicy{
			{SigningPolicy: vocabulary.SigningPolicy{Slug: "no", Purpose: "Release"}, Approvers: entries(people[3])},
			{SigningPolicy: vocabulary.SigningPolicy{Slug: "test"}},
		},
	})
	generated := export.Generate(o, export.Options{ModuleSource: moduleSource + "?ref=${x}"})
	if got := fmt.Sprint(generated.Summary.Files); got != "[imports.tf principals.tf projects.tf projects.yaml provider.tf roles.tf]" {
		t.Errorf("files %s", got)
	}
	expectIn(t, string(generated.Files["projects.yaml"]), `
# Nobody is among the configurators of project "app", so Terraform does not manage that list.
"app":
  readers:
    - "user:dev.lead@example.com"
    - "user:sync@example.com" # synchronized from the organization's directory, which manages it
  signing_policies:
    "no":
      submitters: []
      approvers:
        - "ci_user:build"
    # Nobody is among the submitters of signing policy "app/test", so Terraform does not manage that list.
    # Nobody is among the approvers of signing policy "app/test", so Terraform does not manage that list.
    "test": {}
`)
	expectIn(t, string(generated.Files["projects.tf"]), `
module "projects" {
  source   = "./modules/signpath-project?ref=$${x}"
  projects = yamldecode(file("${path.module}/projects.yaml"))

  # Whom a list names has to be there before it, and goes after it: add who is created by this configuration.
  depends_on = [
    signpath_user.dev_lead,
    signpath_user.left,
    signpath_ci_user.build,
    signpath_user_group.team,
  ]
}
`)
	expectIn(t, string(generated.Files["imports.tf"]), `
import {
  to = module.projects.signpath_signing_policy_approvers.this["app/no"]
  id = "app/no"
}
`)
}

// Each format has moved blocks from the addresses of the other one, if they are wanted.
func TestMovedBetweenFormats(t *testing.T) {
	o := small()
	o.Organization = vocabularytest.With(o.Organization, vocabularytest.Project{Slug: "app", Readers: entries(people[0])})
	for source, want := range map[string]string{
		moduleSource: `
moved {
  from = signpath_project_readers.app
  to   = module.projects.signpath_project_readers.this["app"]
}
`,
		"": `
moved {
  from = module.projects.signpath_project_readers.this["app"]
  to   = signpath_project_readers.app
}
`,
	} {
		files := export.Generate(o, export.Options{ModuleSource: source, Moved: true}).Files
		expectIn(t, string(files["moved.tf"]), want)
		if strings.Contains(string(files["moved.tf"]), "signpath_user_group_members") {
			t.Errorf("a list that is in both formats a resource moves:\n%s", files["moved.tf"])
		}
		if others := export.Generate(o, export.Options{ModuleSource: source}).Files; others["moved.tf"] != nil {
			t.Errorf("moved blocks that nobody asked for:\n%s", others["moved.tf"])
		}
	}
}

// What does not fit the module is managed beside it, and the file for the module says where.
func TestModuleFilesWithEntries(t *testing.T) {
	o := small()
	odd := people[3]
	odd.ID, odd.Name = idOf("ci_user", 7), "bui\u0308ld"
	o.Directory.Put(odd)
	o.Organization = vocabularytest.With(o.Organization, vocabularytest.Project{Slug: "app", Readers: entries(odd)},
		vocabularytest.Project{Slug: "a b"}, vocabularytest.Project{Slug: "cafe\u0301", Readers: entries(people[0])})
	files := export.Generate(o, export.Options{ModuleSource: moduleSource}).Files
	expectIn(t, string(files["projects.yaml"]),
		"\n# Not managed here are these projects (the provider takes no such slug, or Terraform would change its Unicode form):\n#   \"a b\"\n",
		"\n# The readers of project \"app\" are managed entry by entry, in entries.tf.\n")
	expectIn(t, string(files["projects.yaml"]), "\n\"app\": {}\n", "\n#   \"cafe\u0301\"\n")
	if strings.Contains(string(files["imports.tf"]), "cafe") {
		t.Errorf("a slug that Terraform would change is imported:\n%s", files["imports.tf"])
	}
	expectIn(t, string(files["entries.tf"]), `resource "signpath_project_reader" "app__build_`, `"ci_user:`+odd.ID+`"`)
	o.Organization.Grants, o.Organization.Places = nil, nil
	o.Organization = vocabularytest.With(review.Organization{})
	if none := string(export.Generate(o, export.Options{ModuleSource: moduleSource}).Files["projects.yaml"]); !strings.HasSuffix(none, "\n{}\n") {
		t.Errorf("without projects it is\n%s", none)
	}
}

// TestModuleTextIsWrittenAsItIs reads members whose names YAML could take for something else.
func TestModuleTextIsWrittenAsItIs(t *testing.T) {
	for i, text := range []string{`a "quoted" \ text`, "tab\there", "${a} %{b}", "# no comment", "a: b", "\u202e\u2028\u007f\u0085.", "日本語 é 🙂", "'", "*a &b !c"} {
		odd := people[3]
		odd.ID, odd.Name = idOf("ci_user", 8), cty.NormalizeString(text)
		o := small(odd)
		o.Directory.Put(odd)
		var projects map[string]moduleProject
		content := export.Generate(o, export.Options{ModuleSource: moduleSource}).Files["projects.yaml"]
		if err := yaml.Unmarshal(content, &projects); err != nil || !slices.Equal(*projects["app"].Readers, []string{"ci_user:" + odd.Name}) {
			t.Errorf("%d: %v\n%s", i, err, content)
		}
	}
}

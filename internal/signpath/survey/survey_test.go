package survey_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// token is that of the CI user by which the tests read and change the organization.
const token = "c3VydmV5LXRva2VuLW9mLWEtdGVzdC0wMDAwMDAwMDA="

var contractMiddleware = contracttest.MustNew(contract.OpenAPI())

// rules make every rule find something in small organizations.
var rules = review.Rulebook{
	Catalogue: vocabulary.Rules,
	Now:       time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC),
	Rules: map[string]review.RuleSetting{
		"many-global-administrators": {Parameters: map[string]int{"maximum": 2}},
		"few-global-administrators":  {Parameters: map[string]int{"minimum": 3}},
	},
}

// TestChangesAreWhatAReviewExpects makes random changes of random organizations, and
// compares what there is to be found after them with what the review found before they
// were made. The number in the name of a test is the seed of all that is random in it.
func TestChangesAreWhatAReviewExpects(t *testing.T) {
	for _, number := range []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 141, 178} {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, number)
			before := w.survey()
			expected := before
			for range 10 {
				expected = expected.With(w.change(before))
			}
			found := w.survey()
			compareReviews(t, review.Compare(w.review(before), w.review(expected)), review.Compare(w.review(before), w.review(found)))
			for _, change := range review.Changes(expected, found) {
				t.Errorf("not expected: %s", change)
			}
			compareLines(t, "access", spellAccess(expected), spellAccess(found))
		})
	}
}

func compareReviews(t *testing.T, expected, found review.Comparison) {
	t.Helper()
	for _, part := range []struct {
		name            string
		expected, found []review.Finding
	}{
		{"introduced", expected.Introduced, found.Introduced}, {"resolved", expected.Resolved, found.Resolved}, {"left", expected.Left, found.Left},
	} {
		compareLines(t, part.name, spellFindings(part.expected), spellFindings(part.found))
	}
}

// compareLines tells the lines that are in one of the two only.
func compareLines(t *testing.T, what string, expected, found []string) {
	t.Helper()
	only := func(lines, others []string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return slices.Contains(others, line) }), "\n")
	}
	if !slices.Equal(expected, found) {
		t.Errorf("%s: expected only is\n%s\nand found only\n%s", what, only(expected, found), only(found, expected))
	}
}

func spellFindings(findings []review.Finding) []string {
	var lines []string
	for _, f := range findings {
		lines = append(lines, fmt.Sprintf("%s %s %s", f.Rule, f.Sentence, spellReasons(f.Reasons)))
	}
	return lines
}

func spellAccess(org review.Organization) []string {
	var lines []string
	for _, row := range review.Effective(org) {
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s", row.Place, row.Permission, row.Principal, row.Status, spellReasons(row.Reasons)))
	}
	return lines
}

func spellReasons(reasons []review.Reason) []string {
	return slices.Sorted(slices.Values(access.Spell(reasons)))
}

// A world is an organization on the mock server, and the random numbers that rule it.
type world struct {
	*testing.T
	random *rand.Rand
	server *mock.Server
	client *api.Client
	url    string
}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{T: t, random: rand.New(rand.NewPCG(seed, 1))}
	var err error
	w.server, err = mock.New(w.seed(), mock.WithIDs(idsOf(seed)), mock.WithMiddleware(contractMiddleware.Middleware(t)))
	w.must(err)
	url, stop, err := w.server.Start()
	w.must(err)
	t.Cleanup(stop)
	w.url = url + "/Api"
	w.client = w.newClient()
	return w
}

// idsOf makes ids that are the same in each run: lists are in the order of ids, and so
// it depends on them who is picked from one.
func idsOf(seed uint64) func() string {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	random := rand.NewChaCha8(key)
	return func() string { return uuid.Must(uuid.NewRandomFromReader(random)).String() }
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) newClient() *api.Client {
	client, err := api.New(api.Config{
		OrganizationID: w.server.OrganizationID(), Config: httpapi.Config{URL: w.url, Secret: token}, Mapping: mappingtest.File(w, w.server.Mapping()),
	})
	w.must(err)
	return client
}

// survey reads the organization as a run does that begins now.
func (w *world) survey() review.Organization {
	w.Helper()
	found, err := survey.Read(w.Context(), w.newClient(), nil)
	w.must(err)
	if len(found.Gaps) > 0 {
		w.Fatalf("gaps: %q", found.Gaps)
	}
	return found.Organization
}

func (w *world) review(org review.Organization) []review.Finding {
	report, err := review.Review(org, rules)
	w.must(err)
	return report.Findings
}

func (w *world) chance(percent int) bool { return w.random.IntN(100) < percent }

// some returns a few of the texts, in any order.
func (w *world) some(texts []string) []string {
	texts = slices.Clone(texts)
	w.random.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
	return texts[:w.random.IntN(min(len(texts), 3)+1)]
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// seed is an organization with users of every role and status, groups in groups, and
// signing policies of every kind.
func (w *world) seed() mock.Seed {
	seed := mock.Seed{Organization: mock.OrganizationSeed{ID: "6a2e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", Name: "Example"}}
	roles := []mock.Role{
		mock.RoleRegularUser, mock.RoleRegularUser, mock.RoleRegularUser, mock.RoleGlobalAdministrator, mock.RoleUserAdministrator,
		mock.RoleProjectAdministrator, mock.RoleCertificateAdministrator, mock.RoleGlobalReader,
	}
	var everybody []string
	for i := range 6 {
		user := mock.InteractiveUserSeed{
			Name: "User", Email: fmt.Sprintf("User.%d@example.com", i), Identity: fmt.Sprintf("example:%d", i),
			Role: pick(w.random, roles), Inactive: w.chance(40), Support: w.chance(10),
		}
		if w.chance(50) {
			user.Identity = "" // The invitation is not accepted.
		}
		seed.InteractiveUsers = append(seed.InteractiveUsers, user)
		everybody = append(everybody, "user:"+user.Email)
	}
	seed.CIUsers = []mock.CIUserSeed{{Name: "terraform", Role: mock.RoleGlobalAdministrator, Token: token}}
	for i := range 3 {
		seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: fmt.Sprintf("build-%d", i), Role: pick(w.random, roles), Inactive: w.chance(25)})
		everybody = append(everybody, fmt.Sprintf("ci_user:build-%d", i))
	}
	for i := range 4 { // A group holds groups that come before it, so that none holds itself.
		seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: fmt.Sprintf("Group %d", i), Members: w.some(everybody)})
		everybody = append(everybody, fmt.Sprintf("group:Group %d", i))
	}
	for i := range 2 {
		project := mock.ProjectSeed{
			Slug: fmt.Sprintf("project-%d", i), Name: "Project", Readers: w.some(everybody), Configurators: w.some(everybody), Inactive: w.chance(10),
		}
		for _, slug := range []string{"test-signing", "release-signing", "other"}[:1+w.random.IntN(3)] {
			project.SigningPolicies = append(project.SigningPolicies, mock.SigningPolicySeed{
				Slug: slug, Name: slug, Submitters: w.some(everybody), Approvers: w.some(everybody),
				UseApprovalProcess: w.chance(70), RequiredApprovals: 1 + w.random.IntN(2),
				VerifyTrustedBuildSystem: w.chance(30), VerifyOriginPolicy: w.chance(20),
			})
		}
		seed.Projects = append(seed.Projects, project)
	}
	return seed
}

// change changes something by the client, and returns what a review takes that for. It
// is nothing where SignPath refuses the change. Each change is a run of its own, because
// a run takes nothing that it has granted.
func (w *world) change(org review.Organization) review.Delta {
	w.Helper()
	w.client = w.newClient()
	p := pick(w.random, org.Principals).Principal
	switch w.random.IntN(8) {
	case 0:
		return w.changeRole(p)
	case 1, 2:
		return w.changeActivity(p)
	case 3:
		return w.create()
	}
	return w.changeList(org, p)
}

// named names a principal by either of its references.
func (w *world) named(p access.Principal) access.Reference {
	if w.chance(50) {
		return p.Reference()
	}
	return p.IDReference()
}

func (w *world) changeRole(p access.Principal) review.Delta {
	role := pick(w.random, vocabulary.GlobalRoles()).Role
	if p.Kind == access.KindGroup || p.Name == "terraform" {
		return review.Delta{}
	}
	if _, err := w.client.EditPrincipal(w.Context(), p.Kind, p.ID, api.PrincipalChange{Role: &role}); err != nil {
		return review.Delta{}
	}
	return review.Delta{Accounts: []review.AccountChange{{Member: w.named(p), Role: &role}}}
}

func (w *world) changeActivity(p access.Principal) review.Delta {
	active := w.chance(50)
	if p.Kind == access.KindGroup || p.Name == "terraform" {
		return review.Delta{}
	}
	if err := w.client.SetActive(w.Context(), p.Kind, p.ID, active); err != nil {
		return review.Delta{}
	}
	return review.Delta{Accounts: []review.AccountChange{{Member: w.named(p), Active: &active}}}
}

// create makes a CI user or a group, in names of which the case tells them apart.
func (w *world) create() review.Delta {
	p := access.Principal{Kind: access.KindCIUser, Name: pick(w.random, []string{"new", "NEW"}), Role: vocabulary.RoleRegularUser, Active: true}
	if w.chance(50) {
		p.Kind, p.Role = access.KindGroup, ""
	}
	if _, err := w.client.CreatePrincipal(w.Context(), p); err != nil {
		return review.Delta{}
	}
	list := review.Seat{Role: vocabulary.Readers.Role(), Place: access.PlaceOf("project-0")}
	delta := review.Delta{Principals: []review.Principal{{Principal: p}}}
	created, err := w.client.Resolve(w.Context(), p.Reference())
	w.must(err)
	if _, err := w.client.ChangeMembers(w.Context(), api.Target{List: vocabulary.Readers, Project: "project-0"}, []string{created.ID}, nil); err == nil {
		delta.Added = list.Entries(p.Reference())
	}
	return delta
}

func (w *world) changeList(org review.Organization, p access.Principal) review.Delta {
	policy := pick(w.random, org.PlacesOf(vocabulary.PlaceSigningPolicy))
	group := pick(w.random, slices.DeleteFunc(slices.Clone(org.Principals), func(p review.Principal) bool { return p.Kind != access.KindGroup }))
	target := api.Target{List: pick(w.random, vocabulary.Lists())}
	list := review.Seat{Role: target.List.Role()}
	switch target.List.Parent {
	case vocabulary.ParentUserGroup:
		list = review.Seat{Group: w.named(group.Principal)}
		target.Group, target.GroupName = group.ID, group.Name
	case vocabulary.ParentSigningPolicy:
		list.Place, target.Project, target.Policy = policy, policy.Slug(0), policy.Slug(1)
	default:
		list.Place, target.Project = access.PlaceOf(policy.Slug(0)), policy.Slug(0)
	}
	members, err := w.client.Members(w.Context(), target)
	w.must(err)
	if w.chance(50) && len(members) > 0 {
		id := pick(w.random, members)
		references, err := w.client.References(w.Context(), []string{id})
		w.must(err)
		leaver := references[id]
		// Of who was just created, the review does not know the id.
		isOld := slices.ContainsFunc(org.Principals, func(p review.Principal) bool { return p.ID == id })
		if w.chance(50) && isOld {
			leaver.Key = id
		}
		if _, err := w.client.ChangeMembers(w.Context(), target, nil, []string{id}); err != nil {
			return review.Delta{}
		}
		return review.Delta{Removed: list.Entries(leaver)}
	}
	if _, err := w.client.ChangeMembers(w.Context(), target, []string{p.ID}, nil); err != nil {
		return review.Delta{}
	}
	return review.Delta{Added: list.Entries(w.named(p))}
}

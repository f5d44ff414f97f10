package export_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const (
	organizationID = "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90"
	// token is that of the CI user that exports and plans.
	token = "ZXhwb3J0LXRva2VuLW9mLWEtdGVzdC0wMDAwMDAwMDA="
	// ghost is a user that lists name and that the organization does not have.
	ghost = "99999999-9999-4999-8999-999999999999"

	largeUsers, largeCIUsers, largeGroups, largeProjects, largePolicies = 200, 60, 30, 40, 90

	// largeBudget is how many requests an export of it may take: the lists of users,
	// CI users and groups, each group, project and signing policy, and two more.
	largeBudget = 3 + largeGroups + largeProjects + largePolicies + 2
)

// idOf makes ids that do not depend on the order in which a seed lists things.
func idOf(kind string, i int) string {
	return uuid.NewSHA1(uuid.MustParse(organizationID), fmt.Appendf(nil, "%s-%d", kind, i)).String()
}

func user(i int) string   { return "user:" + idOf("user", i) }
func ciUser(i int) string { return "ci_user:" + idOf("ci_user", i) }
func group(i int) string  { return "group:" + idOf("group", i) }

// largeSeed is an organization as it has grown over years: with people who left,
// names that several have, names that nobody would choose again, a directory that
// synchronizes some, groups in groups, and lists with everybody on them.
func largeSeed() mock.Seed {
	return mock.Seed{
		Organization:     mock.OrganizationSeed{ID: organizationID, Name: "Example"},
		InteractiveUsers: largeSeedUsers(),
		CIUsers:          largeSeedCIUsers(),
		UserGroups:       largeSeedGroups(),
		Projects:         largeSeedProjects(),
	}
}

var oddUsers = map[int]mock.InteractiveUserSeed{
	0:  {Email: "org.admin@example.com", Role: mock.RoleGlobalAdministrator},
	1:  {Email: "dev.lead@example.com", Name: `Dev "Lead" ${var.name} %{ if true }`},
	2:  {Email: "dev.lead@example.org", Name: "Dev Lead\nof another\tcompany"},
	3:  {Email: "Dev_Lead@Example.net", Name: `back\slash $${x} $`},
	4:  {Email: "jürgen@example.com", Name: "Jürgen Groß"},
	5:  {Email: "nihongo@example.com", Name: "日本語の名前 \u202e\u2028 🙂"},
	6:  {Email: "2024@example.com", Name: "Digits"},
	7:  {Email: "decomposed@example.com", Name: "Rene\u0301"},
	8:  {Email: "padded@example.com", Name: " padded "},
	9:  {Email: "support@signpath.example.com", Name: "Support", Support: true, Role: mock.RoleGlobalAdministrator},
	10: {Email: "gone.admin@example.com", Inactive: true, Role: mock.RoleGlobalAdministrator},
	11: {Email: "sync.admin@example.com", Synchronized: true, Role: mock.RoleUserAdministrator},
	12: {Email: "notified@example.com", NotificationEmail: "other+box@example.com", Identity: "sso:S-1-5-21"},
	13: {Email: "odd.settings@example.com", NotificationEmail: "nowhere", Identity: "no identity"},
	14: {Email: "terraform@example.com", Name: "Same name as a CI user", Role: mock.RoleGlobalReader},
}

func largeSeedUsers() []mock.InteractiveUserSeed {
	users := make([]mock.InteractiveUserSeed, largeUsers)
	for i := range users {
		u, odd := oddUsers[i]
		if !odd {
			u = mock.InteractiveUserSeed{Email: fmt.Sprintf("user.%03d@example.com", i), Synchronized: i%9 == 0, Inactive: i%20 == 7}
		}
		if u.Name == "" {
			u.Name = fmt.Sprintf("User %d", i)
		}
		u.ID = idOf("user", i)
		users[i] = u
	}
	users[30].Role, users[40].Role = mock.RoleProjectAdministrator, mock.RoleCertificateAdministrator
	return users
}

var oddCIUsers = map[int]mock.CIUserSeed{
	0: {Name: "terraform", Role: mock.RoleGlobalAdministrator, Token: token},
	1: {Name: "twice"},
	2: {Name: "twice", Role: mock.RoleDirectorySynchronizer},
	3: {Name: "cafe\u0301 build", Role: mock.RoleGlobalReader},
	4: {Name: " padded", Role: mock.RoleGlobalReader},
	5: {Name: "12345678-1234-4234-8234-123456789012"},
	6: {Name: `${path.root}/"build"`, NotificationEmail: "build@example.com"},
	7: {Name: "ci_user:build"},
	8: {Name: "Build (old)", Inactive: true},
	9: {Name: "build/old"},
}

func largeSeedCIUsers() []mock.CIUserSeed {
	users := make([]mock.CIUserSeed, largeCIUsers)
	for i := range users {
		u, odd := oddCIUsers[i]
		if !odd {
			u = mock.CIUserSeed{Name: fmt.Sprintf("build %d", i)}
		}
		u.ID = idOf("ci_user", i)
		users[i] = u
	}
	return users
}

var oddGroups = map[int]mock.UserGroupSeed{
	0: {Name: "Everybody", Members: []string{group(1), group(2), group(9), user(18)}},
	1: {Name: "Directory", Synchronized: true, Members: []string{user(18), user(27)}},
	2: {Name: "Inner", Members: []string{group(3), ciUser(1), ciUser(20)}},
	3: {Name: "group:Innermost", Description: "a \"description\"\n\twith ${all} %{sorts}", Members: []string{user(1), user(2), user(3)}},
	4: {Name: "Empty"},
	5: {Name: "Twice", Members: []string{user(20)}},
	6: {Name: "Twice", Members: []string{user(21)}},
	7: {Name: "Cafe\u0301", Members: []string{user(22), ciUser(22)}},
	8: {Name: " padded", Members: []string{user(23)}},
	9: {Name: "a/user:b", Members: []string{user(24), ciUser(3), "user:" + ghost}},
}

func largeSeedGroups() []mock.UserGroupSeed {
	groups := make([]mock.UserGroupSeed, largeGroups)
	for i := range groups {
		g, odd := oddGroups[i]
		if !odd {
			g = mock.UserGroupSeed{Name: fmt.Sprintf("Team %d", i), Synchronized: i%10 == 0, Members: []string{user(i + 20), user(i + 60), ciUser(i + 20)}}
		}
		g.ID = idOf("group", i)
		groups[i] = g
	}
	return groups
}

var oddSlugs = map[int]string{0: "App", 1: "app", 2: "app_override", 3: "a.b", 4: "a", 5: "a_b", 6: "2048"}

func largeSeedProjects() []mock.ProjectSeed {
	projects := make([]mock.ProjectSeed, largeProjects)
	left := largePolicies
	for i := range projects {
		slug := oddSlugs[i]
		if slug == "" {
			slug = fmt.Sprintf("project-%02d", i)
		}
		projects[i] = mock.ProjectSeed{ID: idOf("project", i), Slug: slug, Name: slug}
		if i%3 != 0 {
			projects[i].Readers = []string{group(i % 30), user(i), ciUser(i % 60)}
			projects[i].Configurators = []string{user(i + 100)}
		}
		for j := range min(2+(i+1)%4/3, left) {
			projects[i].SigningPolicies = append(projects[i].SigningPolicies, largeSeedPolicy(i, j))
			left--
		}
	}
	projects[4].SigningPolicies[0].Slug, projects[5].SigningPolicies[0].Slug = "b_c", "c"
	projects[7].Readers = append(projects[7].Readers, "user:"+ghost)
	return projects
}

// largeSeedPolicy has inactive users, CI users as approvers, and too few approvers
// on its lists now and then.
func largeSeedPolicy(project, policy int) mock.SigningPolicySeed {
	i := 3*project + policy
	s := mock.SigningPolicySeed{ID: idOf("policy", i), Slug: fmt.Sprintf("policy-%d", policy), Name: "Policy", UseApprovalProcess: true, RequiredApprovals: 2}
	if policy == 0 {
		s.VerifyTrustedBuildSystem = project%2 == 0
		s.Submitters = []string{ciUser(i % 60), user(7 + i%50)}
	}
	if i%4 != 0 {
		s.Approvers = []string{user(i), user(i + 1), group(i % 30)}
	}
	if i%7 == 0 {
		s.Approvers = []string{ciUser(i % 60), user(27)}
	}
	return s
}

// shuffled is the same organization, listed the other way round.
func shuffled(seed mock.Seed) mock.Seed {
	slices.Reverse(seed.InteractiveUsers)
	slices.Reverse(seed.CIUsers)
	slices.Reverse(seed.UserGroups)
	slices.Reverse(seed.Projects)
	for i := range seed.UserGroups {
		seed.UserGroups[i].Members = slices.Clone(seed.UserGroups[i].Members)
		slices.Reverse(seed.UserGroups[i].Members)
	}
	for i, project := range seed.Projects {
		slices.Reverse(project.Readers)
		slices.Reverse(project.SigningPolicies)
		for j := range seed.Projects[i].SigningPolicies {
			slices.Reverse(seed.Projects[i].SigningPolicies[j].Submitters)
			slices.Reverse(seed.Projects[i].SigningPolicies[j].Approvers)
		}
	}
	return seed
}

// contractMiddleware judges what is said to the mock server, and what that answers.
var contractMiddleware = contracttest.MustNew(contract.OpenAPI())

// newServer serves the organization of the seed, in which the ghost is on lists
// and nowhere else. A seed cannot say that, so it is taken out of the state.
func newServer(t *testing.T, seed mock.Seed, options ...mock.Option) *mock.Server {
	t.Helper()
	file := filepath.Join(t.TempDir(), "state.json")
	seed.InteractiveUsers = append(slices.Clone(seed.InteractiveUsers), mock.InteractiveUserSeed{ID: ghost, Name: "Ghost", Email: "ghost@example.com"})
	options = append(options, mock.WithStateFile(file))
	server, err := mock.New(seed, options...)
	must(t, err)
	must(t, server.Administrator("").SetActive("user:"+ghost, false)) // So that the state is written.
	content, err := os.ReadFile(file)
	must(t, err)
	var state map[string]any
	must(t, json.Unmarshal(content, &state))
	state["users"] = slices.DeleteFunc(state["users"].([]any), func(u any) bool { return u.(map[string]any)["id"] == ghost })
	content, err = json.Marshal(state)
	must(t, err)
	must(t, os.WriteFile(file, content, 0o600))
	server, err = mock.New(seed, append(options, mock.WithMiddleware(contractMiddleware.Middleware(t)))...)
	must(t, err)
	return server
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

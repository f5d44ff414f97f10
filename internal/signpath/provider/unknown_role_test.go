package provider_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A spelling lets a server spell one role otherwise, from some time on: with the JSON
// value in its place.
type spelling struct {
	role  mock.Role
	value string
	on    atomic.Bool
}

func (s *spelling) option() mock.Option {
	assumed, spelled := []byte(`"role":"`+string(s.role)+`"`), []byte(`"role":`+s.value)
	return mock.WithMiddleware(func(served http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !s.on.Load() {
				served.ServeHTTP(w, r)
				return
			}
			sent, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(sent, spelled, assumed)))
			r.ContentLength = -1
			answer := httptest.NewRecorder()
			served.ServeHTTP(answer, r)
			body := bytes.ReplaceAll(answer.Body.Bytes(), assumed, spelled)
			for name, values := range answer.Header() {
				w.Header()[name] = values
			}
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.WriteHeader(answer.Code)
			_, _ = w.Write(body)
		})
	})
}

// spellings are values for a role that this version does not know, and what they are called.
var spellings = map[string]string{
	`"GlobalAdmin"`:         `"GlobalAdmin" (unknown)`,
	`"globalAdministrator"`: `"globalAdministrator" (unknown)`,
	`null`:                  `null (unknown)`,
}

// byUserAdministrator lets Terraform act as one, so that org.admin is the only Global
// Administrator.
func byUserAdministrator(seed *mock.Seed) { seed.CIUsers[0].Role = mock.RoleUserAdministrator }

// TestLockoutOfUnknownRoles takes the role or the activity from somebody whose role may be
// that of the last Global Administrator, and from the last one of whom that is known.
func TestLockoutOfUnknownRoles(t *testing.T) {
	inactive := strings.TrimSuffix(importAdmin, "}\n") + "  active = false\n}\n"
	demoted := strings.Replace(importAdminRole, `"GlobalAdministrator"`, `"GlobalReader"`, 1)
	allow := func(config string) string { return strings.TrimSuffix(config, "}\n") + "  allow_lockout = true\n}\n" }
	leadIs := func(role mock.Role) func(*mock.Seed) {
		return func(seed *mock.Seed) {
			byUserAdministrator(seed)
			seed.InteractiveUsers[2].Role = role
		}
	}
	const last = "No Global Administrator would be left"
	for value, called := range spellings {
		for name, c := range map[string]struct {
			// spelled is the role that the server spells otherwise.
			spelled                mock.Role
			seed                   func(*mock.Seed)
			before, after, allowed string
			want                   []string // nil if it is allowed anyway
		}{
			"deactivated": {
				mock.RoleGlobalAdministrator, byUserAdministrator, importAdmin, inactive, allow(inactive),
				[]string{last, "deactivates user:org.admin@example.com", "whose role " + called + " may be that of the last active Global Administrator"},
			},
			"destroyed": {mock.RoleGlobalAdministrator, byUserAdministrator, importAdmin, " ", "", []string{last, "deactivates user:org.admin@example.com"}},
			"the role is another": {
				mock.RoleGlobalAdministrator, byUserAdministrator, importAdminRole, demoted, allow(demoted),
				[]string{last, "takes the role " + called + " from user:org.admin@example.com"},
			},
			"the role is taken away": {
				mock.RoleGlobalAdministrator, byUserAdministrator, importAdminRole, " ", "",
				[]string{last, "takes the role " + called + " from user:org.admin@example.com"},
			},
			"the role is another one's": {
				mock.RoleGlobalAdministrator, byUserAdministrator, importAdminRole, roleAssignmentNamed("admin", lead, "GlobalAdministrator"),
				allow(roleAssignmentNamed("admin", lead, "GlobalAdministrator")),
				[]string{last, "takes the role " + called + " from user:org.admin@example.com"},
			},
			"the role is what it was": {mock.RoleGlobalAdministrator, byUserAdministrator, importAdminRole, importAdminRole, "", nil},
			"another one is known":    {mock.RoleUserAdministrator, leadIs(mock.RoleUserAdministrator), leadActive("true"), leadActive("false"), "", nil},
			"the last who is known": {
				mock.RoleProjectAdministrator, leadIs(mock.RoleProjectAdministrator), importAdmin, inactive, allow(inactive),
				[]string{last, "user:org.admin@example.com (Organization Admin), the last active Global Administrator"},
			},
		} {
			t.Run(value+"/"+name, func(t *testing.T) {
				t.Parallel()
				spelling := &spelling{role: c.spelled, value: value}
				org := newOrganizationWith(t, []mock.Option{spelling.option()}, c.seed)
				s := org.site(inProcess, c.before)
				s.mustApply()
				spelling.on.Store(true)
				s.Write("main.tf", c.after)
				before := s.Snapshot()
				planned := s.Plan(testkit.Options{})
				if c.want == nil {
					if planned.Err != nil {
						t.Errorf("it is refused: %s", planned)
					}
					return
				}
				if planned.Err == nil || !says(c.want...).MatchString(planned.Said) {
					t.Errorf("want %q: %s", c.want, planned)
				}
				s.unchangedSince(before)
				if c.allowed != "" {
					s.Write("main.tf", c.allowed)
					s.mustPlan()
				}
			})
		}
	}
}

func leadActive(active string) string {
	return "import {\n  to = signpath_user.lead\n  id = \"dev.lead@example.com\"\n}\n" +
		"resource \"signpath_user\" \"lead\" {\n  name = \"Development Lead\"\n  email = \"dev.lead@example.com\"\n  active = " + active + "\n}\n"
}

// spelled is an organization of which the server spells the role otherwise from the start.
func spelled(t *testing.T, role mock.Role, value string, options ...mock.Option) *organization {
	t.Helper()
	spelling := &spelling{role: role, value: value}
	spelling.on.Store(true)
	return newOrganizationWith(t, append(options, spelling.option()), func(seed *mock.Seed) {
		seed.InteractiveUsers[2].Role, seed.CIUsers = role, append(seed.CIUsers, mock.CIUserSeed{Name: "build", Role: role, Inactive: true})
	})
}

// importBuild lacks the brace at its end.
const importBuild = "import {\n  to = signpath_ci_user.build\n  id = \"build\"\n}\nresource \"signpath_ci_user\" \"build\" {\n  name = \"build\"\n"

const everyReader = `
data "signpath_current_user" "me" {}
data "signpath_users" "all" {}
data "signpath_ci_users" "all" {}
data "signpath_user" "lead" { email = "dev.lead@example.com" }
`

// A run warns once of a role that nobody knows, whatever reads it first, and names
// everybody who has it.
func TestUnknownRolesAreToldOnce(t *testing.T) {
	for value, called := range spellings {
		for name, config := range map[string]string{
			"resource":          leadActive("true"),
			"CI user":           importBuild + "  active = false\n}\n",
			"new user":          "resource \"signpath_user\" \"new\" {\n  name = \"New\"\n  email = \"new@example.com\"\n}\n",
			"role":              roleAssignment(lead, "GlobalReader"),
			"data source":       `data "signpath_users" "all" {}`,
			"one by its name":   `data "signpath_ci_user" "build" { name = "build" }`,
			"all at once":       everyReader + leadActive("true") + roleAssignment(lead, "GlobalReader"),
			"whose token it is": `data "signpath_current_user" "me" {}`,
		} {
			t.Run(value+"/"+name, func(t *testing.T) {
				t.Parallel()
				role := mock.RoleProjectAdministrator
				if name == "whose token it is" {
					role = mock.RoleGlobalAdministrator
				}
				s := spelled(t, role, value).site(inProcess, config)
				planned := s.mustPlan()
				var told []string
				for _, d := range planned.Diagnostics {
					if strings.HasPrefix(d.Summary, "Global role ") {
						told = append(told, d.Summary+"\n"+d.Detail)
					}
				}
				want := says("Global role "+called+" is in use", lead+" (Development Lead)", "ci_user:build", "as Global Administrator")
				if len(told) != 1 || !want.MatchString(told[0]) {
					t.Errorf("it is told %d times: %s", len(told), planned)
				}
				s.guard(`"unknown-role" = { severity = "ignore" }`)
				if said := s.mustPlan().Said; strings.Contains(said, "is in use") {
					t.Errorf("it is told, though the rule is switched off:\n%s", said)
				}
			})
		}
	}
}

// Whoever comes back with a role that nobody knows may be a Global Administrator.
func TestActivationWithAnUnknownRoleIsGuarded(t *testing.T) {
	for value, called := range spellings {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			org := spelled(t, mock.RoleProjectAdministrator, value)
			org.behindTerraform(func(a *mock.Administrator) error { return a.SetActive(lead, false) })()
			s := org.site(inProcess, leadActive("true"))
			s.planSays("Warning: Guardrail unknown-role: " + lead + " has the global role " + called + ", which counts as Global Administrator")
			s.guard(deny("unknown-role"))
			if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says("Error: Guardrail unknown-role: "+lead).MatchString(planned.Said) {
				t.Errorf("it is not denied: %s", planned)
			}
			s.Write("main.tf", importBuild+"}\n")
			s.guard(deny("ci-user-administrator"))
			if planned := s.Plan(testkit.Options{}); planned.Err == nil || !says("Error: Guardrail ci-user-administrator: ci_user:build").MatchString(planned.Said) {
				t.Errorf("it is not denied: %s", planned)
			}
		})
	}
}

// Data sources tell the role as the server does, and the review of what it counts as.
func TestDataSourcesTellUnknownRoles(t *testing.T) {
	for value := range spellings {
		t.Run(value, func(t *testing.T) {
			org := spelled(t, mock.RoleProjectAdministrator, value)
			config := everyReader + `
data "signpath_access_review" "all" { principal = "user:dev.lead@example.com" }
output "roles" {
  value = jsonencode([data.signpath_user.lead.role, one([for u in data.signpath_users.all.users : u.role if u.email == "dev.lead@example.com"])])
}
output "found" {
  value = join(" ", data.signpath_access_review.all.findings[*].rule)
}
output "may" {
  value = join(" ", distinct([for e in data.signpath_access_review.all.entries : e.permission if e.project == null]))
}
`
			org.run(nil, resource.TestStep{Config: org.config(config), ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("roles", text("["+value+","+value+"]")),
				statecheck.ExpectKnownOutputValue("found", text("unknown-role")),
				statecheck.ExpectKnownOutputValue("may",
					text("read-artifacts configure administer-projects administer-users administer-certificates everything")),
			}})
		})
	}
}

// What the provider's own validators refuse is not listed, because no configuration can
// have it.
func TestListResourcesLeaveOutUnknownRoles(t *testing.T) {
	for value := range spellings {
		t.Run(value, func(t *testing.T) {
			org := spelled(t, mock.RoleProjectAdministrator, value)
			org.run(nil, resource.TestStep{
				Query: true, Config: org.config(query("signpath_role_assignment", "")),
				QueryResultChecks: []querycheck.QueryResultCheck{
					finds{"GlobalAdministrator of user:org.admin@example.com", "GlobalAdministrator of ci_user:terraform"},
				},
			})
		})
	}
}

// Where the mapping says that null is a Regular User, it is one; that the server's document lets
// a role be null says of no role that it is the one.
func TestNullIsARegularUserWhereTheMappingSaysSo(t *testing.T) {
	dialect, err := mock.ParseDialect("null-regular")
	must(t, err)
	for name, c := range map[string]struct {
		mapping string
		told    bool
	}{
		"it says so":  {"version: 1\nroles: {RegularUser: null}\n", false},
		"it says not": {"version: 1\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			judged := signpathtest.Judged(t, contracttest.ByServedDocument("/Api/swagger/v1/swagger.json", "roles are null"))
			s := newOrganizationWith(t, []mock.Option{mock.WithDialect(dialect), judged}).mappedSite(inProcess, c.mapping, everyReader+leadActive("true"))
			planned := s.mustPlan()
			if got := says("Global role null").MatchString(planned.Said); got != c.told {
				t.Errorf("it is told: %t: %s", got, planned)
			}
			s.Write("main.tf", leadActive("false"))
			if refused := s.Plan(testkit.Options{}).Err != nil; refused {
				t.Error("who may be the last Global Administrator is not, with two that are known")
			}
		})
	}
}

package survey_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// usersPage is SignPath's users page, cell by cell, read independently of mock and review: whether somebody may
// do something at a place. The policies are app/test, app/release and other/test. A cell says yes or no for both
// versions of the page, "new" for what is so since the project read permission of 1.207.3 and 1.211.0, and "old"
// for what was so before. Everybody is a Regular User but for the role in the first column, and on no other list.
//
//	see                 read the configuration of the project app
//	test, release, else read the signing requests of app/test, app/release, other/test
//	edit, policies      edit the project app, its signing policies
//	configure           change the artifact configurations of app
//	users, groups       manage them
//	certs, all          manage certificates; what Global Administrators may besides
//	s-, a-              submit to, approve at app/test, app/release
const usersPage = `
                          | see | test | release | else | edit | policies | configure | users | groups | certs | all | s-test | s-release | a-test | a-release
GlobalAdministrator       | yes | yes  | yes     | yes  | yes  | yes      | yes       | yes   | yes    | yes   | yes | no     | no        | no     | no
CertificateAdministrator  | old | no   | no      | no   | no   | no       | no        | no    | no     | yes   | no  | no     | no        | no     | no
UserAdministrator         | old | no   | no      | no   | no   | no       | no        | yes   | yes    | no    | no  | no     | no        | no     | no
ProjectAdministrator      | yes | yes  | yes     | yes  | yes  | yes      | yes       | no    | no     | no    | no  | no     | no        | no     | no
GlobalReader              | yes | yes  | yes     | yes  | no   | no       | no        | no    | no     | no    | no  | no     | no        | no     | no
DirectorySynchronizer     | old | no   | no      | no   | no   | no       | no        | yes   | yes    | no    | no  | no     | no        | no     | no
RegularUser               | old | no   | no      | no   | no   | no       | no        | no    | no     | no    | no  | no     | no        | no     | no
support                   | yes | yes  | yes     | yes  | yes  | yes      | yes       | yes   | yes    | yes   | yes | no     | no        | no     | no
reader of app             | yes | yes  | yes     | no   | no   | no       | no        | no    | no     | no    | no  | no     | no        | no     | no
configurator of app       | yes | yes  | yes     | no   | no   | no       | yes       | no    | no     | no    | no  | no     | no        | no     | no
submitter of app/test     | yes | yes  | new     | no   | no   | no       | no        | no    | no     | no    | no  | yes    | no        | no     | no
approver of app/test      | yes | yes  | new     | no   | no   | no       | no        | no    | no     | no    | no  | no     | no        | yes    | no
submitter of app/release  | yes | new  | yes     | no   | no   | no       | no        | no    | no     | no    | no  | no     | yes       | no     | no
approver of app/release   | yes | new  | yes     | no   | no   | no       | no        | no    | no     | no    | no  | no     | no        | no     | yes
submitter of other/test   | old | no   | no      | yes  | no   | no       | no        | no    | no     | no    | no  | no     | no        | no     | no
`

// A pageColumn is a column of the page: the right of the mock's table, if the mock serves what it is about, and the
// permission of the review, if reviews tell it.
type pageColumn struct {
	action     string
	permission access.Permission
	place      access.Place
}

var (
	app, appTest, appRelease = access.PlaceOf("app"), access.PlaceOf("app", "test"), access.PlaceOf("app", "release")

	requests    = "read the signing requests of a signing policy, with their artifacts"
	pageColumns = map[string]pageColumn{
		"see":       {"read this project and its signing policies", access.Permission{}, app},
		"test":      {requests, vocabulary.ReadArtifacts, appTest},
		"release":   {requests, vocabulary.ReadArtifacts, appRelease},
		"else":      {requests, vocabulary.ReadArtifacts, access.PlaceOf("other", "test")},
		"edit":      {"edit this project", vocabulary.AdministerProjects, app},
		"policies":  {"edit signing policies", vocabulary.AdministerProjects, appTest},
		"configure": {"", vocabulary.Configure, app},
		"users":     {"change users", vocabulary.AdministerUsers, app},
		"groups":    {"change user groups", vocabulary.AdministerUsers, app},
		"certs":     {"", vocabulary.AdministerCertificates, app},
		"all":       {"", vocabulary.Everything, app},
		"s-test":    {"", vocabulary.Submit, appTest},
		"s-release": {"", vocabulary.Submit, appRelease},
		"a-test":    {"", vocabulary.Approve, appTest},
		"a-release": {"", vocabulary.Approve, appRelease},
	}
)

// readUsersPage returns the holders in order, and each cell by holder and column.
func readUsersPage(t *testing.T) (holders []string, cells map[string]map[string]string) {
	t.Helper()
	cells = map[string]map[string]string{}
	var columns []string
	for line := range strings.Lines(strings.Trim(usersPage, "\n")) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if columns == nil {
			columns = parts[1:]
			continue
		}
		holder := parts[0]
		holders, cells[holder] = append(holders, holder), map[string]string{}
		for i, cell := range parts[1:] {
			if !slices.Contains([]string{"yes", "no", "new", "old"}, cell) {
				t.Fatalf("%s: the cell %q", holder, cell)
			}
			cells[holder][columns[i]] = cell
		}
	}
	return holders, cells
}

// pageOrganization has a user for each holder of the page, on its list through a group where isNested is true.
func pageOrganization(holders []string, isNested bool) mock.Seed {
	seed := mock.Seed{
		Organization: mock.OrganizationSeed{ID: "6a2e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", Name: "Example"},
		CIUsers:      []mock.CIUserSeed{{Name: "terraform", Role: mock.RoleGlobalAdministrator, Token: token}},
		Projects: []mock.ProjectSeed{
			{Slug: "app", Name: "App", SigningPolicies: []mock.SigningPolicySeed{{Slug: "test", Name: "Test"}, {Slug: "release", Name: "Release"}}},
			{Slug: "other", Name: "Other", SigningPolicies: []mock.SigningPolicySeed{{Slug: "test", Name: "Test"}}},
		},
	}
	for i, holder := range holders {
		user := mock.InteractiveUserSeed{Name: holder, Email: emailOf(i), Identity: fmt.Sprintf("example:%d", i), Support: holder == "support"}
		entry := "user:" + user.Email
		list, place, isOnList := strings.Cut(holder, " of ")
		if !isOnList && !user.Support {
			user.Role = mock.Role(holder)
		}
		if isOnList && isNested {
			inner, outer := fmt.Sprintf("Inner %d", i), fmt.Sprintf("Outer %d", i)
			seed.UserGroups = append(seed.UserGroups,
				mock.UserGroupSeed{Name: inner, Members: []string{entry}}, mock.UserGroupSeed{Name: outer, Members: []string{"group:" + inner}})
			entry = "group:" + outer
		}
		seed.InteractiveUsers = append(seed.InteractiveUsers, user)
		if isOnList {
			entries := listOfSeed(&seed, list, place)
			*entries = append(*entries, entry)
		}
	}
	return seed
}

func emailOf(holder int) string { return fmt.Sprintf("holder.%d@example.com", holder) }

func listOfSeed(seed *mock.Seed, list, place string) *[]string {
	project, policy, _ := strings.Cut(place, "/")
	p := &seed.Projects[slices.IndexFunc(seed.Projects, func(p mock.ProjectSeed) bool { return p.Slug == project })]
	switch list {
	case "reader":
		return &p.Readers
	case "configurator":
		return &p.Configurators
	}
	s := &p.SigningPolicies[slices.IndexFunc(p.SigningPolicies, func(s mock.SigningPolicySeed) bool { return s.Slug == policy })]
	if list == "submitter" {
		return &s.Submitters
	}
	return &s.Approvers
}

// TestMockAndReviewAreTheUsersPage compares both with each cell of the page, in both versions of the rule about who
// reads. A review tells the newer version, and by the places of its reasons the older one: what stands at another
// place than those around gives nothing there.
func TestMockAndReviewAreTheUsersPage(t *testing.T) {
	holders, cells := readUsersPage(t)
	for name, dialect := range map[string]mock.Dialect{
		"new": {}, "old": {OldReadRule: true}, "new, of 1.207.3": {Version: "1.207.3"}, "old, of 1.206.0": {Version: "1.206.0"},
	} {
		for _, isNested := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, nested %t", name, isNested), func(t *testing.T) {
				server, err := mock.New(pageOrganization(holders, isNested), mock.WithDialect(dialect))
				if err != nil {
					t.Fatal(err)
				}
				version, _, _ := strings.Cut(name, ",")
				reviewed := reviewOf(t, server, version == "old")
				for i, holder := range holders {
					for column, cell := range cells[holder] {
						at := pageColumns[column]
						want := cell == "yes" || cell == version
						if at.action != "" {
							permits, err := server.Permits(at.action, "user:"+emailOf(i), at.place.Slug(0), at.place.Slug(1))
							if err != nil || permits != want {
								t.Errorf("%s | %s: the mock says %t (%v), the page %t", holder, column, permits, err, want)
							}
						}
						if at.permission == (access.Permission{}) {
							continue
						}
						if may := reviewed(emailOf(i), at.permission, at.place); may != want {
							t.Errorf("%s | %s: the review says %t, the page %t", holder, column, may, want)
						}
					}
				}
			})
		}
	}
}

// reviewOf tells by a review of the organization what a user may do at a place.
func reviewOf(t *testing.T, server *mock.Server, isOld bool) func(email string, permission access.Permission, place access.Place) bool {
	t.Helper()
	url, stop, err := server.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	client, err := api.New(api.Config{OrganizationID: server.OrganizationID(), Config: httpapi.Config{URL: url + "/Api", Secret: token}})
	if err != nil {
		t.Fatal(err)
	}
	found, err := survey.Read(t.Context(), client, nil)
	if err != nil || len(found.Gaps) > 0 {
		t.Fatal(err, found)
	}
	rows := review.Effective(found.Organization)
	return func(email string, permission access.Permission, place access.Place) bool {
		who := access.Reference{Kind: access.KindUser, Key: email}
		return slices.ContainsFunc(rows, func(row review.Access) bool {
			// What is not told apart at a place is told at one around it.
			told := row.Place == place || !found.Organization.Vocabulary.IsToldAt(permission, place) && row.Place.Contains(place)
			return told && row.Permission == permission && row.Principal.Same(who) &&
				(!isOld || slices.ContainsFunc(row.Reasons, func(r review.Reason) bool { return r.Place.Contains(place) }))
		})
	}
}

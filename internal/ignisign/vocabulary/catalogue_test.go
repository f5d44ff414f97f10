package vocabulary

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// columns are the roles of the matrix: the 12 of the page in its order, and INTERNAL_API.
var columns = strings.Fields(`
	SUPER_ADMIN ORG_OWNER ORG_ADMIN ORG_BILLING ORG_USER APP_ADMIN APP_MANAGER APP_OPERATOR APP_READER
	SIGNERS INVITED_PROOF_READER INVITED_DOCUMENT_PROVIDER INTERNAL_API
`)

// readMatrix is the matrix, written out independently of the policies in the code: ● is listed
// in the policy of the role, ○ is implied, · is not granted.
const readMatrix = `
PLATFORM_ORGANIZATION_MANAGEMENT ● · · · · · · · · · · · ●
PLATFORM_USER_MANAGEMENT         ● · · · · · · · · · · · ●
PLATFORM_KPI                     ● · · · · · · · · · · · ●
ORG_ARCHIVING                    ● ● ● · · · · · · · · · ●
ORG_BILLING                      ● ● ● ● · · · · · · · · ●
ORG_MEMBER_MANAGEMENT            ● ● ● · · · · · · · · · ●
ORG_DELEGATION_AGREEMENT         ● ● ● · · · · · · · · · ●
ORG_BASICINFORMATION_READ        ○ ○ ○ ● ● · · · · · · · ○
ORG_BASICINFORMATION_WRITE       ● ● ● · · · · · · · · · ●
APP_CUSTOMIZATION                ● ● ● · · ● · · · · · · ●
APP_MEMBER_MANAGEMENT            ● ● ● · · ● · · · · · · ●
API_KEYS_MANAGEMENT              ● ● ● · · ● · · · · · · ●
WEBHOOKS_MANAGEMENT              ● ● ● · · ● ● · · · · · ●
DOC_TEMPLATE_MANAGEMENT          ● ● ● · · ● ● · · · · · ●
DOC_TEMPLATE_READ                ○ ○ ○ · · ○ ○ ● ● · · · ○
SIGNATURE_PROFILE_MANAGEMENT     ● ● ● · · ● ● · · · · · ●
SIGNATURE_PROFILE_READ           ○ ○ ○ · · ○ ○ ● ● · · · ○
SIGNATURE_REQUEST_MANAGEMENT     ● ● ● · · ● ● ● · · · · ●
SIGNATURE_REQUEST_READ           ○ ○ ○ · · ○ ○ ○ ● · · · ○
SIGNERS_MANAGEMENT               ● ● ● · · ● ● ● · · · · ●
SIGNERS_READ                     ○ ○ ○ · · ○ ○ ○ ● · · · ○
SIGNATURE_SESSION_EXECUTION      · · · · · · · · · ● · · ·
SIGNATURE_PROOF_RESTRICTED_READ  ● ● ● · · ● ● ● ● · · · ●
SIGNATURE_PROOF_SHARED_READ      ● ● ● · · ● ● ● ● · ● · ●
DOCUMENT_PROVIDER                · · · · · · · · · · · ● ·
`

// readPage is "Detailed Permissions Matrix" of the page as it is stored: without the marks of
// the roles that have a permission, and with a dash for each of the 12 that has not.
const readPage = `
Platform Organization Management-----------
Platform User Management-----------
Platform KPI-----------
Organization Archiving---------
Organization Billing--------
Organization Member Management---------
Organization Delegation Agreement---------
Organization Basic Information (Read)-------
Organization Basic Information (Write)---------
Application Customization--------
Application Member Management--------
API Keys Management--------
Webhooks Management-------
Document Template Management-------
Document Template Read-----
Signature Profile Management-------
Signature Profile Read-----
Signature Request Management------
Signature Request Read-----
Signers Management------
Signers Read-----
Signature Session Execution-----------
Signature Proof Restricted Read-----
Signature Proof Shared Read----
Document Provider-----------
`

// readPermissions is what the data models say of each permission: its wire value, function,
// the scope of that, rights and accreditation level.
const readPermissions = `
PLATFORM_ORGANIZATION_MANAGEMENT same                            PLATFORM_MANAGEMENT        PLATFORM          READ+WRITE    CRITICAL
PLATFORM_USER_MANAGEMENT         PLATFORM_APPLICATION_MANAGEMENT PLATFORM_MANAGEMENT        PLATFORM          READ+WRITE    CRITICAL
PLATFORM_KPI                     same                            PLATFORM_MANAGEMENT        PLATFORM          READ          CRITICAL
ORG_ARCHIVING                    same                            ORG_ARCHIVING              ORGANIZATION      READ+WRITE    CRITICAL
ORG_BILLING                      same                            BILLING                    ORGANIZATION      READ+WRITE    ADVANCED
ORG_MEMBER_MANAGEMENT            same                            ORG_MEMBER_MANAGEMENT      ORGANIZATION      READ+WRITE    CRITICAL
ORG_DELEGATION_AGREEMENT         same                            DELEGATION_AGREEMENT       ORGANIZATION      READ+WRITE    CRITICAL
ORG_BASICINFORMATION_READ        same                            ORG_BASIC_INFORMATION      ORGANIZATION      READ          BASIC
ORG_BASICINFORMATION_WRITE       same                            ORG_BASIC_INFORMATION      ORGANIZATION      READ+WRITE    CRITICAL
APP_CUSTOMIZATION                same                            APP_CUSTOMIZATION          APPLICATION       READ+WRITE    ADVANCED
APP_MEMBER_MANAGEMENT            same                            APP_MEMBERS_MANAGEMENT     APPLICATION       READ+WRITE    ADVANCED
API_KEYS_MANAGEMENT              same                            API_KEYS                   APPLICATION_ENV   READ+GENERATE ADVANCED
WEBHOOKS_MANAGEMENT              same                            WEBHOOKS                   APPLICATION_ENV   READ+WRITE    ADVANCED
DOC_TEMPLATE_MANAGEMENT          same                            DOC_TEMPLATE               APPLICATION_ENV   READ+WRITE    ADVANCED
DOC_TEMPLATE_READ                same                            DOC_TEMPLATE               APPLICATION_ENV   READ          BASIC
SIGNATURE_PROFILE_MANAGEMENT     same                            SIGNATURE_PROFILE          APPLICATION_ENV   READ+WRITE    ADVANCED
SIGNATURE_PROFILE_READ           same                            SIGNATURE_PROFILE          APPLICATION_ENV   READ          ADVANCED
SIGNATURE_REQUEST_MANAGEMENT     same                            SIGNATURE_REQUEST          SIGNATURE_PROFILE READ+WRITE    CRITICAL
SIGNATURE_REQUEST_READ           same                            SIGNATURE_REQUEST          SIGNATURE_PROFILE READ          CRITICAL
SIGNERS_MANAGEMENT               same                            SIGNERS                    SIGNATURE_PROFILE READ+INIT     CRITICAL
SIGNERS_READ                     same                            SIGNERS                    SIGNATURE_PROFILE READ          ADVANCED
SIGNATURE_SESSION_EXECUTION      same                            SIGNATURE_SESSION          SIGNATURE_PROFILE EXECUTE       CRITICAL
SIGNATURE_PROOF_RESTRICTED_READ  same                            SIGNATURE_PROOF_RESTRICTED SIGNATURE_REQUEST READ          ADVANCED
SIGNATURE_PROOF_SHARED_READ      same                            SIGNATURE_PROOF_SHARED     SIGNATURE_REQUEST READ          BASIC
DOCUMENT_PROVIDER                same                            PROVIDE_DOCUMENT_INVITED   SIGNATURE_REQUEST PROVIDE       BASIC
`

// lines returns the words of each line of a table.
func lines(table string) [][]string {
	var all [][]string
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		all = append(all, strings.Fields(line))
	}
	return all
}

// read returns the marks of the matrix, by role and permission.
func read(t *testing.T) map[string]string {
	t.Helper()
	marks := map[string]string{}
	for _, row := range lines(readMatrix) {
		if len(row) != 1+len(columns) {
			t.Fatalf("%s has %d marks", row[0], len(row)-1)
		}
		for i, role := range columns {
			marks[role+" | "+row[0]] = row[i+1]
		}
	}
	return marks
}

// sources says where the mark of a cell is from, and how well that is known.
var sources = map[string]string{
	"●": "observed: published data models (@ignisign/public 4.1.14), policy of the role",
	"·": "observed: published data models (@ignisign/public 4.1.14), policy of the role",
	"○": "inferred: published data models (@ignisign/public 4.1.14): no policy lists the read-only permission of a function beside another one " +
		"that has READ; confirmed by page \"Users, Roles, and Rights\", number of roles in each row of \"Detailed Permissions Matrix\"",
}

// implemented spells the cells of the vocabulary as marks with their sources.
func implemented(v *access.Vocabulary) map[string]string {
	cells := map[string]string{}
	for _, role := range v.Roles {
		for permission, cell := range role.Rights {
			mark := "·"
			switch {
			case cell.Granted && cell.Evidence == access.Inferred:
				mark = "○"
			case cell.Granted:
				mark = "●"
			}
			cells[string(role.Role)+" | "+permission.ID] = mark + " " + string(cell.Evidence) + ": " + cell.Source
		}
	}
	return cells
}

func differences(got, marks map[string]string) []string {
	var found []string
	for cell := range maps.Keys(marks) {
		if want := marks[cell] + " " + sources[marks[cell]]; got[cell] != want {
			found = append(found, fmt.Sprintf("%s: got %q, want %q", cell, got[cell], want))
		}
	}
	for cell := range got {
		if marks[cell] == "" {
			found = append(found, cell+" is in no table")
		}
	}
	return found
}

func TestMatrixIsAsPublished(t *testing.T) {
	marks := read(t)
	if len(marks) != 325 {
		t.Errorf("there are %d cells", len(marks))
	}
	for _, difference := range differences(implemented(IgniSign), marks) {
		t.Error(difference)
	}
	for cell, mark := range marks {
		name, key, _ := strings.Cut(cell, " | ")
		role := Roles()[slices.IndexFunc(Roles(), func(r Role) bool { return string(r.Role) == name })]
		if want := map[string]How{"●": Listed, "○": Implied, "·": NotGranted}[mark]; role.How(PermissionKey(key)) != want {
			t.Errorf("%s is %s, want %s", cell, role.How(PermissionKey(key)), want)
		}
	}
}

// Whichever cell is changed, in whichever way, exactly that one is reported.
func TestEveryCellOfTheMatrixIsHeld(t *testing.T) {
	marks := read(t)
	for _, role := range IgniSign.Roles {
		for permission, original := range role.Rights {
			for name, cell := range map[string]access.Cell{
				"granted":  {Granted: !original.Granted, Evidence: original.Evidence, Source: original.Source},
				"source":   {Granted: original.Granted, Evidence: original.Evidence, Source: original.Source + "!"},
				"evidence": {Granted: original.Granted, Evidence: access.Documented, Source: original.Source},
			} {
				role.Rights[permission] = cell
				if found := differences(implemented(IgniSign), marks); len(found) != 1 {
					t.Errorf("with another %s in %s | %s: %q", name, role.Role, permission, found)
				}
				role.Rights[permission] = original
			}
		}
	}
}

// The page proves how many of its roles have each permission, and not which.
func TestEachRowHasAsManyRolesAsOnThePage(t *testing.T) {
	marks, onPage := read(t), columns[:12]
	rows := strings.Split(strings.TrimSpace(readPage), "\n")
	if len(rows) != len(Permissions()) {
		t.Fatalf("the page has %d rows", len(rows))
	}
	sum := 0
	for i, p := range Permissions() {
		title := strings.TrimRight(rows[i], "-")
		documented := 12 - strings.Count(rows[i][len(title):], "-")
		read, granted := 0, 0
		for _, role := range onPage {
			if marks[role+" | "+string(p.Key)] != "·" {
				read++
			}
			if IgniSign.Description(access.Role(role)).Rights[p.Key.Of()].Granted {
				granted++
			}
		}
		if p.Title != title || p.RolesOnPage != documented || read != documented || granted != documented {
			t.Errorf("%s: the page has %q with %d roles; %q has %d noted, %d in the table and %d in the vocabulary",
				p.Key, title, documented, p.Title, p.RolesOnPage, read, granted)
		}
		sum += p.RolesOnPage
	}
	if sum != 108 {
		t.Errorf("the page has %d roles in all rows", sum)
	}
}

// Each role lists and has as many permissions as were counted in the models.
func TestEachRoleHasAsManyPermissionsAsCounted(t *testing.T) {
	listed := []int{18, 15, 15, 2, 1, 10, 7, 6, 6, 1, 1, 1, 18}
	effective := []int{23, 20, 20, 2, 1, 14, 11, 8, 6, 1, 1, 1, 23}
	for i, role := range Roles() {
		if got := len(role.Policy); got != listed[i] {
			t.Errorf("%s lists %d", role.Role, got)
		}
		if got := len(IgniSign.RightsOf(role.Role)); got != effective[i] {
			t.Errorf("%s has %d", role.Role, got)
		}
	}
}

func TestPermissionsAreAsPublished(t *testing.T) {
	var got, want []string
	for _, p := range Permissions() {
		wire := p.Wire
		if wire == string(p.Key) {
			wire = "same"
		}
		var rights []string
		for _, right := range p.Rights {
			rights = append(rights, string(right))
		}
		got = append(got, strings.Join([]string{
			string(p.Key), wire, p.Function.Key, string(p.Function.Scope), strings.Join(rights, "+"), string(p.RoughGrade),
		}, " "))
	}
	for _, row := range lines(readPermissions) {
		want = append(want, strings.Join(row, " "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Whoever has, by what a policy lists, any right to read a function has each permission of it
// whose name and rights say that it is to read: that makes every ○ of the matrix, and no other.
func TestImpliedReadingFollowsFromFunctionsAndRights(t *testing.T) {
	marks := read(t)
	about := map[string][]string{}
	for _, row := range lines(readPermissions) {
		about[row[0]] = row
	}
	implied := map[string]bool{}
	for cell, mark := range marks {
		role, key, _ := strings.Cut(cell, " | ")
		follows := false
		for other, row := range about {
			follows = follows || marks[role+" | "+other] == "●" && row[2] == about[key][2] && strings.Contains(row[4], "READ")
		}
		follows = follows && strings.HasSuffix(key, "_READ") && about[key][4] == "READ" && mark != "●"
		if follows != (mark == "○") {
			t.Errorf("%s is %s, and follows from functions and rights: %t", cell, mark, follows)
		}
		if follows {
			implied[key] = true
		}
	}
	want := []string{"DOC_TEMPLATE_READ", "ORG_BASICINFORMATION_READ", "SIGNATURE_PROFILE_READ", "SIGNATURE_REQUEST_READ", "SIGNERS_READ"}
	if got := slices.Sorted(maps.Keys(implied)); !slices.Equal(got, want) {
		t.Errorf("it is about %q", got)
	}
}

func TestRolesAreAsPublished(t *testing.T) {
	const published = `
SUPER_ADMIN                same                   | Platform Roles     | Super Admin               | PLATFORM
ORG_OWNER                  same                   | Organization Roles | Organization Owner        | ORGANIZATION
ORG_ADMIN                  same                   | Organization Roles | Organization Admin        | ORGANIZATION
ORG_BILLING                same                   | Organization Roles | Organization Billing      | ORGANIZATION
ORG_USER                   same                   | Organization Roles | Organization User         | ORGANIZATION
APP_ADMIN                  same                   | Application Roles  | Application Admin         | APPLICATION
APP_MANAGER                same                   | Application Roles  | Application Manager       | APPLICATION_ENV
APP_OPERATOR               same                   | Application Roles  | Application Operator      | APPLICATION_ENV
APP_READER                 same                   | Application Roles  | Application Reader        | APPLICATION_ENV
SIGNERS                    same                   | External Roles     | Signer                    | APPLICATION_ENV
INVITED_PROOF_READER       same                   | External Roles     | Invited Proof Reader      | SIGNATURE_REQUEST
INVITED_DOCUMENT_PROVIDER  INVITED_PROOF_PROVIDER | External Roles     | Invited Document Provider | SIGNATURE_REQUEST
INTERNAL_API               same                   |                    |                           | PLATFORM
`
	var got, want []string
	for _, row := range lines(published) {
		want = append(want, strings.Join(row, " "))
	}
	for _, r := range Roles() {
		wire := r.Wire
		if wire == string(r.Role) {
			wire = "same"
		}
		text := strings.Join([]string{string(r.Role), wire, "|", r.Group, "|", r.Title, "|", string(r.Scope)}, " ")
		got = append(got, strings.Join(strings.Fields(text), " "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Somebody in an organization can be given the roles of the organization and of applications.
func TestRolesOfThePlatformAndOfOutsidersAreNotRecorded(t *testing.T) {
	var recordable []string
	for _, r := range Roles() {
		if IsRecordable(r.Role) {
			recordable = append(recordable, string(r.Role))
		}
	}
	want := "ORG_OWNER ORG_ADMIN ORG_BILLING ORG_USER APP_ADMIN APP_MANAGER APP_OPERATOR APP_READER"
	if got := strings.Join(recordable, " "); got != want || IsRecordable("ADMIN") {
		t.Errorf("got %q, and ADMIN: %t", got, IsRecordable("ADMIN"))
	}
	for place, want := range map[string]string{
		"organization": "ORG_OWNER ORG_ADMIN ORG_BILLING ORG_USER", "application:a": "APP_ADMIN", "environment:a/STAGING": "APP_MANAGER APP_OPERATOR APP_READER",
	} {
		parsed, err := IgniSign.ParsePlaceKey(place)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range Roles() {
			if IgniSign.MayBeHeldAt(r.Role, parsed) == access.AnswerYes {
				got = append(got, string(r.Role))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("at %s can be held %q", place, got)
		}
	}
}

func TestFunctionsScopesRightsAndGrades(t *testing.T) {
	groups, missing := map[string]map[string]bool{}, 0
	for _, f := range Functions() {
		if f.OnPage == "" {
			missing++
			continue
		}
		if groups[f.Group] == nil {
			groups[f.Group] = map[string]bool{}
		}
		groups[f.Group][f.OnPage] = true
	}
	for group, want := range map[string]int{"Platform Functions": 1, "Organization Functions": 5, "Application Functions": 4, "Document Functions": 6} {
		if got := len(groups[group]); got != want {
			t.Errorf("the page has %d %s", got, group)
		}
	}
	if len(groups) != 4 || missing != 1 || len(Functions()) != 18 {
		t.Errorf("there are %d groups and %d functions, of which the page lacks %d", len(groups), len(Functions()), missing)
	}
	used := map[string]bool{}
	for _, p := range Permissions() {
		used[p.Function.Key] = true
		for _, right := range p.Rights {
			used["right "+string(right)] = true
		}
	}
	for _, f := range Functions() {
		if !used[f.Key] {
			t.Errorf("no permission is about %s", f.Key)
		}
	}
	for _, right := range Rights() {
		if never := right == RightArchive || right == RightDelete; used["right "+string(right)] == never {
			t.Errorf("a permission has %s: %t", right, !never)
		}
	}
	if len(Scopes()) != 7 || len(Rights()) != 8 || len(RoughGrades()) != 3 || len(UserTypes()) != 4 {
		t.Errorf("there are %d scopes, %d rights, %d grades and %d kinds of users", len(Scopes()), len(Rights()), len(RoughGrades()), len(UserTypes()))
	}
}

// Managing a function includes to read that function and no other, and whoever may only start
// something may not read it.
func TestReadingIsIncludedInManaging(t *testing.T) {
	var got []string
	for _, p := range IgniSign.Permissions {
		for _, included := range p.Includes {
			got = append(got, p.ID+" "+included.ID)
		}
	}
	want := []string{
		"ORG_BASICINFORMATION_WRITE ORG_BASICINFORMATION_READ", "DOC_TEMPLATE_MANAGEMENT DOC_TEMPLATE_READ",
		"SIGNATURE_PROFILE_MANAGEMENT SIGNATURE_PROFILE_READ", "SIGNATURE_REQUEST_MANAGEMENT SIGNATURE_REQUEST_READ", "SIGNERS_MANAGEMENT SIGNERS_READ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if implied := (Permission{Key: "START", Function: docTemplate, Rights: []Right{RightExecute}}).ImpliedReading(); implied != nil {
		t.Errorf("without READ there is implied %q", implied)
	}
}

package vocabulary

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// documentedRights is SignPath's documentation, read independently of the table in
// the code. A cell has whether the permission is given, where it holds if that is more than
// the place of the role, a question mark where the documentation does not say so itself, and
// the letter of its source.
const documentedRights = `
                          | submit | approve | read-artifacts | configure | administer-projects | administer-users | administer-certificates | everything
Global Administrator      | no?  L | no?   L | yes          R | yes     G | yes               G | yes            G | yes                   G | yes      G
Certificate Administrator | no?  L | no?   L | no           R | no      G | no                G | no             G | yes                   G | no       G
User Administrator        | no?  L | no?   L | no           R | no      G | no                G | yes            G | no                    G | no       G
Project Administrator     | no?  L | no?   L | yes          R | yes     G | yes               G | no             G | no                    G | no       G
Global Reader             | no?  L | no?   L | yes          R | no      G | no                G | no             G | no                    G | no       G
Directory Synchronizer    | no?  L | no?   L | no           R | no      G | no                G | yes            G | no                    G | no       G
Regular User              | no   G | no    G | no           R | no      G | no                G | no             G | no                    G | no       G
support user              | no?  L | no?   L | yes          R | yes?    S | yes?              S | yes?           S | yes?                  S | yes?     S
reader                    | no   P | no    P | yes          P | no      P | no                E | no             E | no                    E | no       E
configurator              | no   P | no    P | yes          R | yes     P | no                E | no             E | no                    E | no       E
submitter                 | yes  Q | no    A | yes/project  T | no      P | no                E | no             E | no                    E | no       E
approver                  | no   Q | yes   A | yes/project  T | no      P | no                E | no             E | no                    E | no       E
`

// The sources of the cells.
//
//	R  who has read permissions for a signing request: Global and Project
//	   Administrator, Global Reader, support user, Reader, Configurator, Submitter,
//	   Approver; fewer roles than before version 1.202.0
//	T  who has that for the project, which a Submitter or Approver of any of its
//	   signing policies has; before, who had a role for the signing policy
//	G  the global permissions of each role, and that Global Administrators have those
//	   of the certificate, user and project administrators
//	L  who submits and approves is selected in the signing policy; of roles nothing
//	   is said
//	E  the lists give permissions on projects and signing policies
//	S  support users have administrative privileges
//	P  readers read all of a project; configurators change artifact configurations
//	   and webhooks
//	Q  submitters are the users that may submit an artifact
//	A  approvers are the users that may approve signing requests
var documentedSources = map[string]string{
	"R": `users page, "Read permissions"; changelog 1.202.0`,
	"T": `users page, "Read permissions"; changelog 1.202.0, 1.207.3 and 1.211.0: whoever reads the project; before that, of the own signing policy only`,
	"G": `users page, "User roles"`,
	"L": `users page, "Permissions": submitters and approvers are named per signing policy`,
	"E": `users page, "Permissions": per project or signing policy, apart from global roles`,
	"S": `users page, "Support users": administrative privileges`,
	"P": `projects page, "Project settings"`,
	"Q": `projects page, "Signing policies"`,
	"A": `projects page, "Approval process"`,
}

// documented reads the table, by holder and permission.
func documented(t *testing.T) map[string]string {
	t.Helper()
	cells := map[string]string{}
	var columns []string
	for _, line := range strings.Split(strings.Trim(documentedRights, "\n"), "\n") {
		parts := strings.Split(line, "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if columns == nil {
			columns = parts
			continue
		}
		for i, part := range parts[1:] {
			given, tag, _ := strings.Cut(part, " ")
			source := documentedSources[strings.TrimSpace(tag)]
			if source == "" {
				t.Fatalf("the cell %q has no source", part)
			}
			cells[parts[0]+" | "+columns[i+1]] = given + " by " + source
		}
	}
	return cells
}

// implemented spells the table of the code in the same way.
func implemented() map[string]string {
	cells := map[string]string{}
	for _, role := range SignPath.Roles {
		for permission, cell := range role.Rights {
			given := "no"
			if cell.Granted {
				given = "yes"
			}
			if cell.Throughout != "" {
				given += "/" + cell.Throughout
			}
			if cell.Evidence == access.Inferred {
				given += "?"
			}
			cells[role.Title+" | "+permission.String()] = given + " by " + cell.Source
		}
	}
	return cells
}

func differences(got, want map[string]string) []string {
	var found []string
	for name := range want {
		if got[name] != want[name] {
			found = append(found, fmt.Sprintf("%s: got %q, want %q", name, got[name], want[name]))
		}
	}
	for name := range got {
		if want[name] == "" {
			found = append(found, fmt.Sprintf("%s: got %q, which is not documented", name, got[name]))
		}
	}
	return found
}

func TestRightsAreAsDocumented(t *testing.T) {
	for _, difference := range differences(implemented(), documented(t)) {
		t.Error(difference)
	}
}

// Whichever cell is changed, in whichever way, exactly that one is reported.
func TestEveryCellOfTheRightsIsHeld(t *testing.T) {
	want := documented(t)
	changes := map[string]func(*access.Cell){
		"granted": func(c *access.Cell) { c.Granted = !c.Granted },
		"source":  func(c *access.Cell) { c.Source += "!" },
		"reach": func(c *access.Cell) {
			c.Throughout = map[string]string{"": PlaceProject, PlaceProject: ""}[c.Throughout]
		},
		"evidence": func(c *access.Cell) {
			c.Evidence = map[access.Evidence]access.Evidence{access.Documented: access.Inferred, access.Inferred: access.Documented}[c.Evidence]
		},
	}
	for _, role := range SignPath.Roles {
		for permission, original := range role.Rights {
			for name, change := range changes {
				cell := original
				change(&cell)
				role.Rights[permission] = cell
				if found := differences(implemented(), want); len(found) != 1 {
					t.Errorf("with another %s in %s | %s: %q", name, role.Title, permission, found)
				}
				role.Rights[permission] = original
			}
		}
	}
}

func TestRightsCoverEveryRoleListAndPermission(t *testing.T) {
	want := []string{}
	add := func(titles ...string) {
		for _, title := range titles {
			for _, permission := range SignPath.Permissions {
				want = append(want, title+" | "+permission.String())
			}
		}
	}
	for _, role := range GlobalRoles() {
		add(role.Title)
	}
	add("support user")
	for _, list := range Lists() {
		// A member of a group has what the group has.
		if list.Parent != ParentUserGroup {
			add(list.Singular)
		}
	}
	got := slices.Sorted(maps.Keys(implemented()))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

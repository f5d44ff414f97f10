package planreview_test

import (
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// whoHas is a resource for the holders of a role, by their references.
func whoHas(role string, members ...string) attributes {
	return attributes{"role": role, "members": list(members...), "removes": list(), "replaces_roles": attributes{}, "others": list()}
}

func imports(r *tfjson.ResourceChange) { r.Change.Importing = &tfjson.Importing{ID: "x"} }

// lives gives somebody of the live organization a role.
func lives(id string, role access.Role) func(*planreview.Live) {
	return func(l *planreview.Live) {
		for i, p := range l.Organization.Principals {
			if p.ID == id {
				l.Organization.Principals[i].Role = role
			}
		}
	}
}

func TestRoleHolders(t *testing.T) {
	const a, b, admin, reader = "user:a@example.com", "user:b@example.com", "GlobalAdministrator", "GlobalReader"
	for name, test := range map[string]struct {
		plan *planBuilder
		says []string
	}{
		"somebody is given it": {
			newPlan().change("role_holders", whoHas(reader, a), whoHas(reader, a, b)),
			[]string{b + " gets the global role Global Reader", "gains reading", "!" + a + " has", "1 resource"},
		},
		"somebody loses it": {
			newPlan().change("role_holders", whoHas(reader, a, b), whoHas(reader, a)),
			[]string{b + " has the global role Regular User instead of Global Reader", b + " loses reading", "!" + a + " loses"},
		},
		"the resource is destroyed": {
			newPlan().change("role_holders", whoHas(reader, a), nil),
			[]string{a + " has the global role Regular User instead of Global Reader"},
		},
		"another role": {
			newPlan().change("role_holders", whoHas(reader, a), whoHas("UserAdministrator", a), replacing("role")),
			[]string{a + " has the global role User Administrator instead of Global Reader"},
		},
		"handed to another role is told once": {
			newPlan().change("role_holders", whoHas(reader, a), whoHas(reader)).change("role_holders", whoHas("UserAdministrator"), whoHas("UserAdministrator", a)),
			[]string{a + " has the global role User Administrator instead of Global Reader", "!Regular User"},
		},
		"handed to an assignment of the same role": {
			newPlan().change("role_holders", whoHas(reader, a), nil).change("role_assignment", nil, attributes{"member": a, "role": reader}),
			[]string{"!loses", "!instead of"},
		},
		"a create takes it from somebody whom the plan knows": {
			newPlan().data("users", attributes{"users": []any{attributes{
				"id": idB, "email": "b@example.com", "member": b, "active": true, "status": "active", "role": reader,
			}}}).change("role_holders", nil, with(whoHas(reader, a), attributes{"removes": list(idB)})),
			[]string{b + " has the global role Regular User instead of Global Reader", "!unknown:"},
		},
		"a create takes it from somebody else": {
			newPlan().change("role_holders", nil, with(whoHas(reader, a), attributes{"removes": list(idB)})),
			[]string{"unknown:" + idB + " loses the global role Global Reader"},
		},
		"a create replaces another role": {
			newPlan().change("role_holders", nil, with(whoHas(reader, a), attributes{
				"member_ids": list(idA), "replaces_roles": attributes{idA: admin},
			})),
			[]string{a + " has the global role Global Reader instead of Global Administrator"},
		},
		"what an earlier update replaced is told no more": {
			newPlan().change("role_holders", with(whoHas(reader, a), attributes{"member_ids": list(idA), "replaces_roles": attributes{idA: admin}}),
				with(whoHas(reader, a, b), attributes{"member_ids": list(idA, idB), "replaces_roles": attributes{idA: admin}})),
			[]string{b + " gets the global role Global Reader", "!instead of"},
		},
		"members that are not known yet": {
			newPlan().change("role_holders", whoHas(reader, a), with(whoHas(reader), attributes{"members": nil}), unknown("members")),
			[]string{a + " may get another global role than Global Reader", "members of signpath_role_holders.r001 is known after apply", "unreadable-change"},
		},
		"a name that has gone to somebody else": {
			newPlan().change("user", attributes{"id": idB, "email": "a@example.com", "member": a, "active": true, "status": "active"}, nil).
				change("role_holders", with(whoHas(reader, a), attributes{"member_ids": list(idA)}), with(whoHas(reader), attributes{"member_ids": list()})),
			[]string{"user:" + idA + " has the global role Regular User instead of Global Reader"},
		},
		"imported": {
			newPlan().change("role_holders", whoHas(admin, a), whoHas(admin, a), imports),
			[]string{"who has the global role Global Administrator is imported", "No resource of SignPath changes"},
		},
		"given up": {
			newPlan().change("role_holders", whoHas(admin, a, b), nil, forgotten),
			[]string{
				"no-longer-managed: Terraform gives up the holders of the global role Global Administrator, which stays as it is. Among them are " + a + " and " + b + ".",
				"!loses",
			},
		},
		"given up for another one of the role": {
			newPlan().change("role_holders", whoHas(admin, a), nil, forgotten).change("role_holders", whoHas(admin, a), whoHas(admin, a), imports),
			[]string{"!no-longer-managed"},
		},
		"an assignment is given up for it": {
			newPlan().change("role_assignment", attributes{"member": a, "role": admin}, nil, forgotten).
				change("role_holders", whoHas(admin, a), whoHas(admin, a), imports),
			[]string{"!no-longer-managed"},
		},
		"a guard is switched off": {
			newPlan().change("role_holders", whoHas(admin, a), with(whoHas(admin, a), attributes{"allow_lockout": true})),
			[]string{"allow_lockout of signpath_role_holders.r001 changes from null to true"},
		},
	} {
		t.Run(name, func(t *testing.T) { says(t, test.plan.review(t), test.says...) })
	}
}

func TestRoleHoldersWithTheLiveOrganization(t *testing.T) {
	const a, b, reader = "user:a@example.com", "user:b@example.com", "GlobalReader"
	held := with(whoHas(reader, a), attributes{"member_ids": list(idA)})
	for name, test := range map[string]struct {
		plan *planBuilder
		live []func(*planreview.Live)
		says []string
	}{
		"as planned": {newPlan().change("role_holders", held, held), []func(*planreview.Live){lives(idA, reader)}, []string{"!Changed since"}},
		"somebody got it since": {
			newPlan().change("role_holders", held, held),
			[]func(*planreview.Live){lives(idA, reader), lives(idB, reader)},
			[]string{"Changed since", "signpath_role_holders.r001: " + b + " has the global role Global Reader now"},
		},
		"somebody whom nobody can edit has it": {
			newPlan().change("role_holders", held, held),
			[]func(*planreview.Live){lives(idA, reader), lives(idB, reader), func(l *planreview.Live) { l.Organization.Principals[1].Synchronized = true }},
			[]string{"!Changed since"},
		},
		"a member lost it since": {
			newPlan().change("role_holders", held, held), nil,
			[]string{a + " has the global role Regular User now, and not Global Reader"},
		},
		"who is given it has another one by now": {
			newPlan().change("role_holders", held, with(whoHas(reader, a, b), attributes{"member_ids": list(idA, idB)})),
			[]func(*planreview.Live){lives(idA, reader), lives(idB, vocabulary.RoleUserAdministrator)},
			[]string{b + " has the global role User Administrator now"},
		},
		"a create that takes it": {
			newPlan().change("role_holders", nil, with(whoHas(reader, a), attributes{"member_ids": list(idA), "removes": list(idB)})),
			[]func(*planreview.Live){lives(idB, reader)},
			[]string{
				"!Changed since", b + " has the global role Regular User instead of Global Reader",
				a + " has the global role Global Reader instead of Regular User",
			},
		},
		"the last administrator": {
			newPlan().change("role_holders", with(whoHas("GlobalAdministrator", a), attributes{"member_ids": list(idA)}), whoHas("GlobalAdministrator")),
			[]func(*planreview.Live){lives(idA, vocabulary.RoleGlobalAdministrator)},
			[]string{"deny no-global-administrator", "By signpath_role_holders.r001"},
		},
	} {
		t.Run(name, func(t *testing.T) { says(t, test.plan.reviewLive(t, liveOrganization(test.live...)), test.says...) })
	}
}

// Members that are sensitive are judged, and not named.
func TestRoleHoldersThatAreSensitive(t *testing.T) {
	report := newPlan().change("role_holders", whoHas("GlobalReader"), with(whoHas("GlobalReader", "user:a@example.com"), attributes{"member_ids": list(idA)}),
		sensitive("members")).review(t)
	for format, text := range outputs(t, report) {
		if strings.Contains(text, "a@example.com") {
			t.Errorf("the name is in the %s:\n%s", format, text)
		}
	}
	says(t, report, "user:"+idA+" gets the global role Global Reader")
}

func TestDriftOfRoleHolders(t *testing.T) {
	const a, b, c, reader = "user:a@example.com", "user:b@example.com", "user:c@example.com", "GlobalReader"
	for name, test := range map[string]struct {
		plan *planBuilder
		want []string
	}{
		"somebody was given it": {
			newPlan().change("role_holders", whoHas(reader, a), whoHas(reader, a, b)), []string{b + " was given the global role Global Reader"},
		},
		"it was taken": {
			newPlan().change("role_holders", whoHas(reader, a), whoHas(reader)), []string{"the global role Global Reader was taken from " + a},
		},
		"one role for another": {
			newPlan().change("role_holders", whoHas(reader, a), whoHas(reader)).change("role_holders", whoHas("UserAdministrator"), whoHas("UserAdministrator", a)),
			[]string{a + " was given the global role User Administrator instead of Global Reader"},
		},
		"whom nobody can edit": {
			newPlan().change("role_holders", whoHas(reader, a), with(whoHas(reader, a), attributes{"others": list(c)})),
			[]string{c + " was given the global role Global Reader"},
		},
		"a member whom nobody can edit any more": {
			newPlan().change("role_holders", whoHas(reader, a), with(whoHas(reader), attributes{"others": list(a)})), []string{},
		},
		"another name": {
			newPlan().change("user", attributes{"id": idA, "email": "a@example.com", "member": a, "active": true},
				attributes{"id": idA, "email": "b@example.com", "member": b, "active": true}).
				change("role_holders", with(whoHas(reader, a), attributes{"member_ids": list(idA)}), with(whoHas(reader, b), attributes{"member_ids": list(idA)})),
			[]string{"email of " + a + " was changed from a@example.com to b@example.com"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := []string{}
			for _, change := range test.plan.drifted(t).Changes {
				got = append(got, change.Fact())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("it tells %q, want %q", got, test.want)
			}
		})
	}
}

package vocabulary_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// TestAdmit has every cell of list × kind × active × trusted build system.
func TestAdmit(t *testing.T) {
	const (
		admitted = ""
		inactive = `"%s" cannot be %s: the account is inactive. Activate it first, or leave it off the list: ` +
			`a right that is granted now would come into force unseen when the account is activated.`
		interactive = `"%s" cannot be %s: the signing policy verifies trusted build systems, and SignPath then takes no ` +
			`interactive users as submitters. Name the CI user of the build system.`
		noCIUser = `"%s" cannot be %s: SignPath documents no CI user on this list. Name an interactive user or a group ` +
			`(projects page: approvers are users; directory synchronization page: or groups).`
	)
	type cells struct{ plain, trusted, inactive, trustedInactive string }
	everybody := cells{admitted, admitted, inactive, inactive}
	tests := []struct {
		list    vocabulary.List
		article string
		user    cells
		ciUser  cells
	}{
		{vocabulary.Readers, "a reader", everybody, everybody},
		{vocabulary.Configurators, "a configurator", everybody, everybody},
		{vocabulary.Submitters, "a submitter", cells{admitted, interactive, inactive, inactive}, everybody},
		{vocabulary.Approvers, "an approver", everybody, cells{noCIUser, noCIUser, noCIUser, noCIUser}},
		{vocabulary.GroupMembers, "a member", everybody, everybody},
	}
	for _, test := range tests {
		rows := map[access.Kind]cells{
			access.KindUser: test.user, access.KindCIUser: test.ciUser,
			// Groups are always active.
			access.KindGroup: {admitted, admitted, inactive, inactive},
		}
		principals := map[access.Kind]access.Principal{
			access.KindUser: principal("user:ada@example.com").Principal, access.KindCIUser: principal("ci_user:acme-release").Principal,
			access.KindGroup: principal("group:Release Managers").Principal,
		}
		for kind, row := range rows {
			for _, cell := range []struct {
				active, trusted bool
				want            string
			}{
				{true, false, row.plain},
				{true, true, row.trusted},
				{false, false, row.inactive},
				{false, true, row.trustedInactive},
			} {
				p := principals[kind]
				p.Active = cell.active
				t.Run(fmt.Sprintf("%s as %s, active %t, trusted build system %t", kind, test.list.Singular, cell.active, cell.trusted), func(t *testing.T) {
					err := test.list.Admit(p, vocabulary.Conditions{TrustedBuildSystem: cell.trusted})
					if cell.want == admitted {
						if err != nil {
							t.Fatalf("refused: %v", err)
						}
						return
					}
					var refused *vocabulary.RefusedError
					if !errors.As(err, &refused) || refused.Member != p.Reference() || refused.List.Plural != test.list.Plural {
						t.Fatalf("got %#v", err)
					}
					if want := fmt.Sprintf(cell.want, p.Reference(), test.article); err.Error() != want {
						t.Errorf("got  %s\nwant %s", err, want)
					}
				})
			}
		}
	}
}

func TestAdmitRefusesUnidentifiedEntries(t *testing.T) {
	for _, list := range vocabulary.Lists() {
		p := access.Principal{Kind: access.KindUnknown, ID: "11111111-1111-4111-8111-111111111111", Active: true}
		if err := list.Admit(p, vocabulary.Conditions{}); err == nil {
			t.Errorf("an entry of unknown kind is admitted to the %s", list.Plural)
		}
	}
}

func TestAdmitTakesSynchronizedPrincipals(t *testing.T) {
	p := principal("group:Release Managers").Principal
	p.Synchronized = true
	if err := vocabulary.Approvers.Admit(p, vocabulary.Conditions{}); err != nil {
		t.Errorf("rights can be given to a synchronized group, but: %v", err)
	}
}

func TestLists(t *testing.T) {
	want := map[string]vocabulary.Parent{
		"readers": vocabulary.ParentProject, "configurators": vocabulary.ParentProject,
		"submitters": vocabulary.ParentSigningPolicy, "approvers": vocabulary.ParentSigningPolicy,
		"members": vocabulary.ParentUserGroup,
	}
	if len(vocabulary.Lists()) != len(want) {
		t.Errorf("there are %d lists", len(vocabulary.Lists()))
	}
	for _, list := range vocabulary.Lists() {
		if list.Parent != want[list.Plural] || list.Singular+"s" != list.Plural || list.Grants == "" || list.Source == "" {
			t.Errorf("got %+v", list)
		}
	}
}

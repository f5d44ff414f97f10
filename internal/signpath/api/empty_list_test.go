package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A list that is empty although the run has just read who is on it, is read once more
// before an edit: it goes back with it, whichever list is changed.
func TestAListThatIsEmptyForOnce(t *testing.T) {
	owners := []struct {
		list vocabulary.List
		path string
	}{
		{vocabulary.Readers, "project:project-a"},
		{vocabulary.Configurators, "project:project-a"},
		{vocabulary.Submitters, releaseA},
		{vocabulary.Approvers, releaseA},
		{vocabulary.GroupMembers, managers},
	}
	for _, owner := range owners {
		for _, changed := range owners {
			if owner.path != changed.path {
				continue
			}
			for _, whole := range []bool{false, true} {
				for _, known := range []string{"read", "granted", "granted, with a failure since"} {
					t.Run(fmt.Sprintf("%s for once, %s changed, whole %t, %s", owner.list.Plural, changed.list.Plural, whole, known), func(t *testing.T) {
						inFakeTime(t, func(t *testing.T) { emptyForOnce(t, owner.list, changed.list, owner.path, whole, known) })
					})
				}
			}
		}
	}
}

func emptyForOnce(t *testing.T, empty, changed vocabulary.List, owner string, whole bool, known string) {
	o := inProcess(t)
	at := func(list vocabulary.List) api.Target {
		if list.Parent == vocabulary.ParentUserGroup {
			return members(o, owner)
		}
		return target(list, owner)
	}
	admin := o.Administrator("")
	current, err := o.Members(owner, empty.Plural)
	o.must(err)
	o.must(admin.ChangeMembers(owner, empty.Plural, []string{builder, managersOr(owner, builder)}, current))
	if known == "read" {
		_, err = o.client.Members(t.Context(), at(empty))
	} else {
		_, err = o.client.ChangeMembers(t.Context(), at(empty), o.ids(builder), nil)
	}
	o.must(err)
	if strings.HasSuffix(known, "since") { // What was read before does not count any more.
		o.inject(mock.Fault{Route: "POST *", Action: mock.FaultAnswer, Status: 500})
		_, err = o.client.ChangeMembers(t.Context(), at(changed), o.ids(ownUser), nil)
		expectError(t, err, "500")
		o.ClearFaults()
	}
	o.ResetRequests()
	routes := map[vocabulary.Parent]string{
		vocabulary.ParentProject: projectRoute, vocabulary.ParentSigningPolicy: policyRoute, vocabulary.ParentUserGroup: groupRoute,
	}
	o.alter(routes[empty.Parent], 0, 0, with(map[string]any{empty.Plural: []string{}}))
	set := o.client.ChangeMembers
	if whole {
		set = o.client.SetMembers
	}
	_, err = set(t.Context(), at(changed), o.ids(ownUser), nil)
	o.must(err)
	got, err := o.Members(owner, empty.Plural)
	o.must(err)
	for _, member := range []string{builder, managersOr(owner, builder)} {
		if !slices.Contains(got, member) {
			t.Errorf("%s was lost: %q", member, got)
		}
	}
}

// managersOr is a second member for a list; a group cannot be in itself.
func managersOr(owner, other string) string {
	if owner == managers {
		return other
	}
	return managers
}

// A list that is empty twice is empty, and one whose members this run took off itself is
// not read twice.
func TestAListThatIsEmptyIsBelieved(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", lead))
		_, err := o.client.ChangeMembers(t.Context(), approvers(releaseA), nil, o.ids(lead))
		o.must(err)
		o.ResetRequests()
		_, err = o.approve(releaseA, officer)
		o.must(err)
		o.expectRequests(2, policyRoute)
		o.must(o.Administrator("").ChangeMembers(releaseA, "approvers", nil, []string{officer}))
		o.ResetRequests()
		_, err = o.client.ChangeMembers(t.Context(), target(vocabulary.Submitters, releaseA), o.ids(builder), nil)
		o.must(err)
		o.expectRequests(3, policyRoute)
		o.expectMembers(releaseA, "approvers", officer) // What this run granted comes back.
	})
}

package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

const (
	groupRoute  = "GET /UserGroups/{id}"
	changeRoute = "POST /UserGroups/{id}/ChangeMembers"
	modifyRoute = "POST /UserGroups/{id}/ModifyMembers"
)

// groupCalls are the remote calls for user groups; see remoteCalls.
func groupCalls() []remoteCall {
	newGroup := access.Principal{Kind: access.KindGroup, Name: "Signers", Description: "May sign"}
	return []remoteCall{
		{name: "Group", method: "Group", route: "GET /UserGroups", do: doGroup},
		{name: "Groups", method: "Groups", route: "GET /UserGroups", do: doGroups},
		{name: "Group that the list lacks", method: "Group", route: groupRoute, provesAbsence: true, prepare: groupAfterListing, do: doGroupOf("Late")},
		{name: "Members of a group", method: "Members", route: "GET /UserGroups", do: doGroupMembers(managers, manager)},
		{name: "ConfirmMembers of a group", method: "ConfirmMembers", route: groupRoute, do: doConfirmMembers},
		{name: "ChangeMembers of a group, reading", method: "ChangeMembers", route: groupRoute, do: doModifyMembers},
		{name: "ChangeMembers of a group, writing", method: "ChangeMembers", route: modifyRoute, class: writing, do: doModifyMembers},
		{name: "ChangeMembers of a group, reading back", method: "ChangeMembers", route: groupRoute, after: 1, do: doModifyMembers},
		{name: "SetMembers of a group", method: "SetMembers", route: changeRoute, class: writing, do: doSetMembers},
		{name: "SetMembers of a policy", method: "SetMembers", route: editRoute, class: writing, do: doSetApprovers},
		{name: "CreatePrincipal of a group", method: "CreatePrincipal", route: "POST /UserGroups", class: creating, do: doCreateGroup(newGroup)},
		{name: "EditPrincipal of a group", method: "EditPrincipal", route: "POST /UserGroups/{id}/Edit", class: writing, do: doEditGroup},
	}
}

func members(o *organization, group string) api.Target {
	_, name, _ := strings.Cut(group, ":")
	return api.Target{List: vocabulary.GroupMembers, Group: o.id(group), GroupName: name}
}

func (o *organization) group(name string) (mock.UserGroupSeed, error) {
	for _, group := range o.Snapshot().UserGroups {
		if group.Name == name {
			return group, nil
		}
	}
	return mock.UserGroupSeed{}, fmt.Errorf("there is no group %q", name)
}

func doGroup(ctx context.Context, o *organization) error {
	got, err := o.client.Group(ctx, o.id(managers))
	if err == nil && (got.Description != "May approve releases" || got.Synchronized || !got.Active) {
		return fmt.Errorf("got %+v", got)
	}
	return err
}

func doGroups(ctx context.Context, o *organization) error {
	got, err := o.client.Groups(ctx)
	if err == nil && (len(got) != 2 || !got[0].Synchronized || got[1].Description != "May approve releases") {
		return fmt.Errorf("got %+v", got)
	}
	return err
}

func groupAfterListing(o *organization) {
	_, err := o.client.Directory(o.t.Context(), access.KindGroup)
	o.must(err)
	_, err = o.Administrator("").CreateUserGroup(mock.UserGroupSeed{Name: "Late"})
	o.must(err)
}

func doGroupOf(name string) func(context.Context, *organization) error {
	return func(ctx context.Context, o *organization) error {
		got, err := o.client.Group(ctx, o.id("group:"+name))
		if err == nil && got.Name != name {
			return fmt.Errorf("got %+v", got)
		}
		return err
	}
}

const synced = "group:Directory Engineers"

func doGroupMembers(group string, want ...string) func(context.Context, *organization) error {
	return func(ctx context.Context, o *organization) error {
		got, err := o.client.Members(ctx, members(o, group))
		wanted := slices.Sorted(slices.Values(o.ids(want...)))
		if err == nil && !slices.Equal(got, wanted) {
			return fmt.Errorf("got %q, want %q", got, wanted)
		}
		return err
	}
}

func doConfirmMembers(ctx context.Context, o *organization) error {
	got, err := o.client.ConfirmMembers(ctx, members(o, managers))
	if err == nil && !slices.Equal(got, o.ids(manager)) {
		return fmt.Errorf("got %q", got)
	}
	return err
}

func doModifyMembers(ctx context.Context, o *organization) error {
	warnings, err := o.client.ChangeMembers(ctx, members(o, managers), o.ids(officer), o.ids(manager))
	return o.wrote(managers, warnings, err, officer)
}

func doSetMembers(ctx context.Context, o *organization) error {
	warnings, err := o.client.SetMembers(ctx, members(o, managers), o.ids(officer, lead), o.ids(manager))
	return o.wrote(managers, warnings, err, lead, officer)
}

func (o *organization) wrote(group string, warnings api.Warnings, err error, want ...string) error {
	if err != nil {
		return err
	}
	got, err := o.Members(group, "members")
	if err != nil || !slices.Equal(got, want) || len(warnings) > 0 {
		return fmt.Errorf("got %q, %q, %w", got, warnings, err)
	}
	return nil
}

func doSetApprovers(ctx context.Context, o *organization) error {
	_, err := o.client.SetMembers(ctx, approvers(releaseA), o.ids(officer), nil)
	if got := o.ListMembers("project-a", "release-signing", "approvers"); err == nil && !slices.Equal(got, []string{officer}) {
		return fmt.Errorf("got %q", got)
	}
	return err
}

func doCreateGroup(p access.Principal) func(context.Context, *organization) error {
	return func(ctx context.Context, o *organization) error {
		created, err := o.client.CreatePrincipal(ctx, p)
		if err != nil {
			return err
		}
		there, err := o.group(p.Name)
		if err != nil || created.ID != there.ID || there.Description != p.Description || created.Role != "" {
			return fmt.Errorf("created %+v, and there is %+v, %w", created, there, err)
		}
		return nil
	}
}

func doEditGroup(ctx context.Context, o *organization) error {
	_, err := o.client.EditPrincipal(ctx, access.KindGroup, o.id(managers), api.PrincipalChange{Settings: map[string]string{"description": "Releases"}})
	if err != nil {
		return err
	}
	if got, err := o.group("Release Managers"); err != nil || got.Description != "Releases" || !slices.Equal(got.Members, []string{manager}) {
		return fmt.Errorf("there is %+v, %w", got, err)
	}
	return nil
}

// body is what a request of the route sent last, decoded.
func (o *organization) body(route string) map[string]any {
	o.t.Helper()
	requests := o.Requests(route)
	if len(requests) == 0 {
		o.t.Fatalf("no request %s", route)
	}
	var body map[string]any
	o.must(json.Unmarshal([]byte(requests[len(requests)-1].RequestBody), &body))
	return body
}

// Changelog 1.159.0 took the members out of the group's edit.
func TestAGroupEditSendsNoMembers(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(doEditGroup(t.Context(), o))
		body := o.body("POST /UserGroups/{id}/Edit")
		if _, has := body["members"]; has || body["name"] != "Release Managers" || body["description"] != "Releases" {
			t.Errorf("sent %v", body)
		}
		o.expectRequests(0, changeRoute, modifyRoute)
	})
}

// A server from before 1.159.0 may take what is left out for nothing.
func TestAGroupEditThatLosesTheMembers(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: "POST /UserGroups/{id}/Edit", Before: func() {
			o.check(o.Administrator("").RemoveMembers(managers, "members", manager))
		}})
		_, err := o.client.EditPrincipal(t.Context(), access.KindGroup, o.id(managers), api.PrincipalChange{Name: ptr("Managers")})
		var lost *api.LostPropertiesError
		if !errors.As(err, &lost) {
			t.Fatalf("got %v", err)
		}
		expectError(t, err, "members, which held", o.id(manager))
	})
}

func TestWhatAWriteOfMembersSends(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(doModifyMembers(t.Context(), o))
		want := map[string]any{"addedMembers": []any{o.id(officer)}, "removedMembers": []any{o.id(manager)}}
		if got := o.body(modifyRoute); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("sent %v, want %v", got, want)
		}
		_, err := o.client.ChangeMembers(t.Context(), members(o, managers), o.ids(lead), nil)
		o.must(err)
		want = map[string]any{"addedMembers": []any{o.id(lead)}, "removedMembers": []any{}}
		if got := o.body(modifyRoute); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("sent %v, want %v", got, want)
		}
		o.expectRequests(0, changeRoute)

		_, err = o.another().SetMembers(t.Context(), members(o, managers), nil, o.ids(lead, officer))
		o.must(err)
		if got := o.body(changeRoute); fmt.Sprint(got) != "map[members:[]]" {
			t.Errorf("sent %v", got)
		}
		o.expectMembers(managers, "members")
		o.expectRequests(1, changeRoute)
		o.expectRequests(2, modifyRoute)
	})
}

// The whole list is only written where it holds nobody else.
func TestSetMembersTakesOutNobodyElse(t *testing.T) {
	tests := map[string]struct {
		set, announced, want []string
		whole, modified      int
	}{
		"all are known":         {[]string{officer}, []string{manager}, []string{officer}, 1, 0},
		"one stays":             {[]string{officer, manager}, []string{manager}, []string{manager, officer}, 1, 0},
		"a stranger":            {[]string{officer}, nil, []string{manager, officer}, 0, 1},
		"a stranger, emptying":  {nil, []string{officer}, []string{manager}, 0, 0},
		"nothing to do":         {[]string{manager}, nil, []string{manager}, 0, 0},
		"announced and wanted":  {[]string{manager, lead}, []string{manager, lead}, []string{lead, manager}, 1, 0},
		"announced, not in it":  {[]string{lead}, []string{manager, outsider}, []string{lead}, 1, 0},
		"nobody, and all known": {nil, []string{manager}, nil, 1, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				_, err := o.client.SetMembers(t.Context(), members(o, managers), o.ids(test.set...), o.ids(test.announced...))
				o.must(err)
				o.expectMembers(managers, "members", append([]string{}, test.want...)...)
				o.expectRequests(test.whole, changeRoute)
				o.expectRequests(test.modified, modifyRoute)
			})
		})
	}
}

// A stranger who comes between the list's first read and the edit is seen.
func TestSetMembersReadsTheGroupNow(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(doGroupMembers(managers, manager)(t.Context(), o))
		o.must(o.Administrator("").AddMembers(managers, "members", outsider))
		_, err := o.client.SetMembers(t.Context(), members(o, managers), o.ids(officer), o.ids(manager))
		o.must(err)
		o.expectMembers(managers, "members", officer, outsider)
		o.expectRequests(0, changeRoute)
		o.must(doGroupMembers(managers, officer, outsider)(t.Context(), o))
	})
}

// Another writer takes our member out before we read the group back.
func TestAnotherWriterOfAGroup(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: groupRoute, After: 1, Times: 1, Before: func() {
			o.check(o.Administrator("").ChangeMembers(managers, "members", []string{outsider}, []string{officer}))
		}})
		_, err := o.client.ChangeMembers(t.Context(), members(o, managers), o.ids(officer), nil)
		o.must(err)
		o.expectMembers(managers, "members", manager, officer, outsider)
		o.expectRequests(2, modifyRoute)
	})
}

// Also a whole list is not written as one any more, once somebody else came.
func TestAnotherWriterOfAWholeGroup(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: groupRoute, After: 1, Times: 1, Before: func() {
			o.check(o.Administrator("").ChangeMembers(managers, "members", []string{outsider}, []string{officer}))
		}})
		_, err := o.client.SetMembers(t.Context(), members(o, managers), o.ids(officer, lead), o.ids(manager))
		o.must(err)
		o.expectMembers(managers, "members", lead, officer, outsider)
		o.expectRequests(1, changeRoute)
		o.expectRequests(1, modifyRoute)
	})
}

func TestParallelChangesOfAGroupAreMerged(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.SetLatency(time.Second)
		var group sync.WaitGroup
		for _, member := range []string{officer, lead, outsider, builder, synced} {
			group.Go(func() {
				_, err := o.client.ChangeMembers(t.Context(), members(o, managers), o.ids(member), nil)
				o.check(err)
			})
		}
		group.Go(func() {
			_, err := o.client.EditPrincipal(t.Context(), access.KindGroup, o.id(managers), api.PrincipalChange{Settings: map[string]string{"description": "New"}})
			o.check(err)
		})
		group.Wait()
		o.expectMembers(managers, "members", manager, officer, lead, outsider, builder, synced)
		o.expectRequests(1, modifyRoute)
		o.expectRequests(1, "POST /UserGroups/{id}/Edit")
		o.expectRequests(2, groupRoute)
		got, err := o.client.Group(t.Context(), o.id(managers))
		if err != nil || got.Description != "New" {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

// SignPath refuses a cycle. The member it was merged with must not suffer.
func TestABadMemberFailsAlone(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		var group sync.WaitGroup
		for _, member := range []string{officer, managers, lead} {
			group.Go(func() {
				_, err := o.client.ChangeMembers(t.Context(), members(o, managers), o.ids(member), nil)
				if member == managers {
					expectErrorIn(t, err, "would contain itself")
					return
				}
				o.check(err)
			})
		}
		group.Wait()
		o.expectMembers(managers, "members", manager, officer, lead)
	})
}

func TestSynchronizedGroupsCannotBeEdited(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		_, err := o.client.ChangeMembers(t.Context(), members(o, synced), o.ids(lead), nil)
		expectError(t, err, "400 Bad Request", "synchronized with a directory")
		_, err = o.client.EditPrincipal(t.Context(), access.KindGroup, o.id(synced), api.PrincipalChange{Name: ptr("X")})
		expectError(t, err, "400 Bad Request", "synchronized with a directory")
	})
}

// A run over G groups costs the list, and where that has only summaries one read
// for each group, however often it is asked.
func TestGroupsAreReadOnce(t *testing.T) {
	const count = 12
	demo := seed()
	for i := range count {
		demo.UserGroups = append(demo.UserGroups, mock.UserGroupSeed{Name: fmt.Sprintf("G%02d", i), Members: []string{lead}})
	}
	for name, c := range map[string]struct {
		dialect mock.Dialect
		reads   int
	}{
		"full lists":           {mock.Dialect{}, 0},
		"member objects":       {mock.Dialect{MemberObjects: true}, 0},
		"wrapped lists":        {mock.Dialect{WrappedLists: true}, 0},
		"summaries":            {mock.Dialect{SummaryLists: true}, count},
		"summaries of objects": {mock.Dialect{SummaryLists: true, MemberObjects: true}, count},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcessWith(t, demo, mock.WithDialect(c.dialect))
				var readers sync.WaitGroup
				for i := range count {
					group := fmt.Sprintf("group:G%02d", i)
					for range 5 {
						readers.Go(func() { o.check(doGroupMembers(group, lead)(t.Context(), o)) })
						readers.Go(func() { o.check(doGroupOf(strings.TrimPrefix(group, "group:"))(t.Context(), o)) })
					}
				}
				readers.Wait()
				o.expectRequests(1, "GET /UserGroups")
				o.expectRequests(c.reads, groupRoute)
			})
		})
	}
}

// 403 and 404 for a group that the list holds prove nothing.
func TestAGroupIsNotGone(t *testing.T) {
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		o := inProcess(t, mock.WithDialect(mock.Dialect{SummaryLists: true}))
		o.inject(mock.Fault{Route: groupRoute, Action: mock.FaultAnswer, Status: status})
		_, err := o.client.Members(t.Context(), members(o, managers))
		if err == nil || api.IsGone(err) || !api.IsUnknownOrForbidden(err) {
			t.Errorf("%d: got %v", status, err)
		}
	}
}

func TestAGroupIsGone(t *testing.T) {
	for _, dialect := range []mock.Dialect{{}, {UnknownIs404: true}, {SummaryLists: true}} {
		o := inProcess(t, mock.WithDialect(dialect))
		target := members(o, managers)
		o.must(o.Administrator("").Remove(managers))
		_, err := o.client.Members(t.Context(), target)
		if !api.IsGone(err) {
			t.Errorf("%+v: got %v", dialect, err)
		}
		expectError(t, err, "the organization has no user group with the id "+target.Group)
	}
}

// An entity that lacks its members is not taken for an empty group.
func TestAGroupWithoutMembersProperty(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		answer := fmt.Sprintf(`{"id":%q,"name":"Release Managers","users":[]}`, o.id(managers))
		o.inject(mock.Fault{Route: "GET /UserGroups", Action: mock.FaultAnswer, Status: 200, Body: "[" + answer + "]"})
		o.inject(mock.Fault{Route: groupRoute, Action: mock.FaultAnswer, Status: 200, Body: answer})
		_, err := o.client.Members(t.Context(), members(o, managers))
		expectError(t, err, `it has no property "members"`, "inferred", "users")
		_, err = o.client.ChangeMembers(t.Context(), members(o, managers), o.ids(lead), nil)
		expectError(t, err, `user group "Release Managers" cannot be edited`, `it has no property "members"`)
		o.expectRequests(0, "POST *")
	})
}

// After a write whose outcome is unknown, what the list said before does not
// count any more.
func TestAFailedWriteOfAGroupIsReadAgain(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		writes := map[string]func(*organization) error{
			modifyRoute: func(o *organization) error {
				_, err := o.client.ChangeMembers(o.t.Context(), members(o, managers), o.ids(lead), nil)
				return err
			},
			changeRoute: func(o *organization) error {
				_, err := o.client.SetMembers(o.t.Context(), members(o, managers), o.ids(lead, manager), nil)
				return err
			},
		}
		for route, write := range writes {
			o := inProcess(t)
			o.must(doGroupMembers(managers, manager)(t.Context(), o))
			o.inject(mock.Fault{Route: route, Action: mock.FaultAnswerAfterActing, Status: 500, Times: 1})
			expectError(t, write(o), "500")
			o.must(doGroupMembers(managers, manager, lead)(t.Context(), o))
		}
	})
}

// Two groups of a name are two groups.
func TestGroupsOfOneName(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		const first, second = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
		demo := seed()
		demo.UserGroups = append(demo.UserGroups,
			mock.UserGroupSeed{Name: "Twin", ID: first, Members: []string{lead}}, mock.UserGroupSeed{Name: "Twin", ID: second, Members: []string{officer}})
		o := inProcessWith(t, demo)
		for id, want := range map[string]string{first: lead, second: officer} {
			target := api.Target{List: vocabulary.GroupMembers, Group: id, GroupName: "Twin"}
			_, err := o.client.ChangeMembers(t.Context(), target, o.ids(outsider), nil)
			o.must(err)
			got, err := o.client.Members(t.Context(), target)
			if wanted := slices.Sorted(slices.Values(o.ids(want, outsider))); err != nil || !slices.Equal(got, wanted) {
				t.Errorf("got %q, %v", got, err)
			}
		}
	})
}

// tellStoryOfGroups is the part of TestDialects that is about groups.
func tellStoryOfGroups(o *organization, dialect mock.Dialect) {
	t := o.t
	ctx := t.Context()
	o.must(doGroupMembers(managers, manager)(ctx, o))
	o.must(doGroups(ctx, o))
	created, err := o.client.CreatePrincipal(ctx, access.Principal{Kind: access.KindGroup, Name: "Signers", Description: "May sign"})
	if err != nil || created.ID != o.id("group:Signers") {
		t.Fatalf("got %+v, %v", created, err)
	}
	o.must(doGroupMembers("group:Signers")(ctx, o))
	warnings, err := o.client.SetMembers(ctx, members(o, "group:Signers"), o.ids(lead, managers), nil)
	o.must(o.wrote("group:Signers", warnings, err, managers, lead))
	o.client = o.another() // A run leaves what it has granted.
	_, err = o.client.Directory(ctx, access.Kinds()...)
	o.must(err)
	warnings, err = o.client.ChangeMembers(ctx, members(o, "group:Signers"), o.ids(outsider), o.ids(lead))
	o.must(o.wrote("group:Signers", warnings, err, managers, outsider))
	warnings, err = o.client.EditPrincipal(ctx, access.KindGroup, created.ID, api.PrincipalChange{Name: ptr("Renamed")})
	if err != nil || len(warnings) > 0 {
		t.Errorf("%q, %v", warnings, err)
	}
	time.Sleep(dialect.ListLag + dialect.ListLag/4) // A new run may not see it before.
	for _, client := range []*api.Client{o.client, o.another()} {
		got, err := client.Group(ctx, created.ID)
		if err != nil || got.Name != "Renamed" || got.Description != "May sign" {
			t.Errorf("got %+v, %v", got, err)
		}
		ids, err := client.Members(ctx, members(o, "group:Renamed"))
		if err != nil || len(ids) != 2 {
			t.Errorf("got %q, %v", ids, err)
		}
	}
	_, err = o.client.ChangeMembers(ctx, members(o, "group:Renamed"), o.ids(builder), nil)
	if refused := err != nil; refused != dialect.NoCIUsersInGroups {
		t.Errorf("a CI user in a group: %v", err)
	}
	if _, err := o.client.Group(ctx, "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"); !api.IsGone(err) {
		t.Errorf("got %v", err)
	}
}

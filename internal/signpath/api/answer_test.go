package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const (
	projectRoute     = "GET /Projects/{project}"
	projectEditRoute = "POST /Projects/{project}/Edit"
	stranger         = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"
)

// alter changes some of the good answers to a route before the client has them: those
// from the first, which is 0, up to the last.
func (o *organization) alter(route string, first, last int, change func(body []byte) []byte) {
	var mu sync.Mutex
	o.After = func(r *http.Request, response *http.Response) {
		mu.Lock()
		defer mu.Unlock()
		hits := o.Requests(route)
		number := len(hits) - 1
		if number < first || number > last || hits[number].Method != r.Method || hits[number].Path != r.URL.Path || response.StatusCode > 299 {
			return
		}
		body, err := io.ReadAll(response.Body)
		o.check(err)
		response.Body = io.NopCloser(bytes.NewReader(change(body)))
	}
}

const always = 1 << 30

// with sets properties of an object; nil takes one out.
func with(properties map[string]any) func([]byte) []byte {
	return func(body []byte) []byte {
		var o map[string]any
		if err := json.Unmarshal(body, &o); err != nil {
			panic(err)
		}
		for name, value := range properties {
			o[name] = value
			if value == nil {
				delete(o, name)
			}
		}
		return marshal(o)
	}
}

// inFirst is a change of the first item of a list.
func inFirst(change func([]byte) []byte) func([]byte) []byte {
	return func(body []byte) []byte {
		var items []json.RawMessage
		if err := json.Unmarshal(body, &items); err != nil {
			panic(err)
		}
		items[0] = change(items[0])
		return marshal(items)
	}
}

func marshal(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}

// An editing is a change of an object, by the routes that it is read and written by.
type editing struct {
	name, read, write string
	// before is how many requests to read it come before the write.
	before int
	do     func(context.Context, *organization) error
}

// editings are one change of each kind of object.
func editings() []editing {
	change := func(t func(*organization) api.Target, add, remove string) func(context.Context, *organization) error {
		return func(ctx context.Context, o *organization) error {
			_, err := o.client.ChangeMembers(ctx, t(o), o.ids(add), o.ids(remove))
			return err
		}
	}
	of := func(list access.List, owner string) func(*organization) api.Target {
		return func(*organization) api.Target { return target(list, owner) }
	}
	role := func(who string) func(context.Context, *organization) error {
		return func(ctx context.Context, o *organization) error {
			_, err := o.client.EditPrincipal(ctx, reference(o.t, who).Kind, o.id(who), api.PrincipalChange{Role: ptr(access.RoleGlobalReader)})
			return err
		}
	}
	return []editing{
		{"a project", projectRoute, projectEditRoute, 1, change(of(access.Readers, "project:project-a"), builder, lead)},
		{"a signing policy", policyRoute, editRoute, 1, change(of(access.Approvers, releaseA), officer, lead)},
		{"a user group", groupRoute, modifyRoute, 1, change(func(o *organization) api.Target { return members(o, managers) }, officer, manager)},
		{"a CI user", "GET /CIUsers/{id}", "POST /CIUsers/{id}/Edit", 1, role(builder)},
		{"a user", "GET /InteractiveUsers/{id}", "POST /InteractiveUsers/{id}/Edit", 1, role(lead)},
		{"a CI user's activity", "GET /CIUsers/{id}", "POST /CIUsers/{id}/Deactivate", 0, func(ctx context.Context, o *organization) error {
			return o.client.SetActive(ctx, access.KindCIUser, o.id(builder), false)
		}},
	}
}

// others are the ways in which an answer says that it is about another object.
func others(e editing) map[string]map[string]any {
	link := "https://other.example.com/api/v1/" + organizationID
	switch e.read {
	case projectRoute:
		return map[string]map[string]any{
			"slug": {"slug": "project-b"}, "link": {"link": link + "/projects/project-b"}, "name of its slug": {"projectSlug": "project-b"},
			"another organization": {"link": "/Api/v1/" + stranger + "/Projects/project-a"},
		}
	case policyRoute:
		return map[string]map[string]any{
			"slug": {"slug": "test-signing"}, "project": {"projectSlug": "project-b"}, "name of its slug": {"signingPolicySlug": "test-signing"},
			"link of another project":      {"link": link + "/Projects/project-b/signingpolicies/release-signing"},
			"link of another policy":       {"link": link + "/Projects/project-a/SigningPolicies/test-signing?x=1"},
			"link of another organization": {"link": "/v1/" + stranger + "/Projects/project-a/SigningPolicies/release-signing"},
		}
	}
	collection, _, _ := strings.Cut(strings.TrimPrefix(e.read, "GET /"), "/")
	return map[string]map[string]any{
		"id":                   {"id": stranger},
		"link":                 {"link": link + "/" + collection + "/" + stranger},
		"another organization": {"link": "/v1/" + stranger + "/" + collection + "/{own}"},
	}
}

// An answer about another object is believed nowhere, and nothing is written on the
// strength of it.
func TestAnAnswerAboutAnotherObject(t *testing.T) {
	for _, e := range editings() {
		for by, lie := range others(e) {
			for name, at := range map[string]int{"before the write": 0, "read back": e.before} {
				if e.before == 0 && name == "before the write" {
					continue
				}
				t.Run(e.name+", "+by+", "+name, func(t *testing.T) {
					inFakeTime(t, func(t *testing.T) {
						o := inProcess(t)
						before := o.Snapshot()
						o.alter(e.read, at, at, func(body []byte) []byte {
							var self struct{ ID string }
							o.check(json.Unmarshal(body, &self))
							return []byte(strings.ReplaceAll(string(with(lie)(body)), "{own}", self.ID))
						})
						err := e.do(t.Context(), o)
						expectError(t, err, "cannot be used", "it is about another object")
						written := name == "read back"
						if got := o.CountRequests("POST *"); got != map[bool]int{true: 1}[written] {
							t.Errorf("%d writes", got)
						}
						if !written && fmt.Sprint(before) != fmt.Sprint(o.Snapshot()) {
							t.Error("something was written")
						}
						if p, ok := o.client.Known().Get(stranger); ok {
							t.Errorf("the directory has %+v", p)
						}
					})
				})
			}
		}
	}
}

// What an answer does not say, or says in another form, contradicts nothing.
func TestAnAnswerThatNamesItselfOtherwise(t *testing.T) {
	for _, e := range editings() {
		for name, properties := range map[string]map[string]any{
			"no link":              {"link": nil},
			"an empty link":        {"link": ""},
			"no link at all":       {"link": "here %zz"},
			"a page of its own":    {"link": "https://app.example.com/Web/Anything/" + stranger},
			"a link to its list":   {"link": "https://app.example.com/Api/v1/" + organizationID + "/CIUsers"},
			"a link by name":       {"link": "https://app.example.com/Api/v1/" + organizationID + "/CIUsers/acme-release"},
			"a link to what it is": {"link": "https://app.example.com/Api/V1/" + strings.ToUpper(organizationID) + "/PROJECTS/Project-A"},
		} {
			t.Run(e.name+", "+name, func(t *testing.T) {
				inFakeTime(t, func(t *testing.T) {
					o := inProcess(t)
					o.alter(e.read, 0, always, with(properties))
					o.must(e.do(t.Context(), o))
				})
			})
		}
	}
}

// Where nothing in an answer tells, the id does that was read before: this is the
// policy of that name in another project, as a cache may answer.
func TestAnAnswerWithAnotherIDThanBefore(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		var ofB []byte
		o.alter(policyRoute, 0, 0, func(body []byte) []byte {
			ofB = with(map[string]any{"link": nil})(body)
			return body
		})
		o.must(doMembers(releaseB, access.Approvers)(t.Context(), o))
		o.must(doMembers(releaseA, access.Approvers)(t.Context(), o))
		o.alter(policyRoute, 2, always, func([]byte) []byte { return ofB })
		before := o.Snapshot()
		_, err := o.approve(releaseA, officer)
		expectError(t, err, "it is about another object: its id is ", `that of signing policy "project-a/release-signing" was `)
		if o.expectRequests(0, "POST *"); fmt.Sprint(before) != fmt.Sprint(o.Snapshot()) {
			t.Error("something was written")
		}
	})
}

// mistyped are answers in which a property that is read has another type than it may
// have, by the route that is answered so.
func mistyped() map[string]map[string]any {
	user := map[string]any{
		"role a number": 1, "role an object": map[string]any{"name": "GlobalReader"}, "role a list": []string{"GlobalReader"}, "role null": json.RawMessage("null"), "role ": "",
		"isActive a text": "True", "isActive a number": 1, "isActive null": json.RawMessage("null"), "name null": json.RawMessage("null"), "name a number": 7,
		"id a number": 17, "notificationEmailAddress a list": []string{}, "notificationEmailAddress a truth": false,
	}
	interactive := map[string]any{
		"accountEmailAddress null": json.RawMessage("null"), "identity an object": map[string]any{}, "isDirectorySynchronized a text": "false", "isSupportUser a number": 0,
	}
	for name, value := range user {
		interactive[name] = value
	}
	lists := func(names ...string) map[string]any {
		wrong := map[string]any{}
		for _, name := range names {
			wrong[name+" null"] = json.RawMessage("null")
			wrong[name+" a text"] = "everybody"
			wrong[name+" an object"] = map[string]any{}
			wrong[name+" of numbers"] = []int{1}
			wrong[name+" of nulls"] = []any{nil}
			wrong[name+" null per kind"] = map[string]any{"ciUsers": nil}
		}
		return wrong
	}
	group := lists("members")
	group["description a number"], group["name an object"], group["isDirectorySynchronized null"] = 7, map[string]any{}, json.RawMessage("null")
	project := lists("readers", "configurators")
	project["name a number"], project["slug a number"], project["status a number"], project["description a list"] = 7, 7, 2, []string{}
	project["signingPolicies null"], project["signingPolicies a text"] = json.RawMessage("null"), "release-signing"
	policy := lists("submitters", "approvers")
	for _, setting := range []string{"usesApprovalProcess", "verifiesTrustedBuildSystem", "verifiesOriginPolicy", "isActive"} {
		policy[setting+" a text"], policy[setting+" a number"] = "true", 1
	}
	policy["requiredApprovals a text"], policy["requiredApprovals a fraction"] = "2", 1.5
	return map[string]map[string]any{
		"GET /InteractiveUsers/{id}": interactive, "GET /InteractiveUsers": interactive, "GET /CIUsers/{id}": user, "GET /CIUsers": user, "GET /CIUsers/Me": user,
		"GET /UserGroups": group, groupRoute: group, "GET /Projects": {"name a list": []string{}, "slug null": json.RawMessage("null"), "status null": json.RawMessage("null")},
		projectRoute: project, policyRoute: policy,
		"GET /Organization": {"name an object": map[string]any{}, "yearlyMaxNumberOfIndividualSignatures a text": "100", "id ": stranger},
	}
}

// A property of another type is no value, and above all not none.
func TestAnswersOfTheWrongType(t *testing.T) {
	asking := map[string]func(context.Context, *organization) error{
		"GET /InteractiveUsers/{id}": func(ctx context.Context, o *organization) error {
			_, err := o.client.ConfirmPrincipal(ctx, access.KindUser, o.id(lead))
			return err
		},
		"GET /InteractiveUsers": doResolve, "GET /CIUsers/{id}": doConfirmPrincipal, "GET /CIUsers": doDirectory, "GET /CIUsers/Me": doMe,
		"GET /UserGroups": doGroup, groupRoute: doConfirmMembers, "GET /Projects": doProjects, projectRoute: doProject, policyRoute: doSigningPolicy,
		"GET /Organization": doOrganization,
	}
	for route, values := range mistyped() {
		for name, value := range values {
			t.Run(route+", "+name, func(t *testing.T) {
				o := inProcess(t)
				property, _, _ := strings.Cut(name, " ")
				change := with(map[string]any{property: value})
				if slices.Contains([]string{"GET /InteractiveUsers", "GET /CIUsers", "GET /UserGroups", "GET /Projects"}, route) {
					change = inFirst(change)
				}
				o.alter(route, 0, always, change)
				err := asking[route](t.Context(), o)
				expectError(t, err, "cannot be used: ")
				var failure *httpapi.Error
				if !errors.As(err, &failure) || failure.Cause == nil || property != "id" && !strings.Contains(err.Error(), `its property "`+property+`" is `) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

// Null is what some servers write for a text or a number that is not there.
func TestWhatMayBeNull(t *testing.T) {
	null := json.RawMessage("null")
	o := inProcess(t)
	o.alter("GET /InteractiveUsers", 0, 0, inFirst(with(map[string]any{"notificationEmailAddress": null, "identity": null})))
	_, err := o.client.Directory(t.Context(), access.KindUser)
	o.must(err)
	o.alter(policyRoute, 0, 0, with(map[string]any{"requiredApprovals": null, "description": null, "purpose": null}))
	policy, err := o.client.SigningPolicy(t.Context(), "project-a", "release-signing")
	if err != nil || policy.RequiredApprovals != nil {
		t.Errorf("got %+v, %v", policy, err)
	}
}

// A list that holds one object twice is none, nor is one whose items are about others.
func TestListsThatCannotBeRight(t *testing.T) {
	twice := func(body []byte) []byte {
		var items []json.RawMessage
		if err := json.Unmarshal(body, &items); err != nil {
			panic(err)
		}
		return marshal(append(items, items[0]))
	}
	asking := map[string]func(context.Context, *organization) error{
		"GET /InteractiveUsers": doResolve, "GET /CIUsers": doDirectory, "GET /UserGroups": doGroup, "GET /Projects": doProjects,
	}
	for route, ask := range asking {
		for name, c := range map[string]struct {
			change func([]byte) []byte
			want   string
		}{
			"twice": {twice, " twice"},
			"another in the link": {
				inFirst(with(map[string]any{"link": "/Api/v1/" + organizationID + strings.TrimPrefix(route, "GET") + "/" + stranger})),
				"in entry 1, it is about another object",
			},
			"another organization": {
				func(body []byte) []byte {
					return bytes.ReplaceAll(body, []byte("v1/"+organizationID), []byte("v1/"+stranger))
				},
				"in entry 1, it is about another object",
			},
		} {
			t.Run(route+", "+name, func(t *testing.T) {
				o := inProcess(t)
				o.alter(route, 0, 0, c.change)
				expectError(t, ask(t.Context(), o), route, c.want)
			})
		}
	}
}

// The token's own user is one user: its id and its link agree.
func TestMeIsOneUser(t *testing.T) {
	o := inProcess(t)
	o.alter("GET /CIUsers/Me", 0, 0, with(map[string]any{"link": "/v1/" + organizationID + "/CIUsers/" + stranger}))
	_, err := o.client.Me(t.Context())
	expectError(t, err, "it is about another object")
}

// The answer to a create may be about an object that is none of ours. Then the list
// tells what was created.
func TestACreateThatAnswersAnotherObject(t *testing.T) {
	create := func(o *organization, p access.Principal) {
		o.t.Helper()
		created, err := o.client.CreatePrincipal(o.t.Context(), p)
		if err != nil || created.ID != o.id(p.Reference().String()) {
			o.t.Errorf("created %+v, %v", created, err)
		}
	}
	ci := access.Principal{Kind: access.KindCIUser, Name: "acme-new"}
	for name, c := range map[string]struct {
		principal access.Principal
		answer    func(*organization) string
	}{
		"whom the list had":   {ci, func(o *organization) string { return `{"id":"` + o.id(builder) + `"}` }},
		"a user instead":      {ci, func(o *organization) string { return `{"ciUserId":"` + o.id(lead) + `"}` }},
		"by another name":     {ci, func(*organization) string { return `{"id":"` + stranger + `","name":"other"}` }},
		"a group's text":      {access.Principal{Kind: access.KindGroup, Name: "New", Description: "Old"}, func(*organization) string { return `{"id":"` + stranger + `","description":"x"}` }},
		"by another address":  {access.Principal{Kind: access.KindUser, Name: "N", Email: "n@example.com"}, func(*organization) string { return `{"id":"` + stranger + `","accountEmailAddress":"o@example.com"}` }},
		"in other characters": {access.Principal{Kind: access.KindUser, Name: "N", Email: "n@example.com"}, func(o *organization) string { return "" }},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				_, err := o.client.Directory(t.Context(), access.Kinds()...)
				o.must(err)
				o.ResetRequests()
				collection := map[access.Kind]string{access.KindCIUser: "CIUsers", access.KindUser: "InteractiveUsers", access.KindGroup: "UserGroups"}[c.principal.Kind]
				lists := 1
				if answer := c.answer(o); answer != "" {
					o.inject(mock.Fault{Route: "POST /" + collection, Action: mock.FaultAnswerAfterActing, Status: 201, Body: answer})
				} else { // The same object.
					o.alter("POST /"+collection, 0, 0, with(map[string]any{"accountEmailAddress": " N@EXAMPLE.COM ", "name": nil}))
					lists = 0
				}
				create(o, c.principal)
				o.expectRequests(1, "POST *")
				o.expectRequests(lists, "GET /"+collection)
				if p, ok := o.client.Known().Get(stranger); ok {
					t.Errorf("the directory has %+v", p)
				}
			})
		})
	}
}

// An account that was there before is not what a create made, also where its answer was
// lost.
func TestALostCreateIsNotFoundInWhatWasThere(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(doReferences(t.Context(), o))
		o.inject(mock.Fault{Route: "POST /UserGroups", Action: mock.FaultCutBeforeActing})
		_, err := o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindGroup, Name: "Release Managers"})
		expectError(t, err, "SignPath may or may not have created group:Release Managers")
	})
}

// A list that is empty although the run has just read who is on it, is read once more
// before an edit: it goes back with it, whichever list is changed.
func TestAListThatIsEmptyForOnce(t *testing.T) {
	owners := []struct {
		list access.List
		path string
	}{
		{access.Readers, "project:project-a"}, {access.Configurators, "project:project-a"},
		{access.Submitters, releaseA}, {access.Approvers, releaseA}, {access.GroupMembers, managers},
	}
	for _, owner := range owners {
		for _, changed := range owners {
			if owner.path != changed.path {
				continue
			}
			for _, whole := range []bool{false, true} {
				for _, known := range []string{"read", "granted"} {
					t.Run(fmt.Sprintf("%s for once, %s changed, whole %t, %s", owner.list.Plural, changed.list.Plural, whole, known), func(t *testing.T) {
						inFakeTime(t, func(t *testing.T) { emptyForOnce(t, owner.list, changed.list, owner.path, whole, known) })
					})
				}
			}
		}
	}
}

func emptyForOnce(t *testing.T, empty, changed access.List, owner string, whole bool, known string) {
	o := inProcess(t)
	at := func(list access.List) api.Target {
		if list.Parent == access.ParentUserGroup {
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
		_, err = o.client.ChangeMembers(t.Context(), at(empty), o.ids(builder, managersOr(owner, builder)), nil)
	}
	o.must(err)
	o.ResetRequests()
	route := map[access.Parent]string{access.ParentProject: projectRoute, access.ParentSigningPolicy: policyRoute, access.ParentUserGroup: groupRoute}[empty.Parent]
	o.alter(route, 0, 0, with(map[string]any{empty.Plural: []string{}}))
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
		_, err := o.approve(releaseA, lead)
		o.must(err)
		_, err = o.client.ChangeMembers(t.Context(), approvers(releaseA), nil, o.ids(lead))
		o.must(err)
		o.ResetRequests()
		_, err = o.approve(releaseA, officer)
		o.must(err)
		o.expectRequests(2, policyRoute)
		o.must(o.Administrator("").ChangeMembers(releaseA, "approvers", nil, []string{officer}))
		o.ResetRequests()
		_, err = o.client.ChangeMembers(t.Context(), target(access.Submitters, releaseA), o.ids(builder), nil)
		o.must(err)
		o.expectRequests(3, policyRoute)
		o.expectMembers(releaseA, "approvers", officer) // What this run granted comes back.
	})
}

// lag shows objects as they were some time ago, from the first read after a write on.
func (o *organization) lag(route string, by time.Duration) {
	type state struct {
		at   time.Time
		body []byte
	}
	var mu sync.Mutex
	seen := map[string][]state{}
	previous := o.After
	o.After = func(r *http.Request, response *http.Response) {
		if previous != nil {
			previous(r, response)
		}
		hits := o.Requests(route)
		if r.Method != http.MethodGet || len(hits) == 0 || hits[len(hits)-1].Path != r.URL.Path {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		body, err := io.ReadAll(response.Body)
		o.check(err)
		states := append(seen[r.URL.Path], state{time.Now(), body})
		seen[r.URL.Path] = states
		shown := states[0].body
		for i, state := range states {
			if i > 0 && bytes.Equal(state.body, states[i-1].body) {
				state.at = states[i-1].at
				states[i].at = state.at
			}
			if time.Since(state.at) >= by {
				shown = state.body
			}
		}
		response.Body = io.NopCloser(bytes.NewReader(shown))
	}
}

// Reads that lag behind do not fail an edit, and are not written on top of.
func TestReadsThatLag(t *testing.T) {
	for _, e := range editings() {
		for _, by := range []time.Duration{0, 150 * time.Millisecond, time.Second, 2 * time.Second} {
			t.Run(fmt.Sprint(e.name, ", ", by), func(t *testing.T) {
				inFakeTime(t, func(t *testing.T) {
					o := inProcess(t)
					o.lag(e.read, by)
					if e.before == 0 { // Somebody has to see the old state.
						_, err := o.another().ConfirmPrincipal(t.Context(), access.KindCIUser, o.id(builder))
						o.must(err)
						o.ResetRequests()
					}
					started := time.Now()
					o.must(e.do(t.Context(), o))
					o.expectRequests(1, e.write)
					if by == 0 {
						o.expectRequests(e.before+1, e.read)
					}
					if took := time.Since(started); took > 5*time.Second {
						t.Errorf("it took %s", took)
					}
				})
			})
		}
	}
}

// What the edit lost is told, however many stale reads come before it shows.
func TestAServerThatLosesPropertiesAndLags(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.lag(policyRoute, 2*time.Second)
		o.inject(mock.Fault{Route: editRoute, Action: mock.FaultDropProperties, Properties: []string{"purpose"}})
		_, err := o.approve(releaseA, officer)
		var lost *api.LostPropertiesError
		if !errors.As(err, &lost) || !slices.Equal(lost.Lost, []string{`purpose, which held "Release"`}) || !lost.Done {
			t.Errorf("got %v", err)
		}
		o.expectRequests(1, editRoute)
	})
}

// Nor is it forgotten where the edit had to be written again.
func TestALossInTheFirstOfTwoRounds(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: editRoute, Times: 1, Action: mock.FaultDropProperties, Properties: []string{"useApprovalProcess"}})
		o.inject(mock.Fault{Route: policyRoute, After: 1, Times: 1, Before: func() {
			o.check(o.Administrator("").RemoveMembers(releaseA, "approvers", officer))
		}})
		_, err := o.approve(releaseA, officer)
		expectError(t, err, "usesApprovalProcess, which held true")
	})
}

// What decides who may do what, and takes another value, is no remark.
func TestAChangeThatNobodyAskedFor(t *testing.T) {
	edits := map[string]editing{}
	for _, e := range editings() {
		edits[e.name] = e
	}
	policy, ofGroup, ofCI, ofUser := edits["a signing policy"], edits["a user group"], edits["a CI user"], edits["a user"]
	type properties = map[string]any
	branches := func(names ...string) properties { return properties{"allowedBranchNames": names} }
	null, all := json.RawMessage("null"), []string{"*"}
	for name, c := range map[string]struct {
		editing
		// property is what the answers say before and after the write.
		property      string
		before, after any
		// want is in the error.
		want string
	}{
		"the role of a user":    {ofUser, "role", "RegularUser", "GlobalAdministrator", `role, which was "RegularUser" and is "GlobalAdministrator" now`},
		"the role of a CI user": {ofCI, "role", "ProjectAdministrator", "RegularUser", `role, which was "ProjectAdministrator" and is "RegularUser" now`},
		"being active":          {ofUser, "isActive", false, true, `isActive, which was false and is true now`},
		"not being active":      {ofCI, "isActive", true, false, `isActive, which held true`},
		"fewer approvals":       {policy, "requiredApprovals", 2, 1, `requiredApprovals, which was 2 and is 1 now`},
		"no approvals":          {policy, "usesApprovalProcess", true, false, `usesApprovalProcess, which held true`},
		"approvals":             {policy, "usesApprovalProcess", false, true, `usesApprovalProcess, which was false and is true now`},
		"no build system":       {policy, "verifiesTrustedBuildSystem", true, false, `verifiesTrustedBuildSystem, which held true`},
		"other branches":        {policy, "originPolicyVerification", branches("main"), branches(all...), `originPolicyVerification, which was {`},
		"branches that come":    {policy, "originPolicyVerification", null, branches("main"), `originPolicyVerification, which was null and is {`},
		"branches that appear":  {policy, "originPolicyVerification", nil, branches("main"), `originPolicyVerification, which was null and is {`},
		"a submitter less":      {policy, "submitters", []string{"{builder}", "{managers}"}, []string{"{managers}"}, `submitters, which lacks ci_user:acme-release now`},
		"all submitters":        {policy, "submitters", []string{"{builder}"}, []string{}, `submitters, which held ["`},
		"another approver less": {policy, "approvers", []string{"{lead}", "{managers}"}, []string{"{officer}"}, `approvers, which lacks group:Release Managers now`},
		"another member less":   {ofGroup, "members", []string{"{manager}", "{builder}"}, []string{"{officer}"}, `members, which lacks ci_user:acme-release now`},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				_, err := editWith(t, c.editing, c.property, c.before, c.after)
				expectError(t, err, "SignPath carried out an edit of ", c.want, "somebody else did it at the same time", "SignPath's web application, or apply")
				var lost *api.LostPropertiesError
				if !errors.As(err, &lost) || !lost.Done || len(lost.Lost)+len(lost.Changed) != 1 {
					t.Errorf("got %+v", lost)
				}
			})
		})
	}
	for name, c := range map[string]struct {
		editing
		property      string
		before, after any
		want          string
	}{
		"a submitter more":       {policy, "submitters", []string{}, []string{"{builder}"}, `ci_user:acme-release came onto its submitters`},
		"another approver more":  {policy, "approvers", []string{}, []string{"{builder}", "{officer}"}, `ci_user:acme-release came onto its approvers`},
		"another purpose":        {policy, "purpose", "Release", "Test", `its property purpose changed from "Release" to "Test"`},
		"another name of a user": {ofUser, "name", "Lead", "Dev", `its property name changed from "Lead" to "Dev"`},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				warnings, err := editWith(t, c.editing, c.property, c.before, c.after)
				if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], c.want) || !strings.HasSuffix(warnings[0], "Terraform did not ask for that.") {
					t.Errorf("got %q, %v", warnings, err)
				}
			})
		})
	}
}

// editWith does an edit of an object of which a property is one thing before it and another
// thing after it; it asks for something else.
func editWith(t *testing.T, e editing, property string, before, after any) (api.Warnings, error) {
	t.Helper()
	o := inProcess(t)
	_, err := o.client.Directory(t.Context(), access.Kinds()...)
	o.must(err)
	o.ResetRequests()
	ids := strings.NewReplacer("{builder}", o.id(builder), "{officer}", o.id(officer), "{lead}", o.id(lead), "{manager}", o.id(manager), "{managers}", o.id(managers))
	o.alter(e.read, 0, always, func(body []byte) []byte {
		value := before
		if o.CountRequests(e.write) > 0 {
			value = after
		}
		return []byte(ids.Replace(string(with(map[string]any{property: value})(body))))
	})
	defer func() { o.expectRequests(1, e.write) }()
	switch change := (api.PrincipalChange{NotificationEmail: ptr("new@example.com")}); e.name {
	case "a user":
		return o.client.EditPrincipal(t.Context(), access.KindUser, o.id(lead), change)
	case "a CI user":
		return o.client.EditPrincipal(t.Context(), access.KindCIUser, o.id(builder), change)
	case "a user group":
		return o.client.ChangeMembers(t.Context(), members(o, managers), o.ids(officer), o.ids(manager))
	}
	return o.client.ChangeMembers(t.Context(), approvers(releaseA), o.ids(officer), o.ids(lead))
}

// An activation that changes the role of the user, or clears what it had.
func TestAnActivationThatDoesMore(t *testing.T) {
	for name, c := range map[string]struct {
		then map[string]any
		want string
	}{
		"the role":             {map[string]any{"role": "GlobalAdministrator"}, "the role, which was RegularUser and is GlobalAdministrator now"},
		"the notification":     {map[string]any{"notificationEmailAddress": nil}, `the notification e-mail address, which held "build@example.com"`},
		"nothing but the name": {map[string]any{"name": "other"}, ""},
	} {
		for _, active := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", ", active), func(t *testing.T) {
				inFakeTime(t, func(t *testing.T) {
					o := inProcess(t)
					o.must(o.Administrator("").SetActive(builder, !active))
					_, err := o.client.Directory(t.Context(), access.KindCIUser)
					o.must(err)
					o.alter("GET /CIUsers/{id}", 0, always, with(c.then))
					err = o.client.SetActive(t.Context(), access.KindCIUser, o.id(builder), active)
					if c.want == "" {
						o.must(err)
						return
					}
					expectError(t, err, "SignPath carried out an edit of CI user "+o.id(builder), c.want)
				})
			})
		}
	}
}

// What a create made is known by its request alone, and so proves no change.
func TestADeactivationAfterACreate(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		created, err := o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
		o.must(err)
		o.must(o.Administrator("").SetRole("ci_user:acme-new", mock.RoleGlobalReader))
		o.must(o.client.SetActive(t.Context(), access.KindCIUser, created.ID, false))
	})
}

// Who was taken off a list stays off it, though a read before the next edit lags behind.
func TestWhoWasRevokedIsNotWrittenBack(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(o.Administrator("").AddMembers(releaseA, "approvers", lead, outsider))
		var old []byte
		o.alter(policyRoute, 0, 0, func(body []byte) []byte { old = body; return body })
		_, err := o.client.ChangeMembers(t.Context(), approvers(releaseA), nil, o.ids(lead))
		o.must(err)
		o.ResetRequests()
		o.alter(policyRoute, 0, 0, func([]byte) []byte { return old })
		_, err = o.approve(releaseA, officer)
		o.must(err)
		o.expectMembers(releaseA, "approvers", officer, outsider)
		// Who asks for it again gets it.
		_, err = o.approve(releaseA, lead)
		o.must(err)
		o.expectMembers(releaseA, "approvers", lead, officer, outsider)
	})
}

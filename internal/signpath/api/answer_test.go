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

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
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
	of := func(list vocabulary.List, owner string) func(*organization) api.Target {
		return func(*organization) api.Target { return target(list, owner) }
	}
	role := func(who string) func(context.Context, *organization) error {
		return func(ctx context.Context, o *organization) error {
			_, err := o.client.EditPrincipal(ctx, reference(o.t, who).Kind, o.id(who), api.PrincipalChange{Role: ptr(vocabulary.RoleGlobalReader)})
			return err
		}
	}
	return []editing{
		{"a project", projectRoute, projectEditRoute, 1, change(of(vocabulary.Readers, "project:project-a"), builder, lead)},
		{"a signing policy", policyRoute, editRoute, 1, change(of(vocabulary.Approvers, releaseA), officer, lead)},
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
		o.must(doMembers(releaseB, vocabulary.Approvers)(t.Context(), o))
		o.must(doMembers(releaseA, vocabulary.Approvers)(t.Context(), o))
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
	null := json.RawMessage("null")
	user := map[string]any{
		"role a number": 1, "role an object": map[string]any{"name": "GlobalReader"}, "role a list": []string{"GlobalReader"}, "role ": "",
		"isActive a text": "True", "isActive a number": 1, "isActive null": null, "name null": null, "name a number": 7,
		"id a number": 17, "notificationEmailAddress a list": []string{}, "notificationEmailAddress a truth": false,
	}
	interactive := map[string]any{
		"accountEmailAddress null": null, "identity an object": map[string]any{}, "isDirectorySynchronized a text": "false", "isSupportUser a number": 0,
	}
	for name, value := range user {
		interactive[name] = value
	}
	lists := func(names ...string) map[string]any {
		wrong := map[string]any{}
		for _, name := range names {
			wrong[name+" null"] = null
			wrong[name+" a text"] = "everybody"
			wrong[name+" an object"] = map[string]any{}
			wrong[name+" of numbers"] = []int{1}
			wrong[name+" of nulls"] = []any{nil}
			wrong[name+" null per kind"] = map[string]any{"ciUsers": nil}
		}
		return wrong
	}
	group := lists("members")
	group["description a number"], group["name an object"], group["isDirectorySynchronized null"] = 7, map[string]any{}, null
	project := lists("readers", "configurators")
	project["name a number"], project["slug a number"], project["status a number"], project["description a list"] = 7, 7, 2, []string{}
	project["signingPolicies null"], project["signingPolicies a text"] = null, "release-signing"
	policy := lists("submitters", "approvers")
	for _, setting := range []string{"usesApprovalProcess", "verifiesTrustedBuildSystem", "verifiesOriginPolicy", "isActive"} {
		policy[setting+" a text"], policy[setting+" a number"] = "true", 1
	}
	policy["requiredApprovals a text"], policy["requiredApprovals a fraction"] = "2", 1.5
	return map[string]map[string]any{
		"GET /InteractiveUsers/{id}": interactive, "GET /InteractiveUsers": interactive, "GET /CIUsers/{id}": user, "GET /CIUsers": user, "GET /CIUsers/Me": user,
		"GET /UserGroups": group, groupRoute: group, "GET /Projects": {"name a list": []string{}, "slug null": null, "status null": null},
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
	ci, group := access.Principal{Kind: access.KindCIUser, Name: "acme-new"}, access.Principal{Kind: access.KindGroup, Name: "New", Description: "Old"}
	user := access.Principal{Kind: access.KindUser, Name: "N", Email: "n@example.com"}
	for name, c := range map[string]struct {
		principal access.Principal
		answer    func(*organization) string
	}{
		"whom the list had":   {ci, func(o *organization) string { return `{"id":"` + o.id(builder) + `"}` }},
		"a user instead":      {ci, func(o *organization) string { return `{"ciUserId":"` + o.id(lead) + `"}` }},
		"by another name":     {ci, func(*organization) string { return `{"id":"` + stranger + `","name":"other"}` }},
		"a group's text":      {group, func(*organization) string { return `{"id":"` + stranger + `","description":"x"}` }},
		"by another address":  {user, func(*organization) string { return `{"id":"` + stranger + `","accountEmailAddress":"o@example.com"}` }},
		"in other characters": {user, func(*organization) string { return "" }},
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

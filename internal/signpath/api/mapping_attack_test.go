package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// A list is not taken for the whole while a page says that there are further ones, whatever the
// mapping, or a total, says.
func TestPagesThatSayThatThereAreMore(t *testing.T) {
	inEnvelope := func(more object) answer {
		return func(w http.ResponseWriter, query url.Values, _ string, items raws) {
			page := object{"items": slice(items, 4*number(query, "page", 0), 4)}
			for name, value := range more {
				page[name] = value
			}
			write(w, page)
		}
	}
	for name, p := range map[string]pager{
		"an empty page in between": {page: "number: page, first: 1", answer: inEnvelope(object{"hasMore": true})},
		"what is not understood before": {
			page: "number: page, first: 1", answer: inEnvelope(object{"extra": 1, "meta": object{"build": "x", "hasMore": true}}),
		},
		"a total of the page": {page: "number: page, first: 0, total: count", answer: inEnvelope(object{"count": 4, "hasNextPage": true})},
		"a header":            {page: "number: page, first: 0, total: count", answer: withHeader("X-Has-More", "true", inEnvelope(object{"count": 4}))},
		"a token that is an object": {
			page: "token: after, next: further", answer: inEnvelope(object{"further": object{"after": "x"}}),
		},
		"a link that is an object": {page: "link: further", answer: inEnvelope(object{"further": object{"to": "/x?page=1"}})},
	} {
		t.Run(name, func(t *testing.T) {
			o := inPages(t, p)
			if projects, err := o.client.Projects(t.Context()); err == nil {
				t.Errorf("%d of %d projects pass for all", len(projects), listItems)
			}
		})
	}
}

func withHeader(name, value string, a answer) answer {
	return func(w http.ResponseWriter, query url.Values, path string, items raws) {
		w.Header().Set(name, value)
		a(w, query, path, items)
	}
}

// twisted lets the answers of the organization to GET be changed before they are read.
func twisted(o *organization, twist func(path string, body []byte) []byte) {
	o.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			o.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		o.ServeHTTP(answer, r)
		w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(twist(r.URL.Path, answer.Body.Bytes()))
	})
}

const slugServer = `version: 1
user: {answer: {slug: handle}}
ci_user: {answer: {slug: handle}}
group: {answer: {slug: handle}}
members: {answer: {form: slugs}}
`

// Nobody is put onto a list, or read from one, by a slug that two have.
func TestASlugThatTwoHave(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := calibrating(t, mock.WithMapping(slugServer), judged(t, contracttest.Unwatched("members are named by slugs")))
		slugs := handles(t, o, "/InteractiveUsers")
		_, err := o.approve(releaseA, outsider)
		o.must(err)
		o.restart()
		shared := slugs[o.id(officer)]
		twisted(o, func(path string, body []byte) []byte {
			if !strings.Contains(path, "/InteractiveUsers") {
				return body
			}
			return []byte(strings.ReplaceAll(string(body), `"`+slugs[o.id(outsider)]+`"`, `"`+strings.ToUpper(shared)+`"`))
		})
		_, err = o.client.Members(t.Context(), approvers(releaseA))
		expectError(t, err, "slug")
		o.ResetRequests()
		_, err = o.client.ChangeMembers(t.Context(), target(vocabulary.Readers, "project:project-a"), o.ids(outsider), nil)
		expectError(t, err, "several principals have the slug")
		o.expectRequests(0, "POST *")
	})
}

// handles are the slugs of principals by their ids, as a list has them.
func handles(t *testing.T, o *organization, list string) map[string]string {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/Api/v1/"+o.client.OrganizationID()+list, http.NoBody)
	request.Header.Set("Authorization", "Bearer "+demoToken)
	answer := httptest.NewRecorder()
	o.ServeHTTP(answer, request)
	var items []struct{ ID, Handle string }
	o.must(json.Unmarshal(answer.Body.Bytes(), &items))
	slugs := map[string]string{}
	for _, item := range items {
		slugs[item.ID] = item.Handle
	}
	return slugs
}

// A route that sets whether somebody is active, and also takes the role, gets the role that the
// user has by now.
func TestWhatASetRouteTakesAlongIsRead(t *testing.T) {
	const server = "version: 1\nuser: {set: {active: {route: \"POST /InteractiveUsers/{id}/SetActive\", body: {isActive: =active}}}}\n"
	inFakeTime(t, func(t *testing.T) {
		o := calibrating(t, mock.WithMapping(server), judged(t, contracttest.Unwatched("one route is another")))
		o.config.Contract = api.ContractAssumed
		o.config.Mapping = mappingtest.File(t, strings.Replace(server, "=active}", "=active, role: =role}", 1))
		o.restart()
		o.must(doReferences(t.Context(), o))
		role := vocabulary.RoleGlobalReader
		_, err := o.client.EditPrincipal(t.Context(), access.KindUser, o.id(lead), api.PrincipalChange{Role: &role})
		o.must(err)
		o.ResetRequests()
		_ = o.client.SetActive(t.Context(), access.KindUser, o.id(lead), false) // What the server makes of it does not matter here.
		o.expectRequests(1, "POST *")
		for _, request := range o.Requests() {
			if request.Method == http.MethodPost && !strings.Contains(request.RequestBody, string(role)) {
				t.Errorf("it sends %s", request.RequestBody)
			}
		}
	})
}

// A server that calls a project or a signing policy by what paths take for the place around gets
// no request that leads there.
func TestSlugsThatLeadElsewhere(t *testing.T) {
	for _, slug := range []string{".", ".."} {
		o := inProcess(t)
		twisted(o, func(_ string, body []byte) []byte {
			return []byte(strings.NewReplacer(`"project-a"`, `"`+slug+`"`, `/Projects/project-a"`, `/Projects/`+slug+`"`).Replace(string(body)))
		})
		projects, err := o.client.Projects(t.Context())
		if err != nil || projects[0].Slug != slug {
			t.Fatalf("got %+v, %v", projects, err)
		}
		o.ResetRequests()
		_, err = o.client.Project(t.Context(), slug)
		expectError(t, err, "leads to another place")
		_, err = o.client.SigningPolicy(t.Context(), "project-b", slug)
		expectError(t, err, "leads to another place")
		o.expectRequests(0)
	}
}

// A rehearsed edit tells what members lost beside their ids, though the same ones are on the list.
func TestRehearsedEditTellsWhatMembersLost(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := calibrating(t, mock.WithMapping("version: 1\nmembers: {answer: {form: objects}}\n"), judged(t, contracttest.Unwatched("members have more than ids")))
		o.config.Contract = api.ContractAssumed
		o.restart()
		_, err := o.approve(releaseA, lead)
		o.must(err)
		until := `"until":"2030"`
		twisted(o, func(_ string, body []byte) []byte {
			return []byte(strings.ReplaceAll(string(body), `{"id":"`+o.id(lead)+`"`, `{`+until+`,"id":"`+o.id(lead)+`"`))
		})
		edit, err := o.client.RehearseEdit(t.Context(), api.EditTarget{Project: "project-a", Policy: "release-signing"})
		o.must(err)
		if !strings.Contains(string(edit.Before), until) || !strings.Contains(string(edit.Body), until) {
			t.Errorf("%s goes back as %s", edit.Before, edit.Body)
		}
		until = `"until":"2031"`
		differences, err := edit.Send(t.Context())
		isTold := func(d api.Difference) bool {
			return !d.IsMinor && strings.Contains(d.Before, "2030") && strings.Contains(d.After, "2031")
		}
		if err != nil || len(differences) != 1 || !isTold(differences[0]) {
			t.Errorf("got %+v, %v", differences, err)
		}
	})
}

// The documents of the mapped servers have the ways to further pages that their mappings say.
func TestMappedServersDescribeTheirPages(t *testing.T) {
	for _, server := range mock.Servers() {
		o := calibrating(t, mock.WithMapping(server.Mapping), judged(t, contracttest.Unwatched("nothing is asked but the document")))
		m, err := contract.NewMapping(o.config.Mapping)
		o.must(err)
		lines, err := contract.Compare(o.document(), m)
		o.must(err)
		for _, line := range lines {
			if line.Part == contract.PartRoute && line.State == contract.Contradicts {
				t.Errorf("%s: %s", server.Name, line)
			}
		}
	}
}

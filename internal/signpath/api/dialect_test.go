package api_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// mixtures is how many random mixtures of dialects are tried.
const mixtures = 60

// TestDialects tells one story in every plausible reading of what SignPath does
// not document, one by one and mixed, each with its mapping.
func TestDialects(t *testing.T) {
	dialects := []mock.Dialect{{}}
	for _, deviation := range mock.SingleDialects() {
		dialects = append(dialects, deviation.Dialect)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range mixtures {
		dialects = append(dialects, mock.RandomDialect(random))
	}
	for _, dialect := range dialects {
		t.Run("dialect "+dialect.String(), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T) { // Some of them wait for a list that lags.
				o := inProcess(t, mock.WithDialect(dialect), judgedIn(t, dialect))
				o.config.Contract = api.ContractAuto
				o.restart()
				tellStory(o, dialect)
			})
		})
	}
}

// TestMappedServers tells the same story at servers that differ as their mapping files say, in
// names, forms and routes.
func TestMappedServers(t *testing.T) {
	for _, server := range mock.Servers() {
		t.Run(server.Name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T) {
				by := contracttest.ByServedDocument("/Api/swagger/v1/swagger.json", "this server is as a mapping says")
				if strings.Contains(server.Mapping, "{link: ") {
					by = contracttest.Unwatched("nothing but links has the parameters of pages")
				}
				o := calibrating(t, mock.WithMapping(server.Mapping), judged(t, by))
				tellStory(o, mock.Dialect{})
			})
		})
	}
}

func tellStory(o *organization, dialect mock.Dialect) {
	t := o.t
	ctx := t.Context()
	o.must(o.Administrator("").AddMembers(releaseA, "approvers", lead))
	o.must(o.Administrator("").AddMembers(releaseA, "submitters", builder))

	// The lists.
	o.must(doReferences(ctx, o))
	if p, err := o.client.Resolve(ctx, reference(t, "user:org.admin@example.com")); err != nil || p.Role != vocabulary.RoleGlobalAdministrator || !p.Active {
		t.Errorf("got %+v, %v", p, err)
	}
	if p, err := o.client.Resolve(ctx, reference(t, "user:sync.user@example.com")); err != nil || !p.Synchronized || p.Identity != "example:S-1-5-21-1000" {
		t.Errorf("got %+v, %v", p, err)
	}
	o.must(doProjects(ctx, o))

	// Creates.
	ci, err := o.client.CreatePrincipal(ctx, access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
	if err != nil || ci.ID != o.id("ci_user:acme-new") {
		t.Fatalf("got %+v, %v", ci, err)
	}
	user, err := o.client.CreatePrincipal(ctx, access.Principal{Kind: access.KindUser, Name: "New", Email: "new@example.com"})
	if err != nil || user.ID != o.id("user:new@example.com") {
		t.Fatalf("got %+v, %v", user, err)
	}
	_, err = o.client.CreatePrincipal(ctx, access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
	expectError(t, err, "400 Bad Request", "There is a CI user with the name 'acme-new' already.")

	// Lists are edited and read back.
	before := o.Snapshot()
	for _, change := range []struct {
		target      api.Target
		add, remove []string
		want        []string
	}{
		{approvers(releaseA), []string{user.ID, o.id(managers)}, o.ids(lead), []string{user.ID, o.id(managers)}},
		{target(vocabulary.Submitters, releaseA), []string{ci.ID}, nil, []string{ci.ID, o.id(builder)}},
		{target(vocabulary.Readers, "project:project-a"), []string{ci.ID, o.id(lead)}, nil, []string{ci.ID, o.id(lead)}},
	} {
		warnings, err := o.client.ChangeMembers(ctx, change.target, change.add, change.remove)
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%s: %q, %v", change.target, warnings, err)
		}
		for _, client := range []*api.Client{o.client, o.another()} {
			got, err := client.Members(ctx, change.target)
			if err != nil || len(got) != len(change.want) {
				t.Errorf("%s: %q, %v", change.target, got, err)
			}
			for _, id := range change.want {
				if !strings.Contains(fmt.Sprint(got), id) {
					t.Errorf("%s: %q lacks %s", change.target, got, id)
				}
			}
		}
	}
	o.expectMembers(releaseA, "approvers", "user:new@example.com", managers)
	o.expectMembers(releaseA, "submitters", "ci_user:acme-new", builder)
	o.expectMembers("project:project-a", "readers", "ci_user:acme-new", lead)
	after := o.Snapshot()
	forgetMembers(&before)
	forgetMembers(&after)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("before %+v\nafter  %+v", before, after)
	}

	// So are groups and their members.
	tellStoryOfGroups(o, dialect)

	// Users are edited and read back.
	_, err = o.client.EditPrincipal(ctx, access.KindCIUser, ci.ID, api.PrincipalChange{Role: ptr(vocabulary.RoleGlobalReader)})
	o.must(err)
	o.must(o.client.SetActive(ctx, access.KindUser, user.ID, false))
	time.Sleep(dialect.ListLag + dialect.ListLag/4) // A new run may not see it before.
	for _, client := range []*api.Client{o.client, o.another()} {
		if p, err := client.Principal(ctx, access.KindCIUser, ci.ID); err != nil || p.Role != vocabulary.RoleGlobalReader || p.Name != "acme-new" {
			t.Errorf("got %+v, %v", p, err)
		}
		if p, err := client.Principal(ctx, access.KindUser, user.ID); err != nil || p.Active || p.Email != "new@example.com" {
			t.Errorf("got %+v, %v", p, err)
		}
	}

	// The audit log has it all, with who did it.
	log, err := o.client.AuditEvents(ctx)
	if err != nil || len(log.Events) != len(o.Events()) || log.Partial {
		t.Fatalf("got %d events of %d, %v", len(log.Events), len(o.Events()), err)
	}
	for i, event := range o.Events() {
		got := log.Events[i]
		if !got.Time.Equal(event.Time) || got.Name != event.Name || got.Actor.Name != event.Actor.Name || got.Object.ID != event.Entity.ID ||
			len(got.Changes) != len(event.Changes) {
			t.Errorf("got %+v of %+v", got, event)
		}
	}

	// What does not exist is proven to be gone, and a refusal is quoted.
	if _, err := o.client.Project(ctx, "project-c"); !api.IsGone(err) {
		t.Errorf("got %v", err)
	}
	if _, err := o.client.SigningPolicy(ctx, "project-a", "staging"); !api.IsGone(err) {
		t.Errorf("got %v", err)
	}
	if _, err := o.client.Principal(ctx, access.KindUser, "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"); !api.IsGone(err) {
		t.Errorf("got %v", err)
	}
	o.as(outsider)
	_, err = o.client.AuditEvents(ctx) // Projects, everybody reads by the old rule.
	expectError(t, err, "403 Forbidden", "The user 'Outsider' needs the role")
	if hasTrace := answered(t, err).TraceID != ""; hasTrace == dialect.PlainTextErrors {
		t.Errorf("the error has a trace id: %t", hasTrace)
	}
}

// forgetMembers leaves of the seed what a change of members must not touch.
func forgetMembers(seed *mock.Seed) {
	for i := range seed.Projects {
		project := &seed.Projects[i]
		project.Readers = nil
		for j := range project.SigningPolicies {
			project.SigningPolicies[j].Approvers, project.SigningPolicies[j].Submitters = nil, nil
		}
	}
}

// Lists that carry summaries cost one read for each item, and no more.
func TestSummariesAreCompletedOnce(t *testing.T) {
	o := inProcess(t, mock.WithDialect(mock.Dialect{SummaryLists: true}))
	for range 3 {
		o.must(doReferences(t.Context(), o))
	}
	o.expectRequests(1, "GET /InteractiveUsers")
	o.expectRequests(7, "GET /InteractiveUsers/{id}")
	o.expectRequests(2, "GET /CIUsers/{id}")
	// A group's summary has all that is needed.
	o.expectRequests(0, "GET /UserGroups/{id}")
}

// An item that cannot be read must not shorten the list.
func TestASummaryThatCannotBeCompleted(t *testing.T) {
	o := inProcess(t, mock.WithDialect(mock.Dialect{SummaryLists: true}))
	o.inject(mock.Fault{Route: "GET /InteractiveUsers/{id}", After: 3, Times: 1, Action: mock.FaultAnswer, Status: 403})
	err := doResolve(t.Context(), o)
	expectError(t, err, "GET /InteractiveUsers/", "403 Forbidden")
	o.must(doResolve(t.Context(), o))
}

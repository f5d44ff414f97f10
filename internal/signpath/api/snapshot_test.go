package api_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// reads are the reads that a snapshot answers, and the requests that each makes
// the first time.
func reads() map[string]struct {
	do     func(context.Context, *organization) error
	routes []string
} {
	return map[string]struct {
		do     func(context.Context, *organization) error
		routes []string
	}{
		"Organization":        {doOrganization, []string{"GET /Organization"}},
		"Me":                  {doMe, []string{"GET /CIUsers/Me"}},
		"Projects":            {doProjects, []string{"GET /Projects"}},
		"Project":             {doProject, []string{"GET /Projects/{project}"}},
		"SigningPolicy":       {doSigningPolicy, []string{policyRoute}},
		"Members of a policy": {doMembers(releaseA, vocabulary.Approvers), []string{policyRoute}},
		"Directory":           {doDirectory, []string{"GET /CIUsers"}},
		"Resolve":             {doResolve, []string{"GET /InteractiveUsers"}},
		"Principal":           {doPrincipal(access.KindGroup, managers), []string{"GET /UserGroups"}},
		"References":          {doReferences, []string{"GET /InteractiveUsers", "GET /CIUsers", "GET /UserGroups"}},
	}
}

func TestParallelFirstReadsShareOneRequest(t *testing.T) {
	for name, read := range reads() {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				o.SetLatency(time.Second)
				var group sync.WaitGroup
				for range 50 {
					group.Go(func() { o.check(read.do(t.Context(), o)) })
				}
				group.Wait()
				o.check(read.do(t.Context(), o))
				for _, route := range read.routes {
					o.expectRequests(1, route)
				}
				o.expectRequests(len(read.routes))
			})
		})
	}
}

// A run over a whole organization costs three lists, and one request for each
// project and policy.
func TestOneRunReadsEverythingOnce(t *testing.T) {
	o := listen(t)
	var group sync.WaitGroup
	for range 4 {
		for _, project := range []string{"project-a", "project-b"} {
			group.Go(func() { o.check(doMembersAnyhow(t, o, target(vocabulary.Readers, "project:"+project))) })
			group.Go(func() { o.check(doMembersAnyhow(t, o, target(vocabulary.Configurators, "project:"+project))) })
			for _, policy := range []string{"test-signing", "release-signing"} {
				group.Go(func() { o.check(doMembersAnyhow(t, o, target(vocabulary.Submitters, "policy:"+project+"/"+policy))) })
				group.Go(func() { o.check(doMembersAnyhow(t, o, target(vocabulary.Approvers, "policy:"+project+"/"+policy))) })
			}
		}
		group.Go(func() { o.check(doReferences(t.Context(), o)) })
		group.Go(func() { o.check(doResolve(t.Context(), o)) })
	}
	group.Wait()
	o.expectRequests(3 + 2 + 4)
}

func doMembersAnyhow(t *testing.T, o *organization, target api.Target) error {
	t.Helper()
	_, err := o.client.Members(t.Context(), target)
	return err
}

// The first caller goes away; those who wait with it get their answer.
func TestACancelledCallerFailsNobodyElse(t *testing.T) {
	for name, read := range reads() {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				o.SetLatency(10 * time.Second)
				first, cancel := context.WithCancel(t.Context())
				var group sync.WaitGroup
				group.Go(func() {
					if err := read.do(first, o); !errors.Is(err, context.Canceled) {
						t.Errorf("the cancelled caller gets %v", err)
					}
				})
				synctest.Wait()
				for range 3 {
					group.Go(func() { o.check(read.do(t.Context(), o)) })
				}
				synctest.Wait()
				cancel()
				group.Wait()
				o.expectRequests(len(read.routes))
			})
		})
	}
}

// hold keeps back the first answer to a request, and returns a function that
// waits until it is there, and one that lets it go.
func (o *organization) hold(suffix string) (arrived, release func()) {
	there, free := make(chan struct{}), make(chan struct{})
	var held atomic.Bool
	o.After = func(r *http.Request, _ *http.Response) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, suffix) && held.CompareAndSwap(false, true) {
			close(there)
			<-free
		}
	}
	return func() { <-there }, func() { close(free) }
}

// A read that began before a write has the old value. It must not put it back.
func TestAWriteIsNotCoveredByAnEarlierRead(t *testing.T) {
	tests := map[string]struct {
		path  string
		read  func(context.Context, *organization) (string, error)
		write func(context.Context, *organization) error
		want  string
	}{
		"a list of principals and a create": {
			"/CIUsers", readCIUsers, doCreate(access.Principal{Kind: access.KindCIUser, Name: "acme-new"}),
			"acme-new true, acme-release true, terraform true",
		},
		"a list of principals and a deactivation": {"/CIUsers", readCIUsers, doSetActive(builder, false), "acme-release false, terraform true"},
		"a list of principals and an edit": {
			"/CIUsers", readCIUsers, func(ctx context.Context, o *organization) error {
				_, err := o.client.EditPrincipal(ctx, access.KindCIUser, o.id(builder), api.PrincipalChange{Name: ptr("acme-deploy")})
				return err
			}, "acme-deploy true, terraform true",
		},
		"a policy and a change of its members": {
			"/SigningPolicies/release-signing", func(ctx context.Context, o *organization) (string, error) {
				ids, err := o.client.Members(ctx, approvers(releaseA))
				return strings.Join(ids, ", "), err
			}, doChangeMembers, "OFFICER",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				test.want = strings.ReplaceAll(test.want, "OFFICER", o.id(officer))
				arrived, release := o.hold(test.path)
				var group sync.WaitGroup
				var early string
				group.Go(func() {
					var err error
					early, err = test.read(t.Context(), o)
					o.check(err)
				})
				arrived()
				o.must(test.write(t.Context(), o))
				release()
				group.Wait()
				if early != test.want {
					t.Errorf("who began to read before the write gets %q, want %q", early, test.want)
				}
				if late, err := test.read(t.Context(), o); err != nil || late != test.want {
					t.Errorf("who reads after the write gets %q, %v; want %q", late, err, test.want)
				}
			})
		})
	}
}

func readCIUsers(ctx context.Context, o *organization) (string, error) {
	d, err := o.client.Directory(ctx, access.KindCIUser)
	if err != nil {
		return "", err
	}
	var users []string
	for _, p := range d.All(access.KindCIUser) {
		users = append(users, fmt.Sprint(p.Name, " ", p.Active))
	}
	return strings.Join(users, ", "), nil
}

// Writes show in later reads, and cost no further list or read.
func TestWritesShowWithoutAnotherRead(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(doReferences(t.Context(), o))
		o.must(doMembers(releaseA, vocabulary.Approvers)(t.Context(), o))
		o.must(doMembers("project:project-b", vocabulary.Readers)(t.Context(), o))

		created, err := o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
		o.must(err)
		_, err = o.client.EditPrincipal(t.Context(), access.KindUser, o.id(lead), api.PrincipalChange{Name: ptr("Team Lead"), Role: ptr(vocabulary.RoleGlobalReader)})
		o.must(err)
		o.must(o.client.SetActive(t.Context(), access.KindUser, o.id(outsider), false))
		_, err = o.client.ChangeMembers(t.Context(), approvers(releaseA), o.ids(officer), nil)
		o.must(err)
		_, err = o.client.ChangeMembers(t.Context(), target(vocabulary.Readers, "project:project-b"), o.ids(manager, builder), nil)
		o.must(err)

		o.ResetRequests()
		if p, err := o.client.Resolve(t.Context(), reference(t, "ci_user:acme-new")); err != nil || p != created {
			t.Errorf("the created user is %+v, %v", p, err)
		}
		if p, err := o.client.Principal(t.Context(), access.KindUser, o.id(lead)); err != nil || p.Name != "Team Lead" || p.Role != vocabulary.RoleGlobalReader {
			t.Errorf("the edited user is %+v, %v", p, err)
		}
		if p, err := o.client.Principal(t.Context(), access.KindUser, o.id(outsider)); err != nil || p.Active {
			t.Errorf("the deactivated user is %+v, %v", p, err)
		}
		o.must(doMembers(releaseA, vocabulary.Approvers, officer)(t.Context(), o))
		readers := o.ids(manager, builder)
		slices.Sort(readers)
		if got, err := o.client.Members(t.Context(), target(vocabulary.Readers, "project:project-b")); err != nil || !slices.Equal(got, readers) {
			t.Errorf("the readers are %q, %v", got, err)
		}
		if p, err := o.client.Known().Resolve(reference(t, "ci_user:acme-new")); err != nil || p != created {
			t.Errorf("the created user is not among the known: %+v, %v", p, err)
		}
		o.expectRequests(0)
	})
}

// After a write whose outcome is not known, what was read before counts no more.
func TestFailedWritesAreReadAgain(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(doDirectory(t.Context(), o))
		o.must(doMembers(releaseA, vocabulary.Approvers)(t.Context(), o))
		o.inject(mock.Fault{Route: "POST *", Action: mock.FaultAnswerAfterActing, Status: 500})
		expectError(t, o.client.SetActive(t.Context(), access.KindCIUser, o.id(builder), false), "500")
		expectError(t, doChangeMembers(t.Context(), o), "500")
		if got, err := readCIUsers(t.Context(), o); err != nil || got != "acme-release false, terraform true" {
			t.Errorf("got %q, %v", got, err)
		}
		o.must(doMembers(releaseA, vocabulary.Approvers, officer)(t.Context(), o))
	})
}

func TestAPrincipalThatTheListLacksIsReadOnce(t *testing.T) {
	o := inProcess(t)
	createAfterListing(o)
	for range 3 {
		o.must(doPrincipal(access.KindCIUser, "ci_user:acme-late")(t.Context(), o))
		p, err := o.client.Resolve(t.Context(), reference(t, "ci_user:"+strings.ToUpper(o.id("ci_user:acme-late"))))
		if err != nil || p.Name != "acme-late" {
			t.Errorf("got %+v, %v", p, err)
		}
	}
	o.expectRequests(1, "GET /CIUsers")
	o.expectRequests(1, "GET /CIUsers/{id}")
}

func TestAPrincipalThatIsGoneIsAskedForOnce(t *testing.T) {
	const nobody = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"
	o := inProcess(t)
	for range 3 {
		_, err := o.client.Principal(t.Context(), access.KindUser, nobody)
		if !api.IsGone(err) {
			t.Errorf("got %v", err)
		}
		_, err = o.client.Resolve(t.Context(), reference(t, "user:"+nobody))
		if !errors.Is(err, access.ErrNoPrincipal) {
			t.Errorf("got %v", err)
		}
	}
	o.expectRequests(1, "GET /InteractiveUsers")
	o.expectRequests(1, "GET /InteractiveUsers/{id}")
}

// The kind counts: an id of another kind is nobody's.
func TestAnIDOfAnotherKindIsGone(t *testing.T) {
	o := inProcess(t)
	o.must(doReferences(t.Context(), o))
	if p, err := o.client.Principal(t.Context(), access.KindUser, o.id(builder)); !api.IsGone(err) {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestResolveLooksThroughAllKinds(t *testing.T) {
	o := inProcess(t)
	_, err := o.client.Resolve(t.Context(), reference(t, "group:acme-release"))
	expectError(t, err, `the organization has no user group "acme-release"; did you mean "ci_user:acme-release"?`)
	_, err = o.client.Resolve(t.Context(), reference(t, "ci_user:acme-releese"))
	expectError(t, err, `did you mean "ci_user:acme-release"?`)
	// The other kinds make the message better, but are not needed for it.
	o.restart()
	o.inject(mock.Fault{Route: "GET /InteractiveUsers", Action: mock.FaultAnswer, Status: 403})
	_, err = o.client.Resolve(t.Context(), reference(t, "group:Release Manager"))
	expectError(t, err, `did you mean "group:Release Managers"?`)
}

func TestUnknownIDsCauseOneRelisting(t *testing.T) {
	o := inProcess(t)
	o.must(doReferences(t.Context(), o))
	late, err := o.Administrator("").CreateUserGroup(mock.UserGroupSeed{Name: "Late Group"})
	o.must(err)
	const nobody = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"
	for range 3 {
		got, err := o.client.References(t.Context(), []string{late, nobody, o.id(lead)})
		want := map[string]access.Reference{
			late: reference(t, "group:Late Group"), nobody: {Kind: access.KindUnknown, Key: nobody}, o.id(lead): reference(t, lead),
		}
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("got %q, %v; want %s", got, err, want)
		}
	}
	for _, route := range []string{"GET /InteractiveUsers", "GET /CIUsers", "GET /UserGroups"} {
		o.expectRequests(2, route)
	}
}

// Who comes while the lists are read again must wait for them, and not take an
// entry for unknown that the other caller is about to learn of.
func TestUnknownIDsWaitForTheRelisting(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.must(doReferences(t.Context(), o))
		late, err := o.Administrator("").CreateUserGroup(mock.UserGroupSeed{Name: "Late Group"})
		o.must(err)
		o.SetLatency(10 * time.Second)
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				got, err := o.client.References(t.Context(), []string{late})
				if err != nil || got[late].String() != "group:Late Group" {
					t.Errorf("got %q, %v", got, err)
				}
			})
			synctest.Wait()
		}
		group.Wait()
		o.expectRequests(2, "GET /UserGroups")
	})
}

// A property under another name must not read as "no role" or "inactive".
func TestAnswersThatLackAProperty(t *testing.T) {
	tests := map[string]struct {
		fault mock.Fault
		do    func(context.Context, *organization) error
		words []string
		reads int
	}{
		"role of CI users": {
			mock.Fault{Route: "GET /CIUsers*", Action: mock.FaultHideProperties, Properties: []string{"role"}},
			doDirectory,
			[]string{"GET /CIUsers:", `no property "role"`, "inferred", "isActive"},
			1,
		},
		"isActive of my own": {
			mock.Fault{Route: "GET /CIUsers/Me", Action: mock.FaultHideProperties, Properties: []string{"isActive"}},
			doMe,
			[]string{"GET /CIUsers/Me", `no property "isActive"`},
			0,
		},
		"e-mail of users": {
			mock.Fault{Route: "GET /InteractiveUsers*", Action: mock.FaultHideProperties, Properties: []string{"accountEmailAddress"}},
			doResolve,
			[]string{`no property "accountEmailAddress"`},
			1,
		},
		"id of groups": {
			mock.Fault{Route: "GET /UserGroups", Action: mock.FaultHideProperties, Properties: []string{"id", "link"}},
			doPrincipal(access.KindGroup, managers),
			[]string{`no property "id"`},
			0,
		},
		"slug of projects": {
			mock.Fault{Route: "GET /Projects", Action: mock.FaultHideProperties, Properties: []string{"slug"}},
			doProjects,
			[]string{`no property "slug"`, "documented"},
			0,
		},
		"approvers": {
			mock.Fault{Route: policyRoute, Action: mock.FaultHideProperties, Properties: []string{"approvers"}},
			doMembers(releaseA, vocabulary.Approvers),
			[]string{`no property "approvers"`},
			0,
		},
		"approvers to change": {
			mock.Fault{Route: policyRoute, Action: mock.FaultHideProperties, Properties: []string{"approvers"}},
			doChangeMembers,
			[]string{`signing policy "project-a/release-signing" cannot be edited`, `no property "approvers"`},
			0,
		},
		"an id of no UUID": {
			mock.Fault{Route: "GET /CIUsers", Action: mock.FaultMalformedBody, Body: `[{"id":"17","name":"x","role":"RegularUser","isActive":true}]`},
			doDirectory,
			[]string{"id of CI user", "is no UUID"},
			0,
		},
		"a page": {
			mock.Fault{Route: "GET /CIUsers", Action: mock.FaultMalformedBody, Body: `{"items":[],"more than":"x"}`},
			doDirectory,
			[]string{"items, more than", "only a page"},
			0,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				o := inProcess(t)
				o.inject(test.fault)
				err := test.do(t.Context(), o)
				expectError(t, err, test.words...)
				if !strings.Contains(err.Error(), "request id ") || strings.Contains(err.Error(), "request id )") {
					t.Errorf("the request id is empty: %v", err)
				}
				// One entity is read to see whether it has more than its list.
				o.expectRequests(test.reads, "GET */{id}")
				o.expectRequests(0, "POST *")
			})
		})
	}
}

func TestMeOfAnInteractiveUser(t *testing.T) {
	o := inProcess(t)
	o.as("user:org.admin@example.com")
	me, err := o.client.Me(t.Context())
	if err != nil || me.Reference().String() != "user:org.admin@example.com" || me.Role != vocabulary.RoleGlobalAdministrator {
		t.Errorf("got %+v, %v", me, err)
	}
}

func TestOrganizationQuotas(t *testing.T) {
	o := inProcess(t)
	got, err := o.client.Organization(t.Context())
	if err != nil || got.ID != organizationID || got.YearlyMaxSizeOfArtifactsInBytes == nil || got.YearlyMaxNumberOfIndividualSignatures == nil ||
		got.QuotaPeriodStart == "" || got.QuotaPeriodEnd == "" {
		t.Errorf("got %+v, %v", got, err)
	}
	// Self-hosted installations may not tell.
	o.restart()
	o.inject(mock.Fault{Action: mock.FaultHideProperties, Properties: []string{"yearlyMaxSizeOfArtifactsInBytes", "quotaPeriodStart"}})
	got, err = o.client.Organization(t.Context())
	if err != nil || got.YearlyMaxSizeOfArtifactsInBytes != nil || got.YearlyMaxNumberOfIndividualSignatures == nil || got.QuotaPeriodStart != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}

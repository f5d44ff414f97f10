package api_test

import (
	"context"
	"errors"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// seeing makes the client that of a CI user with a role.
func seeing(t *testing.T, role mock.Role, options ...mock.Option) *organization {
	t.Helper()
	o := inProcess(t, options...)
	o.must(o.Administrator("").SetRole(builder, role))
	o.as(builder)
	return o
}

func TestAProjectIsGone(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		for _, dialect := range []mock.Dialect{{}, {UnknownIs404: true}, {PlainTextErrors: true}, {SummaryLists: true}} {
			for _, role := range []mock.Role{mock.RoleGlobalAdministrator, mock.RoleProjectAdministrator, mock.RoleGlobalReader} {
				o := seeing(t, role, mock.WithDialect(dialect))
				_, err := o.client.Project(t.Context(), "project-c")
				var gone *api.GoneError
				if !errors.As(err, &gone) || !api.IsGone(err) || gone.Object != `project "project-c"` {
					t.Fatalf("%s, %+v: %v", role, dialect, err)
				}
				expectError(t, err, `the organization has no project "project-c"; there is project-a, project-b`)

				_, err = o.client.SigningPolicy(t.Context(), "project-c", "release-signing")
				expectError(t, err, `the organization has no project "project-c"`)
				_, err = o.client.Members(t.Context(), target(vocabulary.Approvers, "policy:project-c/release-signing"))
				expectError(t, err, `the organization has no project "project-c"`)
				_, err = o.client.Members(t.Context(), target(vocabulary.Readers, "project:project-c"))
				expectError(t, err, `the organization has no project "project-c"`)
				if !api.IsGone(err) {
					t.Errorf("got %v", err)
				}
				o.expectRequests(1, "GET /Projects")
				o.expectRequests(1, "GET */Me")
			}
		}
	})
}

func TestTheNearestOfManyProjects(t *testing.T) {
	demo := seed()
	for _, slug := range []string{"alpha", "beta", "gamma", "project-ab"} {
		demo.Projects = append(demo.Projects, mock.ProjectSeed{Slug: slug, Name: slug})
	}
	o := inProcessWith(t, demo)
	_, err := o.client.Project(t.Context(), "Project-c")
	var gone *api.GoneError
	if !errors.As(err, &gone) || len(gone.Nearest) != 3 {
		t.Fatalf("got %v", err)
	}
	expectError(t, err, "; there is project-a, project-b, project-ab")
}

// Without the right to see every project, a 403 proves nothing.
func TestAHiddenProjectIsNotGone(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		for _, dialect := range []mock.Dialect{{}, {UnknownIs404: true}} {
			for _, role := range []mock.Role{
				mock.RoleRegularUser, mock.RoleUserAdministrator, mock.RoleCertificateAdministrator, mock.RoleDirectorySynchronizer,
			} {
				o := seeing(t, role, mock.WithDialect(dialect))
				calls := map[string]func() error{
					"a project that exists":   func() error { _, err := o.client.Project(t.Context(), "project-a"); return err },
					"a project that does not": func() error { _, err := o.client.Project(t.Context(), "project-c"); return err },
					"a policy that exists": func() error {
						_, err := o.client.SigningPolicy(t.Context(), "project-a", "release-signing")
						return err
					},
					"a policy of an unknown": func() error {
						_, err := o.client.SigningPolicy(t.Context(), "project-c", "release-signing")
						return err
					},
					"a policy that does not exist": func() error { _, err := o.client.SigningPolicy(t.Context(), "project-a", "none"); return err },
				}
				for name, call := range calls {
					err := call()
					if !api.IsUnknownOrForbidden(err) || api.IsGone(err) {
						t.Errorf("%s, %s: %v", role, name, err)
						continue
					}
					expectError(t, err, "'acme-release'", "trace id")
				}
			}
		}
	})
}

func TestASigningPolicyIsGone(t *testing.T) {
	for _, dialect := range []mock.Dialect{{}, {UnknownIs404: true}} {
		o := seeing(t, mock.RoleRegularUser, mock.WithDialect(dialect))
		// Who may read the project sees which policies it has, whatever the role.
		o.must(o.Administrator("").AddMembers("project:project-a", "readers", builder))
		_, err := o.client.SigningPolicy(t.Context(), "project-a", "staging")
		var gone *api.GoneError
		if !errors.As(err, &gone) || gone.Object != `signing policy "project-a/staging"` {
			t.Fatalf("got %v", err)
		}
		expectError(t, err, `the organization has no signing policy "project-a/staging"; there is project-a/release-signing, project-a/test-signing`)
		_, err = o.client.Members(t.Context(), target(vocabulary.Submitters, "policy:project-a/staging"))
		if !api.IsGone(err) {
			t.Errorf("got %v", err)
		}
		o.expectRequests(1, "GET /Projects/{project}")
	}
}

// What the project says of its policies must be understood to prove anything.
func TestASigningPolicyIsNotGone(t *testing.T) {
	tests := map[string]mock.Fault{
		"the project does not tell":    {Action: mock.FaultHideProperties, Properties: []string{"signingPolicies"}},
		"the policies have no slug":    {Action: mock.FaultMalformedBody, Body: `{"slug":"project-a","name":"A","signingPolicies":[{"name":"Test signing"}]}`},
		"the policies are null":        {Action: mock.FaultMalformedBody, Body: `{"slug":"project-a","name":"A","signingPolicies":null}`},
		"the policies are no objects":  {Action: mock.FaultMalformedBody, Body: `{"slug":"project-a","name":"A","signingPolicies":["test-signing"]}`},
		"the policies are no list":     {Action: mock.FaultMalformedBody, Body: `{"slug":"project-a","name":"A","signingPolicies":2}`},
		"the policies are none":        {Action: mock.FaultMalformedBody, Body: `{"slug":"project-a","name":"A","signingPolicies":[]}`},
		"the project cannot be read":   {Action: mock.FaultAnswer, Status: 500},
		"the project is no JSON":       {Action: mock.FaultMalformedBody},
		"the project has it after all": {Action: mock.FaultMalformedBody, Body: `{"slug":"project-a","name":"A","signingPolicies":[{"slug":"staging"}]}`},
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			o := inProcess(t)
			fault.Route = "GET /Projects/{project}"
			o.inject(fault)
			_, err := o.client.SigningPolicy(t.Context(), "project-a", "staging")
			if api.IsGone(err) || !api.IsUnknownOrForbidden(err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A list that could not be read, or that holds it after all, proves nothing.
func TestAProjectIsNotGone(t *testing.T) {
	tests := map[string]mock.Fault{
		"the list is refused":     {Route: "GET /Projects", Action: mock.FaultAnswer, Status: 403},
		"the list fails":          {Route: "GET /Projects", Action: mock.FaultAnswer, Status: 500},
		"the list is cut short":   {Route: "GET /Projects", Action: mock.FaultMalformedBody},
		"the list is a page":      {Route: "GET /Projects", Action: mock.FaultMalformedBody, Body: `{"projects":[],"next":"2"}`},
		"the list is empty":       {Route: "GET /Projects", Action: mock.FaultMalformedBody, Body: `[]`},
		"the list has it":         {Route: "GET /Projects", Action: mock.FaultMalformedBody, Body: `[{"slug":"project-c","name":"C"}]`},
		"the own role is unknown": {Route: "GET /CIUsers/Me", Action: mock.FaultHideProperties, Properties: []string{"role"}},
		"the own user is unknown": {Route: "GET */Me", Action: mock.FaultAnswer, Status: 403},
		"the own user has no role": {
			Route: "GET /CIUsers/Me", Action: mock.FaultMalformedBody,
			Body: `{"id":"` + organizationID + `","name":"x","role":null,"isActive":true}`,
		},
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			o := inProcess(t)
			o.inject(fault)
			_, err := o.client.Project(t.Context(), "project-c")
			if api.IsGone(err) || !api.IsUnknownOrForbidden(err) {
				t.Errorf("got %v", err)
			}
			expectError(t, err, "GET /Projects/project-c", "There is no project 'project-c'")
		})
	}
}

// A token that may do nothing, or an organization id that is wrong, answers 403
// to everything. Nothing may seem to be gone.
func TestNothingIsGoneWhenEverythingIsRefused(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		for _, status := range []int{401, 403, 404} {
			o := inProcess(t)
			o.inject(mock.Fault{Action: mock.FaultAnswer, Status: status, Body: "No."})
			for _, call := range remoteCalls() {
				if call.prepare != nil {
					continue
				}
				err := call.do(t.Context(), o)
				if err == nil || api.IsGone(err) || errors.Is(err, access.ErrNoPrincipal) {
					t.Errorf("%d, %s: %v", status, call.name, err)
				}
			}
			err := o.client.SetActive(t.Context(), access.KindCIUser, o.id(builder), false)
			if err == nil || api.IsGone(err) {
				t.Errorf("%d: %v", status, err)
			}
		}
	})
}

// An organization that does not exist answers 403 as well.
func TestNothingIsGoneInAnotherOrganization(t *testing.T) {
	o := inProcess(t)
	o.config.OrganizationID = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"
	o.restart()
	for _, do := range []func(context.Context, *organization) error{doProject, doSigningPolicy, doResolve, doPrincipal(access.KindGroup, managers), doReferences} {
		err := do(t.Context(), o)
		if !api.IsUnknownOrForbidden(err) || api.IsGone(err) {
			t.Errorf("got %v", err)
		}
		expectError(t, err, "has no access to the organization")
	}
}

// Only the list of its kind, read whole, and the principal's own route together
// prove that it is gone.
func TestAPrincipalIsNotGone(t *testing.T) {
	const nobody = "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f"
	for kind, list := range map[access.Kind]string{access.KindUser: "/InteractiveUsers", access.KindCIUser: "/CIUsers", access.KindGroup: "/UserGroups"} {
		tests := map[string]mock.Fault{
			"the list is refused":       {Route: "GET " + list, Action: mock.FaultAnswer, Status: 403},
			"the list is cut short":     {Route: "GET " + list, Action: mock.FaultMalformedBody},
			"the list is empty":         {Route: "GET " + list, Action: mock.FaultAnswer, Status: 200, Body: "[]"},
			"its own route fails":       {Route: "GET " + list + "/{id}", Action: mock.FaultAnswer, Status: 500},
			"the token ran out":         {Route: "GET " + list + "/{id}", Action: mock.FaultAnswer, Status: 401},
			"its own route has no role": {Route: "GET " + list + "/{id}", Action: mock.FaultAnswer, Status: 200, Body: `{"id":"` + nobody + `"}`},
		}
		if kind == access.KindCIUser {
			other := `[{"id":"` + nobody[:35] + `0","name":"other"}]`
			tests["the list lacks who asks"] = mock.Fault{Route: "GET " + list, Action: mock.FaultAnswer, Status: 200, Body: other}
		}
		for name, fault := range tests {
			t.Run(string(kind)+", "+name, func(t *testing.T) {
				o := inProcess(t)
				o.inject(fault)
				if p, err := o.client.Principal(t.Context(), kind, nobody); err == nil || api.IsGone(err) {
					t.Errorf("got %+v, %v", p, err)
				}
				if p, err := o.client.Resolve(t.Context(), access.Reference{Kind: kind, Key: nobody}); err == nil || errors.Is(err, access.ErrNoPrincipal) {
					t.Errorf("got %+v, %v", p, err)
				}
			})
		}
	}
}

// A proxy sends a create twice, and the caller gets the second answer: that the name is
// taken. Whoever was not on the list right before is the one that was created.
func TestARepeatedCreateIsFound(t *testing.T) {
	for _, kind := range access.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			o := inProcess(t)
			p := access.Principal{Kind: kind, Name: "repeated", Active: true}
			create := func() error {
				_, err := o.Administrator("").CreateUserGroup(mock.UserGroupSeed{Name: p.Name})
				return err
			}
			switch kind {
			case access.KindUser:
				p.Email = "repeated@example.com"
				create = func() error {
					_, err := o.Administrator("").CreateInteractiveUser(mock.InteractiveUserSeed{Name: p.Name, Email: p.Email})
					return err
				}
			case access.KindCIUser:
				create = func() error { _, err := o.Administrator("").CreateCIUser(mock.CIUserSeed{Name: p.Name}); return err }
			}
			route := map[access.Kind]string{access.KindUser: "POST /InteractiveUsers", access.KindCIUser: "POST /CIUsers", access.KindGroup: "POST /UserGroups"}[kind]
			o.inject(mock.Fault{Route: route, Times: 1, Before: func() { o.check(create()) }})
			if _, err := o.client.CreatePrincipal(t.Context(), p); err == nil {
				t.Error("somebody whom nobody looked for counts as created")
			}

			o = inProcess(t)
			_, err := o.client.Directory(t.Context(), kind)
			o.must(err)
			o.inject(mock.Fault{Route: route, Times: 1, Before: func() { o.check(create()) }})
			created, err := o.client.CreatePrincipal(t.Context(), p)
			o.must(err)
			if created.ID == "" || !created.Reference().Same(p.Reference()) {
				t.Errorf("got %+v", created)
			}
		})
	}
}

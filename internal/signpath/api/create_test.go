package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func TestCreateSendsWhatIsSet(t *testing.T) {
	tests := map[string]struct {
		principal access.Principal
		body      string
	}{
		"all of a user": {
			access.Principal{Kind: access.KindUser, Name: "New", Email: "new@example.com", NotificationEmail: "n@example.com", Identity: "acme:S-1"},
			`{"accountEmailAddress":"new@example.com","identity":"acme:S-1","name":"New","notificationEmailAddress":"n@example.com"}`,
		},
		"little of a user": {
			access.Principal{Kind: access.KindUser, Name: "New", Email: "new@example.com", Role: vocabulary.RoleGlobalAdministrator},
			`{"accountEmailAddress":"new@example.com","name":"New"}`,
		},
		"all of a group":    {access.Principal{Kind: access.KindGroup, Name: "Signers", Description: "May sign"}, `{"description":"May sign","name":"Signers"}`},
		"little of a group": {access.Principal{Kind: access.KindGroup, Name: "Signers"}, `{"name":"Signers"}`},
		"a CI user":         {access.Principal{Kind: access.KindCIUser, Name: "acme-new"}, `{"name":"acme-new"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := inProcess(t)
			created, err := o.client.CreatePrincipal(t.Context(), test.principal)
			o.must(err)
			if got := o.Requests()[0].RequestBody; got != test.body {
				t.Errorf("sent %s\nwant %s", got, test.body)
			}
			// Whatever was asked for, SignPath makes it an active Regular User. Groups
			// have no role.
			role := vocabulary.RoleRegularUser
			if created.Kind == access.KindGroup {
				role = ""
			}
			if created.Role != role || !created.Active || created.ID != o.id(test.principal.Reference().String()) {
				t.Errorf("got %+v", created)
			}
			o.expectRequests(1)
		})
	}
}

// The list says what was created where the answer does not.
func TestCreateThatAnswersNoID(t *testing.T) {
	newCIUser := access.Principal{Kind: access.KindCIUser, Name: "acme-new"}
	answers := map[string]struct {
		headers map[string]string
		body    string
	}{
		"nothing":                    {nil, ""},
		"an empty object":            {nil, "{}"},
		"no object":                  {nil, `"created"`},
		"no UUID":                    {nil, `{"id":"17","ciUserId":17}`},
		"the empty UUID":             {nil, `{"id":"00000000-0000-0000-0000-000000000000"}`},
		"an empty UUID as location":  {map[string]string{"Location": "/CIUsers/00000000-0000-0000-0000-000000000000"}, ""},
		"the location of the list":   {map[string]string{"Location": "https://app.signpath.io/Api/v1/" + organizationID + "/CIUsers"}, ""},
		"the same in upper case":     {map[string]string{"Location": "/Api/v1/" + strings.ToUpper(organizationID) + "/CIUsers"}, ""},
		"a location that is no link": {map[string]string{"Location": "here"}, ""},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			o := inProcess(t)
			o.inject(mock.Fault{Route: "POST /CIUsers", Action: mock.FaultAnswerAfterActing, Status: 201, Headers: answer.headers, Body: answer.body})
			o.must(doCreate(newCIUser)(t.Context(), o))
			o.expectRequests(1, "POST /CIUsers")
		})
	}
}

func TestCreateThatDidNotHappen(t *testing.T) {
	inFakeTime(t, func(t *testing.T) { // The list is read again, because it may lag behind.
		o := inProcess(t)
		o.inject(mock.Fault{Route: "POST /CIUsers", Action: mock.FaultAnswer, Status: 200})
		_, err := o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
		expectError(t, err, "accepted the request for ci_user:acme-new but did not say with which id", `the organization has no CI user "acme-new"`)
		o.inject(mock.Fault{Route: "GET /CIUsers", Action: mock.FaultAnswer, Status: 403})
		_, err = o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
		expectError(t, err, "ci_user:acme-new but did not say with which id: the list could not be read", "403")
	})
}

// Two of a name: which of them was created cannot be told.
func TestLostCreateThatFitsTwo(t *testing.T) {
	demo := seed()
	demo.CIUsers = append(demo.CIUsers, mock.CIUserSeed{ID: "1f0a6c4e-7d5b-4c11-8f2e-0a9b8c7d6e5f", Name: "acme-release"})
	o := inProcessWith(t, demo)
	o.inject(mock.Fault{Route: "POST /CIUsers", Action: mock.FaultCutBeforeActing})
	_, err := o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-release"})
	expectError(t, err, "SignPath may or may not have created ci_user:acme-release: POST /CIUsers: no answer from SignPath")
}

func TestCreateThatIsRefusedIsNotLookedFor(t *testing.T) {
	o := inProcess(t)
	_, err := o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindUser, Name: "Ada", Email: "org.admin@example.com"})
	expectError(t, err, "There is an interactive user with the account email address 'org.admin@example.com' already.")
	if !httpapi.IsRefusal(err) {
		t.Errorf("it is no refusal")
	}
	o.expectRequests(1)
}

// The id that an answer gives is used, its host never is.
func TestCreateWithAForeignLocation(t *testing.T) {
	o := inProcess(t, mock.WithDialect(mock.Dialect{ForeignLinks: true, CreateIDForm: mock.CreateIDLocationOnly}))
	o.Before = func(r *http.Request) {
		if r.URL.Host != "127.0.0.1:9" {
			t.Errorf("a request goes to %s", r.URL)
		}
	}
	o.must(doCreate(access.Principal{Kind: access.KindCIUser, Name: "acme-new"})(t.Context(), o))
	o.must(o.client.SetActive(t.Context(), access.KindCIUser, o.id("ci_user:acme-new"), false))
	o.expectRequests(0, "GET /CIUsers")
}

package mock_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
)

func TestParseSeed(t *testing.T) {
	for document, text := range map[string]string{
		`{"application": {"id": "x"}, "users": []}`: "line 1: there is no users",
		`{"application": {"id": "x"}} {}`:           "behind the JSON object",
		`[]`:                                        "the seed can't be of the JSON type array",
	} {
		if _, err := mock.ParseSeed([]byte(document)); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: got %v, want %s", document, err, text)
		}
	}
	encoded, err := json.Marshal(mock.DemoSeed())
	must(t, err)
	again, err := mock.ParseSeed(encoded)
	must(t, err)
	equal(t, "seed read again", again, mock.DemoSeed())
}

func TestBadSeeds(t *testing.T) {
	for text, change := range map[string]func(*mock.Seed){
		"appId_ and a UUID":               func(s *mock.Seed) { s.Application.ID = "contracts" },
		"which is none of":                func(s *mock.Seed) { s.Webhooks[0].Environment = "TEST" },
		"is not of its application":       func(s *mock.Seed) { s.APIKeys[0].Environment = "STAGING" },
		"not one of its own":              func(s *mock.Seed) { s.Invitations[0].ID = s.Invitations[1].ID },
		"not one of its own of 24 hexade": func(s *mock.Seed) { s.Members[0].ID = "7" },
	} {
		seed := mock.DemoSeed()
		change(&seed)
		if _, err := mock.New(seed); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %s", err, text)
		}
		if _, err := mock.New(seed); err != nil && strings.Contains(err.Error(), "MockOnly") {
			t.Errorf("%v has a secret", err)
		}
	}
}

// What a seed leaves out is the same in every run, and a server changes nothing of the seed that it is made of.
func TestSeedsAreCompleted(t *testing.T) {
	seed := mock.Seed{
		Application: mock.Application{ID: application, Name: "Contracts"},
		Invitations: []mock.Invitation{
			{Email: newcomer, Grant: mock.Grant{Roles: mock.Roles{"STAGING": {"USER"}}}}, {Email: newcomer, Status: "DECLINED"},
		},
		Webhooks: []mock.Webhook{{Environment: "PRODUCTION", URL: "https://hooks.example.com", Events: []mock.Event{{Action: "ARCHIVED"}}}},
	}
	first, err := mock.New(seed)
	must(t, err)
	second, err := mock.New(seed)
	must(t, err)
	equal(t, "completed", first.Snapshot(), second.Snapshot())
	equal(t, "status", first.Invitations()[0].Status, "PENDING")
	equal(t, "roles", first.Invitations()[0].Roles, mock.Roles{"DEVELOPMENT": {}, "STAGING": {"USER"}, "PRODUCTION": {}})
	first.Invitations()[0].Roles["STAGING"][0] = "ADMIN"
	equal(t, "roles after a change of what was answered", first.Invitations()[0].Roles["STAGING"], []string{"USER"})
	must(t, first.Console().ChangeInvitation(newcomer, mock.Roles{"STAGING": {"ADMIN"}}))
	must(t, first.Console().Accept(newcomer))
	equal(t, "seed", []any{seed.Invitations[0].ID, seed.Invitations[0].Roles["STAGING"][0]}, []any{"", "USER"})
	equal(t, "other server", second.Invitations()[0].Status, "PENDING")
}

func TestEnvironment(t *testing.T) {
	seed := mock.DemoSeed()
	server, err := mock.New(seed)
	must(t, err)
	root := [2]string{"IGNISIGN_SERVER_URL", "http://127.0.0.1:1"}
	equal(t, "of a new key", server.Environment(root[1]), [][2]string{{"IGNISIGN_API_KEY", demoKey}, root})
	seed.APIKeys = seed.APIKeys[3:] // an old key, and one that is revoked
	server, err = mock.New(seed)
	must(t, err)
	equal(t, "of an old key", server.Environment(root[1]), [][2]string{
		{"IGNISIGN_APP_ID", application}, {"IGNISIGN_APP_ENV", "DEVELOPMENT"}, {"IGNISIGN_APP_SECRET", oldKey}, root,
	})
	must(t, server.Console().RevokeKey("old pipeline"))
	equal(t, "of no key", server.Environment(root[1]), [][2]string{root})
}

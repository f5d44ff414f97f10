package mock_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
)

// A snapshot is a seed of what is there now.
func TestSnapshotIsASeed(t *testing.T) {
	c := startDemo(t)
	must(t, c.server.Dashboard(ada).Grant(ben, shop, "DEM Viewer"))
	written, err := json.Marshal(c.server.Snapshot())
	must(t, err)
	seed, err := mock.ParseSeed(written)
	must(t, err)
	again, err := mock.New(seed)
	must(t, err)
	rewritten, err := json.Marshal(again.Snapshot())
	must(t, err)
	equal(t, "seed", string(rewritten), string(written))
	if !strings.Contains(string(written), `"waiting":["DEM Viewer"]`) {
		t.Errorf("what waits is not in %s", written)
	}
}

func TestSeedsThatAreRefused(t *testing.T) {
	for _, document := range []string{"", "{}{}", `{"organization":{}}`, `[]`} {
		if seed, err := mock.ParseSeed([]byte(document)); err == nil {
			t.Errorf("%s: read as %+v", document, seed)
		}
	}
	for name, spoil := range map[string]func(*mock.Seed){
		"no id":                  func(s *mock.Seed) { s.Organisation.ID = "" },
		"two accounts":           func(s *mock.Seed) { s.Accounts[1].ID = s.Accounts[0].ID },
		"two clients":            func(s *mock.Seed) { s.Clients[1].ID = s.Clients[0].ID },
		"client of no account":   func(s *mock.Seed) { s.Clients[1].Account = "a-nowhere" },
		"grant at no scope":      func(s *mock.Seed) { s.Grants[0].Scope = "a-nowhere" },
		"grant to no principal":  func(s *mock.Seed) { s.Grants[0].Principal = "ada@example.com" },
		"user without its kind":  func(s *mock.Seed) { s.Users[0].User = "ada@example.com" },
		"grant to another kind":  func(s *mock.Seed) { s.Grants[0].Principal = "group:all" },
		"account without its id": func(s *mock.Seed) { s.Accounts[0].ID = "" },
	} {
		seed := mock.DemoSeed()
		spoil(&seed)
		if _, err := mock.New(seed); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestEnvironment(t *testing.T) {
	server, err := mock.New(mock.DemoSeed())
	must(t, err)
	want := [][2]string{
		{"SIGNICAT_API_URL", "http://127.0.0.1:1"},
		{"SIGNICAT_ORGANISATION_ID", organisation},
		{"SIGNICAT_CLIENT_ID", orgClient},
		{"SIGNICAT_CLIENT_SECRET", orgSecret},
	}
	for i, got := range server.Environment("http://127.0.0.1:1") {
		equal(t, "variable", got, want[i])
	}
}

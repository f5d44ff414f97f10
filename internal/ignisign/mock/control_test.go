package mock_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
)

// Another process can do by control endpoints what a test does by the Console.
func TestControlEndpoints(t *testing.T) {
	c := start(t, "")
	roles := object{"STAGING": []string{"READER"}}
	act := func(path string, body object) object {
		t.Helper()
		return c.control(http.MethodPost, path, body).ok().object()
	}
	act("accept", object{"email": "dev.lead@example.com"})
	invited := act("invite", object{"email": newcomer, "roles": roles})
	act("invitation", object{"email": newcomer, "roles": object{"PRODUCTION": []string{"ADMIN"}}})
	act("decline", object{"email": newcomer})
	act("invite", object{"email": "third@example.com", "roles": roles})
	act("cancel", object{"email": "third@example.com"})
	act("forget", object{"email": "wrong.address@example.com"})
	list := c.get(invitations).ok().list()
	equal(t, "list", c.list(), strings.Join([]string{
		"release.manager@example.com ACCEPTED", "dev.lead@example.com ACCEPTED", "former.supplier@example.com DECLINED",
		newcomer + " DECLINED", "third@example.com CANCELED",
	}, "\n"))
	equal(t, "invitation", []any{list[3]["_id"], list[3]["roles"].(object)["PRODUCTION"]}, []any{invited["id"], []string{"ADMIN"}})
	mails := c.control(http.MethodGet, "mails", nil).ok().list()
	equal(t, "mails", []any{len(mails), mails[1]["to"]}, []any{2, "third@example.com"})

	added := act("add-member", object{"email": "new.member@example.com", "roles": roles})
	act("change-member", object{"email": "app.admin@example.com", "roles": roles})
	act("remove-member", object{"email": "release.manager@example.com"})
	act("membership-event", object{"userId": "66bf000000000000000000aa"})
	equal(t, "members", c.members(), "app.admin@example.com /READER/\ndev.lead@example.com ADMIN/USER/\nnew.member@example.com /READER/")
	equal(t, "members of the endpoint", c.control(http.MethodGet, "members", nil).ok().list()[2]["id"], added["id"])
	users, _ := c.page("page=1")
	equal(t, "users of events", users[:4], []any{"66bf000000000000000000aa", "66bf00000000000000000098", "66bf00000000000000000099", added["id"]})

	made := act("make-key", object{"environment": "STAGING", "name": "pipeline"})
	c.with(made["secret"].(string)).get(appContext).ok()
	act("revoke-key", object{"name": "pipeline"})
	c.with(made["secret"].(string)).get(appContext).refused(401, "API_KEY_NOT_FOUND")

	act("add-sso", object{"name": "other login", "environment": "DEVELOPMENT", "type": "OAUTH2", "clientSecret": "MockOnlyOther"})
	act("change-sso", object{"name": "other login", "serverUrl": "https://other.example.com"})
	act("archive-sso", object{"name": "company login"})
	login := c.environment("DEVELOPMENT")["ssoConfigs"].([]any)[0].(object)
	equal(t, "settings", login["settingsOAuth2"], object{"clientId": "", "clientSecret": "MockOnlyOther", "serverUrl": "https://other.example.com"})
	equal(t, "archived", c.environment("PRODUCTION")["ssoConfigs"].([]any)[0].(object)["status"], "ARCHIVED")

	hook := act("add-webhook", object{"environment": "STAGING", "url": "https://staging.example.com"})
	c.get("/webhooks/" + hook["id"].(string) + "/events").ok()
	act("remove-webhook", object{"name": hook["id"]})
	c.get("/webhooks/"+hook["id"].(string)+"/events").refused(404, "WEBHOOK_NOT_FOUND")
	act("api-version", object{"name": "V3"})
	act("status", object{"name": "BLOCKED"})
	shown := c.get(appContext).ok().object()
	equal(t, "application", []any{shown["ignisignApiVersion"], shown["status"]}, []any{"V3", "BLOCKED"})
	equal(t, "requests", c.server.CountRequests("GET */users-invitations"), 2)
}

func TestTheConsoleRefuses(t *testing.T) {
	c := start(t, "")
	for path, body := range map[string]object{
		"accept":         {"email": "nobody@example.com"},
		"decline":        {"email": "release.manager@example.com"},
		"cancel":         {"email": "former.supplier@example.com"},
		"invitation":     {"email": "nobody@example.com"},
		"forget":         {"email": "nobody@example.com"},
		"invite":         {"email": "app.admin@example.com"},
		"add-member":     {"email": "app.admin@example.com"},
		"change-member":  {"email": "nobody@example.com"},
		"remove-member":  {"email": "nobody@example.com"},
		"make-key":       {"environment": "TEST", "name": "x"},
		"revoke-key":     {"name": "nothing"},
		"add-sso":        {"environment": "TEST"},
		"change-sso":     {"name": "nothing"},
		"archive-sso":    {"name": "nothing", "reason": "a typo"},
		"status":         {"name": "GONE"},
		"api-version":    {"name": "V5"},
		"add-webhook":    {"environment": "STAGING"},
		"remove-webhook": {"name": "nothing"},
	} {
		if answer := c.control(http.MethodPost, path, body).expect(400).object(); answer["error"] == "" {
			t.Errorf("%s: no error in %v", path, answer)
		}
	}
	equal(t, "state", c.server.Snapshot(), startedState(t))
	equal(t, "mails", len(c.server.Mails()), 0)
}

func startedState(t *testing.T) mock.Seed {
	t.Helper()
	server, err := mock.New(mock.DemoSeed())
	must(t, err)
	return server.Snapshot()
}

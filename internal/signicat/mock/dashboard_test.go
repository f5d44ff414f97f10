package mock_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
)

const (
	ada, ben, cy, guest = "user:ada@example.com", "user:ben@example.com", "user:cy@example.com", "user:guest@example.com"
	org                 = mock.ScopeOrganisation
)

// rights are those of a principal, as "role at scope", with a star where they are inherited.
func rights(c *client, principal string) string {
	var found []string
	for _, right := range c.server.Rights() {
		if right.Principal != principal {
			continue
		}
		text := right.Role + " at " + right.Scope
		if right.Inherited {
			text += "*"
		}
		found = append(found, text)
	}
	return strings.Join(found, ", ")
}

// A role on the organisation holds in each account, and one on an account nowhere else (documented).
func TestInheritance(t *testing.T) {
	c := startDemo(t)
	equal(t, "on the organisation", rights(c, cy),
		"Usage Viewer at organisation, Usage Viewer at "+shop+"*, Usage Viewer at "+shopCI+"*, Usage Viewer at "+oldLab+"*")
	equal(t, "on an account", rights(c, ben), "Account Admin at "+shopCI)
}

// A user accepts new roles, and has them after logging in again (documented).
func TestTheLifeOfAUser(t *testing.T) {
	c := startDemo(t)
	d := c.server.Dashboard("user:Ada@example.com")
	expect := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	expect("grant before the invitation", d.Grant(guest, shop, "DEM Viewer"), mock.ErrNotOffered)
	must(t, d.Invite(guest, org))
	expect("grant before the acceptance", d.Grant(guest, shop, "DEM Viewer"), mock.ErrNotOffered)
	expect("log-in before the acceptance", c.server.LogIn(guest), mock.ErrNotAccepted)
	must(t, c.server.Accept(guest))
	expect("unknown role", d.Grant(guest, shop, "DEM Vewer"), mock.ErrNoRole)
	expect("no role", d.Grant(guest, shop), mock.ErrNoRole)
	must(t, d.Grant(guest, shop, "DEM Viewer", "DEM Writer"))
	equal(t, "after the grant", rights(c, guest), "")
	must(t, c.server.LogIn(guest))
	equal(t, "after a log-in without acceptance", rights(c, guest), "")
	must(t, c.server.Accept(guest))
	equal(t, "after the acceptance", rights(c, guest), "")
	must(t, c.server.LogIn(guest))
	equal(t, "after the log-in", rights(c, guest), "DEM Viewer at "+shop+", DEM Writer at "+shop)
	must(t, d.Edit(guest, shop, nil, []string{"DEM Viewer"}))
	expect("edit of what is not there", d.Edit(guest, shop, nil, []string{"DEM Viewer"}), mock.ErrNoRow)
	equal(t, "after the edit", rights(c, guest), "DEM Writer at "+shop)
	must(t, d.RemoveAccess(guest, shop))
	expect("removed again", d.RemoveAccess(guest, shop), mock.ErrNoRow)
	equal(t, "after the removal", rights(c, guest), "")
	must(t, d.Grant(guest, org, "Usage Viewer"))
	must(t, d.RemoveUser(guest))
	expect("acceptance of one who was removed", c.server.Accept(guest), mock.ErrNoUser)
	equal(t, "mails", fmt.Sprint(c.server.Mails()), fmt.Sprint([]mock.Mail{
		{To: guest, Scope: org},
		{To: guest, Scope: shop, Roles: []string{"DEM Viewer", "DEM Writer"}},
		{To: guest, Scope: org, Roles: []string{"Usage Viewer"}},
	}))
}

func TestWhoMay(t *testing.T) {
	c := startDemo(t)
	must(t, c.server.Dashboard("").Grant(cy, shopCI, "DEM Viewer"))
	must(t, c.server.Dashboard("").Grant("domain:example.com", shopCI, "DEM Viewer"))
	for name, test := range map[string]struct {
		by  string
		act func(*mock.Dashboard) error
		may bool
	}{
		"account admin grants there":                 {ben, func(d *mock.Dashboard) error { return d.Grant(cy, shopCI, "DEM Editor") }, true},
		"account admin grants elsewhere":             {ben, func(d *mock.Dashboard) error { return d.Grant(cy, shop, "DEM Editor") }, false},
		"account admin grants on the organisation":   {ben, func(d *mock.Dashboard) error { return d.Grant(cy, org, "DEM Editor") }, false},
		"account admin invites there":                {ben, func(d *mock.Dashboard) error { return d.Invite("user:x@example.com", shopCI) }, true},
		"account admin invites to the organisation":  {ben, func(d *mock.Dashboard) error { return d.Invite("user:x@example.com", org) }, false},
		"account admin removes one who is inherited": {ben, func(d *mock.Dashboard) error { return d.RemoveAccess(cy, shopCI) }, false},
		"account admin removes one of the account":   {ben, func(d *mock.Dashboard) error { return d.RemoveAccess("domain:example.com", shopCI) }, true},
		"account admin deletes the account":          {ben, func(d *mock.Dashboard) error { return d.DeleteAccount(shopCI) }, false},
		"viewer":                                     {cy, func(d *mock.Dashboard) error { return d.Grant(cy, shop, "DEM Editor") }, false},
		"administrator in an account":                {ada, func(d *mock.Dashboard) error { return d.Grant(cy, shop, "DEM Editor") }, true},
		"invited one":                                {"user:new@example.com", func(d *mock.Dashboard) error { return d.Grant(cy, shop, "DEM Editor") }, false},
	} {
		if err := test.act(c.server.Dashboard(test.by)); errors.Is(err, mock.ErrForbidden) == test.may || test.may && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"machine client": c.server.Dashboard("").Invite("api_client:org-round-apple-123", org), "no scope": c.server.Dashboard("").Invite(guest, "a-nowhere"),
	} {
		if !errors.Is(err, mock.ErrNoUser) && !errors.Is(err, mock.ErrNoScope) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAccountsChange(t *testing.T) {
	c := startDemo(t)
	d := c.server.Dashboard(ada)
	id, err := d.CreateAccount(mock.AccountSeed{Name: "New", Sandbox: true})
	must(t, err)
	equal(t, "created", c.get(accountsPath + "/" + id).expect(200).object()["isSandbox"], any(true))
	must(t, d.ReplaceAccount(id))
	equal(t, "replaced", c.get(accountsPath + "/" + id).expect(200).object()["isSandbox"], any(false))
	must(t, d.DeleteAccount(id))
	c.get(accountsPath + "/" + id).expect(404)
	equal(t, "deleted", list(c.get(accountsPath+"?deleted=true").items(), "id"), oldLab+" "+id)
	must(t, d.RestoreAccount(id))
	c.get(accountsPath + "/" + id).expect(200)
	for want, err := range map[error]error{
		mock.ErrProtected: d.DeleteAccount(shop), mock.ErrNotDeleted: d.RestoreAccount(shop), mock.ErrDeleted: d.DeleteAccount(oldLab),
		mock.ErrNoScope: d.DeleteAccount("a-nowhere"), mock.ErrForbidden: c.server.Dashboard(cy).RestoreAccount(oldLab),
	} {
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

// Each act leaves an event, with the names of the seed; what was refused leaves none.
func TestActsLeaveEvents(t *testing.T) {
	seed := mock.DemoSeed()
	seed.EventNames = map[mock.Act]mock.EventName{mock.ActGrant: {ServiceName: "our-service", EventType: "ROLE_ADDED"}}
	c := startSeed(t, seed)
	d := c.server.Dashboard(ada)
	must(t, d.Grant(cy, shop, "DEM Viewer"))
	must(t, d.Invite(guest, org))
	if d.Grant(guest, shop, "DEM Viewer") == nil {
		t.Error("granted before the acceptance")
	}
	must(t, d.DeleteAccount(shopCI))
	*c.now = start.Add(time.Second)
	events := c.post(queryPath, "{}").items()
	equal(t, "events", list(events, "eventType"), "mock.deleteAccount mock.invite ROLE_ADDED")
	equal(t, "services", list(events, "serviceName"), "mock-dashboard mock-dashboard our-service")
	equal(t, "accounts", list(events, "accountId"), shopCI+"  "+shop)
	equal(t, "users", events[0]["userId"], any(mock.UserID(ada)))
	equal(t, "data", events[2]["data"].(map[string]any)["subject"], any(cy))
}

// The API shows nothing of the Dashboard but events.
func TestTheAPIShowsNoAccess(t *testing.T) {
	c := startDemo(t)
	for _, path := range []string{accountsPath, accountsPath + "?deleted=true", accountsPath + "/" + shop, "/audit/query/metadata"} {
		for _, word := range []string{"example.com", "Admin", "Viewer", "Writer"} {
			if body := c.get(path).expect(200).body; strings.Contains(body, word) {
				t.Errorf("%s has %s: %s", path, word, body)
			}
		}
	}
}

func TestControlEndpoints(t *testing.T) {
	c := startDemo(t)
	control := func(path, body string) reply { return c.post("/_mock/"+path, body) }
	control("invite", `{"by":"`+ada+`","user":"`+guest+`","scope":"organisation"}`).expect(200)
	control("accept", `{"user":"`+guest+`"}`).expect(200)
	control("grant", `{"principal":"`+guest+`","scope":"`+shop+`","roles":["DEM Viewer"]}`).expect(200)
	control("edit", `{"principal":"`+guest+`","scope":"`+shop+`","add":["DEM Writer"],"remove":["DEM Viewer"]}`).expect(200)
	control("accept", `{"user":"`+guest+`"}`).expect(200)
	control("log-in", `{"user":"`+guest+`"}`).expect(200)
	equal(t, "rights", rights(c, guest), "DEM Writer at "+shop)
	if body := c.get("/_mock/access").expect(200).body; strings.Count(body, guest) != 2 {
		t.Errorf("access %s", body)
	}
	control("remove-access", `{"principal":"`+guest+`","scope":"`+shop+`"}`).expect(200)
	control("remove-user", `{"user":"`+guest+`"}`).expect(200)
	equal(t, "rights", rights(c, guest), "")
	id := control("create-account", `{"account":{"name":"Desk"}}`).expect(200).object()["id"].(string)
	for _, path := range []string{"delete-account", "restore-account", "replace-account"} {
		control(path, `{"id":"`+id+`"}`).expect(200)
	}
	control("event", `{"serviceName":"a","eventType":"b","account":"`+id+`"}`).expect(200)
	for path, body := range map[string]string{
		"grant":  `{"principal":"user:nobody@example.com","scope":"` + shop + `","roles":["DEM Viewer"]}`,
		"log-in": `{"who":"x"}`, "delete-account": `{"id":"a-nowhere"}`,
	} {
		if refused := control(path, body).expect(http.StatusBadRequest); refused.object()["error"] == nil {
			t.Errorf("%s: %s", path, refused.body)
		}
	}
}

// Account Admins remove users at the account only, and none that it has from the organisation (documented).
func TestAccountAdminsRemoveNobodyWhoIsInherited(t *testing.T) {
	c := startDialect(t, "remove-row-only")
	must(t, c.server.Dashboard("").Grant(cy, shopCI, "DEM Viewer"))
	if err := c.server.Dashboard(ben).RemoveAccess(cy, shopCI); !errors.Is(err, mock.ErrForbidden) {
		t.Errorf("by the Account Admin: %v", err)
	}
	if err := c.server.Dashboard(ben).RemoveUser(cy); !errors.Is(err, mock.ErrForbidden) {
		t.Errorf("the user, by the Account Admin: %v", err)
	}
	must(t, c.server.Dashboard(ada).RemoveAccess(cy, shopCI))
}

package mock_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
)

func days(n int) string {
	return fmt.Sprintf(`{"from":%q}`, start.AddDate(0, 0, -n).Format(time.RFC3339))
}

func header(c *client, names ...string) *client {
	other := *c
	other.header = http.Header{}
	for _, name := range names {
		other.header.Set(name, map[string]string{"signicat-organizationid": organisation, "signicat-accountid": shop}[name])
	}
	return &other
}

func statuses(c *client) string {
	var found []string
	for _, names := range [][]string{nil, {"signicat-organizationid"}, {"signicat-accountid"}} {
		found = append(found, fmt.Sprint(header(c, names...).get(accountsPath).status))
	}
	return strings.Join(found, " ")
}

func errorOf(c *client) string {
	answer := c.get(accountsPath + "/nothing").expect(404)
	return answer.header.Get("Content-Type") + " " + strings.Join(keys(answer.object()), ",")
}

func keys(object map[string]any) []string {
	var names []string
	for _, name := range []string{"type", "title", "message", "error", "code", "traceId"} {
		if _, has := object[name]; has {
			names = append(names, name)
		}
	}
	return names
}

func first(c *client, field string) string { return fmt.Sprint(c.get(accountsPath).items()[0][field]) }

func accountPages(c *client) string {
	items, pages := c.all("page", func(query string) reply { return c.get(accountsPath + query) })
	return fmt.Sprintf("%d in %d", len(items), pages)
}

func secrets(c *client) string {
	return fmt.Sprint(c.form(credentials(orgClient, orgSecret)).status, " ", c.basic(orgClient, orgSecret).status)
}

// act does something at the organisation and something at an account, and tells what events there are of it.
func act(c *client) []map[string]any {
	must(c.t, c.server.Dashboard("user:ada@example.com").Grant("user:ben@example.com", mock.ScopeOrganisation, "Usage Viewer"))
	must(c.t, c.server.Dashboard("user:ada@example.com").Grant("user:ben@example.com", shop, "DEM Viewer"))
	*c.now = c.now.Add(time.Minute)
	return c.post(queryPath, "").items()
}

// differences are what each deviation changes: what is seen by default, and with it.
var differences = map[string]struct {
	see             func(*client) string
	byDefault, with string
}{
	"deleted-ignored": {func(c *client) string { return fmt.Sprint(len(c.get(accountsPath + "?deleted=true").items())) }, "1", "3"},
	"empty-dates":     {func(c *client) string { return first(c, "createdDate") }, "2024-02-01T09:00:00Z", ""},
	"empty-pages":     {accountPages, "2 in 1", "2 in 2"},
	"errors-empty":    {errorOf, "application/problem+json type,title,code,traceId", " "},
	"errors-html":     {errorOf, "application/problem+json type,title,code,traceId", "text/html "},
	"errors-message":  {errorOf, "application/problem+json type,title,code,traceId", "application/json message"},
	"events-without-data": {func(c *client) string {
		_, has := act(c)[0]["data"]
		return fmt.Sprint(has)
	}, "true", "false"},
	"invited-offered": {func(c *client) string {
		return fmt.Sprint(c.server.Dashboard("").Grant("user:new@example.com", shop, "DEM Viewer") == nil)
	}, "false", "true"},
	"metadata-objects": {func(c *client) string {
		act(c)
		return fmt.Sprintf("%T", c.get("/audit/query/metadata").expect(200).object()["targets"].([]any)[0])
	}, "string", "map[string]interface {}"},
	"needs-account":      {statuses, "200 200 200", "400 400 200"},
	"needs-either":       {statuses, "200 200 200", "400 200 200"},
	"needs-organisation": {statuses, "200 200 200", "400 200 400"},
	"next-absent": {func(c *client) string {
		_, has := c.get(accountsPath).object()["next"]
		return fmt.Sprint(has)
	}, "true", "false"},
	"next-endless":  {accountPages, "2 in 1", "2 in 20"},
	"next-repeated": {func(c *client) string { return c.get(accountsPath).next() }, "", "again"},
	"next-foreign": {func(c *client) string {
		next, err := url.Parse(c.get(accountsPath + "?limit=1").next())
		must(c.t, err)
		return next.Scheme + "://" + next.Host + "/"
	}, ":///", "https://signicat.attacker.example.com/"},
	"next-url": {func(c *client) string {
		next := c.get(accountsPath + "?limit=1").next()
		if !strings.HasPrefix(next, c.root+accountsPath+"?") {
			return "token"
		}
		return list(c.get(next).items(), "id")
	}, "token", shopCI},
	"no-account-claim": {func(c *client) string {
		return fmt.Sprint(claims(c.t, c.as(accountClient, accountSecret).token)["account_id"])
	}, shopCI, "<nil>"},
	"no-organisation":        {func(c *client) string { return fmt.Sprint(first(c, "organization") == "<nil>") }, "false", "true"},
	"no-organisation-events": {func(c *client) string { return fmt.Sprint(len(act(c))) }, "2", "1"},
	"null-booleans":          {func(c *client) string { return first(c, "isSandbox") + first(c, "isSoftDeleted") }, "falsefalse", "<nil><nil>"},
	"operator-contains=LIKE": {operator("LIKE"), "400", "200"},
	"operator-eq=EQUALS":     {operator("EQUALS"), "400", "200"},
	"page-size=2":            {func(c *client) string { act(c); act(c); return fmt.Sprint(len(c.post(queryPath, "").items())) }, "4", "2"},
	"partners-grant":         {asPartner, "false", "true"},
	"query-limited": {func(c *client) string {
		return fmt.Sprint(c.post(queryPath, days(61)).status, " ", c.post(queryPath, days(60)).status)
	}, "200 200", "400 200"},
	"query-path=/audit/events/query": {func(c *client) string { return fmt.Sprint(c.post(queryPath, "").status) }, "200", "404"},
	"remove-row-only": {func(c *client) string {
		must(c.t, c.server.Dashboard("").Grant("domain:example.com", shop, "DEM Viewer"))
		must(c.t, c.server.Dashboard("").Grant("domain:example.com", shopCI, "DEM Viewer"))
		must(c.t, c.server.Dashboard("").RemoveAccess("domain:example.com", shop))
		return fmt.Sprint(strings.Count(fmt.Sprint(c.server.Grants()), "domain:example.com"))
	}, "0", "1"},
	"token-basic": {secrets, "200 200", "401 200"},
	"token-form":  {secrets, "200 200", "200 401"},
	"token-lifetime=2s": {func(c *client) string {
		*c.now = start.Add(2 * time.Second)
		return fmt.Sprint(c.get(accountsPath).status)
	}, "200", "401"},
	"unknown-properties": {func(c *client) string { return first(c, "mockProperty") }, "<nil>", "map[level:3]"},
	"user-id-of-subject": {func(c *client) string { return act(c)[0]["userId"].(string) }, mock.UserID(ada), mock.UserID(ben)},
}

func operator(name string) func(*client) string {
	return func(c *client) string {
		return fmt.Sprint(c.post(queryPath, `{"and":[{"field":"userId","operator":"`+name+`","value":"u-1"}]}`).status)
	}
}

func asPartner(c *client) string {
	must(c.t, c.server.Dashboard("").Grant("user:ben@example.com", mock.ScopeOrganisation, "Partner Organisation Admin"))
	must(c.t, c.server.Accept("user:ben@example.com"))
	must(c.t, c.server.LogIn("user:ben@example.com"))
	partner := c.server.Dashboard("user:ben@example.com")
	must(c.t, partner.Invite("user:guest@example.com", mock.ScopeOrganisation))
	return fmt.Sprint(partner.Grant("domain:example.com", mock.ScopeOrganisation, "Usage Viewer") == nil)
}

// Each deviation makes a difference that a client sees.
func TestDeviations(t *testing.T) {
	for _, single := range mock.Deviations() {
		if single.Dialect.MissingScopeForbidden {
			continue // Alone it changes nothing: see TestMissingScopesMayBeForbidden.
		}
		t.Run(single.Name, func(t *testing.T) {
			difference, isThere := differences[single.Name]
			if !isThere {
				t.Fatal("nothing shows the difference")
			}
			equal(t, "by default", difference.see(startDemo(t)), difference.byDefault)
			equal(t, "with it", difference.see(startDialect(t, single.Name)), difference.with)
			parsed, err := mock.ParseDialect(single.Name)
			must(t, err)
			equal(t, "spelling", parsed.String(), single.Name)
		})
	}
	equal(t, "deviations", len(mock.Deviations()), len(differences)+1)
}

func TestMissingScopesMayBeForbidden(t *testing.T) {
	equal(t, "statuses", statuses(startDialect(t, "needs-either")), "400 200 200")
	equal(t, "statuses", statuses(startDialect(t, "needs-either,needs-403")), "403 200 200")
}

func TestEmptyPagesOfEvents(t *testing.T) {
	c := startDialect(t, "empty-pages,page-size=1,next-url")
	act(c)
	answer := c.post(queryPath, "")
	var sizes []int
	for range 10 {
		sizes = append(sizes, len(answer.items()))
		if answer.next() == "" {
			break
		}
		answer = c.post(answer.next(), "")
	}
	equal(t, "sizes of pages", fmt.Sprint(sizes), "[0 1 0 1]")
}

func TestDialectsThatAreRefused(t *testing.T) {
	for _, names := range []string{
		"klingon", "next-url,next-foreign", "token-lifetime=1ms", "token-lifetime=-1s", "page-size=-1", "query-path=audit", "operator-eq=contains",
	} {
		if dialect, err := mock.ParseDialect(names); err == nil {
			t.Errorf("%s: accepted as %+v", names, dialect)
		}
	}
}

package mock_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/mock"
)

func claims(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWT", token)
	}
	decoded, err := base64.RawURLEncoding.DecodeString(parts[1])
	must(t, err)
	var claims map[string]any
	must(t, json.Unmarshal(decoded, &claims))
	return claims
}

func TestToken(t *testing.T) {
	c := startDemo(t)
	answer := c.form(credentials(accountClient, accountSecret)).expect(200).object()
	equal(t, "lifetime", answer["expires_in"].(float64), 3600)
	equal(t, "claim", claims(t, answer["access_token"].(string))["account_id"], any(shopCI))
	if claim, has := claims(t, c.token)["account_id"]; has {
		t.Errorf("the token of the organisation has the account %v", claim)
	}
	c.basic(orgClient, orgSecret).expect(200)

	*c.now = start.Add(time.Hour - time.Second)
	c.get(accountsPath).expect(200)
	*c.now = start.Add(time.Hour)
	c.get(accountsPath).expect(401)
}

func TestEndedTokens(t *testing.T) {
	c := startDemo(t)
	c.server.EndTokens()
	c.get(accountsPath).expect(401)
	c.as(orgClient, orgSecret).get(accountsPath).expect(200)
}

func TestTokenIsRefused(t *testing.T) {
	c := startDemo(t, mock.WithMiddleware(judge.Middleware(t, contracttest.Unwatched("these requests are wrong"))))
	for field, test := range map[string]struct {
		value  string
		status int
		code   string
	}{
		"grant_type":    {"password", 400, "unsupported_grant_type"},
		"scope":         {"openid", 400, "invalid_scope"},
		"client_id":     {accountClient, 401, "invalid_client"},
		"client_secret": {"wrong", 401, "invalid_client"},
	} {
		fields := credentials(orgClient, orgSecret)
		fields.Set(field, test.value)
		answer := c.form(fields).expect(test.status)
		equal(t, field, answer.object()["error"], any(test.code))
		fields.Del(field)
		c.form(fields).expect(test.status)
	}
	equal(t, "JSON", c.post(tokenPath, "{}").expect(400).object()["error"], any("invalid_request"))
	c.token = ""
	equal(t, "WWW-Authenticate", c.get(accountsPath).expect(401).header.Get("Www-Authenticate"), "Bearer")
	c.token = "a.b.c"
	c.get(accountsPath).expect(401)
}

// What is secret is neither in the log nor in anything that the control endpoints show.
func TestSecretsAppearNowhere(t *testing.T) {
	c := startDemo(t)
	c.form(credentials(orgClient, "wrong-but-secret")).expect(401)
	shown := fmt.Sprint(c.server.Requests(), c.server.Snapshot())
	for _, path := range []string{"requests", "state", "access", "mails", "stats", "faults"} {
		shown += c.get("/_mock/" + path).expect(200).body
	}
	for _, secret := range []string{orgSecret, accountSecret, "wrong-but-secret", c.token} {
		if strings.Contains(shown, secret) || strings.Contains(shown, url.QueryEscape(secret)) {
			t.Errorf("%s is shown", secret)
		}
	}
	requests := c.server.Requests("POST " + tokenPath)
	equal(t, "caller", requests[0].Caller, orgClient)
	if !strings.Contains(requests[0].RequestBody, "client_secret=REDACTED") || !strings.Contains(requests[0].ResponseBody, `"access_token":"REDACTED"`) {
		t.Errorf("logged %+v", requests[0])
	}
}

func TestAClientOfAnAccountSeesItAlone(t *testing.T) {
	c := startDemo(t)
	own := c.as(accountClient, accountSecret)
	equal(t, "accounts", list(own.get(accountsPath).items(), "id"), shopCI)
	own.get(accountsPath + "/" + shop).expect(404)
	own.get(accountsPath + "?signicat-accountId=" + shop).expect(403)
	must(t, c.server.Dashboard("").Grant("domain:example.com", shop, "DEM Viewer"))
	must(t, c.server.Dashboard("").Grant("domain:example.com", shopCI, "DEM Viewer"))
	*c.now = start.Add(time.Minute)
	events := own.post(queryPath, `{}`).items()
	equal(t, "accounts of events", list(events, "accountId"), shopCI)
	own.get(queryPath + "/cursor/" + events[0]["cursor"].(string)).expect(200)
	foreign := c.post(queryPath+"?signicat-accountId="+shop, `{}`).items()
	own.get(queryPath + "/cursor/" + foreign[0]["cursor"].(string)).expect(404)
}

func TestAClientWithoutARole(t *testing.T) {
	seed := mock.DemoSeed()
	seed.Clients[0].NoAudit, seed.Clients[1].NoAccounts = true, true
	c := startSeed(t, seed)
	c.get(accountsPath).expect(200)
	for _, refused := range []reply{
		c.post(queryPath, "{}"), c.get("/audit/query/metadata"), c.as(accountClient, accountSecret).get(accountsPath),
	} {
		equal(t, "code", refused.expect(403).object()["code"], any("forbidden"))
	}
}

func TestAnotherOrganisationIsRefused(t *testing.T) {
	c := startDemo(t)
	c.header = http.Header{"Signicat-Organizationid": {"o-p-another"}}
	c.get(accountsPath).expect(403)
	c.header = http.Header{"Signicat-Organizationid": {organisation}}
	c.get(accountsPath + "?signicat-organizationId=" + organisation).expect(200)
}

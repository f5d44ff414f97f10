package mock_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
)

var day = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func TestCredentials(t *testing.T) {
	for name, test := range map[string]struct{ authorization, code string }{
		"none":        {"", "AUTH_HEADER_NOT_FOUND"},
		"basic":       {"Basic " + demoKey, "AUTH_HEADER_NOT_BEARER"},
		"empty":       {"Bearer  ", "AUTH_HEADER_NO_TOKEN"},
		"unknown key": {"Bearer " + demoKey + "x", "API_KEY_NOT_FOUND"},
		"revoked key": {"Bearer skv2_production_11111111-2222-3333-4444-555555555555_MockOnlyRevokedKeyG0Ne", "API_KEY_NOT_FOUND"},
		"old key":     {"Bearer " + oldKey, "INVALID_AUTH_JWT_TOKEN"},
		"wrong token": {"Bearer a.b.c", "INVALID_AUTH_JWT_TOKEN"},
		"no token":    {"Bearer abc", "INVALID_AUTH_JWT_TOKEN"},
	} {
		t.Run(name, func(t *testing.T) {
			c := startUnjudged(t, "", "it has no credential")
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.root+"/v4"+appContext, http.NoBody)
			must(t, err)
			if test.authorization != "" {
				request.Header["Authorization"] = []string{test.authorization}
			}
			response, err := http.DefaultTransport.RoundTrip(request)
			must(t, err)
			defer response.Body.Close()
			var body object
			must(t, json.NewDecoder(response.Body).Decode(&body))
			equal(t, "status", response.StatusCode, 401)
			equal(t, "code", body["code"], test.code)
		})
	}
}

func TestExchange(t *testing.T) {
	for _, version := range []string{"v3", "v4"} {
		t.Run(version, func(t *testing.T) {
			now := day
			c := start(t, "", mock.WithClock(func() time.Time { return now })).on(version).with("")
			token := c.exchange("DEVELOPMENT", oldKey).ok().object()["jwtToken"].(string)
			payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
			must(t, err)
			var claims struct{ Exp int64 }
			must(t, json.Unmarshal(payload, &claims))
			equal(t, "exp", claims.Exp, day.Add(time.Hour).Unix())
			c = c.with(token)
			c.get(appContext).ok()
			now = day.Add(time.Hour)
			c.get(appContext).refused(401, "OUTDATED_AUTH_JWT_TOKEN")
			now = day
			c.with(token+"x").get(appContext).refused(401, "INVALID_AUTH_JWT_TOKEN")
			must(t, c.server.Console().RevokeKey("old pipeline"))
			c.get(appContext).refused(401, "API_KEY_NOT_FOUND")
			c.with("").exchange("DEVELOPMENT", oldKey).refused(401, "AUTHENTICATION_FAILED")
		})
	}
}

func (c client) exchange(environment, secret string) reply {
	c.t.Helper()
	return c.send(http.MethodPost, "/auth/app-api", object{"appId": application, "appEnv": environment, "secret": secret})
}

func TestBadExchanges(t *testing.T) {
	c := startUnjudged(t, "", "it sends what no client may").with("")
	c.exchange("STAGING", oldKey).refused(401, "AUTHENTICATION_FAILED")
	c.exchange("DEVELOPMENT", demoKey).refused(401, "AUTHENTICATION_FAILED")
	c.exchange("DEVELOPMENT", "").refused(400, "API_AUTH_BAD_REQUEST")
	other := object{"appId": "appId_99999999-2222-3333-4444-555555555555", "appEnv": "DEVELOPMENT", "secret": oldKey}
	c.send(http.MethodPost, "/auth/app-api", other).refused(401, "AUTHENTICATION_FAILED")
	c.exchange("TEST", oldKey).refused(400, "API_AUTH_BAD_REQUEST")
	for _, logged := range c.server.Requests() {
		if strings.Contains(logged.RequestBody+logged.ResponseBody, "MockOnly") {
			t.Errorf("the request log has a key: %s", logged.RequestBody)
		}
	}
}

func TestAnotherApplication(t *testing.T) {
	c := start(t, "")
	c.get("/applications/appId_99999999-2222-3333-4444-555555555555/context").refused(403, "INVALID_CONTEXT_USER_NOT_ALLOWED_IN_APP")
}

// A key of the Console works until it is revoked, and then stands in the context as such.
func TestKeysOfTheConsole(t *testing.T) {
	c := start(t, "")
	id, secret, err := c.server.Console().MakeKey("STAGING", "pipeline")
	must(t, err)
	if !strings.HasPrefix(secret, "skv2_staging_11111111-2222-3333-4444-555555555555_") {
		t.Errorf("the key has another form")
	}
	c.with(secret).get(appContext).ok()
	must(t, c.server.Console().RevokeKey(id))
	c.with(secret).get(appContext).refused(401, "API_KEY_NOT_FOUND")
	keys := c.environment("STAGING")["apiKeys"].([]any)
	last := keys[len(keys)-1].(object)
	equal(t, "status", last["status"], "REVOCATED")
	equal(t, "shown", last["displayableSecret"], "skv2…"+secret[len(secret)-4:])
	if c.server.Console().RevokeKey("nothing") == nil {
		t.Error("a key that is not there was revoked")
	}
}

package mock_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
)

// environment is what the context has of an environment.
func (c client) environment(name string) object {
	c.t.Helper()
	settings, _ := c.get(appContext).ok().object()["envSettings"].(object)[name].(object)
	return settings
}

func TestContext(t *testing.T) {
	for _, version := range []string{"v3", "v4"} {
		t.Run(version, func(t *testing.T) {
			c := start(t, "").on(version)
			shown := c.get(appContext).ok().object()
			for name, want := range map[string]string{
				"appId": application, "orgId": "66bf00000000000000000001", "appName": "Contracts", "status": "ACTIVE",
				"appType": "SIGNATURE", "ignisignApiVersion": "V4",
			} {
				equal(t, name, shown[name], want)
			}
			production := c.environment("PRODUCTION")
			equal(t, "keys of production", len(production["apiKeys"].([]any)), 2)
			equal(t, "webhooks of production", len(production["webhooks"].([]any)), 1)
			login := production["ssoConfigs"].([]any)[0].(object)
			equal(t, "type", login["type"], "OAUTH2")
			equal(t, "server", login["settingsOAuth2"].(object)["serverUrl"], "https://login.example.com")
		})
	}
}

// What a client must drop is there to be dropped, and can be searched for. Whole keys are nowhere.
func TestSecretsOfTheContext(t *testing.T) {
	c := start(t, "")
	shown := c.get(appContext).ok().body
	for _, secret := range mock.DemoSeed().Secrets() {
		isWholeKey := strings.HasPrefix(secret, "sk") && !strings.Contains(secret, "…")
		if strings.Contains(shown, secret) == isWholeKey {
			t.Errorf("%s is in the context: %t", secret, !isWholeKey)
		}
	}
	logged := c.server.Requests("GET */context")[0].ResponseBody
	state := c.control(http.MethodGet, "state", nil).ok().body
	for _, secret := range mock.DemoSeed().Secrets() {
		if strings.Contains(logged, secret) || strings.Contains(state, secret) {
			t.Errorf("%s is in the request log or in the state", secret)
		}
	}
}

// A blocked or archived application still tells that it is.
func TestStatusOfTheApplication(t *testing.T) {
	c := start(t, "")
	for status, code := range map[string]string{"BLOCKED": "APP_BLOCKED", "ARCHIVED": "APP_NOT_ACTIVATED", "ORG_ARCHIVED": "APP_NOT_ACTIVATED"} {
		must(t, c.server.Console().SetStatus(status))
		equal(t, "status", c.get(appContext).ok().object()["status"], status)
		c.get(invitations).refused(403, code)
		c.get(hooks).refused(403, code)
	}
	must(t, c.server.Console().SetStatus("ACTIVE"))
	c.get(invitations).ok()
	if c.server.Console().SetStatus("GONE") == nil {
		t.Error("the application got a status that there is not")
	}
	must(t, c.server.Console().SetAPIVersion("V3"))
	equal(t, "version", c.get(appContext).ok().object()["ignisignApiVersion"], "V3")
}

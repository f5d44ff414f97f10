package api_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// TestConfig: what is wrong with a key or beside it is refused before anything is sent, with the
// setting that is wrong, and no key is quoted.
func TestConfig(t *testing.T) {
	other := "22222222-2222-3333-4444-555555555555"
	for _, test := range []struct {
		name   string
		config api.Config
		field  httpapi.Field
		words  string
	}{
		{"new key", api.Config{Config: httpapi.Config{Secret: newKey}}, "", ""},
		{"new key beside what it says", api.Config{Config: httpapi.Config{Secret: newKey}, AppID: appID, AppEnv: "DEVELOPMENT"}, "", ""},
		{"secret with an underscore", api.Config{Config: httpapi.Config{Secret: newKey + "_x"}}, "", ""},
		{"old key", api.Config{AppSecret: oldKey, AppID: appID, AppEnv: "DEVELOPMENT"}, "", ""},
		{"old key as API key", api.Config{Config: httpapi.Config{Secret: oldKey}, AppID: appID, AppEnv: "DEVELOPMENT"}, "", ""},
		{"old key of no known form", api.Config{AppSecret: secret, AppID: appID, AppEnv: "STAGING"}, "", ""},
		{"version", api.Config{Config: httpapi.Config{Secret: newKey}, APIVersion: "v3"}, "", ""},
		{"no key", api.Config{}, api.FieldAPIKey, "IGNISIGN_API_KEY"},
		{"another form", api.Config{Config: httpapi.Config{Secret: secret}}, api.FieldAPIKey, `begin with "skv2_"`},
		{"cut short", api.Config{Config: httpapi.Config{Secret: "skv2_development_" + appUUID}}, api.FieldAPIKey, "cut short"},
		{"no secret", api.Config{Config: httpapi.Config{Secret: "skv2_development_" + appUUID + "_"}}, api.FieldAPIKey, "cut short"},
		{"no environment", api.Config{Config: httpapi.Config{Secret: "skv2_test_" + appUUID + "_" + secret}}, api.FieldAPIKey, "none of the environments"},
		{"no application", api.Config{Config: httpapi.Config{Secret: "skv2_development_1234_" + secret}}, api.FieldAPIKey, "no UUID"},
		{"white space", api.Config{Config: httpapi.Config{Secret: newKey + " x"}}, api.FieldAPIKey, "white space"},
		{"another application", api.Config{Config: httpapi.Config{Secret: newKey}, AppID: "appId_" + other}, api.FieldAppID, "is for the application " + appID},
		{"another environment", api.Config{Config: httpapi.Config{Secret: newKey}, AppEnv: "PRODUCTION"}, api.FieldAppEnv, "is for DEVELOPMENT"},
		{"no application id", api.Config{Config: httpapi.Config{Secret: newKey}, AppID: appUUID}, api.FieldAppID, "is not the id of an application"},
		{"no such environment", api.Config{Config: httpapi.Config{Secret: newKey}, AppEnv: "LIVE"}, api.FieldAppEnv, "DEVELOPMENT, STAGING, PRODUCTION"},
		{"old key alone", api.Config{AppSecret: oldKey}, api.FieldAppID, "An old key"},
		{"old key without an environment", api.Config{AppSecret: oldKey, AppID: appID}, api.FieldAppEnv, "An old key"},
		{"old key of another environment", api.Config{AppSecret: oldKey, AppID: appID, AppEnv: "PRODUCTION"}, api.FieldAppEnv, "names the environment DEVELOPMENT"},
		{"both keys", api.Config{Config: httpapi.Config{Secret: newKey}, AppSecret: oldKey}, api.FieldAppSecret, "Both"},
		{"new key as old", api.Config{AppSecret: newKey}, api.FieldAppSecret, "api_key"},
		{"no such version", api.Config{Config: httpapi.Config{Secret: newKey}, APIVersion: "v5"}, api.FieldAPIVersion, `"v3"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, variable := range api.Service.Environment {
				t.Setenv(variable, "")
			}
			client, err := api.New(test.config)
			if test.words == "" {
				if err != nil {
					t.Fatal(err)
				}
				if client.AppID() != appID {
					t.Errorf("the application is %q", client.AppID())
				}
				return
			}
			expectRefusal(t, err, test.field, test.words)
		})
	}
}

func expectRefusal(t *testing.T, err error, field httpapi.Field, words string) {
	t.Helper()
	var wrong httpapi.ConfigErrors
	if !errors.As(err, &wrong) {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), words) || wrong[0].Field != field {
		t.Errorf("got %q at %s, want %q at %s", err, wrong[0].Field, words, field)
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("the key is quoted: %v", err)
	}
}

// TestEnvironment: what is not set comes from the variables of the vendor's examples, and an old key
// only if there is no new one.
func TestEnvironment(t *testing.T) {
	set := func(variables map[string]string) {
		for _, variable := range api.Service.Environment {
			t.Setenv(variable, variables[variable])
		}
	}
	set(map[string]string{api.EnvAPIKey: newKey, api.EnvAppSecret: oldKey, api.EnvURL: "https://ignisign.example.com/"})
	client, err := api.New(api.Config{}.FromEnvironment())
	if err != nil || client.IsOldKey() || client.Environment() != "DEVELOPMENT" || client.URL() != "https://ignisign.example.com" {
		t.Errorf("got %+v, %v", client, err)
	}
	set(map[string]string{api.EnvAPIKey: newKey})
	client, err = api.New(api.Config{AppSecret: oldKey, AppID: appID, AppEnv: "DEVELOPMENT"}.FromEnvironment())
	if err != nil || !client.IsOldKey() {
		t.Errorf("a variable counts beside what is set: %v", err)
	}
	set(map[string]string{api.EnvAppID: appID, api.EnvAppEnv: "PRODUCTION", api.EnvAppSecret: "sk_production_" + secret})
	client, err = api.New(api.Config{}.FromEnvironment())
	if err != nil || !client.IsOldKey() || client.Environment() != "PRODUCTION" || client.AppID() != appID {
		t.Errorf("got %+v, %v", client, err)
	}
}

package api_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/wire"
)

// refusing returns the client of a server that refuses everything with a body.
func refusing(t *testing.T, key, body string) *api.Client {
	t.Helper()
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, body)
	})
	config := api.Config{Config: httpapi.Config{Secret: key, Transport: &wire.Wire{Handler: answer}}, APIVersion: api.Version4}
	if key == oldKey {
		config.AppID, config.AppEnv = appID, "DEVELOPMENT"
	}
	client, err := api.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestASecretIsNoPartOfAnError: a server may echo a key, or what of it is secret.
func TestASecretIsNoPartOfAnError(t *testing.T) {
	for _, key := range []string{newKey, oldKey} {
		for _, form := range []string{`{"message":"key %s","code":"X"}`, `{"message":"m","code":%q}`, `{"message":"m","code":"X","context":{"k":%q}}`, "plain %s"} {
			for _, echo := range []string{key, secret} {
				_, err := refusing(t, key, fmt.Sprintf(form, echo)).InvitationsNow(t.Context())
				if err == nil || strings.Contains(err.Error(), secret) {
					t.Errorf("%s: %v", form, err)
				}
			}
		}
	}
}

// TestAnOldKeyIsRefused: what refuses a token is named, although the answer could have one.
func TestAnOldKeyIsRefused(t *testing.T) {
	const feature = `{"missing":[{"feature":"INVITATION_OF_APPLICATION_USERS","claims":["PRO"]}]}`
	for body, want := range map[string]string{
		`{"message":"No.","code":"AUTHENTICATION_FAILED"}`:                                    "AUTHENTICATION_FAILED No.",
		`{"message":"No.","code":"INVALID_CONTEXT_USER_NOT_ALLOWED_IN_APP"}`:                  "INVALID_CONTEXT_USER_NOT_ALLOWED_IN_APP",
		`{"message":"No.","code":"ORGANIZATION_FEATURE_FORBIDDEN","context":` + feature + `}`: "may not use INVITATION_OF_APPLICATION_USERS",
	} {
		if _, err := refusing(t, oldKey, body).InvitationsNow(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}

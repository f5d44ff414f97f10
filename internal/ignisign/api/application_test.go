package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
)

// TestApplication: the application is told as it is answered, without its secrets, and what is not
// answered is not empty.
func TestApplication(t *testing.T) {
	s := newServer(t)
	got, err := s.client().Application(t.Context())
	if err != nil || got.Name != "Contracts" || got.OrganizationID != "66bf00000000000000000001" || got.APIVersion != "V4" || len(got.Environments) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	development, production := got.Environments[0], got.Environments[1]
	if development.Name != "DEVELOPMENT" || development.Keys == nil || development.SSO != nil || development.Webhooks != nil {
		t.Errorf("got %+v", development)
	}
	if production.Keys[0].Name != "backend" || production.SSO[0].OAuth2.ServerURL != "https://login.example.com" || production.Webhooks[0].ID != webhookID {
		t.Errorf("got %+v", production)
	}
	for _, hidden := range []string{"displayable", "client-secret"} {
		if text := fmt.Sprintf("%+v %+v", got, production.SSO[0].OAuth2); strings.Contains(text, hidden) {
			t.Errorf("%q is held: %s", hidden, text)
		}
	}
}

// TestUnusableApplication: an answer about another application is not believed, and none is quoted.
func TestUnusableApplication(t *testing.T) {
	for _, test := range []struct{ body, words string }{
		{`{"appId":"appId_22222222-2222-3333-4444-555555555555"}`, "another application"},
		{`{}`, "no appId"},
		{`[]`, "no object"},
		{`{"appId":"` + appID + `","envSettings":{"PRODUCTION":{"ssoConfigs":"client-secret-value"}}}`, "envSettings"},
		{`{"appId":"` + appID + `","envSettings":{"PRODUCTION":{"ssoConfigs":[{"settingsOAuth2":"client-secret-value"}]}}}`, "settingsOAuth2"},
	} {
		s := newServer(t)
		s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			return answerText(w, http.StatusOK, test.body)
		}
		_, err := s.client(byVersion(api.Version4)).Application(t.Context())
		if err == nil || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), "client-secret") {
			t.Errorf("%s: got %v", test.body, err)
		}
	}
}

// TestWebhooks lists those of an environment.
func TestWebhooks(t *testing.T) {
	s := newServer(t)
	got, err := s.client().Webhooks(t.Context(), "PRODUCTION")
	if err != nil || len(got) != 1 || got[0] != (api.Webhook{ID: webhookID, URL: "https://hooks.example.com/ignisign", Description: "Members"}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

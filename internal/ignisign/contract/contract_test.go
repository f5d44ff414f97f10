package contract_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/apidoc"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
)

// sources are the titles that the document calls its sources by.
var sources = regexp.MustCompile(strings.Join([]string{
	"API reference, version 3.0.0", "API reference, current", "quick start and REST integration pages", "webhook pages",
	`data models 4\.1\.14`, `Node SDK 4\.2\.1`, `Node SDK 1\.0\.106`, `changelogs to 4\.3\.0`,
}, "|"))

func TestEverythingHasALabelAndASource(t *testing.T) {
	labels := []string{"documented", "observed", "inferred"}
	seen := map[apidoc.Kind]map[string]int{}
	subjects := map[string]bool{}
	for _, fact := range contract.Facts() {
		if !slices.Contains(labels, fact.Evidence) {
			t.Errorf("%s %s has the label %q", fact.Kind, fact.Subject, fact.Evidence)
		}
		if !sources.MatchString(fact.Source) {
			t.Errorf("%s %s names no source: %q", fact.Kind, fact.Subject, fact.Source)
		}
		if subjects[fact.Subject] {
			t.Errorf("%s is there twice", fact.Subject)
		}
		subjects[fact.Subject] = true
		if seen[fact.Kind] == nil {
			seen[fact.Kind] = map[string]int{}
		}
		seen[fact.Kind][fact.Evidence]++
	}
	if len(seen[apidoc.Operation]) != 3 || len(seen[apidoc.Parameter]) != 2 || len(seen[apidoc.Property]) != 2 {
		t.Errorf("the kinds of facts do not have the labels that are expected: %v", seen)
	}
}

// The labels are those of the sources, and differ by version.
func TestLabels(t *testing.T) {
	facts := map[string]apidoc.Fact{}
	for _, fact := range contract.Facts() {
		facts[fact.Subject] = fact
	}
	const invitations = "/applications/{appId}/users-invitations"
	for subject, want := range map[string]string{
		"POST /v4/auth/app-api":                               "documented",
		"POST /v3/auth/app-api":                               "documented",
		"GET /v4/applications/{appId}/context":                "observed",
		"GET /v3/applications/{appId}/context":                "observed",
		"GET /v3" + invitations:                               "documented",
		"GET /v4" + invitations:                               "observed",
		"POST /v3" + invitations:                              "observed",
		"POST /v4" + invitations:                              "observed",
		"PUT /v3" + invitations + "/{invitationId}":           "observed",
		"POST /v3" + invitations + "/{invitationId}":          "documented",
		"POST /v4" + invitations + "/{invitationId}":          "inferred",
		"DELETE /v3" + invitations + "/{invitationId}":        "documented",
		"DELETE /v4" + invitations + "/{invitationId}":        "observed",
		"GET /v4/applications/{appId}/envs/{appEnv}/webhooks": "observed",
		"GET /v4/webhooks/{webhookId}/events":                 "observed",
		"GET /v4/webhooks/{webhookId}/events/{eventId}":       "documented",
		"POST /v3" + invitations + "/{invitationId}/resend":   "documented",
		"page":                                  "observed",
		"Error.code":                            "documented",
		"Error.stack":                           "observed",
		"Error.context.missing.feature":         "documented",
		"Invitation.status":                     "documented",
		"Roles.STAGING":                         "documented",
		"SsoConfig.settingsOAuth2.clientSecret": "observed",
		"Event.content.userId":                  "documented",
	} {
		if got := facts[subject].Evidence; got != want {
			t.Errorf("%s: got %q, want %q", subject, got, want)
		}
	}
	for _, unused := range []string{"POST /v3" + invitations + "/{invitationId}", "Error.stack", "eventId"} {
		if facts[unused].IsUsed {
			t.Errorf("%s is called used", unused)
		}
	}
	if !facts["Invitation.status"].IsUsed {
		t.Error("the status of an invitation is called not used")
	}
}

func TestTheDocumentIsReadyToJudgeBy(t *testing.T) {
	if _, err := contracttest.New(contract.OpenAPI()); err != nil {
		t.Fatal(err)
	}
}

// Secrets of the context are marked: a client drops them.
func TestSecretsAreMarked(t *testing.T) {
	document := string(contract.OpenAPI())
	for _, name := range []string{"clientSecret", "displayableSecret", "certificate", "secret", "jwtToken"} {
		if !regexp.MustCompile(`\n +` + name + `:\n( +[^\n]*\n){0,4} +x-secret: true\n`).MatchString(document) {
			t.Errorf("%s is not marked as a secret", name)
		}
	}
}

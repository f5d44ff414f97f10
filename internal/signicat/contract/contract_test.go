package contract_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/apidoc"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/contract"
)

// sources are the titles that the document calls its sources by.
var sources = regexp.MustCompile(`^(` + strings.Join([]string{
	"account API reference", "audit API reference", "usage API reference", `page "Accessing API products"`, `page "Error codes"`,
	`\.NET SDK 1\.15\.0`,
}, "|") + `)( |,|$)`)

func TestEverythingHasALabelAndASource(t *testing.T) {
	labels := []string{"documented", "observed", "inferred"}
	counts, subjects := map[apidoc.Kind]int{}, map[string]bool{}
	for _, fact := range contract.Facts() {
		if !slices.Contains(labels, fact.Evidence) {
			t.Errorf("%s %s has the label %q", fact.Kind, fact.Subject, fact.Evidence)
		}
		if !sources.MatchString(fact.Source) {
			t.Errorf("%s %s names no source: %q", fact.Kind, fact.Subject, fact.Source)
		}
		if key := string(fact.Kind) + fact.Subject; subjects[key] {
			t.Errorf("%s is there twice", fact.Subject)
		} else {
			subjects[key] = true
		}
		counts[fact.Kind]++
	}
	if counts[apidoc.Operation] != 6 || counts[apidoc.Parameter] < 10 || counts[apidoc.Property] < 60 {
		t.Errorf("not all was looked at: %v", counts)
	}
}

// The labels are those of the sources.
func TestLabels(t *testing.T) {
	facts := map[string]apidoc.Fact{}
	for _, fact := range contract.Facts() {
		facts[fact.Subject] = fact
	}
	for subject, want := range map[string]string{
		"POST /auth/open/connect/token":                "observed",
		"GET /account-management/accounts":             "documented",
		"GET /account-management/accounts/{accountId}": "inferred",
		"GET /audit/query/metadata":                    "documented",
		"POST /audit/query":                            "inferred",
		"GET /audit/query/cursor/{cursor}":             "documented",
		"organizationHeader":                           "observed",
		"accountHeader":                                "inferred",
		"accountQuery":                                 "observed",
		"deleted":                                      "documented",
		"TokenRequest.scope":                           "documented",
		"TokenRequest.grant_type":                      "observed",
		"Token.expires_in":                             "observed",
		"Problem.code":                                 "documented",
		"Problem.traceId":                              "observed",
		"Problem.invalidParams.reason":                 "documented",
		"AccountList.next":                             "documented",
		"Account.organization.id":                      "documented",
		"AuditQuery.and.operator":                      "documented",
		"Event.userId":                                 "documented",
	} {
		if got := facts[subject].Evidence; got != want {
			t.Errorf("%s: got %q, want %q", subject, got, want)
		}
	}
	for subject, isUsed := range map[string]bool{
		"GET /account-management/accounts/{accountId}": false, "accountHeader": false, "GET /account-management/accounts": true,
	} {
		if facts[subject].IsUsed != isUsed {
			t.Errorf("%s: used %t", subject, facts[subject].IsUsed)
		}
	}
}

func TestTheDocumentIsReadyToJudgeBy(t *testing.T) {
	if _, err := contracttest.New(contract.OpenAPI()); err != nil {
		t.Fatal(err)
	}
}

// No name of an event is built in: which there are is unknown.
func TestTheDocumentNamesNoEvent(t *testing.T) {
	if found := regexp.MustCompile(`(?m)(serviceName|eventType):\n +(enum|const|examples?):`).Find(contract.OpenAPI()); found != nil {
		t.Errorf("it has %s", found)
	}
}

// Secrets are marked.
func TestSecretsAreMarked(t *testing.T) {
	for _, name := range []string{"client_secret", "access_token"} {
		if !regexp.MustCompile(`\n +` + name + `:\n( +[^\n]*\n){0,5} +x-secret: true\n`).Match(contract.OpenAPI()) {
			t.Errorf("%s is not marked as a secret", name)
		}
	}
}

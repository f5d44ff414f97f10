package api_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

const organizationID = "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90"

func config(url string) api.Config {
	return api.Config{Config: httpapi.Config{URL: url, Secret: demoToken}, OrganizationID: organizationID, Contract: api.ContractAssumed}
}

func TestOrganizationIDIsChecked(t *testing.T) {
	upper := config("")
	upper.OrganizationID = strings.ToUpper(organizationID)
	client, err := api.New(upper)
	if err != nil || client.OrganizationID() != organizationID {
		t.Errorf("%v: in upper case it becomes %q", err, client.OrganizationID())
	}
	tests := map[string]string{
		"":                                     "Set organization_id or the environment variable SIGNPATH_ORGANIZATION_ID",
		"acme":                                 "is not an organization id. It is a UUID such as",
		" " + organizationID:                   "is not an organization id",
		"{" + organizationID + "}":             "is not an organization id",
		"00000000-0000-0000-0000-000000000000": "is not an organization id",
		strings.ReplaceAll(organizationID, "-", ""): "is not an organization id",
	}
	for id, want := range tests {
		c := config("")
		c.OrganizationID = id
		_, err := api.New(c)
		var wrong httpapi.ConfigErrors
		if !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Field != api.FieldOrganizationID || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestAllThatIsWrongIsReported(t *testing.T) {
	_, err := api.New(api.Config{Config: httpapi.Config{URL: "ftp://example.com"}})
	for _, want := range []string{"is not a URL", "No organization is set", "No API token is set"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
	var wrong httpapi.ConfigErrors
	if !errors.As(err, &wrong) || len(wrong) != 3 {
		t.Errorf("got %#v", err)
	}
}

// Whoever mixes the settings up must not find the token in a log.
func TestMixedUpSettingsDoNotShowTheToken(t *testing.T) {
	tests := map[string]api.Config{
		"token and organization": {OrganizationID: demoToken, Config: httpapi.Config{Secret: organizationID}},
		"token for both":         {OrganizationID: demoToken, Config: httpapi.Config{Secret: demoToken}},
		"token in the URL":       config("https://" + demoToken + "@app.signpath.io"),
		"token in the query":     config("https://app.signpath.io/?token=" + demoToken),
		"token for a URL":        config(demoToken),
	}
	for name, c := range tests {
		if _, err := api.New(c); err == nil || strings.Contains(err.Error(), demoToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What package httpapi says of settings, with the names that SignPath's users know.
func TestSettingsAreCalledByTheirNames(t *testing.T) {
	for want, c := range map[string]httpapi.Config{
		`"api" is not a URL such as https://app.signpath.io/Api. Check api_url, or the environment variable SIGNPATH_API_URL.`: {URL: "api", Secret: demoToken},
		"No API token is set. Set the environment variable SIGNPATH_API_TOKEN (or api_token) to the token of a CI user, or of an interactive user, " +
			"or token_file to the path of a file that holds it.": {},
		"The API token contains a colon, so it is probably a composite token (<API token>:<trusted build system token>), " +
			"as a trusted build system sends it. Use only the part before the colon.": {Secret: demoToken + ":" + demoToken},
		"Both the API token and a file with it are set. Set one of api_token and token_file, " +
			"or one of the environment variables SIGNPATH_API_TOKEN and SIGNPATH_API_TOKEN_FILE.": {Secret: demoToken, SecretFile: "token"},
	} {
		_, err := api.New(api.Config{OrganizationID: organizationID, Config: c})
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for url, want := range map[string]string{"": "https://app.signpath.io/Api", "https://signpath.example.com/Api/V1/": "https://signpath.example.com/Api"} {
		if client, err := api.New(config(url)); err != nil || client.URL() != want {
			t.Errorf("%q: got %v, %v", url, client, err)
		}
	}
}

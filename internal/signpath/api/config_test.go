package api_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

const organizationID = "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90"

func config(url string) api.Config {
	return api.Config{URL: url, OrganizationID: organizationID, Token: demoToken, Contract: api.ContractAssumed}
}

func TestURLIsNormalized(t *testing.T) {
	tests := map[string]string{
		"":                                      "https://app.signpath.io/Api",
		"https://app.signpath.io/Api":           "https://app.signpath.io/Api",
		"https://app.signpath.io/Api/":          "https://app.signpath.io/Api",
		"https://app.signpath.io/Api///":        "https://app.signpath.io/Api",
		"https://app.signpath.io/Api/v1":        "https://app.signpath.io/Api",
		"https://app.signpath.io/Api/V1/":       "https://app.signpath.io/Api",
		"https://app.signpath.io/Api//v1//":     "https://app.signpath.io/Api",
		"  https://app.signpath.io/Api/v1/\n":   "https://app.signpath.io/Api",
		"https://signpath.example.com":          "https://signpath.example.com",
		"https://signpath.example.com/":         "https://signpath.example.com",
		"https://signpath.example.com/v1":       "https://signpath.example.com",
		"https://signpath.example.com:8443/api": "https://signpath.example.com:8443/api",
		"https://signpath.example.com/Api/v10":  "https://signpath.example.com/Api/v10",
		"https://signpath.example.com/Api/xv1":  "https://signpath.example.com/Api/xv1",
		"HTTPS://signpath.example.com/Api":      "https://signpath.example.com/Api",
		"http://localhost:8080/Api":             "http://localhost:8080/Api",
		"http://127.0.0.1:8080/Api/v1":          "http://127.0.0.1:8080/Api",
		"http://127.8.8.8/Api":                  "http://127.8.8.8/Api",
		"http://[::1]:8080/Api":                 "http://[::1]:8080/Api",
	}
	for url, want := range tests {
		client, err := api.New(config(url))
		if err != nil {
			t.Errorf("%q: %v", url, err)
			continue
		}
		if client.URL() != want {
			t.Errorf("%q becomes %q, want %q", url, client.URL(), want)
		}
	}
}

func TestURLIsRefused(t *testing.T) {
	const (
		noURL  = "is not a URL such as https://app.signpath.io/Api. Check api_url, or the environment variable SIGNPATH_API_URL."
		extras = "The API URL must not carry credentials, a query or a fragment."
		plain  = "Plain http would send the API token in the clear to "
	)
	tests := map[string]string{
		"app.signpath.io/Api":              `"app.signpath.io/Api" ` + noURL,
		"ftp://app.signpath.io/Api":        `"ftp://app.signpath.io/Api" ` + noURL,
		"https:///Api":                     `"https:///Api" ` + noURL,
		"https:app.signpath.io":            `"https:app.signpath.io" ` + noURL,
		"/Api":                             `"/Api" ` + noURL,
		"https://app.signpath.io:port/Api": `"https://app.signpath.io:port/Api" ` + noURL,
		"https://app.signpath.io/%zz":      `"https://app.signpath.io/%zz" ` + noURL,
		" ":                                noURL,
		"https://ada:hunter2@app.signpath.io/Api":  extras,
		"https://hunter2@app.signpath.io/Api":      extras,
		"https://app.signpath.io/Api?key=hunter2":  extras,
		"https://app.signpath.io/Api?":             extras,
		"https://app.signpath.io/Api#hunter2":      extras,
		"ftp://ada:hunter2@app.signpath.io/Api":    `"…@app.signpath.io/Api" ` + noURL,
		"ftp://ada:@hunter2@app.signpath.io/Api":   `"…@app.signpath.io/Api" ` + noURL,
		"https://ada:hunter2@app.signpath.io:x":    `"…@app.signpath.io:x" ` + noURL,
		"ada:hunter2@app.signpath.io":              `"…@app.signpath.io" ` + noURL,
		"http://app.signpath.io/Api":               plain + "app.signpath.io. Use https; http is accepted for loopback addresses only.",
		"http://127.0.0.1.example.com/Api":         plain + "127.0.0.1.example.com.",
		"http://localhost.example.com/Api":         plain + "localhost.example.com.",
		"http://0.0.0.0/Api":                       plain + "0.0.0.0.",
		"http://10.0.0.1:8080/Api":                 plain + "10.0.0.1:8080.",
		"http://[fe80::1]/Api":                     plain + "[fe80::1].",
		"http://ada:hunter2@signpath.example.com/": extras,
	}
	for url, want := range tests {
		_, err := api.New(config(url))
		wrong := config(url).Validate()
		if len(wrong) != 1 || wrong[0].Field != api.FieldURL || err == nil || err.Error() != wrong[0].Error() {
			t.Errorf("%q: %v, %v", url, err, wrong)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q\ngot  %s\nwant %s", url, err, want)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error has the password: %v", url, err)
		}
	}
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
		wrong := c.Validate()
		if len(wrong) != 1 || wrong[0].Field != api.FieldOrganizationID || !strings.Contains(wrong[0].Error(), want) {
			t.Errorf("%q: %v", id, wrong)
		}
	}
}

func TestTokenIsChecked(t *testing.T) {
	tests := map[string]string{
		"":                               "Set the environment variable SIGNPATH_API_TOKEN (or api_token)",
		demoToken + ":" + demoToken:      "composite token",
		"Bearer " + demoToken:            `begins with "Bearer"`,
		"bearer " + demoToken:            `begins with "Bearer"`,
		demoToken + "\n":                 "white space",
		" " + demoToken:                  "white space",
		demoToken + "\u00a0":             "white space",
		"\"" + demoToken + "\"\r":        "white space",
		demoToken[:8] + "\x7f":           "white space or another character",
		demoToken[:8] + "ü":              "white space or another character",
		demoToken[:8] + "\t" + demoToken: "white space",
	}
	for token, want := range tests {
		c := config("")
		c.Token = token
		wrong := c.Validate()
		if len(wrong) != 1 || wrong[0].Field != api.FieldToken || !strings.Contains(wrong[0].Error(), want) {
			t.Errorf("%q: %v", token, wrong)
			continue
		}
		if strings.Contains(wrong[0].Error(), demoToken[:8]) {
			t.Errorf("the error has the token: %v", wrong[0])
		}
	}
}

func TestAllThatIsWrongIsReported(t *testing.T) {
	_, err := api.New(api.Config{URL: "ftp://example.com"})
	for _, want := range []string{"is not a URL", "No organization is set", "No API token is set"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
	var one *api.ConfigError
	if !errors.As(err, &one) {
		t.Errorf("got %#v", err)
	}
}

// Whoever mixes the settings up must not find the token in a log.
func TestMixedUpSettingsDoNotShowTheToken(t *testing.T) {
	tests := map[string]api.Config{
		"token and organization": {OrganizationID: demoToken, Token: organizationID},
		"token for both":         {OrganizationID: demoToken, Token: demoToken},
		"token in the URL":       {URL: "https://" + demoToken + "@app.signpath.io", OrganizationID: organizationID, Token: demoToken},
		"token in the query":     {URL: "https://app.signpath.io/?token=" + demoToken, OrganizationID: organizationID, Token: demoToken},
		"token for a URL":        {URL: demoToken, OrganizationID: organizationID, Token: demoToken},
	}
	for name, c := range tests {
		if _, err := api.New(c); err == nil || strings.Contains(err.Error(), demoToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

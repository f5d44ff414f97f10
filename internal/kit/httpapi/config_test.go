package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

func TestURLIsNormalized(t *testing.T) {
	tests := map[string]string{
		"":                                    "https://app.example.com/Api",
		"https://app.example.com/Api":         "https://app.example.com/Api",
		"https://app.example.com/Api/":        "https://app.example.com/Api",
		"https://app.example.com/Api///":      "https://app.example.com/Api",
		"https://app.example.com/Api/v1":      "https://app.example.com/Api",
		"https://app.example.com/Api/V1/":     "https://app.example.com/Api",
		"https://app.example.com/Api//v1//":   "https://app.example.com/Api",
		"  https://app.example.com/Api/v1/\n": "https://app.example.com/Api",
		"https://api.example.com":             "https://api.example.com",
		"https://api.example.com/":            "https://api.example.com",
		"https://api.example.com/v1":          "https://api.example.com",
		"https://api.example.com:8443/api":    "https://api.example.com:8443/api",
		"https://api.example.com/Api/v10":     "https://api.example.com/Api/v10",
		"https://api.example.com/Api/xv1":     "https://api.example.com/Api/xv1",
		"HTTPS://api.example.com/Api":         "https://api.example.com/Api",
		"http://localhost:8080/Api":           "http://localhost:8080/Api",
		"http://127.0.0.1:8080/Api/v1":        "http://127.0.0.1:8080/Api",
		"http://127.8.8.8/Api":                "http://127.8.8.8/Api",
		"http://[::1]:8080/Api":               "http://[::1]:8080/Api",
	}
	for url, want := range tests {
		client, err := httpapi.New(config(url))
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
		noURL  = "is not a URL such as https://app.example.com/Api. Check api_url, or the environment variable EXAMPLE_API_URL."
		extras = "The API URL must not carry credentials, a query or a fragment."
		plain  = "Plain http would send the API token in the clear to "
	)
	tests := map[string]string{
		"app.example.com/Api":              `"app.example.com/Api" ` + noURL,
		"ftp://app.example.com/Api":        `"ftp://app.example.com/Api" ` + noURL,
		"https:///Api":                     `"https:///Api" ` + noURL,
		"https:app.example.com":            `"https:app.example.com" ` + noURL,
		"/Api":                             `"/Api" ` + noURL,
		"https://app.example.com:port/Api": `"https://app.example.com:port/Api" ` + noURL,
		"https://app.example.com/%zz":      `"https://app.example.com/%zz" ` + noURL,
		" ":                                noURL,
		"https://ada:hunter2@app.example.com/Api": extras,
		"https://hunter2@app.example.com/Api":     extras,
		"https://app.example.com/Api?key=hunter2": extras,
		"https://app.example.com/Api?":            extras,
		"https://app.example.com/Api#hunter2":     extras,
		"ftp://ada:hunter2@app.example.com/Api":   `"…@app.example.com/Api" ` + noURL,
		"ftp://ada:@hunter2@app.example.com/Api":  `"…@app.example.com/Api" ` + noURL,
		"https://ada:hunter2@app.example.com:x":   `"…@app.example.com:x" ` + noURL,
		"ada:hunter2@app.example.com":             `"…@app.example.com" ` + noURL,
		"http://app.example.com/Api":              plain + "app.example.com. Use https; http is accepted for loopback addresses only.",
		"http://127.0.0.1.example.com/Api":        plain + "127.0.0.1.example.com.",
		"http://localhost.example.com/Api":        plain + "localhost.example.com.",
		"http://0.0.0.0/Api":                      plain + "0.0.0.0.",
		"http://10.0.0.1:8080/Api":                plain + "10.0.0.1:8080.",
		"http://[fe80::1]/Api":                    plain + "[fe80::1].",
		"http://ada:hunter2@api.example.com/":     extras,
	}
	for url, want := range tests {
		_, err := httpapi.New(config(url))
		wrong := wrongSettings(config(url))
		if len(wrong) != 1 || wrong[0].Field != httpapi.FieldURL || err == nil || err.Error() != wrong[0].Reason {
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

func TestTokenIsChecked(t *testing.T) {
	tests := map[string]string{
		"":                       "No API token is set. Set the environment variable EXAMPLE_API_TOKEN (or api_token) to the token of a robot, or token_file to",
		token + ":" + token:      "A token of ours has no colon.",
		"Bearer " + token:        `begins with "Bearer"`,
		"bearer " + token:        `begins with "Bearer"`,
		token + "\n":             "white space",
		" " + token:              "white space",
		token + "\u00a0":         "white space",
		"\"" + token + "\"\r":    "white space",
		token[:8] + "\x7f":       "white space or another character",
		token[:8] + "ü":          "white space or another character",
		token[:8] + "\t" + token: "white space",
	}
	for text, want := range tests {
		c := config("")
		c.Secret = text
		wrong := wrongSettings(c)
		if len(wrong) != 1 || wrong[0].Field != fieldToken || !strings.Contains(wrong[0].Reason, want) {
			t.Errorf("%q: %v", text, wrong)
			continue
		}
		if strings.Contains(wrong[0].Reason, token[:8]) {
			t.Errorf("the error has the token: %v", wrong[0])
		}
	}
}

// What is wrong with settings of the vendor's own is told with the rest.
func TestAllThatIsWrongIsReported(t *testing.T) {
	_, err := httpapi.New(httpapi.Config{Service: service, URL: "ftp://example.com"}, httpapi.ConfigError{Field: "tenant", Reason: "No tenant is set."})
	expectError(t, err, "No tenant is set.", "is not a URL", "No API token is set")
}

// What is set takes precedence over the environment, and a token or a file with one
// over both of them there.
func TestFromEnvironment(t *testing.T) {
	t.Setenv("EXAMPLE_API_URL", " https://env.example.com\n")
	t.Setenv("EXAMPLE_API_TOKEN", "env-token\n")
	t.Setenv("EXAMPLE_API_TOKEN_FILE", "env-file")
	t.Setenv("EXAMPLE_TIMEOUT", " 7\n")
	t.Setenv("EXAMPLE_RETRY", "0")
	seconds := httpapi.Seconds
	from := func(fields ...httpapi.Field) map[httpapi.Field]string {
		variables := map[httpapi.Field]string{}
		for _, field := range fields {
			variables[field] = service.Environment[field]
		}
		return variables
	}
	for _, test := range []struct{ set, want httpapi.Config }{
		{
			httpapi.Config{},
			httpapi.Config{
				URL: "https://env.example.com", Secret: "env-token", SecretFile: "env-file", AttemptTimeout: seconds(7), RetryBudget: -1,
				Variables: from(httpapi.FieldURL, fieldToken, fieldTokenFile),
			},
		},
		{
			httpapi.Config{URL: "https://set.example.com", SecretFile: "set-file", AttemptTimeout: seconds(1), RetryBudget: seconds(2)},
			httpapi.Config{URL: "https://set.example.com", SecretFile: "set-file", AttemptTimeout: seconds(1), RetryBudget: seconds(2)},
		},
		{
			httpapi.Config{Secret: " set-token "},
			httpapi.Config{URL: "https://env.example.com", Secret: "set-token", AttemptTimeout: seconds(7), RetryBudget: -1, Variables: from(httpapi.FieldURL)},
		},
	} {
		test.set.Service = service
		got := test.set.FromEnvironment()
		got.Service = httpapi.Service{}
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("got %+v, want %+v", got, test.want)
		}
	}
}

func TestTheEnvironmentIsChecked(t *testing.T) {
	for _, text := range []string{"30s", "-1", "0", "3601", "9223372036854775808"} {
		t.Setenv("EXAMPLE_TIMEOUT", text)
		wrong := wrongSettings(config("").FromEnvironment())
		if len(wrong) != 1 || wrong[0].Field != httpapi.FieldRequestTimeout ||
			wrong[0].Reason != "The environment variable EXAMPLE_TIMEOUT is not a whole number from 1 to 3600." {
			t.Errorf("%q: %v", text, wrong)
		}
	}
}

// Who sends no token needs none, and may send to wherever.
func TestAnonymous(t *testing.T) {
	s := inProcess(t)
	s.config.Secret, s.config.SecretFile, s.config.Anonymous = token, "/nowhere", true
	s.config.URL = "http://app.example.com/Api"
	s.restart()
	header := http.Header{"Authorization": {"none was sent"}}
	s.Before = func(r *http.Request) { header = r.Header.Clone() }
	s.inject(fault{status: 400, body: `{"title":"Bad Request","detail":"No."}`})
	err := s.do(t.Context(), list)
	if err == nil || !strings.Contains(err.Error(), "400 Bad Request: No. (request id") {
		t.Errorf("got %v", err)
	}
	if sent, ok := header["Authorization"]; ok {
		t.Errorf("sent %q", sent)
	}
	if secrets := s.client.Secrets(); len(secrets) != 1 || secrets[0].MatchString("a line of a log") {
		t.Errorf("the secrets are %v", secrets)
	}
}

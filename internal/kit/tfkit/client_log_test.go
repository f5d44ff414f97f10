package tfkit

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

const logToken = "ab+cd/efghijklmnopqrstuvwxyz=="

const envLogLevel = "TF_LOG_PROVIDER_EXAMPLE_API"

// newTestLog returns a log as Configure makes it, at the level of the
// environment.
func newTestLog(t *testing.T) httpapi.Config {
	t.Helper()
	config := httpapi.Config{
		Service: httpapi.Service{Name: "Example", DefaultURL: "https://api.example.com"}, Secret: logToken, ProxyURL: "http://build:s3cret-word@proxy.example.com",
	}
	log := NewClientLog("example", &config)
	client, err := httpapi.New(config)
	if err != nil {
		t.Fatal(err)
	}
	log.Mask(client.Secrets())
	return config
}

// Whatever a line says, be it by mistake, the secrets in it are masked.
func TestTheLogMasksSecrets(t *testing.T) {
	t.Setenv(envLogLevel, "trace")
	log := newTestLog(t)
	escaped := strings.NewReplacer("+", `\u002B`, "=", `\u003D`, "/", `\/`).Replace(logToken)
	for name, write := range map[string]writeLine{"debug": log.Log, "trace": log.Trace} {
		var sink bytes.Buffer
		write(tflogtest.RootLogger(context.Background(), &sink), "careless: "+logToken+" "+url.QueryEscape(logToken), map[string]any{
			"body":   `{"apiToken":"` + escaped + `"}`,
			"error":  errors.New("Get \"https://example.com/?t=" + url.QueryEscape(logToken) + "\""),
			"header": http.Header{"Authorization": {"Bearer " + logToken}, "Proxy-Authorization": {"Basic YnVpbGQ6czNjcmV0LXdvcmQ="}},
			"list":   []string{logToken},
			"proxy":  "http://build:s3cret-word@proxy.example.com",
			"status": 200,
		})
		text := sink.String()
		lines, err := tflogtest.MultilineJSONDecode(&sink)
		if err != nil || len(lines) != 1 {
			t.Fatalf("%s: %v, %q", name, err, text)
		}
		if got := lines[0]["@message"]; got != "careless: *** ***" {
			t.Errorf("%s: the message is %q", name, got)
		}
		if lines[0]["status"] != float64(200) || lines[0]["body"] != `{"apiToken":"***"}` || lines[0]["@module"] != "provider.api" {
			t.Errorf("%s: the line is %v", name, lines[0])
		}
		for _, secret := range []string{"efghijkl", "s3cret-word", "YnVpbGQ6"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: the log has %s: %s", name, secret, text)
			}
		}
	}
}

// A line that nobody reads is not made.
func TestLevelsOfTheLog(t *testing.T) {
	for name, c := range map[string]struct {
		environment  map[string]string
		debug, trace bool
	}{
		"nothing is set":        {nil, true, true},
		"silenced by main":      {map[string]string{"TF_LOG_PROVIDER_EXAMPLE": "off"}, false, false},
		"Terraform's":           {map[string]string{"TF_LOG": "WARN"}, false, false},
		"Terraform's in JSON":   {map[string]string{"TF_LOG": "JSON"}, true, true},
		"debug":                 {map[string]string{"TF_LOG_PROVIDER": "DEBUG"}, true, false},
		"this provider's level": {map[string]string{"TF_LOG_PROVIDER": "off", "TF_LOG_PROVIDER_EXAMPLE": "trace"}, true, true},
		"the client's level":    {map[string]string{"TF_LOG_PROVIDER": "trace", envLogLevel: "warn"}, false, false},
		"the client's alone":    {map[string]string{"TF_LOG_PROVIDER": "off", envLogLevel: "debug"}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_PROVIDER_EXAMPLE", envLogLevel} {
				t.Setenv(variable, c.environment[variable])
			}
			log := newTestLog(t)
			if (log.Log != nil) != c.debug || (log.Trace != nil) != c.trace {
				t.Errorf("debug %t, trace %t", log.Log != nil, log.Trace != nil)
			}
		})
	}
}

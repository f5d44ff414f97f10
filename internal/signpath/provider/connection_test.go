package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// with adds settings to the provider block of the organization.
func (o *organization) with(settings, hcl string) string {
	return fmt.Sprintf("provider \"signpath\" {\n  api_url = %q\n  organization_id = %q\n%s%s\n}\n%s",
		o.URL, o.OrganizationID(), o.MappingSetting(settings), settings, hcl)
}

func (o *organization) tokenSetting() string { return fmt.Sprintf("  api_token = %q", o.Token) }

func writeSettingFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "setting")
	must(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// Each wrong setting is an error on its own attribute.
func TestConnectionSettingsAreRefused(t *testing.T) {
	const password = "s3cret"
	missing, noPEM := filepath.Join(t.TempDir(), "missing.pem"), writeSettingFile(t, "no PEM")
	composite := writeSettingFile(t, "c2VjcmV0:b3RoZXI=")
	mapped := writeSettingFile(t, "version: 1\nuser: {answer: {mail: x}}\nx: 1\n")
	for name, c := range map[string]struct {
		settings string
		want     []string
	}{
		"no time":         {`request_timeout_seconds = 0`, []string{"with provider", "request_timeout_seconds", "between 1 and 3600"}},
		"negative time":   {`retry_timeout_seconds = -1`, []string{"retry_timeout_seconds", "between 0 and 86400"}},
		"no place":        {`max_concurrent_requests = 0`, []string{"max_concurrent_requests", "between 1 and 100"}},
		"too many places": {`max_concurrent_requests = 101`, []string{"max_concurrent_requests", "between 1 and 100"}},
		"no rate":         {`max_requests_per_second = 0`, []string{"max_requests_per_second", "at least 0.01"}},
		"path in the proxy": {
			`proxy_url = "http://build:` + password + `@proxy.example.com/x"`,
			[]string{"Invalid provider configuration", "proxy_url", "is not of the form http://host:port"},
		},
		"missing authority": {
			fmt.Sprintf(`ca_certificate_file = %q`, missing),
			[]string{"Invalid provider configuration", "ca_certificate_file", "cannot be read"},
		},
		"no authority":      {fmt.Sprintf(`ca_certificate_file = %q`, noPEM), []string{"ca_certificate_file", "holds no certificate in PEM form"}},
		"certificate alone": {fmt.Sprintf(`client_certificate_file = %q`, noPEM), []string{"client_certificate_file", `"client_key_file" must be specified`}},
		"key alone":         {fmt.Sprintf(`client_key_file = %q`, noPEM), []string{"client_key_file", `"client_certificate_file" must be specified`}},
		"no client certificate": {
			fmt.Sprintf("client_certificate_file = %q\n  client_key_file = %q", noPEM, noPEM),
			[]string{"client_certificate_file", "holds no certificate in PEM form"},
		},
		"missing token file": {fmt.Sprintf(`token_file = %q`, missing), []string{"Invalid provider configuration", "token_file", "cannot be read"}},
		"missing mapping":    {fmt.Sprintf(`api_mapping = %q`, missing), []string{"Invalid provider configuration", "api_mapping", "cannot be read"}},
		"wrong mapping": {
			fmt.Sprintf(`api_mapping = %q`, mapped), []string{"api_mapping", "line 2: user.answer.mail is not known", "line 3: x is not known"},
		},
		"composite token in file": {fmt.Sprintf(`token_file = %q`, composite), []string{"token_file", "composite token"}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			settings := "  " + c.settings
			if !strings.Contains(c.settings, "token_file") {
				settings += "\n" + org.tokenSetting()
			}
			org.run(nil, resource.TestStep{Config: org.with(settings, readMe), ExpectError: says(c.want...)})
			if got := org.CountRequests(); got > 0 {
				t.Errorf("%d requests were sent", got)
			}
		})
	}
}

func TestTokenAndTokenFileTogetherAreRefused(t *testing.T) {
	org := newOrganization(t)
	org.run(nil, resource.TestStep{
		Config:      org.with(fmt.Sprintf("%s\n  token_file = %q", org.tokenSetting(), writeSettingFile(t, org.Token)), readMe),
		ExpectError: says("Invalid Attribute Combination", `"api_token" cannot be specified when "token_file" is specified`),
	})
}

// The environment has defaults for what SignPath's own tools have variables for,
// and the configuration takes precedence over all of it.
func TestConnectionSettingsFromTheEnvironment(t *testing.T) {
	readsMe := resource.TestCheckResourceAttr("data.signpath_current_user.me", "member", "ci_user:terraform")
	for name, c := range map[string]struct {
		environment map[string]string
		settings    func(*organization) string
		want        []string
	}{
		"token file": {map[string]string{api.EnvTokenFile: "FILE"}, nil, nil},
		"missing mapping": {
			map[string]string{api.EnvToken: "TOKEN", api.EnvMapping: "/nowhere"},
			nil,
			[]string{"Invalid provider configuration", `The file "/nowhere" cannot be read`, "The environment variable SIGNPATH_API_MAPPING has that path."},
		},
		"no mapping, whatever the variable says": {
			map[string]string{api.EnvToken: "TOKEN", api.EnvMapping: "/nowhere"},
			func(*organization) string { return `  api_mapping = ""` }, nil,
		},
		"token and token file": {
			map[string]string{api.EnvTokenFile: "FILE", api.EnvToken: "TOKEN"},
			nil,
			[]string{"Invalid provider configuration", "Both the API token and a file with it are set"},
		},
		"token set, other file": {map[string]string{api.EnvTokenFile: "/nowhere"}, (*organization).tokenSetting, nil},
		"file set, other token": {map[string]string{api.EnvToken: "d3Jvbmc="}, (*organization).tokenFileSetting, nil},
		"no number of seconds": {
			map[string]string{api.EnvToken: "TOKEN", api.EnvRequestTimeout: "30s"},
			nil,
			[]string{"Invalid provider configuration", "SIGNPATH_HTTP_REQUEST_TIMEOUT_IN_SECONDS is not a whole number from 1 to 3600."},
		},
		"too many seconds": {
			map[string]string{api.EnvToken: "TOKEN", api.EnvRetryTimeout: "86401"},
			nil,
			[]string{"Invalid provider configuration", "SIGNPATH_SERVICE_UNAVAILABLE_TIMEOUT_IN_SECONDS is not a whole number from 0 to 86400."},
		},
		"seconds set, wrong variable": {
			map[string]string{api.EnvToken: "TOKEN", api.EnvRequestTimeout: "x"},
			func(*organization) string { return "  request_timeout_seconds = 20" }, nil,
		},
		"seconds with white space around": {map[string]string{api.EnvToken: "TOKEN", api.EnvRequestTimeout: " 30\n", api.EnvRetryTimeout: "0"}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			for variable, value := range c.environment {
				switch value {
				case "FILE":
					value = writeSettingFile(t, org.Token+"\n")
				case "TOKEN":
					value = org.Token
				}
				t.Setenv(variable, value)
			}
			settings := ""
			if c.settings != nil {
				settings = c.settings(org)
			}
			step := resource.TestStep{Config: org.with(settings, readMe), Check: readsMe}
			if c.want != nil {
				step.ExpectError, step.Check = says(c.want...), nil
			}
			org.runOn(signpathtest.Providers, nil, step)
		})
	}
}

func (o *organization) tokenFileSetting() string {
	return fmt.Sprintf("  token_file = %q", writeSettingFile(o.t, o.Token))
}

// Each setting does what it says.
func TestConnectionSettingsReachTheClient(t *testing.T) {
	busy := mock.Fault{Action: mock.FaultAnswer, Status: 503, Times: 1}
	for name, c := range map[string]struct {
		settings string
		fault    mock.Fault
		want     []string
	}{
		"no retries": {"retry_timeout_seconds = 0", busy, []string{"SignPath failed", "503 Service Unavailable"}},
		"retries":    {"retry_timeout_seconds = 30", busy, nil},
		"a pause": {
			"retry_timeout_seconds = 30",
			mock.Fault{Action: mock.FaultAnswer, Status: 429, Headers: map[string]string{"Retry-After": "31"}},
			[]string{"Too many requests", "SignPath asks to wait for 31s", "raise retry_timeout_seconds"},
		},
		"time of a try": {
			"request_timeout_seconds = 1\n  retry_timeout_seconds = 0",
			mock.Fault{Action: mock.FaultDelay, DelayMilliseconds: 20_000},
			[]string{"No answer from SignPath", "attempt timed out after 1s", "raise request_timeout_seconds"},
		},
		"a proxy": {`proxy_url = "build:s3cret@PROXY"`, mock.Fault{}, []string{"Refused by the proxy", "407 Proxy Authentication Required", "Set proxy_url"}},
		"a closed proxy": {
			"retry_timeout_seconds = 0\n  proxy_url = \"build:s3cret@127.0.0.1:1\"",
			mock.Fault{},
			[]string{"No answer from SignPath", "proxyconnect", "The proxy could not be reached. Check proxy_url"},
		},
		"a rate of turns": {
			"max_requests_per_second = 0.01\n  retry_timeout_seconds = 2",
			mock.Fault{},
			[]string{"No answer from SignPath", "max_requests_per_second leaves no turn"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.inject(c.fault)
			settings := strings.ReplaceAll(c.settings, "PROXY", forbiddingProxy(t))
			step := resource.TestStep{Config: org.with("  "+settings+"\n"+org.tokenSetting(), readMe+"\ndata \"signpath_projects\" \"all\" {}\n")}
			if c.want != nil {
				step.ExpectError = says(c.want...)
			}
			org.run(nil, step)
		})
	}
}

// forbiddingProxy returns the address of a proxy that wants other credentials.
func forbiddingProxy(t *testing.T) string {
	t.Helper()
	open := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	t.Cleanup(open.Close)
	return open.Listener.Addr().String()
}

func TestUserAgent(t *testing.T) {
	t.Setenv("TF_APPEND_USER_AGENT", " acme-pipeline/7\r\n stage/apply ")
	org := newOrganization(t)
	var mu sync.Mutex
	agents := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		agents[r.UserAgent()] = true
		mu.Unlock()
		org.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	org.URL = server.URL + "/Api"
	org.runOn(signpathtest.Providers, nil, resource.TestStep{Config: org.config(readMe)})
	if len(agents) != 1 {
		t.Fatalf("the user agents are %v", agents)
	}
	want := says("terraform-provider-signpath/test (+https://github.com/signpath-community/terraform-provider-signpath) Terraform/1.",
		" acme-pipeline/7 stage/apply")
	for agent := range agents {
		if !want.MatchString(agent) {
			t.Errorf("the user agent is %q", agent)
		}
	}
}

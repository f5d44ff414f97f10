package mock_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestAuthentication(t *testing.T) {
	c := startDemo(t)
	inactive := c.as("user:qa.lead@example.com")
	c.must(c.server.Administrator("").SetActive("user:qa.lead@example.com", false))
	tests := map[string]struct{ authorization, detail string }{
		"none":          {"", "has no API token"},
		"empty":         {"Bearer ", "has no API token"},
		"other scheme":  {"Basic " + demoToken, "has no API token"},
		"wrong":         {"Bearer nonsense", "is not valid"},
		"composite":     {"Bearer " + demoToken + ":trusted", "is not valid"},
		"inactive user": {"Bearer " + inactive.token, "'QA Lead' of the API token is not active"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := c.in(t)
			request := c.request(http.MethodGet, "/Projects", nil)
			request.Header.Del("Authorization")
			if test.authorization != "" {
				request.Header.Set("Authorization", test.authorization)
			}
			answer, err := c.do(request)
			c.must(err)
			answer.refused(http.StatusUnauthorized, "-", test.detail)
			if strings.Contains(answer.body, demoToken) || strings.Contains(answer.body, inactive.token) {
				t.Error("the answer repeats the token")
			}
		})
	}
}

func TestProblemDetails(t *testing.T) {
	c := startDemo(t)
	answer := c.get("/Projects/nowhere").expect(http.StatusForbidden)
	equal(t, "content type", answer.header.Get("Content-Type"), "application/problem+json")
	details := answer.problem()
	equal(t, "status", details.Status, http.StatusForbidden)
	equal(t, "title", details.Title, "Forbidden")
	if !strings.Contains(details.Detail, "nowhere") || !strings.HasPrefix(details.Type, "https://tools.ietf.org/html/rfc9110#") {
		t.Errorf("detail or type: %s", answer.body)
	}
	if !regexp.MustCompile(`^00-[0-9a-f]{32}-[0-9a-f]{16}-00$`).MatchString(details.TraceID) {
		t.Errorf("trace id %q", details.TraceID)
	}
	if details.TraceID == c.get("/Projects/nowhere").problem().TraceID {
		t.Error("two problems share a trace id")
	}
}

func TestRouting(t *testing.T) {
	c := startDemo(t)
	organization := "/v1/" + demoOrganization
	tests := []struct {
		method, path string
		status       int
	}{
		{"GET", "/Api" + organization + "/Projects", 200},
		{"GET", "/API" + organization + "/projects", 200},
		{"GET", "/api/V1/" + strings.ToUpper(demoOrganization) + "/PROJECTS/project-a", 200},
		{"GET", "/Api" + organization + "/Projects/", 200},
		{"GET", "/Api" + organization + "/Projects/PROJECT-A", 403},
		{"GET", "/Api" + organization + "/ciusers/ME", 200},
		{"GET", "/Api/v1/11111111-1111-1111-1111-111111111111/Projects", 403},
		{"GET", "/Api/v1-pre/" + demoOrganization + "/AuditLog/Events", 200},
		{"GET", "/Api/v1-pre/" + demoOrganization + "/Projects", 404},
		{"GET", "/Api" + organization + "/AuditLog/Events", 404},
		{"GET", "/Api" + organization + "/Nowhere", 404},
		{"GET", "/Api" + organization, 404},
		{"GET", "/elsewhere", 404},
		{"DELETE", "/Api" + organization + "/UserGroups", 405},
		{"PATCH", "/Api" + organization + "/Projects/project-a/Edit", 405},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			c := c.in(t)
			answer, err := c.do(c.request(test.method, c.root+test.path, nil))
			c.must(err)
			answer.expect(test.status)
		})
	}
	answer, err := c.do(c.request("PUT", "/UserGroups", nil))
	c.must(err)
	equal(t, "Allow", answer.header.Get("Allow"), "GET, POST")
}

func TestSystemInfoNeedsNoToken(t *testing.T) {
	c := startDemo(t)
	c.token = ""
	info := c.get(c.root + "/Api/v1/Meta/SystemInfo").ok().object()
	equal(t, "version", info["applicationVersion"], "1.220.0")
	equal(t, "UI", info["uiBaseUrl"], c.root)
}

func TestOrganization(t *testing.T) {
	clock := func() time.Time { return time.Date(2026, time.May, 4, 0, 0, 0, 0, time.UTC) }
	c := startDemo(t, mock.WithClock(clock))
	organization := c.as("user:outsider@example.com").get("/Organization").ok().object()
	equal(t, "organization", organization, map[string]any{
		"id":                                    demoOrganization,
		"name":                                  "Example Organization",
		"yearlyMaxSizeOfArtifactsInBytes":       107374182400,
		"yearlyMaxNumberOfIndividualSignatures": 10000,
		"quotaPeriodStart":                      "2026-01-01T00:00:00Z",
		"quotaPeriodEnd":                        "2027-01-01T00:00:00Z",
	})
}

func TestMediaTypes(t *testing.T) {
	c := startDemo(t)
	reinvite := "/InteractiveUsers/" + c.id("user:outsider@example.com") + "/Reinvite"
	tests := map[string]struct {
		contentType, accept, body string
		status                    int
	}{
		"JSON":            {"application/json; charset=utf-8", "application/json", "{}", 200},
		"text JSON":       {"text/json", "", "{}", 200},
		"patch":           {"application/merge-patch+json", "", "{}", 200},
		"no body":         {"", "", "", 200},
		"any answer":      {"application/json", "text/html, */*;q=0.1", "{}", 200},
		"no content type": {"", "", "{}", 415},
		"form":            {"application/x-www-form-urlencoded", "", "a=b", 415},
		"XML answer":      {"application/json", "application/xml", "{}", 406},
		"no object":       {"application/json", "", "[]", 400},
		"no JSON":         {"application/json", "", "{", 400},
		"XML":             {"application/xml", "", "{}", 415},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := c.in(t)
			request := c.request(http.MethodPost, reinvite, strings.NewReader(test.body))
			request.Header.Set("Content-Type", test.contentType)
			request.Header.Set("Accept", test.accept)
			answer, err := c.do(request)
			c.must(err)
			answer.expect(test.status)
		})
	}
}

func TestListenRefusesOtherInterfaces(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0"} {
		if listener, err := mock.Listen(address); err == nil {
			t.Errorf("%s: listens on %s", address, listener.Addr())
		}
	}
}

func TestServeRefusesOtherInterfaces(t *testing.T) {
	server, err := mock.New(mock.DemoSeed())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Serve(t.Context(), listener); err == nil || !strings.Contains(err.Error(), "not a loopback address") {
		t.Errorf("error %v", err)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	server, err := mock.New(mock.DemoSeed())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := mock.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx, listener) }()
	c := client{t, server, "http://" + listener.Addr().String(), demoToken}
	c.get("/Organization").ok()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestLatencyIsForTheAPIOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const latency = time.Second
		server, err := mock.New(mock.DemoSeed(), mock.WithLatency(latency))
		if err != nil {
			t.Fatal(err)
		}
		c := client{t, server, "http://signpath.example.com", demoToken}
		took := func(path string) time.Duration {
			start, answer := time.Now(), httptest.NewRecorder()
			server.ServeHTTP(answer, c.request(http.MethodGet, path, http.NoBody))
			if answer.Code != http.StatusOK {
				t.Errorf("%s answered %d", path, answer.Code)
			}
			return time.Since(start)
		}
		if fast := took(c.root + "/_mock/stats"); fast > 0 {
			t.Errorf("a control endpoint took %s", fast)
		}
		if slow := took("/Organization"); slow != latency {
			t.Errorf("an API request took %s", slow)
		}
		server.SetLatency(0)
		if fast := took("/Organization"); fast > 0 {
			t.Errorf("an API request without latency took %s", fast)
		}
	})
}

func TestConnectionsAndConcurrency(t *testing.T) {
	c := startDemo(t, mock.WithLatency(400*time.Millisecond))
	transport := &http.Transport{MaxConnsPerHost: 3}
	t.Cleanup(transport.CloseIdleConnections)
	ended := make(chan error)
	for range 6 {
		request := c.request(http.MethodGet, "/Organization", nil)
		go func() {
			response, err := transport.RoundTrip(request)
			if err == nil {
				_, readErr := io.Copy(io.Discard, response.Body)
				err = errors.Join(readErr, response.Body.Close())
			}
			ended <- err
		}()
	}
	for range 6 {
		c.must(<-ended)
	}
	if count := c.server.Connections(); count < 1 || count > 3 {
		t.Errorf("%d connections, want 1 to 3", count)
	}
	if count := c.server.MaxConcurrentRequests(); count < 2 || count > 3 {
		t.Errorf("%d concurrent requests, want 2 or 3", count)
	}
}

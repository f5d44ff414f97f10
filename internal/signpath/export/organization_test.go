package export_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/export"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
)

// server is a mock organization that is being served.
type server struct {
	*mock.Server
	url string
}

func start(t *testing.T, s *mock.Server) server {
	t.Helper()
	url, stop, err := s.Start()
	must(t, err)
	t.Cleanup(stop)
	return server{s, url + "/Api"}
}

func (s server) client(t *testing.T, token string) *api.Client {
	t.Helper()
	client, err := api.New(api.Config{
		OrganizationID: s.OrganizationID(), Config: httpapi.Config{URL: s.url, Secret: token}, Mapping: mappingtest.File(t, s.Mapping()),
	})
	must(t, err)
	return client
}

// exported reads the organization and makes files of it, as if it were served
// under the default URL.
func (s server) exported(t *testing.T) map[string][]byte {
	t.Helper()
	organization, err := survey.ReadStrictly(t.Context(), s.client(t, token), nil)
	must(t, err)
	organization.URL = api.DefaultURL
	return export.Generate(organization, export.Options{}).Files
}

func expectSame(t *testing.T, got, want map[string][]byte) {
	t.Helper()
	for name, content := range want {
		if !bytes.Equal(got[name], content) {
			t.Errorf("%s differs:\n%s\nwant\n%s", name, got[name], content)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

func TestSameOrganizationSameBytes(t *testing.T) {
	want := start(t, newServer(t, largeSeed())).exported(t)
	if len(want) != largeProjects+4 {
		t.Errorf("%d files", len(want))
	}
	expectSame(t, start(t, newServer(t, shuffled(largeSeed()))).exported(t), want)
}

func TestEveryDialectGivesTheSameBytes(t *testing.T) {
	want := start(t, newServer(t, largeSeed())).exported(t)
	for _, name := range []string{"wrapped-lists", "summary-lists", "member-objects", "foreign-links"} {
		t.Run(name, func(t *testing.T) {
			dialect, err := mock.ParseDialect(name)
			must(t, err)
			expectSame(t, start(t, newServer(t, largeSeed(), mock.WithDialect(dialect))).exported(t), want)
		})
	}
}

// counter checks that a progress reaches its end.
type counter struct{ expected, done int }

func (c *counter) Expect(objects int) { c.expected += objects }
func (c *counter) Done()              { c.done++ }

func TestRequestsAndProgress(t *testing.T) {
	s := start(t, newServer(t, largeSeed()))
	var progress counter
	_, err := survey.ReadStrictly(t.Context(), s.client(t, token), &progress)
	must(t, err)
	if got := s.CountRequests(); got > largeBudget {
		t.Errorf("%d requests, more than %d", got, largeBudget)
	}
	if others := s.CountRequests("POST *"); others != 0 {
		t.Errorf("%d requests that do not only read", others)
	}
	if progress.done != progress.expected || progress.done < largeGroups+largeProjects+largePolicies {
		t.Errorf("progress %+v", progress)
	}
}

func TestReadFails(t *testing.T) {
	for name, fault := range map[string]mock.Fault{
		"a project that is refused":          {Route: "GET /Projects/a.b", Action: mock.FaultAnswer, Status: http.StatusForbidden},
		"a project without signing policies": {Route: "GET /Projects/a.b", Action: mock.FaultHideProperties, Properties: []string{"signingPolicies"}},
		"a signing policy without its lists": {
			Route: "GET /Projects/a.b/SigningPolicies/policy-1", Action: mock.FaultHideProperties, Properties: []string{"approvers"},
		},
		"signing policies that have no slugs": {
			Route: "GET /Projects/a.b", Action: mock.FaultMalformedBody,
			Body: `{"slug": "a.b", "name": "A", "readers": [], "configurators": [], "signingPolicies": [{"name": "x"}]}`,
		},
		"users without roles": {Route: "GET /InteractiveUsers*", Action: mock.FaultHideProperties, Properties: []string{"role"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, newServer(t, largeSeed()))
			must(t, s.Inject(fault))
			_, err := survey.ReadStrictly(t.Context(), s.client(t, token), nil)
			var answer *httpapi.Error
			if !errors.As(err, &answer) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestReadIsInterrupted(t *testing.T) {
	s := start(t, newServer(t, largeSeed()))
	ctx, cancel := context.WithCancel(t.Context())
	must(t, s.Inject(mock.Fault{Route: "GET /Projects/a.b", Before: cancel}))
	if _, err := survey.ReadStrictly(ctx, s.client(t, token), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := s.CountRequests("GET /Projects/{project}/SigningPolicies/{policy}"); got != 0 {
		t.Errorf("%d requests after the interruption", got)
	}
}

func TestGenerateTwice(t *testing.T) {
	s := start(t, newServer(t, largeSeed()))
	if first, second := s.exported(t), s.exported(t); !maps.EqualFunc(first, second, bytes.Equal) {
		t.Error("two exports of one organization differ")
	}
}

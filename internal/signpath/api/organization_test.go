package api_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/wire"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// demoToken is the token in the mock server's demo seed. It has the characters
// of base64 that JSON encoders like to escape.
const demoToken = "bW9jay10b2tlbi1vbmx5LWZvci1kZW1vLW5vLXZhbHU="

const (
	officer  = "user:security.officer@example.com"
	lead     = "user:dev.lead@example.com"
	manager  = "user:release.manager@example.com"
	outsider = "user:outsider@example.com"
	managers = "group:Release Managers"
	builder  = "ci_user:acme-release"
	ownUser  = "ci_user:terraform"

	releaseA = "policy:project-a/release-signing"
	releaseB = "policy:project-b/release-signing"

	policyRoute = "GET /Projects/{project}/SigningPolicies/{policy}"
	editRoute   = "POST /Projects/{project}/SigningPolicies/{policy}/Edit"
)

// organization is a mock server, and a client of it.
type organization struct {
	*mock.Server
	*wire.Wire
	t      testing.TB
	config api.Config
	client *api.Client
}

// seed is the demonstration organization with one more CI user.
func seed() mock.Seed {
	seed := mock.DemoSeed()
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "acme-release", NotificationEmail: "build@example.com"})
	return seed
}

// listen starts an organization on the loopback interface.
func listen(t testing.TB, options ...mock.Option) *organization {
	t.Helper()
	return listenWith(t, seed(), options...)
}

func listenWith(t testing.TB, seed mock.Seed, options ...mock.Option) *organization {
	t.Helper()
	o := newOrganization(t, seed, options)
	url, stop, err := o.Start()
	o.must(err)
	t.Cleanup(stop)
	o.config.URL = url + "/Api"
	o.restart()
	return o
}

// inProcess makes an organization that is called without a network: for tests
// in which time is not real, and for those that look at single answers.
func inProcess(t testing.TB, options ...mock.Option) *organization {
	t.Helper()
	return inProcessWith(t, seed(), options...)
}

func inProcessWith(t testing.TB, seed mock.Seed, options ...mock.Option) *organization {
	t.Helper()
	o := newOrganization(t, seed, options)
	o.config.Transport = o.Wire
	o.restart()
	return o
}

func newOrganization(t testing.TB, seed mock.Seed, options []mock.Option) *organization {
	t.Helper()
	server, err := mock.New(seed, append([]mock.Option{judged(t)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return &organization{
		Server: server, t: t, Wire: &wire.Wire{Handler: server},
		config: api.Config{
			Config:         httpapi.Config{URL: "http://127.0.0.1:9/Api", Secret: demoToken, UserAgent: "test"},
			OrganizationID: server.OrganizationID(),
			// What the server's own document says is the matter of negotiation_test.go.
			Contract: api.ContractAssumed,
			Mapping:  mappingtest.File(t, server.Mapping()),
		},
	}
}

// restart makes a new client, as a new run does.
func (o *organization) restart() {
	o.t.Helper()
	o.client = o.another()
}

func (o *organization) another() *api.Client {
	o.t.Helper()
	client, err := api.New(o.config)
	o.must(err)
	return client
}

// as makes the client that of another user.
func (o *organization) as(reference string) {
	o.t.Helper()
	token, err := o.Administrator("").IssueToken(reference)
	o.must(err)
	o.config.Secret = token
	o.restart()
}

func (o *organization) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// check is must for goroutines, which cannot end the test.
func (o *organization) check(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Error(err)
	}
}

func (o *organization) id(reference string) string {
	o.t.Helper()
	id, err := o.ID(reference)
	o.must(err)
	return id
}

func (o *organization) ids(references ...string) []string {
	o.t.Helper()
	ids := make([]string, len(references))
	for i, reference := range references {
		ids[i] = o.id(reference)
	}
	return ids
}

func (o *organization) inject(fault mock.Fault) {
	o.t.Helper()
	o.must(o.Inject(fault))
}

func (o *organization) expectMembers(owner, list string, want ...string) {
	o.t.Helper()
	got, err := o.Members(owner, list)
	o.must(err)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		o.t.Errorf("the %s of %s are %q, want %q", list, owner, got, want)
	}
}

func (o *organization) expectRequests(want int, routes ...string) {
	o.t.Helper()
	if got := o.CountRequests(routes...); got != want {
		o.t.Errorf("%d requests %q, want %d", got, routes, want)
	}
}

// change adds members to the approvers of a policy.
func (o *organization) approve(policy string, add ...string) (api.Warnings, error) {
	o.t.Helper()
	return o.client.ChangeMembers(o.t.Context(), approvers(policy), o.ids(add...), nil)
}

// approvers is the list of approvers of "policy:PROJECT/POLICY".
func approvers(policy string) api.Target { return target(vocabulary.Approvers, policy) }

func target(list vocabulary.List, owner string) api.Target {
	_, path, _ := strings.Cut(owner, ":")
	project, policy, _ := strings.Cut(path, "/")
	return api.Target{List: list, Project: project, Policy: policy}
}

func reference(t testing.TB, text string) access.Reference {
	t.Helper()
	r, err := access.ParseReference(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// expectError checks that err is there and has all the words, and never the
// token.
func expectError(t testing.TB, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("there is no error; want one with %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error lacks %q: %v", word, err)
		}
	}
	if strings.Contains(err.Error(), demoToken) {
		t.Errorf("the error has the token: %v", err)
	}
}

// answered returns the error as SignPath's answer.
func answered(t testing.TB, err error) *httpapi.Error {
	t.Helper()
	var failure *httpapi.Error
	if !errors.As(err, &failure) {
		t.Fatalf("the error is no answer: %v", err)
	}
	return failure
}

// inFakeTime runs a test in which waiting takes no time, and lets what the client
// has begun come to its end.
func inFakeTime(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(time.Hour)
		test(t)
	})
}

// notify is the setting of where notifications go.
func notify(email string) map[string]string { return map[string]string{"notification_email": email} }

func ptr[T any](value T) *T { return &value }

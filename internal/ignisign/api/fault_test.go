package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// A remoteCall is one use of the client and the one route of it that something happens to.
type remoteCall struct {
	name, route string
	// writes is true where the answer does not matter as long as the list shows what was done.
	writes bool
	// once is true for what is never sent again. With writes, what it did is looked for.
	once   bool
	change func(*api.Config)
	do     func(context.Context, *server, *api.Client) error
}

func remoteCalls() []remoteCall {
	reading := func(isRight bool, got any, err error) error {
		if err == nil && !isRight {
			return fmt.Errorf("got %+v", got)
		}
		return err
	}
	list := func(ctx context.Context, _ *server, c *api.Client) error {
		got, err := c.Invitations(ctx)
		return reading(len(got) == 3, got, err)
	}
	return []remoteCall{
		{name: "token", route: "POST /v4/auth/app-api", change: withOldKey, do: list},
		{name: "Application", route: "GET /v4/applications/" + appID + "/context", do: func(ctx context.Context, _ *server, c *api.Client) error {
			got, err := c.Application(ctx)
			return reading(got.Name == "Contracts", got, err)
		}},
		{name: "version", route: "GET /v4/applications/" + appID + "/context", change: byVersion(api.VersionAuto), do: list},
		{name: "Invitations", route: "GET /v4" + invitationsPath, do: list},
		{name: "Invite", route: "POST /v4" + invitationsPath, writes: true, once: true, do: func(ctx context.Context, _ *server, c *api.Client) error {
			got, err := c.Invite(ctx, api.NewInvitation{Email: "new@example.com", Roles: wantedRoles})
			return reading(got.ID != "", got, err)
		}},
		{name: "Edit", route: "PUT /v4" + invitationsPath + "/" + pendingID, writes: true, do: func(ctx context.Context, _ *server, c *api.Client) error {
			got, err := c.Edit(ctx, pendingID, wantedRoles)
			return reading(got.Roles.Equal(wantedRoles), got, err)
		}},
		{name: "Cancel", route: "DELETE /v4" + invitationsPath + "/" + pendingID, writes: true, do: func(ctx context.Context, s *server, c *api.Client) error {
			err := c.Cancel(ctx, pendingID)
			return reading(s.find(pendingID)["status"] == "CANCELED", s.invitations, err)
		}},
		{name: "Resend", route: "POST /v4" + invitationsPath + "/" + pendingID + "/resend", once: true, do: doResend},
		{name: "Webhooks", route: "GET /v4/applications/" + appID + "/envs/PRODUCTION/webhooks", do: func(ctx context.Context, _ *server, c *api.Client) error {
			got, err := c.Webhooks(ctx, "PRODUCTION")
			return reading(len(got) == 1, got, err)
		}},
		{name: "Events", route: "GET /v4/webhooks/" + webhookID + "/events", do: func(ctx context.Context, _ *server, c *api.Client) error {
			got, err := c.Events(ctx, webhookID, time.Time{})
			return reading(len(got.Events) == 5 && got.IsComplete(), got, err)
		}},
	}
}

func doResend(ctx context.Context, _ *server, c *api.Client) error { return c.Resend(ctx, pendingID) }

// TestRemoteCalls does every remote call with every fault of the kit's table: it gets over it, or says
// what happened; no mail is sent twice, and no secret is told. Time is not real in it.
func TestRemoteCalls(t *testing.T) {
	for _, call := range remoteCalls() {
		for _, fault := range testkit.FaultCases() {
			t.Run(call.name+", "+fault.Name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { testFault(t, call, fault) })
			})
		}
	}
}

func testFault(t *testing.T, call remoteCall, fault testkit.FaultCase) {
	s := newServer(t)
	if fault.Headers["Retry-After"] != "" && !strings.HasPrefix(fault.Headers["Retry-After"], "1") {
		fault.Headers = map[string]string{"Retry-After": time.Now().Add(7 * time.Second).UTC().Format(http.TimeFormat)}
	}
	s.fault, s.route = &fault, call.route
	change := call.change
	if change == nil {
		change = byVersion(api.Version4)
	}
	var lines []string
	client := s.client(change, func(c *api.Config) {
		c.Log = func(_ context.Context, message string, fields map[string]any) {
			lines = append(lines, fmt.Sprint(message, fields))
		}
		c.Trace, c.Warn = c.Log, c.Log
	})
	err := call.do(t.Context(), s, client)
	log := strings.Join(lines, "\n")
	for _, hidden := range []string{secret, "client-secret", "header0."} {
		if log == "" || strings.Contains(log, hidden) {
			t.Errorf("%q in the log: %s", hidden, log)
		}
	}

	succeeds := fault.Overcome
	switch {
	case call.writes && fault.Acts:
		succeeds = true
	case call.once && !fault.CertainlyNotActed():
		succeeds = false
	}
	if call.name == "Resend" && fault.Acts {
		succeeds = false
	}
	if succeeds != (err == nil) {
		t.Fatalf("succeeds %t: %v", succeeds, err)
	}
	if err != nil {
		expectFailure(t, call, fault, err)
	}
	sent := s.count(call.route)
	if call.once && sent != 1 && !fault.CertainlyNotActed() || len(s.mails) > 1 {
		t.Errorf("%d requests, mails to %q", sent, s.mails)
	}
	if err != nil && !call.once {
		// Nothing of a failure is kept, but that a key is refused.
		s.fault = nil
		if err := call.do(t.Context(), s, client); err != nil && (call.name != "token" || !httpapi.IsRefusal(err)) {
			t.Errorf("it fails also with the fault over: %v", err)
		}
	}
}

func expectFailure(t *testing.T, call remoteCall, fault testkit.FaultCase, err error) {
	t.Helper()
	var failed *httpapi.Error
	if !errors.As(err, &failed) || failed.Status != fault.Status && fault.Status != 0 && fault.Status != http.StatusOK {
		t.Errorf("got %v", err)
	}
	var unclear *api.UnclearError
	isRefused := fault.Status >= 400 && fault.Status < 500
	if errors.As(err, &unclear) != (call.once && !isRefused) {
		t.Errorf("it is unclear: %t, %v", unclear != nil, err)
	}
	if fault.Kind == testkit.FaultAnswer && fault.Status >= 400 && call.name != "token" && !strings.Contains(err.Error(), testkit.FaultReason) {
		t.Errorf("the reason is missing: %v", err)
	}
	if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "client-secret") {
		t.Errorf("a secret is told: %v", err)
	}
}

// TestOldKey: an old key is exchanged by the version that is asked, once for all requests, and again
// if the token is refused; the key itself is sent to nothing else.
func TestOldKey(t *testing.T) {
	for _, version := range []api.Version{api.Version3, api.Version4} {
		s := newServer(t)
		c := s.client(withOldKey, byVersion(version))
		exchange := "POST /" + string(version) + "/auth/app-api"
		for range 3 {
			if _, err := c.InvitationsNow(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if s.count(exchange) != 1 {
			t.Errorf("%d exchanges", s.count(exchange))
		}
		s.tokens = []string{"revoked"}
		if _, err := c.InvitationsNow(t.Context()); err != nil || s.count(exchange) != 2 {
			t.Errorf("%d exchanges, %v", s.count(exchange), err)
		}
	}
}

// TestOldKeyRefused: that a key is refused is told with the server's code, and without the key.
func TestOldKeyRefused(t *testing.T) {
	s := newServer(t)
	_, err := s.client(withOldKey, func(c *api.Config) { c.AppSecret += "x" }).Invitations(t.Context())
	var failed *httpapi.Error
	if !errors.As(err, &failed) || failed.Status != http.StatusUnauthorized || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v", err)
	}
	summary, advice := failed.Explain(httpapi.Audience{Spell: httpapi.Field.String, Run: "it"})
	if summary != "IgniSign refused the old API key" || !strings.Contains(advice, "app_secret") {
		t.Errorf("got %q, %q", summary, advice)
	}
}

// TestNoInvitationWithoutToken: where no token is given for an old key, nothing was sent, and that is
// what the error says.
func TestNoInvitationWithoutToken(t *testing.T) {
	s := newServer(t)
	c := s.client(withOldKey, byVersion(api.Version4))
	if _, err := c.Invitations(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.Method == http.MethodPost && r.URL.Path == "/v4"+invitationsPath:
			refuse(w, http.StatusUnauthorized, "OUTDATED_AUTH_JWT_TOKEN")
		case r.URL.Path == "/v4/auth/app-api":
			return answerText(w, http.StatusInternalServerError, "{}")
		default:
			return false
		}
		return true
	}
	_, err := c.Invite(t.Context(), api.NewInvitation{Email: "new@example.com", Roles: wantedRoles})
	var unclear *api.UnclearError
	if err == nil || errors.As(err, &unclear) || len(s.mails) > 0 {
		t.Errorf("got %v", err)
	}
}

package api_test

import (
	"errors"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A token that may not read the audit log, and an installation that does not have
// it, cannot be told apart; the error names both and quotes SignPath.
func TestAuditLogThatCannotBeHad(t *testing.T) {
	for status, words := range map[int]string{403: "403 Forbidden", 404: "404 Not Found"} {
		o := inProcess(t)
		o.inject(mock.Fault{Route: "GET /AuditLog/Events", Action: mock.FaultAnswer, Status: status})
		_, err := o.client.AuditEvents(t.Context())
		var unavailable *api.AuditLogError
		if !errors.As(err, &unavailable) {
			t.Errorf("got %#v", err)
		}
		expectError(t, err, "may not read the audit log", "does not have it", "v1-pre", "preview", words)
	}
	o := inProcess(t)
	o.as(outsider)
	_, err := o.client.AuditEvents(t.Context())
	expectError(t, err, "may not read the audit log", "The user 'Outsider' needs the role Global Administrator or Global Reader")
}

// What a client writes is in the log that it then reads.
func TestAuditLogIsReadAnew(t *testing.T) {
	o := inProcess(t)
	for want := range 3 {
		log, err := o.client.AuditEvents(t.Context())
		if err != nil || len(log.Events) != want {
			t.Errorf("got %d events, %v; want %d", len(log.Events), err, want)
		}
		_, err = o.approve(releaseA, []string{outsider, lead, manager}[want])
		o.must(err)
	}
}

// Before 1.132.0 the actor was the user (documented); that of the time is one of
// several plausible names.
func TestAuditLogUnderOtherNames(t *testing.T) {
	dialect, err := mock.ParseDialect("rename=actor:user", "rename=time:timestamp", "text-actors")
	if err != nil {
		t.Fatal(err)
	}
	o := inProcess(t, mock.WithDialect(dialect), judgedIn(t, dialect))
	approveOutsider(o)
	o.must(doAuditEvents(t.Context(), o))
	if log, err := o.client.AuditEvents(t.Context()); err != nil || !log.Events[0].Time.Equal(o.Events()[0].Time) {
		t.Errorf("got %+v, %v", log, err)
	}
}

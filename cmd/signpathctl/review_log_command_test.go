package main

import (
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// runLog runs `review log`.
func runLog(t *testing.T, arguments ...string) (output string, err error) {
	t.Helper()
	var stdout, stderr strings.Builder
	command := newRootCommand()
	command.SetOut(&stdout)
	command.SetErr(&stderr)
	command.SetArgs(append([]string{"review", "log"}, arguments...))
	err = command.ExecuteContext(t.Context())
	return stdout.String(), err
}

func TestReviewLogFormats(t *testing.T) {
	server := organizationToExport(t)
	outsiderApproves(t, server)
	for _, format := range report.Formats() {
		output, err := runLog(t, "--format", string(format))
		if err != nil || !strings.Contains(output, "user:outsider@example.com was added to the approvers of project-a/release-signing") {
			t.Errorf("%s: %v, %s", format, err, output)
		}
	}
}

// TestReviewLogOfAPart writes what there is, and fails.
func TestReviewLogOfAPart(t *testing.T) {
	server := organizationToExport(t)
	tellLittle(t, server)
	output, err := runLog(t, "--from", "2026-06-15T09:30:00Z", "--to", "2026-06-15")
	if err != nil || !strings.Contains(output, `1 × "SigningPolicy.MemberAdded"`) {
		t.Errorf("got %v, %s", err, output) // What is missing is earlier than the period.
	}
	server.ClearFaults()
	part := mock.Fault{Route: "GET /AuditLog/Events", Action: mock.FaultMalformedBody, Body: `{"events": [], "nextLink": "x"}`}
	if err := server.Inject(part); err != nil {
		t.Fatal(err)
	}
	if output, err = runLog(t); err == nil || !strings.Contains(output, "INCOMPLETE") || !strings.Contains(err.Error(), "not all of the period") {
		t.Errorf("got %v, %s", err, output)
	}
	server.ClearFaults()
	if err := server.Inject(mock.Fault{Route: "GET /AuditLog/Events", Action: mock.FaultAnswer, Status: 403}); err != nil {
		t.Fatal(err)
	}
	if output, err = runLog(t); err == nil || output != "" || !strings.Contains(err.Error(), "may not read the audit log") {
		t.Errorf("got %v, %s", err, output)
	}
}

func TestReviewLogReadsNothingForWrongFlags(t *testing.T) {
	server := organizationToExport(t)
	for want, arguments := range map[string][]string{
		"--format is":         {"--format", "pdf"},
		"--from is":           {"--from", "yesterday"},
		"--to is":             {"--to", "2026-13-01"},
		"is empty":            {"--from", "2026-03-02", "--to", "2026-03-01"},
		"--member: ":          {"--member", "dev.lead"},
		"--applied-by: ":      {"--applied-by", "x"},
		"no command \"2026\"": {"2026"},
	} {
		output, err := runLog(t, arguments...)
		if err == nil || output != "" || !strings.Contains(err.Error(), want) && want != "no command \"2026\"" {
			t.Errorf("%q: %v, %q", arguments, err, output)
		}
		if got := server.CountRequests(); got != 0 {
			t.Errorf("%q sent %d requests", arguments, got)
		}
	}
}

func TestPeriod(t *testing.T) {
	at := time.Date(2026, 3, 31, 14, 2, 30, 0, time.FixedZone("", 2*60*60))
	open := time.Time{}.Format(time.RFC3339)
	for _, test := range []struct{ from, to, begin, end string }{
		{"", "", open, open},
		{"2026-01-01", "", "2026-01-01T00:00:00Z", open},
		{"2026-01-01", "2026-03-30", "2026-01-01T00:00:00Z", "2026-03-31T00:00:00Z"},
		{"", "2026-01-31", open, "2026-02-01T00:00:00Z"},
		{"2026-01-01T12:00:00+02:00", "2026-01-01T11:00:00.5Z", "2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"},
	} {
		begin, end, err := period(test.from, test.to, at)
		if err != nil || begin.Format(time.RFC3339) != test.begin || end.Format(time.RFC3339) != test.end {
			t.Errorf("%q to %q: from %s until %s, %v", test.from, test.to, begin, end, err)
		}
	}
	if _, _, err := period("2026-03-31T12:02:31Z", "", at); err == nil || !strings.Contains(err.Error(), "not over yet") {
		t.Errorf("of a period that has not come: %v", err)
	}
}

// TestReviewLogIsSealed names the period: a report of a quiet week is none of the quarter.
func TestReviewLogIsSealed(t *testing.T) {
	organizationToExport(t)
	private, public := keyFiles(t, 1)
	output, err := runLog(t, "--format", "json", "--from", "2026-06-01", "--to", "2026-06-10", "--member", "user:outsider@example.com", "--seal", private)
	if err == nil || output == "" { // The log began with this test.
		t.Fatal("of a time before the log begins, it is fine")
	}
	sealed := saved(t, "log.sealed", output)
	verify := func(filters ...string) (string, error) {
		arguments := []string{"review", "verify", sealed, "--key", public}
		for _, filter := range filters {
			arguments = append(arguments, "--expect-filters", filter)
		}
		return execute(t, arguments...)
	}
	told, err := verify("from=2026-06-01T00:00:00Z", "to=2026-06-11T00:00:00Z", "members=user:outsider@example.com")
	if err != nil || !strings.Contains(told, "log_review") {
		t.Errorf("%v\n%s", err, told)
	}
	if _, err := execute(t, "review", "verify", sealed, "--key", public, "--complete"); err == nil || !strings.Contains(err.Error(), "incomplete") {
		t.Errorf("a log of a time before it begins is complete: %v", err)
	}
	for _, filters := range [][]string{{"none"}, {"from=2026-06-01T00:00:00Z", "to=2026-07-01T00:00:00Z", "members=user:outsider@example.com"}} {
		if _, err := verify(filters...); err == nil || !strings.Contains(err.Error(), "was expected to show") {
			t.Errorf("%q: %v", filters, err)
		}
	}
}

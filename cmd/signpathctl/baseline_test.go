package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recordedBaselines has what terraform show -json printed of plans with both providers.
const recordedBaselines = "testdata/baselines/"

// said runs a command, and returns what it prints and how it ends.
func said(t *testing.T, stdin string, arguments ...string) (string, error) {
	t.Helper()
	var output strings.Builder
	root := newRootCommand()
	root.SetArgs(arguments)
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&output)
	root.SetErr(&strings.Builder{})
	err := root.ExecuteContext(t.Context())
	return output.String(), err
}

// TestBaselineOutputsAreAsBefore compares with the golden files. -update writes them.
func TestBaselineOutputsAreAsBefore(t *testing.T) {
	fixed(t)
	mixed, live := mixedPlan(t), withLiveReview(t, "warn", []any{"Signicat does not tell whether account:ci is a sandbox."})
	for name, arguments := range map[string][]string{
		"plan.txt":        {"review", "plan", recordedBaselines + "change.json"},
		"plan.md":         {"review", "plan", recordedBaselines + "change.json", "--format", "markdown"},
		"plan.sarif":      {"review", "plan", recordedBaselines + "change.json", "--format", "sarif"},
		"create.txt":      {"review", "plan", recordedBaselines + "create.json"},
		"destroy.txt":     {"review", "plan", recordedBaselines + "destroy.json"},
		"mixed.txt":       {"review", "plan", mixed},
		"drift.txt":       {"review", "drift", recordedBaselines + "refresh.json"},
		"drift.md":        {"review", "drift", recordedBaselines + "refresh.json", "--format", "markdown"},
		"inviting.txt":    {"review", "plan", invitingPlan(t)},
		"live.txt":        {"review", "drift", live},
		"errored.txt":     {"review", "plan", erroredPlan(t)},
		"no_baseline.md":  {"review", "drift", withoutBaseline(t), "--format", "markdown"},
		"invited.txt":     {"review", "drift", invitationDrift(t, "DECLINED")},
		"matrix.txt":      {"review", "baseline", recordedBaselines + "refresh.json"},
		"matrix.md":       {"review", "baseline", recordedBaselines + "change.json", "--format", "markdown"},
		"matrix.csv":      {"review", "baseline", recordedBaselines + "refresh.json", "--format", "csv"},
		"matrix.html":     {"review", "baseline", recordedBaselines + "refresh.json", "--format", "html"},
		"runbook.md":      {"runbook", recordedBaselines + "change.json"},
		"template.csv":    {"runbook", recordedBaselines + "change.json", "--template", "--address", "signicat_access_baseline.acme"},
		"from_csv.tf":     {"baseline", "from-csv", recordedBaselines + "observed.csv", "--vendor", "signicat"},
		"from_csv_all.tf": {"baseline", "from-csv", "-", "--vendor", "ignisign", "--by", "user:a@example.com", "--organization", "o-1", "--name", "all"},
	} {
		t.Run(name, func(t *testing.T) {
			stdin := "role;principal;place\nAPP_OPERATOR;user:b@example.com;environment:contracts/PRODUCTION\n"
			got, _ := said(t, stdin, arguments...)
			got = strings.ReplaceAll(got, filepath.Dir(mixed)+"/", "")
			if strings.HasSuffix(name, ".sarif") {
				got = withoutRules(t, got)
			}
			path := recordedBaselines + "golden/" + name
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			golden, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if difference := cmp.Diff(string(golden), got); difference != "" {
				t.Errorf("%s is not as before (-update writes it anew):\n%s", path, difference)
			}
		})
	}
}

// withoutRules leaves out of a SARIF report what changes with each rule of SignPath's.
func withoutRules(t *testing.T, report string) string {
	t.Helper()
	var sarif map[string]any
	if err := json.Unmarshal([]byte(report), &sarif); err != nil {
		t.Fatal(err)
	}
	run := sarif["runs"].([]any)[0].(map[string]any)
	delete(run["tool"].(map[string]any)["driver"].(map[string]any), "rules")
	for _, result := range run["results"].([]any) {
		delete(result.(map[string]any), "ruleIndex")
	}
	written, err := json.MarshalIndent(sarif, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(written) + "\n"
}

// mixedPlan is one of SignPath and of both other vendors.
func mixedPlan(t *testing.T) string {
	t.Helper()
	read := func(path string) (plan map[string]any) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(content, &plan); err != nil {
			t.Fatal(err)
		}
		return plan
	}
	plan, more := read(recordedPlan), read(recordedBaselines+"change.json")
	plan["resource_changes"] = append(plan["resource_changes"].([]any), more["resource_changes"].([]any)...)
	written, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(path, written, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBaselineExitStatus tells how the commands end.
func TestBaselineExitStatus(t *testing.T) {
	fixed(t)
	alone := func(name string, edit func(values map[string]any)) string { return recordedAlone(t, name, edit) }
	edited := func(name string, edit func(baseline map[string]any)) string { return editedBaseline(t, name, edit) }
	for name, test := range map[string]struct {
		arguments []string
		status    int
	}{
		"outstanding is drift":                {[]string{"review", "drift", recordedBaselines + "refresh.json"}, 2},
		"outstanding alone is drift":          {[]string{"review", "drift", alone("outstanding", outstandingOnly)}, 2},
		"a deviation alone is drift":          {[]string{"review", "drift", alone("deviates", deviatesOnly)}, 2},
		"confirmed is none":                   {[]string{"review", "drift", alone("attested", attested)}, 0},
		"what the API shows is drift":         {[]string{"review", "drift", withLiveReview(t, "warn", nil)}, 2},
		"a note of the API is none":           {[]string{"review", "drift", withLiveReview(t, "note", nil)}, 0},
		"what could not be compared":          {[]string{"review", "drift", withLiveReview(t, "note", []any{"Nobody knows."})}, 1},
		"that is not managed":                 {[]string{"review", "drift", withLiveReview(t, "note", []any{"Nobody knows."}), "--fail-on", "managed"}, 0},
		"what is read in the apply only":      {[]string{"review", "drift", withDeferredReview(t)}, 1},
		"who accepted an invitation":          {[]string{"review", "drift", invitationDrift(t, "ACCEPTED")}, 0},
		"who declined it":                     {[]string{"review", "drift", invitationDrift(t, "DECLINED")}, 2},
		"what cannot be read is no all-clear": {[]string{"review", "drift", alone("hidden", hidden)}, 1},
		"outstanding is managed":              {[]string{"review", "drift", recordedBaselines + "refresh.json", "--fail-on", "managed"}, 2},
		"nobody wants to hear of drift":       {[]string{"review", "drift", recordedBaselines + "refresh.json", "--fail-on", "never"}, 0},
		"nothing was recorded before":         {[]string{"review", "drift", recordedBaselines + "create.json"}, 0},
		"a warning passes":                    {[]string{"review", "plan", recordedBaselines + "change.json"}, 0},
		"a warning fails if it is to":         {[]string{"review", "plan", recordedBaselines + "change.json", "--fail-on", "warn"}, 2},
		"a note is no warning":                {[]string{"review", "plan", recordedBaselines + "create.json", "--fail-on", "warn"}, 0},
		"grants that only the apply tells":    {[]string{"review", "plan", edited("unknown", unknownGrants)}, 2},
		"grants that are sensitive":           {[]string{"review", "plan", edited("sensitive", sensitive(true, "grants"))}, 2},
		"an attestation of which a part is": {[]string{"review", "plan", edited("by", func(c map[string]any) {
			c["after_sensitive"] = map[string]any{"attestation": map[string]any{"by": true}}
		})}, 2},
		"a run-book of what is not known": {[]string{"runbook", edited("unknown", unknownGrants)}, 1},
		"a rule that denies":              {[]string{"review", "baseline", edited("denied", nobodyAdministers)}, 2},
		"a plan with a rule that denies":  {[]string{"review", "plan", edited("denied", nobodyAdministers)}, 2},
		"a matrix of what warns":          {[]string{"review", "baseline", recordedBaselines + "change.json"}, 0},
		"no baseline at all":              {[]string{"review", "baseline", recordedPlan}, 1},
		"a run-book of no baseline":       {[]string{"runbook", recordedPlan}, 1},
		"a table of several":              {[]string{"runbook", recordedBaselines + "change.json", "--template"}, 1},
		"an address that is not there":    {[]string{"runbook", recordedBaselines + "change.json", "--address", "signicat_access_baseline.acne"}, 1},
		"no day":                          {[]string{"review", "baseline", recordedBaselines + "change.json", "--at", "tomorrow"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := said(t, "", test.arguments...)
			status := 0
			if code, isStatus := err.(exitStatus); isStatus { //nolint:errorlint // It is never wrapped.
				status = int(code)
			} else if err != nil {
				status = 1
			}
			if status != test.status {
				t.Errorf("%q ends with %d (%v), and not %d:\n%s", test.arguments, status, err, test.status, output)
			}
			if strings.Contains(name, "sensitive") && strings.Contains(output, "new.admin") {
				t.Errorf("the review names somebody whom the plan hides:\n%s", output)
			}
		})
	}
}

func unknownGrants(change map[string]any) { change["after_unknown"].(map[string]any)["grants"] = true }

func sensitive(marks any, name string) func(map[string]any) {
	return func(change map[string]any) { change["after_sensitive"] = map[string]any{name: marks} }
}

// recordedAlone is a plan that only refreshes, of the baseline at Signicat alone.
func recordedAlone(t *testing.T, name string, edit func(values map[string]any)) string {
	t.Helper()
	content, err := os.ReadFile(recordedBaselines + "refresh.json")
	if err != nil {
		t.Fatal(err)
	}
	var plan map[string]any
	if err := json.Unmarshal(content, &plan); err != nil {
		t.Fatal(err)
	}
	root := plan["prior_state"].(map[string]any)["values"].(map[string]any)["root_module"].(map[string]any)
	for _, resource := range root["resources"].([]any) {
		if of := resource.(map[string]any); of["type"] == "signicat_access_baseline" {
			root["resources"] = []any{of}
			edit(of["values"].(map[string]any))
		}
	}
	return writtenPlan(t, name, plan)
}

func outstandingOnly(values map[string]any) { values["deviations"] = []any{} }

func deviatesOnly(values map[string]any) { values["confirmation"] = "not confirmed" }

func attested(values map[string]any) {
	values["deviations"], values["outstanding_since"] = []any{}, nil
	values["confirmation"] = "confirmed by user:security.officer@example.com on 2026-11-29"
}

// attestedPlan is a plan that only refreshes, of a baseline that is confirmed, with what else it has.
func attestedPlan(t *testing.T, edit func(plan map[string]any, resources []any) []any) string {
	t.Helper()
	content, err := os.ReadFile(recordedAlone(t, "attested", attested))
	if err != nil {
		t.Fatal(err)
	}
	var plan map[string]any
	if err := json.Unmarshal(content, &plan); err != nil {
		t.Fatal(err)
	}
	root := plan["prior_state"].(map[string]any)["values"].(map[string]any)["root_module"].(map[string]any)
	root["resources"] = edit(plan, root["resources"].([]any))
	return writtenPlan(t, "live", plan)
}

// withLiveReview adds what a data source found in the accounts of Signicat.
func withLiveReview(t *testing.T, severity string, gaps []any) string {
	t.Helper()
	return attestedPlan(t, func(_ map[string]any, resources []any) []any {
		return append(resources, map[string]any{
			"address": "data.signicat_access_review.acme", "mode": "data", "type": "signicat_access_review", "name": "acme", "values": map[string]any{
				"findings": []any{map[string]any{
					"rule": "account-without-entry", "severity": severity, "subject": "a-1", "sentence": "The baseline does not mention the account a-1.",
					"advice": "Look at it.",
				}},
				"gaps": append([]any{}, gaps...), "complete": len(gaps) == 0, "cannot_see": []any{"Users: no API shows them."},
			},
		})
	})
}

// withoutBaseline is a plan from before the first apply: of live reviews, and of an invitation.
func withoutBaseline(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(withLiveReview(t, "warn", nil))
	if err != nil {
		t.Fatal(err)
	}
	var plan map[string]any
	if err := json.Unmarshal(content, &plan); err != nil {
		t.Fatal(err)
	}
	root := plan["prior_state"].(map[string]any)["values"].(map[string]any)["root_module"].(map[string]any)
	root["resources"] = root["resources"].([]any)[1:]
	return writtenPlan(t, "none", plan)
}

// withUnreadReview has a data source in the configuration of which the state has what is given: nil for
// nothing, as where it depends on what is not there yet.
func withUnreadReview(t *testing.T, values map[string]any, configured map[string]any) string {
	t.Helper()
	return attestedPlan(t, func(plan map[string]any, resources []any) []any {
		review := map[string]any{"address": "data.signicat_access_review.acme", "mode": "data", "type": "signicat_access_review", "name": "acme"}
		of := maps.Clone(review)
		maps.Copy(of, configured)
		plan["configuration"] = map[string]any{"root_module": map[string]any{"module_calls": map[string]any{
			"acme": map[string]any{"module": map[string]any{"resources": []any{of}}},
		}}}
		if values == nil {
			return resources
		}
		review["address"], review["values"] = `module.acme["a]"].data.signicat_access_review.acme[0]`, values
		return append(resources, review)
	})
}

// liveValues are what a review that found nothing has, but for what differs.
func liveValues(name string, value any) map[string]any {
	values := map[string]any{"findings": []any{}, "gaps": []any{}, "complete": true, "cannot_see": []any{}}
	values[name] = value
	return values
}

// withCheckedReview is a plan whose apply reads a review once more, for a check block.
func withCheckedReview(t *testing.T) string {
	t.Helper()
	return attestedPlan(t, func(plan map[string]any, resources []any) []any {
		review := map[string]any{"address": "data.signicat_access_review.acme", "mode": "data", "type": "signicat_access_review", "name": "acme"}
		again := maps.Clone(review)
		again["action_reason"] = "read_because_check_nested"
		again["change"] = map[string]any{"actions": []any{"read"}, "before": nil, "after": map[string]any{}}
		plan["resource_changes"], review["values"] = []any{again}, liveValues("complete", true)
		return append(resources, review)
	})
}

// withErroredReview is a plan that ended with an error, with what a review found before it.
func withErroredReview(t *testing.T) string {
	t.Helper()
	return attestedPlan(t, func(plan map[string]any, resources []any) []any {
		plan["errored"] = true
		return append(resources, map[string]any{
			"address": "data.signicat_access_review.acme", "mode": "data", "type": "signicat_access_review", "name": "acme", "values": liveValues("complete", true),
		})
	})
}

// TestReviewThatWasNotReadIsNoAllClear: that a data source failed in a check block, was not read or is of
// a plan before is told, and so is that it was read.
func TestReviewThatWasNotReadIsNoAllClear(t *testing.T) {
	fixed(t)
	const unread, untold = "module.acme.data.signicat_access_review.acme was not read", "tells nothing that can be read of what it found"
	constant := map[string]any{"constant_value": 1}
	for name, test := range map[string]struct {
		plan   string
		status int
		tells  string
	}{
		"not read":                    {withUnreadReview(t, nil, nil), 1, unread + ": it depends on what is not there yet"},
		"perhaps without an instance": {withUnreadReview(t, nil, map[string]any{"count_expression": constant}), 0, unread + ": it has no instance, or depends"},
		"not read for each": {withUnreadReview(t, nil, map[string]any{"for_each_expression": constant}), 1, unread +
			": it depends on what is not there yet"},
		"read in an instance":           {withUnreadReview(t, liveValues("complete", true), nil), 0, "(Signicat): 0 findings"},
		"failed in a check":             {withUnreadReview(t, map[string]any{"organisation_id": "o-p-1"}, nil), 1, untold},
		"without gaps":                  {withUnreadReview(t, liveValues("gaps", nil), nil), 1, untold},
		"gaps that are none":            {withUnreadReview(t, liveValues("gaps", []any{1}), nil), 1, untold},
		"not complete for no reason":    {withUnreadReview(t, liveValues("complete", false), nil), 1, untold},
		"complete in spite of gaps":     {withUnreadReview(t, liveValues("gaps", []any{"x"}), nil), 1, untold},
		"findings that are none":        {withUnreadReview(t, liveValues("findings", "none"), nil), 1, untold},
		"a finding that is none":        {withUnreadReview(t, liveValues("findings", []any{nil}), nil), 1, "has a finding that cannot be read"},
		"read once more, for the check": {withCheckedReview(t), 0, "(Signicat): 0 findings"},
		"after an error":                {withErroredReview(t), 1, "what it tells may be of an earlier plan"},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := said(t, "", "review", "drift", test.plan)
			if failed := err != nil; failed != (test.status != 0) || !strings.Contains(output, test.tells) {
				t.Errorf("it ends with %v, and does not say %q:\n%s", err, test.tells, output)
			}
			if test.status == 0 && strings.Contains(output, "read in the apply only") {
				t.Errorf("it says that it was not read:\n%s", output)
			}
		})
	}
}

// TestDriftOfReviewsAlone: where the plan has no baseline, the head line counts what reviews found.
func TestDriftOfReviewsAlone(t *testing.T) {
	fixed(t)
	for severity, head := range map[string]string{
		"warn": "APIs show 1 thing that should be looked at beside what is recorded.",
		"note": "APIs show nothing beside what is recorded that should be looked at.",
	} {
		content, err := os.ReadFile(withLiveReview(t, severity, nil))
		if err != nil {
			t.Fatal(err)
		}
		var plan map[string]any
		if err := json.Unmarshal(content, &plan); err != nil {
			t.Fatal(err)
		}
		root := plan["prior_state"].(map[string]any)["values"].(map[string]any)["root_module"].(map[string]any)
		root["resources"] = root["resources"].([]any)[1:]
		if output, _ := said(t, "", "review", "drift", writtenPlan(t, "alone", plan)); !strings.HasPrefix(output, head) {
			t.Errorf("it begins otherwise than %q:\n%s", head, output)
		}
	}
}

// erroredPlan is one that failed before anything was planned.
func erroredPlan(t *testing.T) string {
	t.Helper()
	return writtenPlan(t, "errored", map[string]any{
		"format_version": "1.2", "planned_values": map[string]any{}, "errored": true,
		"configuration": map[string]any{"provider_config": map[string]any{
			"ignisign": map[string]any{"name": "ignisign", "full_name": "registry.terraform.io/signpath-community/ignisign"},
		}},
	})
}

// withDeferredReview has a data source that depends on what changes.
func withDeferredReview(t *testing.T) string {
	t.Helper()
	return attestedPlan(t, func(plan map[string]any, resources []any) []any {
		plan["resource_changes"] = []any{map[string]any{
			"address": "data.signicat_access_review.acme", "mode": "data", "type": "signicat_access_review", "name": "acme",
			"change": map[string]any{"actions": []any{"read"}, "before": nil, "after": map[string]any{}},
		}}
		return resources
	})
}

// invitationDrift has an invitation of IgniSign with another status than before.
func invitationDrift(t *testing.T, status string) string {
	t.Helper()
	return attestedPlan(t, func(plan map[string]any, resources []any) []any {
		plan["resource_drift"] = []any{map[string]any{
			"address": "ignisign_application_invitation.dev", "mode": "managed", "type": "ignisign_application_invitation", "name": "dev",
			"change": map[string]any{"actions": []any{"update"}, "before": invitationOf("dev@example.com", "PENDING"), "after": invitationOf("dev@example.com", status)},
		}}
		return resources
	})
}

func invitationOf(email, status string) map[string]any {
	return map[string]any{
		"email": email, "application_id": "appId_1", "status": status, "roles": map[string]any{"DEVELOPMENT": []any{"ADMIN"}},
	}
}

// invitingPlan invites one and no longer another one.
func invitingPlan(t *testing.T) string {
	t.Helper()
	change := func(name, action string, before, after any) any {
		return map[string]any{
			"address": "ignisign_application_invitation." + name, "mode": "managed", "type": "ignisign_application_invitation", "name": name,
			"change": map[string]any{"actions": []any{action}, "before": before, "after": after, "after_unknown": map[string]any{"id": after != nil}},
		}
	}
	return writtenPlan(t, "inviting", map[string]any{
		"format_version": "1.2", "planned_values": map[string]any{}, "complete": true, "resource_changes": []any{
			change("dev", "create", nil, invitationOf("dev@example.com", "")),
			change("ops", "delete", invitationOf("ops@example.com", "PENDING"), nil),
		},
	})
}

func hidden(values map[string]any) { values["grants"] = nil }

func writtenPlan(t *testing.T, name string, plan map[string]any) string {
	t.Helper()
	written, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name+".json")
	if err := os.WriteFile(path, written, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// nobodyAdministers takes everything from the organisation.
func nobodyAdministers(change map[string]any) {
	delete(change["after"].(map[string]any)["grants"].(map[string]any), "organisation")
}

// editedBaseline changes what the plan makes of the baseline at Signicat.
func editedBaseline(t *testing.T, name string, edit func(change map[string]any)) string {
	t.Helper()
	content, err := os.ReadFile(recordedBaselines + "change.json")
	if err != nil {
		t.Fatal(err)
	}
	var plan map[string]any
	if err := json.Unmarshal(content, &plan); err != nil {
		t.Fatal(err)
	}
	for _, change := range plan["resource_changes"].([]any) {
		if of := change.(map[string]any); of["type"] == "signicat_access_baseline" {
			edit(of["change"].(map[string]any))
		}
	}
	return writtenPlan(t, name, plan)
}

// TestFromCSVRefuses: each error names the line and the column, or the flag.
func TestFromCSVRefuses(t *testing.T) {
	const head = "place,role,principal,seen_on\n"
	there := filepath.Join(t.TempDir(), "there.tf")
	if err := os.WriteFile(there, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		table string
		flags []string
		want  string
	}{
		"no vendor":      {head, []string{"--vendor="}, "--vendor is missing: one of ignisign, signicat"},
		"another vendor": {head, []string{"--vendor=signpath"}, `--vendor is "signpath"`},
		"nothing":        {"", nil, "the table is empty"},
		"no rows":        {head, nil, "no row that somebody saw"},
		"nothing seen":   {head + "organisation,Organisation Admin,user:a@example.com,no\n", nil, "no row that somebody saw"},
		"another column": {"place,role,who\n", nil, `line 1: "who" is no column`},
		"another place":  {head + "org,Organisation Admin,user:a@example.com,2026-01-01\n", nil, "line 2, column place: \"org\" is no place"},
		"nobody":         {head + "organisation,Organisation Admin,a@b.c,2026-01-01\n", nil, `line 2, column principal: "a@b.c" has no kind; did you mean "user:a`},
		"no day":         {head + "organisation,Organisation Admin,user:a@example.com,yesterday\n", nil, "line 2, column seen_on"},
		"twice":          {head + strings.Repeat("organisation,Organisation Admin,user:a@example.com,2026-01-01\n", 2), nil, "line 3: it says the same as line 2"},
		"a role of the wrong scope": {
			"place,role,principal\norganization,APP_ADMIN,user:a@example.com\n", []string{"--vendor=ignisign"}, "line 2, column role: APP_ADMIN",
		},
		"a program attests":    {head, []string{"--by=api_client:x"}, "a person attests"},
		"a name with a space":  {head, []string{"--name=a b"}, "no name of a resource"},
		"a file that is there": {head + "organisation,Organisation Admin,user:a@b.c,2026-01-01\n", []string{"--out=" + there}, "is there already, and is not"},
		"a million rows":       {head + strings.Repeat("organisation,R,user:a@example.com,no\n", 1_000_000), nil, "the table has "},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := said(t, test.table, append([]string{"baseline", "from-csv", "-", "--vendor=signicat"}, test.flags...)...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, and does not say %q; the output is %s", err, test.want, output)
			}
		})
	}
	if kept, err := os.ReadFile(there); err != nil || string(kept) != "mine" {
		t.Errorf("the file that was there is %q (%v)", kept, err)
	}
}

package planreview_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// largePlan changes the lists of policies, with long names.
func largePlan(resources, policies int) *planBuilder {
	b := newPlan()
	for i := range resources {
		member := fmt.Sprintf("user:somebody.with-a-rather-long-name-%03d@engineering.example.com", i)
		kind := []string{"signing_policy_submitter", "signing_policy_approver"}[i%2]
		b.change(kind, nil, entry(fmt.Sprintf("release-signing-%02d", i%policies), member))
		if i%3 == 0 {
			b.change("project_reader", attributes{"project": "acme", "member": member}, nil)
		}
	}
	return b
}

func TestMarkdownFitsAComment(t *testing.T) {
	for _, test := range []struct {
		resources, policies int
		whole               bool
	}{{60, 20, true}, {3000, 20, false}} {
		text := outputs(t, largePlan(test.resources, test.policies).review(t))["markdown"]
		if length := utf8.RuneCountInString(text); length >= planreview.MaxMarkdown || length < 500 {
			t.Errorf("%d resources: %d characters", test.resources, length)
		}
		if whole := !strings.Contains(text, "Some sections are shortened"); whole != test.whole {
			t.Errorf("%d resources: whole is %t", test.resources, whole)
		}
		if !strings.Contains(text, "### Who gains and loses what\n\n- ") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%d resources: a section is lost\n%.2000s", test.resources, text)
		}
	}
}

// TestNoiseHidesNothing has much more than a comment holds, and a few things that matter.
func TestNoiseHidesNothing(t *testing.T) {
	both := "user:both@example.com"
	text := outputs(t, largePlan(3000, 20).
		change("signing_policy_submitter", nil, entry("hotfix", both)).
		change("signing_policy_approver", nil, entry("hotfix", both)).
		change("role_assignment", nil, attributes{"member": both, "role": "GlobalAdministrator"}).
		change("ci_user_token", nil, attributes{"ci_user": "ci_user:build"}).review(t))["markdown"]
	if length := utf8.RuneCountInString(text); length > planreview.MaxMarkdown || !strings.Contains(text, "Some sections are shortened") {
		t.Errorf("%d characters", length)
	}
	for _, want := range []string{
		"- warn submit-and-approve: user:both@example.com can both submit to and approve acme/hotfix",
		"- user:both@example.com gets the global role Global Administrator",
		"- an API token of ci\\_user:build is generated",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%.3000s", want, text)
		}
	}
}

// TestWarningsHideNoDenial has more findings than a comment holds.
func TestWarningsHideNoDenial(t *testing.T) {
	plan := newPlan().data("signing_policy", attributes{
		"project": "acme", "slug": "release", "uses_approval_process": true, "required_approvals": 1,
		"approvers": list("user:a@example.com"),
	}).
		change("signing_policy_approvers", onPolicy("release", "user:a@example.com"), onPolicy("release"))
	for i := range 1000 {
		both := fmt.Sprintf("user:somebody-%04d@example.com", i)
		plan.change("signing_policy_submitter", nil, entry("test", both)).change("signing_policy_approver", nil, entry("test", both))
	}
	text := outputs(t, plan.review(t))["markdown"]
	for _, want := range []string{
		"\n- deny approval-quorum: acme/release requires 1 approval",
		"\n- warn submit-and-approve: 1000 findings about user:somebody-0000@example.com, ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%.3000s", want, text)
		}
	}
}

func TestNamesCannotFormatTheOutput(t *testing.T) {
	name := "a|b`c`\n# d <b>*e*</b> [f](http://example.com) @team \x1b[31m \u202e"
	report := newPlan().change("user_group", nil, attributes{"name": name, "member": "group:" + name}, unknown("id")).
		change("signing_policy_approver", nil, entry("release", "group:"+name)).review(t)
	texts := outputs(t, report)
	if want := "group:a\\|b\\`c\\`\\\\n\\# d \\<b\\>\\*e\\*\\</b\\> " +
		"\\[f\\](http:<!-- -->//example.com) @<!-- -->team \\\\x1b\\[31m \\\\u202e"; !strings.Contains(texts["markdown"], want) {
		t.Errorf("no %s in\n%s", want, texts["markdown"])
	}
	if want := `group:a|b` + "`c`" + `\n# d <b>*e*</b> [f](http://example.com) @team \x1b[31m \u202e is created`; !strings.Contains(texts["text"], want) {
		t.Errorf("no %s in\n%s", want, texts["text"])
	}
	for _, format := range []string{"text", "markdown"} {
		if strings.ContainsAny(texts[format], "\x1b\u202e") {
			t.Errorf("control characters are in the %s", format)
		}
	}
}

// TestSensitiveValuesAreNotShown marks an e-mail address in one resource; what the
// provider made of it is not marked in others.
func TestSensitiveValuesAreNotShown(t *testing.T) {
	const secret = "Hidden@example.com"
	user := attributes{"email": secret, "member": "user:" + secret, "active": true, "status": "invited", "name": "N"}
	b := newPlan().
		change("user", nil, user, sensitive("email"), unknown("id")).
		change("signing_policy_approver", nil, entry("release", "user:hidden@example.com")).
		change("signing_policy_submitters", nil, onPolicy("release", "user:"+secret, "user:shown@example.com")).
		change("project_readers", nil, attributes{"project": "acme", "members": list("user:other@example.com")}, sensitive("members")).
		change("role_assignment", nil, attributes{"member": "user:" + secret, "role": "GlobalReader"})
	b.plan.ResourceDrift = newPlan().change("user", user, attributes{
		"email": "new@example.com", "member": "user:new@example.com",
	}, sensitive("email")).plan.ResourceChanges
	b.plan.Checks = []tfjson.CheckResultStatic{{Instances: []tfjson.CheckResultDynamic{{
		Address: tfjson.CheckDynamicAddress{ToDisplay: "check.c"}, Problems: []tfjson.CheckResultProblem{{Message: "user:hidden@example.com approves alone."}},
	}}}}
	report := b.review(t)
	for format, text := range outputs(t, report) {
		for _, hidden := range []string{"hidden@", "other@", "new@"} {
			if strings.Contains(strings.ToLower(text), hidden) {
				t.Errorf("%s is in the %s:\n%s", hidden, format, text)
			}
		}
	}
	says(t, report, "check.c: its message has a sensitive value", "members of signpath_project_readers.r004 is sensitive, and so not shown",
		"user:(sensitive)@signpath_user.r001 can both submit to and approve acme/release", "readers of acme: gains user:(sensitive)@plan",
		"By signpath_signing_policy_approver.r002, signpath_signing_policy_submitters.r003, signpath_user.r001\n", "!signpath_project_readers.r004, sig",
		"submitters of acme/release: gains user:(sensitive)@signpath_user.r001, user:shown@example.com; then has")
}

// What the plan resolves is not in it: code hosts would show that as open.
func TestSARIF(t *testing.T) {
	both := "user:both@example.com"
	report := newPlan().
		change("signing_policy_submitter", nil, entry("release", both)).
		change("signing_policy_approver", nil, entry("release", both)).
		change("signing_policy_submitter", entry("test", both), nil).
		change("signing_policy_approver", entry("test", both), entry("test", both)).
		change("signing_policy_submitter", entry("beta", both), entry("beta", both)).
		change("signing_policy_approver", entry("beta", both), entry("beta", both)).review(t)
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Level, BaselineState string
				RuleIndex                    int
				Message                      struct{ Text string }
				Locations                    []struct {
					PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
				}
				PartialFingerprints map[string]string
			}
		}
	}
	if err := json.Unmarshal([]byte(outputs(t, report)["sarif"]), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || !strings.HasSuffix(log.Schema, "sarif-2.1.0.json") || len(log.Runs) != 1 {
		t.Fatalf("%+v", log)
	}
	run := log.Runs[0]
	if len(run.Tool.Driver.Rules) != len(vocabulary.Rules) || len(run.Results) != 2 {
		t.Fatalf("%d rules, %d results", len(run.Tool.Driver.Rules), len(run.Results))
	}
	for i, state := range []string{"new", "unchanged"} {
		r := run.Results[i]
		if r.RuleID != "submit-and-approve" || run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.Level != "warning" || r.BaselineState != state {
			t.Errorf("%+v", r)
		}
		if !strings.Contains(r.Message.Text, both) || r.Locations[0].PhysicalLocation.ArtifactLocation.URI != "plan.json" ||
			r.PartialFingerprints["primaryLocationLineHash"] == "" {
			t.Errorf("%+v", r)
		}
	}
}

// TestSARIFTellsWhatItLacks has names that SARIF would take for a placeholder and a
// link, and a plan that is known in part.
func TestSARIFTellsWhatItLacks(t *testing.T) {
	odd := "ci_user:{0} [f](https://example.com)"
	plan := newPlan().
		change("signing_policy_submitter", nil, entry("release", odd)).
		change("signing_policy_approver", nil, entry("release", odd)).
		change("project_reader", nil, attributes{"project": "acme"}, unknown("member"))
	plan.errored = true
	var log struct {
		Runs []struct {
			Invocations []struct {
				ExecutionSuccessful        bool
				ToolExecutionNotifications []struct {
					Level   string
					Message struct{ Text string }
				}
			}
			Results []struct {
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct{ Region struct{ StartLine int } }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(outputs(t, plan.review(t))["sarif"]), &log); err != nil {
		t.Fatal(err)
	}
	invocation, result := log.Runs[0].Invocations[0], log.Runs[0].Results[1]
	notes := fmt.Sprint(invocation.ToolExecutionNotifications)
	if invocation.ExecutionSuccessful || !strings.Contains(notes, "error {Planning ended with an error") ||
		!strings.Contains(notes, "warning {Not known from this plan: member of signpath_project_reader.r003 is known after apply}") {
		t.Errorf("%+v", invocation)
	}
	if want := `ci_user:{{0}} [f] (https://example.com) `; !strings.Contains(result.Message.Text, want) ||
		result.Locations[0].PhysicalLocation.Region.StartLine != 1 {
		t.Errorf("%+v", result)
	}
}

package planreview_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
)

var today = time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)

// drifted makes what the builder changes what a refresh found.
func (b *planBuilder) drifted(t testing.TB) *planreview.DriftReport {
	t.Helper()
	b.plan.ResourceDrift, b.plan.ResourceChanges = b.plan.ResourceChanges, nil
	return planreview.Drift(b.throughJSON(t), today)
}

func driftOutputs(t testing.TB, report *planreview.DriftReport) map[string]string {
	t.Helper()
	outputs := map[string]string{}
	for _, format := range []planreview.Format{planreview.FormatText, planreview.FormatMarkdown, planreview.FormatJSON} {
		var text strings.Builder
		if err := planreview.Write(&text, report, format, envelope.Envelope{}); err != nil {
			t.Fatal(err)
		}
		outputs[string(format)] = text.String()
	}
	return outputs
}

func TestDriftSentences(t *testing.T) {
	a, b := "user:a@example.com", "user:b@example.com"
	user := func(more attributes) attributes {
		all := attributes{
			"id": "i", "email": "a@example.com", "member": a, "name": "A", "active": true, "status": "active", "notification_email": nil,
			"invitation_expires_at": "2026-03-02T00:00:00Z",
		}
		for name, value := range more {
			all[name] = value
		}
		return all
	}
	group := func(members ...string) attributes { return attributes{"group": "group:G", "members": list(members...)} }
	for name, test := range map[string]struct {
		plan *planBuilder
		want []string
	}{
		"nothing": {newPlan(), nil},
		"a member comes": {
			newPlan().change("signing_policy_approvers", onPolicy("release"), onPolicy("release", a)),
			[]string{a + " was added to the approvers of acme/release"},
		},
		"one comes, another goes": {
			newPlan().change("project_readers", attributes{"project": "acme", "members": list(a)}, attributes{"project": "acme", "members": list(b)}),
			[]string{b + " was added to the readers of acme", a + " was removed from the readers of acme"},
		},
		"a member of a group": {newPlan().change("user_group_members", group(a), group()), []string{a + " was removed from the members of group:G"}},
		"an entry": {
			newPlan().change("signing_policy_submitter", entry("release", a), nil),
			[]string{a + " was removed from the submitters of acme/release"},
		},
		"an entry of a group": {
			newPlan().change("user_group_member", attributes{"group": "group:G", "member": a}, nil),
			[]string{a + " was removed from the members of group:G"},
		},
		"a list with its policy": {
			newPlan().change("signing_policy_approvers", onPolicy("release", a), nil),
			[]string{"the signing policy acme/release was deleted with its approvers"},
		},
		"a role": {
			newPlan().change("role_assignment", attributes{"member": a, "role": "GlobalReader"}, attributes{"member": a, "role": "GlobalAdministrator"}),
			[]string{a + " was given the global role Global Administrator instead of Global Reader"},
		},
		"a role that is gone": {
			newPlan().change("role_assignment", attributes{"member": a, "role": "GlobalReader"}, nil),
			[]string{"the global role Global Reader was taken from " + a},
		},
		"deactivated": {
			newPlan().change("user", user(nil), user(attributes{"active": false, "status": "inactive", "invitation_expires_at": nil})),
			[]string{a + " was deactivated"},
		},
		"activated": {newPlan().change("user", user(attributes{"active": false}), user(nil)), []string{a + " was activated"}},
		"accepted": {
			newPlan().change("user", user(attributes{"status": "invited", "identity": nil}), user(attributes{"identity": "example:S-1"})),
			[]string{a + " accepted the invitation"},
		},
		"another e-mail address": {
			newPlan().change("user", user(nil), user(attributes{"email": "b@example.com", "member": b})),
			[]string{"email of " + a + " was changed from a@example.com to b@example.com"},
		},
		"another address of the account": {
			newPlan().change("user", user(attributes{"account_email": "a@example.com"}), user(attributes{"account_email": "b@example.com", "member": b})).
				change("project_readers", attributes{"project": "acme", "members": list(a), "member_ids": list("i")},
					attributes{"project": "acme", "members": list(b), "member_ids": list("i")}),
			[]string{"email of " + a + " was changed from a@example.com to b@example.com"},
		},
		"accepted with another account": {
			newPlan().change("user", user(attributes{"status": "invited", "identity": nil, "account_email": "a@example.com"}),
				user(attributes{"identity": "example:S-1", "account_email": "b@example.com", "member": b})),
			[]string{a + " accepted the invitation", "email of " + a + " was changed from a@example.com to b@example.com"},
		},
		"a notification address": {
			newPlan().change("user", user(nil), user(attributes{"notification_email": "n@example.com"})),
			[]string{"notification_email of " + a + " was changed from null to n@example.com"},
		},
		"a user who is gone": {newPlan().change("user", user(nil), nil), []string{a + " was deleted"}},
		"members that are hidden": {
			newPlan().change("project_readers", attributes{"project": "acme", "members": list(a)},
				attributes{"project": "acme", "members": list(b)}, sensitive("members")),
			[]string{"members of signpath_project_readers.r001 changed"},
		},
		"what was not there": {newPlan().change("user", nil, user(nil)), nil},
		"what is not this product": {
			newPlan().change("project_readers", attributes{"project": "acme", "members": list(a)},
				attributes{"project": "acme", "members": list(b)}, func(r *tfjson.ResourceChange) {
					r.Type = "other_thing"
				}),
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := test.plan.drifted(t)
			var got []string
			for _, c := range report.Changes {
				got = append(got, strings.TrimSuffix(c.Sentence, ", outside Terraform"))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// A review of the plan has the same sentences.
func TestDriftInTheReviewOfAPlan(t *testing.T) {
	b := newPlan().change("signing_policy_approvers", onPolicy("release"), onPolicy("release", "user:a@example.com"))
	b.plan.ResourceDrift, b.plan.ResourceChanges = b.plan.ResourceChanges, nil
	says(t, b.review(t), "Changed outside Terraform, before this plan\n  - user:a@example.com was added to the approvers of acme/release\n")
}

func TestDriftFormats(t *testing.T) {
	report := newPlan().change("signing_policy_approvers", onPolicy("release"), onPolicy("release", "user:a@example.com", "group:G*\n<b>")).drifted(t)
	report.Attribute(func(c *planreview.DriftChange) *planreview.DriftAuthor {
		if c.Principal != "user:a@example.com" {
			return nil
		}
		return &planreview.DriftAuthor{Name: "org.admin@example.com", Member: "user:org.admin@example.com", Time: today.Add(-6 * time.Hour), Event: "e1"}
	})
	report.Note("something")
	outputs := driftOutputs(t, report)
	for format, want := range map[string][]string{
		"text": {
			"2 changes outside Terraform: 2 added. What this plan does not manage was not looked at: only --live does.\n",
			"  - user:a@example.com was added to the approvers of acme/release by org.admin@example.com at 14:00 UTC, outside Terraform\n",
			`  - group:G*\n<b> was added to the approvers of acme/release, outside Terraform (not found in the audit log)` + "\n",
			"\nNot known\n  - something\n",
		},
		"markdown": {"## SignPath drift review\n\n**2 changes outside Terraform: 2 added. What", `- group:G\*\\n\<b\> was added`, "### Not known\n\n- something\n"},
	} {
		for _, phrase := range want {
			if !strings.Contains(outputs[format], phrase) {
				t.Errorf("%s: %q is not in\n%s", format, phrase, outputs[format])
			}
		}
	}
	var decoded struct {
		Changes []struct {
			Kind, Principal, List, Project, Sentence string
			SigningPolicy                            string `json:"signing_policy"`
			Author                                   *struct {
				Member  string
				Time    time.Time
				EventID string `json:"event_id"`
			}
		}
		Gaps []struct{ Sentence string }
	}
	if err := json.Unmarshal([]byte(outputs["json"]), &decoded); err != nil {
		t.Fatal(err)
	}
	first, second := decoded.Changes[0], decoded.Changes[1]
	if first.Kind != "added" || first.List != "approvers" || first.Project != "acme" || first.SigningPolicy != "release" ||
		first.Author.Member != "user:org.admin@example.com" || !first.Author.Time.Equal(today.Add(-6*time.Hour)) || first.Author.EventID != "e1" {
		t.Errorf("got %+v", first)
	}
	if second.Author != nil || second.Principal != "group:G*\n<b>" || !strings.HasSuffix(second.Sentence, "(not found in the audit log)") ||
		len(decoded.Gaps) != 2 {
		t.Errorf("got %+v, %q", second, decoded.Gaps)
	}
}

// Only where all was looked at, nothing changed.
func TestNoDrift(t *testing.T) {
	const asked = "Nothing changed outside Terraform: nothing that this plan manages and, since 2026-02-22 20:00 UTC, nothing else that is about access, " +
		"by SignPath's audit log.\n"
	since := today.AddDate(0, 0, -7)
	part := func(b *planBuilder) {
		complete := false
		b.plan.Complete = &complete
	}
	deferred := func(b *planBuilder) {
		b.plan.DeferredChanges = []*tfjson.DeferredResourceChange{{Reason: "resource_config_unknown"}}
	}
	for name, test := range map[string]struct {
		plan   func(*planBuilder)
		report func(*planreview.DriftReport)
		says   string
		whole  bool
	}{
		"nobody was asked": {
			says:  "Nothing changed of what this plan manages. What this plan does not manage was not looked at: only --live does.\n",
			whole: true,
		},
		"the organization was asked": {report: func(r *planreview.DriftReport) { r.Ask(since) }, says: asked, whole: true},
		"it could not be read": {
			report: func(r *planreview.DriftReport) {
				r.Ask(since)
				r.Miss("the audit log")
			},
			says: "Nothing changed of what this plan manages. Whether anything else changed is not known.\n",
		},
		"part of a plan": {
			plan: part, report: func(r *planreview.DriftReport) { r.Ask(since) },
			says: "No change outside Terraform was found. The plan is of a part only, as with -target: there may be changes that it does not show.\n",
		},
		"deferred changes": {plan: deferred, says: "No change outside Terraform was found. The plan is of a part only"},
	} {
		b := newPlan()
		if test.plan != nil {
			test.plan(b)
		}
		report := b.drifted(t)
		if test.report != nil {
			test.report(report)
		}
		outputs := driftOutputs(t, report)
		isComplete := strings.Contains(outputs["json"], `"complete": true`)
		if !strings.HasPrefix(outputs["text"], test.says) || !strings.Contains(outputs["json"], `"changes": []`) ||
			report.IsWhole() != test.whole || isComplete != (test.says == asked) {
			t.Errorf("%s: %s", name, outputs)
		}
	}
}

// TestErroredPlanHasNotFoundAllDrift has a refresh that SignPath refused.
func TestErroredPlanHasNotFoundAllDrift(t *testing.T) {
	b := newPlan()
	b.errored = true
	if text := driftOutputs(t, b.drifted(t))["text"]; strings.Contains(text, "Nothing changed") || !strings.Contains(text, "Planning ended with an error") {
		t.Errorf("got %q", text)
	}
}

func TestDriftFitsAComment(t *testing.T) {
	for changes, whole := range map[int]bool{100: true, 3000: false} {
		b := newPlan()
		for i := range changes {
			b.change("signing_policy_approver", entry(fmt.Sprintf("release-%02d", i%30), fmt.Sprintf("user:somebody-%04d@example.com", i)), nil)
		}
		text := driftOutputs(t, b.drifted(t))["markdown"]
		if length := utf8.RuneCountInString(text); length > planreview.MaxMarkdown || strings.Contains(text, "only count") == whole {
			t.Errorf("%d changes: %d characters\n%.500s", changes, length, text)
		}
		if !whole && !strings.Contains(text, "approvers of acme/release\\-00: 100 × removed") &&
			!strings.Contains(text, "approvers of acme/release-00: 100 × removed") {
			t.Errorf("it does not count:\n%.500s", text)
		}
	}
}

// A refresh that finds another name for the same id has found one change: that of the name. Of
// a name that the state has already for the account, it is Terraform that gave it.
func TestDriftFollowsNamesByID(t *testing.T) {
	const id, other, person = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222", "user:a@example.com"
	readers := func(ids []any, members ...string) attributes {
		return attributes{"project": "acme", "members": list(members...), "member_ids": ids}
	}
	group := func(name string) attributes { return attributes{"id": id, "member": "group:" + name, "name": name} }
	shows := func(b *planBuilder) *planBuilder {
		return b.change("project_readers", readers(list(id, other), "group:G", person), readers(list(id, other), "group:H", person)).
			change("project_configurator",
				attributes{"project": "acme", "member": "group:G", "member_id": id}, attributes{"project": "acme", "member": "group:H", "member_id": id}).
			change("user_group_members",
				attributes{"group": "group:G", "group_id": id, "members": list(), "member_ids": list()},
				attributes{"group": "group:H", "group_id": id, "members": list(), "member_ids": list()})
	}
	inState := func(kind string, values attributes) func(*planBuilder) {
		return func(b *planBuilder) {
			module := b.plan.PriorState.Values.RootModule
			module.Resources = append(module.Resources, &tfjson.StateResource{
				Address: "signpath_" + kind + ".s", Mode: tfjson.ManagedResourceMode, Type: "signpath_" + kind, AttributeValues: values,
			})
		}
	}
	const renamed = "name of group:G was changed from G to H"
	for name, test := range map[string]struct {
		plan  *planBuilder
		state func(*planBuilder)
		want  []string
	}{
		"lists and entries": {plan: shows(newPlan()), want: []string{renamed}},
		"one list": {
			plan: newPlan().change("project_readers", readers(list(id), "group:G"), readers(list(id), "group:H")), want: []string{renamed},
		},
		"with the account":      {plan: shows(newPlan()).change("user_group", group("G"), group("H")), want: []string{renamed}},
		"as Terraform named it": {plan: shows(newPlan()), state: inState("user_group", group("H"))},
		"a role, as Terraform has it": {
			plan: newPlan().change("role_assignment", attributes{"id": id, "member": "ci_user:c", "role": "GlobalReader"},
				attributes{"id": id, "member": "ci_user:d", "role": "GlobalReader"}),
			state: inState("ci_user", attributes{"id": id, "member": "ci_user:d", "name": "d"}),
		},
		"another one": {
			plan: newPlan().change("project_readers", readers(list(id), "group:G"), readers(list(other), "group:H")),
			want: []string{"group:H was added to the readers of acme", "group:G was removed from the readers of acme"},
		},
		"another one of the name": {
			plan: newPlan().change("project_readers", readers(list(id), "group:G"), readers(list(other), "group:G")),
			want: []string{"somebody among the readers of acme is another one of the same name"},
		},
		"one who came besides": {
			plan: newPlan().change("project_readers", readers(list(id), "group:G"), readers(list(id, other), "group:H", person)),
			want: []string{person + " was added to the readers of acme", renamed},
		},
	} {
		if test.state != nil {
			test.state(test.plan)
		}
		var got []string
		for _, c := range test.plan.drifted(t).Changes {
			got = append(got, strings.TrimSuffix(c.Sentence, ", outside Terraform"))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

// What a plan is going to do is not what changed: only what the refresh found is.
func TestWhatIsPlannedIsNoDrift(t *testing.T) {
	readers := func(ids ...string) attributes {
		return attributes{"project": "acme", "members": list(ids...), "member_ids": list(ids...)}
	}
	plan := newPlan().change("project_readers", readers("user:a@example.com"), readers("user:b@example.com")).throughJSON(t)
	report := planreview.Drift(plan, today)
	if len(report.Changes) > 0 || len(report.Managed.Lists) != 1 || len(report.Managed.Lists[0].Moved) > 0 {
		t.Errorf("got %+v", report)
	}
}

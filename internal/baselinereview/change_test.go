package baselinereview_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

type object = map[string]any

const (
	ada = "user:ada@example.com"
	bob = "user:bob@example.com"
	cy  = "user:cy@example.com"
)

// acme is a baseline of Signicat, with what the edits change.
func acme(edits ...func(object)) object {
	values := object{
		"organisation_id": "4711", "accounts": object{"shop": object{"id": "a-1", "type": "production"}, "ci": object{"id": "a-2", "type": "sandbox"}},
		"grants": object{
			"organisation": object{"Organisation Admin": []any{ada, bob}},
			"account:shop": object{"Usage Viewer": []any{cy}},
		},
		"review_interval_days": 90.0, "confirmation": "confirmed by " + ada + " on 2026-03-01",
		"attestation": object{"by": ada, "on": "2026-03-01", "digest": nil, "reference": nil, "observed": object{
			"organisation": object{"Organisation Admin": []any{ada, bob}},
			"account:shop": object{"Usage Viewer": []any{cy}},
		}},
	}
	for _, edit := range edits {
		edit(values)
	}
	return values
}

func set(name string, value any) func(object) { return func(values object) { values[name] = value } }

func grant(place, role string, principals ...any) func(object) {
	return func(values object) { values["grants"].(object)[place] = object{role: principals} }
}

func account(key string, value any) func(object) {
	return func(values object) {
		accounts := values["accounts"].(object)
		if value == nil {
			delete(accounts, key)
		} else {
			accounts[key] = value
		}
	}
}

func read(t *testing.T, values object) *baselinereview.Record {
	t.Helper()
	if values == nil {
		return nil
	}
	record, err := vendors.Baselines.ByProvider("signicat").Read("signicat_access_baseline.acme", baselinereview.Object{Values: values})
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func TestChanges(t *testing.T) {
	for name, test := range map[string]struct {
		was, is object
		want    []string
	}{
		"new, and nobody has looked": {nil, acme(set("attestation", nil)), []string{
			ada + ` is to have "Organisation Admin" at the organisation, and so at account:ci (sandbox) and account:shop (production).`,
			bob + ` is to have "Organisation Admin" at the organisation, and so at account:ci (sandbox) and account:shop (production).`,
			cy + ` is to have "Usage Viewer" at account:shop (production).`,
		}},
		"new, as somebody saw it": {nil, acme(), []string{"It is attested by " + ada + " on 2026-03-01: it confirms the baseline."}},
		"new, and otherwise than somebody saw it": {nil, acme(grant("account:ci", "Usage Viewer", cy), set("confirmation", nil)), []string{
			cy + ` gains "Usage Viewer" at account:ci (sandbox).`,
			"It is attested by " + ada + " on 2026-03-01: it does not confirm the baseline. As transcribed by " + ada +
				" on 2026-03-01, access is not as it should be: 1 deviation.",
		}},
		"new, and otherwise than somebody saw it, which is followed up elsewhere": {nil, acme(
			grant("account:ci", "Usage Viewer", cy), set("confirmation", "not confirmed")), []string{
			cy + ` gains "Usage Viewer" at account:ci (sandbox).`,
			"It is attested by " + ada + " on 2026-03-01: it does not confirm the baseline. As transcribed by " + ada +
				" on 2026-03-01, access is not as it should be: 1 deviation.",
		}},
		"nothing":                  {acme(), acme(), nil},
		"other spelling and order": {acme(), acme(grant("organisation", "Organisation Admin", "user:BOB@example.com", ada)), nil},
		"inherited already": {acme(), acme(grant("account:ci", "Organisation Admin", ada)), []string{
			ada + ` gains "Organisation Admin" at account:ci (sandbox), and has it there already by the grant at the organisation.`,
		}},
		"an account of another name": {acme(set("attestation", nil)), acme(
			set("attestation", nil), account("shop", nil), account("store", object{"id": "a-1", "type": "production"}),
			func(values object) { delete(values["grants"].(object), "account:shop") }, grant("account:store", "Usage Viewer", cy)), nil},
		"another account of the name": {acme(), acme(account("shop", object{"id": "a-9", "type": "production"})), []string{
			cy + ` gains "Usage Viewer" at account:shop (production).`,
			"account:shop (production) is new in the baseline, and what is held further out holds there, too: " + ada + " and " + bob + ".",
			`account:shop (production) with the id a-1 is no longer in the baseline: nothing is recorded of who has something there.`,
		}},
		"a new account": {acme(), acme(account("new", object{"id": "a-3", "type": "production"})), []string{
			"account:new (production) is new in the baseline, and what is held further out holds there, too: " + ada + " and " + bob + ".",
		}},
		"the attestation taken out": {
			acme(),
			acme(set("attestation", nil), set("confirmation", nil)),
			[]string{"The attestation by " + ada + " on 2026-03-01 is taken out."},
		},
		"the end": {
			acme(),
			nil,
			[]string{"The baseline is no longer recorded: nobody loses anything. 3 principals may go on having what it says."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			change := baselinereview.Change{Before: read(t, test.was), After: read(t, test.is)}
			var got []string
			for _, role := range change.Roles() {
				got = append(got, role.Sentence)
			}
			got = append(got, change.Extended()...)
			got = append(got, change.Dropped()...)
			if change.IsEnd() {
				got = append(got, change.End())
			} else if attested := change.Attested(); attested != "" {
				got = append(got, attested)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("it tells\n%s\nand not\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestStates(t *testing.T) {
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, test := range map[string]struct {
		is    object
		day   string
		state baselinereview.State
		since string
	}{
		"confirmed":          {acme(), "2026-05-30", baselinereview.StateConfirmed, ""},
		"overdue by the day": {acme(), "2026-05-31", baselinereview.StateOverdue, "2026-05-30"},
		"never overdue":      {acme(set("review_interval_days", 0.0)), "2036-05-31", baselinereview.StateConfirmed, ""},
		"nobody wants to hear of it": {
			acme(set("rules", object{"overdue": object{"severity": "ignore"}})),
			"2036-05-31",
			baselinereview.StateConfirmed,
			"",
		},
		"overdue by a refresh": {acme(set("overdue", true)), "2026-03-02", baselinereview.StateOverdue, "2026-05-30"},
		"outstanding": {
			acme(set("outstanding_since", "2026-03-05"), set("confirmation", "outstanding since 2026-03-05: 2 steps")),
			"2026-03-06",
			baselinereview.StateOutstanding,
			"2026-03-05",
		},
		"outstanding after a plan": {acme(set("confirmation", nil)), "2026-03-06", baselinereview.StateOutstanding, ""},
		"followed up elsewhere": {
			acme(set("outstanding_since", "2026-03-05"), set("confirmation", "not confirmed")),
			"2026-03-06",
			baselinereview.StateNotFollowed,
			"2026-03-05",
		},
	} {
		t.Run(name, func(t *testing.T) {
			record := read(t, test.is)
			if state, since := record.StateOn(day(test.day)), string(record.Since(day(test.day))); state != test.state || since != test.since {
				t.Errorf("it is %s since %q, and not %s since %q", state, since, test.state, test.since)
			}
			if steps := record.StepsOn(day(test.day)); (len(steps) > 0) != (test.state == baselinereview.StateOverdue) {
				t.Errorf("the steps are %q", steps)
			}
		})
	}
}

// TestUnreadable: what is hidden, not known, or of another form is no baseline.
func TestUnreadable(t *testing.T) {
	for name, test := range map[string]struct {
		o    baselinereview.Object
		want string
	}{
		"not known": {
			baselinereview.Object{Values: acme(), Unknown: object{"grants": object{"organisation": true}}},
			"grants of a.b is known after apply",
		},
		"sensitive": {
			baselinereview.Object{Values: acme(), Sensitive: object{"accounts": object{"shop": object{"id": true}}}},
			"accounts of a.b is sensitive",
		},
		"all sensitive":    {baselinereview.Object{Values: acme(), Sensitive: true}, "organisation_id of a.b is sensitive"},
		"no grants":        {baselinereview.Object{Values: acme(set("grants", nil))}, "grants of a.b is missing"},
		"grants in a row":  {baselinereview.Object{Values: acme(set("grants", []any{"x"}))}, "grants of a.b is missing"},
		"an unknown place": {baselinereview.Object{Values: acme(grant("account:shpo", "Usage Viewer", cy))}, `there is no place "account:shpo"`},
		"an attester who is none": {
			baselinereview.Object{Values: acme(set("attestation", object{"by": "x", "on": "2026-03-01", "digest": "y"}))},
			"attestation of a.b is of a form",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := vendors.Baselines.ByProvider("signicat").Read("a.b", test.o)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, and does not say %q", err, test.want)
			}
		})
	}
}

// TestDecode reads plans and states, also as a shell of Windows writes them.
func TestDecode(t *testing.T) {
	const state = `{"format_version": "1.0", "terraform_version": "1.15.0", "values": {"root_module": {"child_modules": [{"address": "module.m", "resources": [
		{"address": "module.m.ignisign_access_baseline.a", "mode": "managed", "type": "ignisign_access_baseline", "name": "a", "values": {"grants": {}}}]}]}}}`
	utf16 := "\xff\xfe"
	for _, r := range state {
		utf16 += string([]byte{byte(r), 0})
	}
	for name, text := range map[string]string{
		"a state": state, "a state in UTF-16": utf16,
		"a plan that only refreshes": `{"format_version": "1.2", "terraform_version": "1.15.0", "planned_values": {}, "prior_state": ` + state + `}`,
	} {
		records, err := vendors.Baselines.Decode(strings.NewReader(text))
		if err != nil || len(records) != 1 || records[0].Address != "module.m.ignisign_access_baseline.a" {
			t.Errorf("%s: %v, %v", name, records, err)
		}
	}
	for text, want := range map[string]string{
		"": "this is no plan and no state", "[]": "this is no plan and no state", `{"format_version": "1.0"}`: "it has no access baseline",
		`{"format_version": "1.2", "planned_values": {}, "resource_changes": [
			{"address": "a.u", "mode": "managed", "type": "signpath_user", "change": {"actions": ["create"], "after": {}}}]}`: "it has no access baseline",
	} {
		if _, err := vendors.Baselines.Decode(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, and does not say %q", text, err, want)
		}
	}
}

// TestWishes: what IgniSign's baseline says beside its grants is judged.
func TestWishes(t *testing.T) {
	record, err := vendors.Baselines.ByProvider("ignisign").Read("i.b", baselinereview.Object{Values: object{
		"applications":    object{"contracts": object{"id": nil}},
		"grants":          object{"organization": object{"ORG_OWNER": []any{ada, bob}}},
		"needs":           object{ada: []any{"ORG_BILLING"}},
		"separate_duties": []any{[]any{"ORG_BILLING", "ORG_MEMBER_MANAGEMENT"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, finding := range record.Matrix(time.Now()).Findings {
		rules = append(rules, finding.Rule)
	}
	if !slices.Contains(rules, "least-role") || !slices.Contains(rules, "separate-duties") {
		t.Errorf("the rules find %q", rules)
	}
}

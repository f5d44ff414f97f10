package planreview_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

type attributes = map[string]any

// A planBuilder makes plans as Terraform would.
type planBuilder struct {
	plan    tfjson.Plan
	errored bool
	counter int
}

func newPlan() *planBuilder {
	return &planBuilder{plan: tfjson.Plan{
		FormatVersion: "1.2", PlannedValues: &tfjson.StateValues{},
		PriorState: &tfjson.State{FormatVersion: "1.0", Values: &tfjson.StateValues{RootModule: &tfjson.StateModule{}}},
	}}
}

// change adds a resource that goes from one state to another; nil is none.
func (b *planBuilder) change(kind string, was, is attributes, edits ...func(*tfjson.ResourceChange)) *planBuilder {
	b.counter++
	r := &tfjson.ResourceChange{
		Address: fmt.Sprintf("signpath_%s.r%03d", kind, b.counter), Mode: tfjson.ManagedResourceMode, Type: "signpath_" + kind,
		Change: &tfjson.Change{Actions: actions(was, is), AfterUnknown: attributes{}},
	}
	if was != nil {
		r.Change.Before = was
	}
	if is != nil {
		r.Change.After = is
	}
	for _, edit := range edits {
		edit(r)
	}
	b.plan.ResourceChanges = append(b.plan.ResourceChanges, r)
	return b
}

func actions(was, is attributes) tfjson.Actions {
	switch {
	case was == nil:
		return tfjson.Actions{tfjson.ActionCreate}
	case is == nil:
		return tfjson.Actions{tfjson.ActionDelete}
	case fmt.Sprint(was) == fmt.Sprint(is):
		return tfjson.Actions{tfjson.ActionNoop}
	}
	return tfjson.Actions{tfjson.ActionUpdate}
}

// data adds a data source that was read.
func (b *planBuilder) data(kind string, values attributes) *planBuilder {
	b.counter++
	module := b.plan.PriorState.Values.RootModule
	module.Resources = append(module.Resources, &tfjson.StateResource{
		Address: fmt.Sprintf("data.signpath_%s.d%03d", kind, b.counter), Mode: tfjson.DataResourceMode,
		Type: "signpath_" + kind, AttributeValues: values,
	})
	return b
}

func unknown(names ...string) func(*tfjson.ResourceChange) {
	return func(r *tfjson.ResourceChange) {
		marks := attributes{}
		for _, name := range names {
			marks[name] = true
		}
		r.Change.AfterUnknown = marks
	}
}

func sensitive(names ...string) func(*tfjson.ResourceChange) {
	return func(r *tfjson.ResourceChange) {
		marks := attributes{}
		for _, name := range names {
			marks[name] = true
		}
		r.Change.BeforeSensitive, r.Change.AfterSensitive = marks, marks
	}
}

func replacing(names ...string) func(*tfjson.ResourceChange) {
	return func(r *tfjson.ResourceChange) {
		r.Change.Actions = tfjson.Actions{tfjson.ActionDelete, tfjson.ActionCreate}
		for _, name := range names {
			r.Change.ReplacePaths = append(r.Change.ReplacePaths, []any{name})
		}
	}
}

func forgotten(r *tfjson.ResourceChange) {
	r.Change.Actions = tfjson.Actions{tfjson.ActionForget}
}

// onPolicy returns the attributes of an entry or of a whole list.
func onPolicy(policy string, members ...string) attributes {
	return attributes{"project": "acme", "signing_policy": policy, "members": list(members...)}
}

func entry(policy, member string) attributes {
	return attributes{"project": "acme", "signing_policy": policy, "member": member}
}

func list(members ...string) []any {
	elements := []any{}
	for _, member := range members {
		elements = append(elements, member)
	}
	return elements
}

// throughJSON decodes the plan as the command does.
func (b *planBuilder) throughJSON(t testing.TB) *planreview.Plan {
	t.Helper()
	text, err := json.Marshal(b.plan)
	if err != nil {
		t.Fatal(err)
	}
	if b.errored {
		text = bytes.Replace(text, []byte("{"), []byte(`{"errored": true, `), 1)
	}
	plan, err := planreview.Decode(bytes.NewReader(text), vendors.Readers)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func (b *planBuilder) review(t testing.TB) *planreview.Report {
	t.Helper()
	return reviewed(t, b.throughJSON(t))
}

func reviewed(t testing.TB, plan *planreview.Plan) *planreview.Report {
	t.Helper()
	report, err := planreview.Review(plan, review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// recordedPlan is what Terraform 1.15 printed of a plan against the mock, without
// the configuration and the names of the provider. The token in it is made up.
func recordedPlan(t testing.TB) *planreview.Plan {
	t.Helper()
	text, err := os.ReadFile("testdata/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := planreview.Decode(bytes.NewReader(text), vendors.Readers)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// outputs returns the report in every format.
func outputs(t testing.TB, report *planreview.Report) map[string]string {
	t.Helper()
	var text, markdown, sarif, document strings.Builder
	if err := planreview.Write(&text, report, planreview.FormatText, envelope.Envelope{}); err != nil {
		t.Fatal(err)
	}
	if err := planreview.Write(&markdown, report, planreview.FormatMarkdown, envelope.Envelope{}); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteSARIF(&sarif, planreview.Locations{}, envelope.Envelope{Tool: envelope.Tool{Name: "signpathctl", Version: "1.0.0"}}); err != nil {
		t.Fatal(err)
	}
	if err := planreview.Write(&document, report, planreview.FormatJSON, envelope.Envelope{}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"text": text.String(), "markdown": markdown.String(), "sarif": sarif.String(), "json": document.String()}
}

// says reports the phrases that are missing from the text, and those
// after a "!" that are in it.
func says(t *testing.T, report *planreview.Report, phrases ...string) {
	t.Helper()
	text := outputs(t, report)["text"]
	for _, phrase := range phrases {
		unwanted, isUnwanted := strings.CutPrefix(phrase, "!")
		if strings.Contains(text, unwanted) == isUnwanted {
			t.Errorf("%q: wanted %t, in\n%s", unwanted, !isUnwanted, text)
		}
	}
}

func rules(findings []planreview.Finding) []string {
	found := []string{}
	for _, f := range findings {
		found = append(found, f.Rule)
	}
	slices.Sort(found)
	return found
}

package planreview

import (
	"fmt"
	"regexp"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
)

// A BaselineDrift is how far a baseline is confirmed, as the state has it after the refresh.
type BaselineDrift struct {
	Address string `json:"address"`
	Vendor  string `json:"vendor"`
	// Organization is its id at the vendor, and empty if nobody has told it.
	Organization string               `json:"organization,omitempty"`
	State        baselinereview.State `json:"state"`
	// Since is the day since when it is outstanding or overdue; empty where it is not.
	Since string `json:"since,omitempty"`
	// Attestation is nil where nobody attests.
	Attestation *baselinereview.Attester `json:"attestation"`
	// Steps is how many are for a person, and Deviations are what was seen otherwise.
	Steps      int      `json:"steps"`
	Deviations []string `json:"deviations"`
	Sentence   string   `json:"sentence"`
	where      string
}

// IsDrift tells whether somebody has to do something.
func (d BaselineDrift) IsDrift() bool {
	return d.State == baselinereview.StateOutstanding || d.State == baselinereview.StateOverdue || len(d.Deviations) > 0
}

// readBaselines reads the baselines of the state before the plan, which in a plan that only
// refreshes is all there is.
func (r *DriftReport) readBaselines(plan *Plan) {
	r.Baselines, r.LiveReviews = []BaselineDrift{}, []baselinereview.LiveReview{}
	if plan.PriorState == nil || plan.PriorState.Values == nil {
		return
	}
	baselinereview.EachResource(plan.PriorState.Values.RootModule, func(resource *tfjson.StateResource) {
		if resource.Mode == tfjson.DataResourceMode {
			r.readLiveReview(plan, resource)
			return
		}
		vendor := plan.Readers.Baselines.OfType(resource.Type)
		if vendor == nil || resource.DeposedKey != "" {
			return
		}
		record, err := vendor.Read(resource.Address, baselinereview.Object{Values: resource.AttributeValues, Sensitive: sensitiveValues(resource)})
		if err != nil {
			r.Miss(err.Error())
			return
		}
		r.Baselines = append(r.Baselines, BaselineDrift{
			Address: resource.Address, Vendor: vendor.Name, Organization: record.Organization, State: record.StateOn(r.now), Since: string(record.Since(r.now)),
			Steps: len(record.StepsOn(r.now)), Deviations: append([]string{}, record.Deviations...), where: record.Where(),
			Sentence: record.Confirmed(r.now), Attestation: record.Attester(),
		})
	})
}

// readLiveReview reads a data source that compared a baseline with what the vendor's API shows. What
// it could not compare may be otherwise.
func (r *DriftReport) readLiveReview(plan *Plan, resource *tfjson.StateResource) {
	vendor := plan.Readers.Baselines.Reviewing(resource.Type)
	if vendor == nil {
		return
	}
	live, err := vendor.ReadLiveReview(resource.Address, resource.AttributeValues)
	if err != nil {
		r.Miss(err.Error())
		return
	}
	r.LiveReviews = append(r.LiveReviews, live)
	for _, gap := range live.Gaps {
		r.Miss(live.Address + ": " + strings.TrimSuffix(gap, "."))
	}
	if r.Errored || r.Partial {
		r.Miss(live.Address + ": what it tells may be of an earlier plan, because this one did not come to everything")
	}
}

// missUnread notes the data sources that would have compared, and that this plan did not read: what it
// reads is in the state before it, also where the apply reads it once more, for a check.
func (r *DriftReport) missUnread(plan *Plan) {
	told := map[string]bool{}
	if plan.PriorState != nil && plan.PriorState.Values != nil {
		baselinereview.EachResource(plan.PriorState.Values.RootModule, func(resource *tfjson.StateResource) {
			told[resource.Address], told[withoutKeys(resource.Address)] = true, true
		})
	}
	for _, change := range plan.ResourceChanges {
		isReview := change.Mode == tfjson.DataResourceMode && plan.Readers.Baselines.Reviewing(change.Type) != nil
		if isReview && change.Change != nil && change.Change.Actions.Read() && !told[change.Address] {
			r.Miss(change.Address + " is read in the apply only, because it depends on what changes: give it the local values that the baseline has")
			told[withoutKeys(change.Address)] = true
		}
	}
	if plan.Config == nil {
		return
	}
	eachConfigured(plan.Config.RootModule, "", false, func(resource *tfjson.ConfigResource, address string, mayBeNone bool) {
		switch {
		case told[address] || plan.Readers.Baselines.Reviewing(resource.Type) == nil:
		case mayBeNone:
			r.Note(address + " was not read: it has no instance, or depends on what changes")
		default:
			r.Miss(address + " was not read: it depends on what is not there yet, has no instance, or the plan did not come to it")
		}
	})
}

// eachConfigured visits the data sources of a configuration. The address has no keys of instances, and
// mayBeNone is true for one that a count may switch off.
func eachConfigured(module *tfjson.ConfigModule, within string, mayBeNone bool, visit func(resource *tfjson.ConfigResource, address string, mayBeNone bool)) {
	if module == nil {
		return
	}
	for _, resource := range module.Resources {
		if resource != nil && resource.Mode == tfjson.DataResourceMode {
			visit(resource, within+resource.Address, mayBeNone || resource.CountExpression != nil)
		}
	}
	for _, name := range sortedKeys(module.ModuleCalls) {
		if call := module.ModuleCalls[name]; call != nil {
			eachConfigured(call.Module, within+"module."+name+".", mayBeNone || call.CountExpression != nil, visit)
		}
	}
}

// keyOfInstance is the key of an instance in an address.
var keyOfInstance = regexp.MustCompile(`\[(\d+|"(\\.|[^"\\])*")\]`)

func withoutKeys(address string) string { return keyOfInstance.ReplaceAllString(address, "") }

func (r *DriftReport) liveSection() section {
	var lines []line
	for _, live := range r.LiveReviews {
		text := fmt.Sprintf("%s (%s): %s", live.Address, live.Vendor, count(len(live.Findings), "finding", "findings"))
		var details []string
		for _, f := range live.Findings {
			details = append(details, fmt.Sprintf("%s %s: %s %s", f.Severity, f.Rule, f.Sentence, f.Advice))
		}
		for _, sentence := range live.CannotSee {
			details = append(details, "Not seen: "+sentence)
		}
		lines = append(lines, line{text, details})
	}
	return oneBlock("What the API shows beside the baseline", keepRoles, lines, each(lines, func(l line) line { return plainLine(l.text) }))
}

// recordHeadline counts what is recorded, and what was found of it.
func (r *DriftReport) recordHeadline() string {
	var texts []string
	if len(r.Baselines) > 0 {
		texts = append(texts, r.baselineHeadline())
	}
	switch n := r.liveFindings(); {
	case n > 0:
		texts = append(texts, fmt.Sprintf("APIs show %s beside what is recorded.", count(n, "thing that should be looked at", "things that should be looked at")))
	case len(r.LiveReviews) > 0 && r.IsWhole():
		texts = append(texts, "APIs show nothing beside what is recorded that should be looked at.")
	case len(r.LiveReviews) > 0:
		texts = append(texts, "Of what APIs show, nothing was found that should be looked at, and not all could be compared.")
	}
	if !r.granting && len(r.Changes) > 0 {
		texts = append(texts, fmt.Sprintf("%s outside Terraform: %s.", count(len(r.Changes), "change", "changes"), kinds(r.Changes)))
	}
	if vendors := r.recording(); len(vendors) > 0 {
		texts = append(texts, unreadBaseline(vendors...))
	}
	return strings.Join(texts, " ")
}

// baselineHeadline counts the baselines.
func (r *DriftReport) baselineHeadline() string {
	counts := map[baselinereview.State]int{}
	for _, d := range r.Baselines {
		counts[d.State]++
	}
	text := ""
	for _, state := range []baselinereview.State{
		baselinereview.StateOutstanding, baselinereview.StateOverdue, baselinereview.StateNotFollowed, baselinereview.StateConfirmed,
	} {
		if counts[state] == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		word := map[baselinereview.State]string{baselinereview.StateNotFollowed: "not followed up here"}[state]
		if word == "" {
			word = string(state)
		}
		text += fmt.Sprintf("%d %s", counts[state], word)
	}
	return fmt.Sprintf("%s of what access should be: %s.", count(len(r.Baselines), "baseline", "baselines"), text)
}

func (r *DriftReport) baselineSection() section {
	lines := each(r.Baselines, func(d BaselineDrift) line {
		return line{fmt.Sprintf("%s (%s): %s", d.where, d.Address, d.Sentence), d.Deviations}
	})
	return oneBlock("What access should be, where no API tells it", keepRoles, lines, each(lines, func(l line) line { return plainLine(l.text) }))
}

// liveFindings counts what somebody has to do something about.
func (r *DriftReport) liveFindings() (n int) {
	for _, live := range r.LiveReviews {
		n += live.Actionable()
	}
	return n
}

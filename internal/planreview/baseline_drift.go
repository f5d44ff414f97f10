package planreview

import (
	"fmt"
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
	live := vendor.ReadLiveReview(resource.Address, resource.AttributeValues)
	r.LiveReviews = append(r.LiveReviews, live)
	for _, gap := range live.Gaps {
		r.Miss(live.Address + ": " + strings.TrimSuffix(gap, "."))
	}
}

// missDeferred notes the data sources that would have compared, and are read in the apply only.
func (r *DriftReport) missDeferred(plan *Plan) {
	for _, change := range plan.ResourceChanges {
		if change.Mode == tfjson.DataResourceMode && plan.Readers.Baselines.Reviewing(change.Type) != nil && change.Change != nil && change.Change.Actions.Read() {
			r.Miss(change.Address + " is read in the apply only, because it depends on what changes: give it the local values that the baseline has")
		}
	}
}

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
	if n := r.liveFindings(); n > 0 {
		texts = append(texts, fmt.Sprintf("APIs show %s beside what is recorded.", count(n, "thing that should be looked at", "things that should be looked at")))
	} else if len(r.LiveReviews) > 0 {
		texts = append(texts, "APIs show nothing beside what is recorded that should be looked at.")
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
		n += live.ToDo()
	}
	return n
}

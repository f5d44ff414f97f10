package planreview

import (
	"fmt"

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
	r.Baselines = []BaselineDrift{}
	if plan.PriorState == nil || plan.PriorState.Values == nil {
		return
	}
	baselinereview.EachResource(plan.PriorState.Values.RootModule, func(resource *tfjson.StateResource) {
		vendor := plan.Readers.Baselines.OfType(resource.Type)
		if vendor == nil || resource.Mode == tfjson.DataResourceMode || resource.DeposedKey != "" {
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

// baselineHeadline counts the baselines.
func (r *DriftReport) baselineHeadline() string {
	if len(r.Baselines) == 0 {
		return ""
	}
	counts := map[baselinereview.State]int{}
	vendors := []string{}
	for _, d := range r.Baselines {
		counts[d.State]++
		vendors = append(vendors, d.Vendor)
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
	text = fmt.Sprintf("%s of what access should be: %s.", count(len(r.Baselines), "baseline", "baselines"), text)
	for _, vendor := range unique(vendors) {
		text += " " + unreadBaseline(vendor)
	}
	return text
}

func (r *DriftReport) baselineSection() section {
	lines := each(r.Baselines, func(d BaselineDrift) line {
		return line{fmt.Sprintf("%s (%s): %s", d.where, d.Address, d.Sentence), d.Deviations}
	})
	return oneBlock("What access should be, where no API tells it", keepRoles, lines, each(lines, func(l line) line { return plainLine(l.text) }))
}

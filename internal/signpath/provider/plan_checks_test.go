package provider_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// expectPriorMembers checks what the refresh found on a list: a plan shows
// drift as the difference from that.
type expectPriorMembers struct {
	address string
	want    []string
}

// CheckPlan implements [plancheck.PlanCheck].
func (e expectPriorMembers) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, change := range req.Plan.ResourceChanges {
		if change.Address != e.address {
			continue
		}
		before, _ := change.Change.Before.(map[string]any)
		elements, _ := before["members"].([]any)
		got := make([]string, len(elements))
		for i, element := range elements {
			got[i] = fmt.Sprint(element)
		}
		slices.Sort(got)
		slices.Sort(e.want)
		if !slices.Equal(got, e.want) {
			resp.Error = fmt.Errorf("the refresh found %v, want %v", got, e.want)
		}
		return
	}
	resp.Error = fmt.Errorf("the plan does not change %s", e.address)
}

package planreview

import (
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// checkEvents tells which checks and conditions of the configuration fail, whatever
// they are about: those of an access review stand among them.
func checkEvents(plan *tfjson.Plan, hidden secrets) []Event {
	found := []Event{}
	for _, check := range plan.Checks {
		for _, instance := range check.Instances {
			for _, problem := range instance.Problems {
				message := strings.Join(strings.Fields(problem.Message), " ") // It may have several lines.
				if hidden.areIn(problem.Message) {
					message = "its message has a sensitive value, and so is not shown"
				}
				found = append(found, Event{Address: instance.Address.ToDisplay, Sentence: instance.Address.ToDisplay + ": " + message})
			}
			if len(instance.Problems) == 0 && instance.Status == tfjson.CheckStatusError {
				found = append(found, Event{Address: instance.Address.ToDisplay, Sentence: instance.Address.ToDisplay + " could not be evaluated"})
			}
		}
	}
	return found
}

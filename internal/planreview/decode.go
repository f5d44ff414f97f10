package planreview

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A Plan is a plan as JSON, with what the type of tfjson lacks.
type Plan struct {
	*tfjson.Plan
	// Readers say what the resources of the plan are about, and Vocabulary is that of those
	// which give access.
	Readers    Readers
	Vocabulary *access.Vocabulary
	// Errored is true where planning ended with an error, so that the plan cannot be
	// applied and has only what was planned until then.
	Errored bool
}

// madeAt is when the plan was made; zero if it does not tell.
func (p *Plan) madeAt() time.Time {
	made, err := time.Parse(time.RFC3339, p.Timestamp)
	if err != nil {
		return time.Time{}
	}
	return made.UTC()
}

// isOfAll is false where the plan says that it is a part of what is to be done.
func (p *Plan) isOfAll() bool {
	return (p.Complete == nil || *p.Complete) && len(p.DeferredChanges) == 0
}

// errNoPlan is for JSON of something else. That of a state has a format version, too.
var errNoPlan = errors.New("this is no plan as JSON: make one with terraform plan -out=plan.bin and terraform show -json plan.bin > plan.json")

// Decode reads what `terraform show -json` or `tofu show -json` prints of a plan, and
// nothing behind it. A shell of Windows may have written it as UTF-16.
func Decode(r io.Reader, readers Readers) (*Plan, error) {
	text, err := io.ReadAll(transform.NewReader(r, unicode.BOMOverride(transform.Nop)))
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("it is empty, as after a terraform show that failed")
	}
	var plan tfjson.Plan
	if err := json.Unmarshal(text, &plan); err != nil {
		return nil, fmt.Errorf("%w (%w)", errNoPlan, err)
	}
	if plan.PlannedValues == nil && plan.ResourceChanges == nil || !readers.areWhole(&plan) {
		return nil, errNoPlan
	}
	var rest struct {
		Errored bool `json:"errored"`
	}
	if err := json.Unmarshal(text, &rest); err != nil {
		return nil, fmt.Errorf("this is no plan as JSON: %w", err)
	}
	return &Plan{&plan, readers, readers.Granting.Vocabulary, rest.Errored}, nil
}

// areWhole tells whether the parts of a plan that are reviewed are as Terraform makes
// them, so that nothing else has to ask.
func (r Readers) areWhole(plan *tfjson.Plan) bool {
	if plan.PriorState != nil && plan.PriorState.Values != nil && !isWholeModule(plan.PriorState.Values.RootModule) {
		return false
	}
	for _, change := range slices.Concat(plan.ResourceChanges, plan.ResourceDrift) {
		if change == nil || r.owns(change.Type) && !isWholeChange(change) {
			return false
		}
	}
	return !slices.Contains(plan.DeferredChanges, nil) && !slices.Contains(plan.ActionInvocations, nil)
}

// isWholeModule takes a missing one for a module without resources.
func isWholeModule(module *tfjson.StateModule) bool {
	if module == nil {
		return true
	}
	return !slices.Contains(module.Resources, nil) && !slices.Contains(module.ChildModules, nil) &&
		!slices.ContainsFunc(module.ChildModules, func(child *tfjson.StateModule) bool { return !isWholeModule(child) })
}

// isWholeChange tells whether there is something before a change or after it.
func isWholeChange(r *tfjson.ResourceChange) bool {
	if r.Change == nil {
		return false
	}
	exists := false
	for _, value := range []any{r.Change.Before, r.Change.After} {
		_, isObject := value.(map[string]any)
		if value != nil && !isObject {
			return false
		}
		exists = exists || isObject
	}
	return exists
}

package baselinereview

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// EachResource visits the resources of a module and of those in it.
func EachResource(module *tfjson.StateModule, visit func(*tfjson.StateResource)) {
	if module == nil {
		return
	}
	for _, resource := range module.Resources {
		if resource != nil {
			visit(resource)
		}
	}
	for _, child := range module.ChildModules {
		EachResource(child, visit)
	}
}

var errNothing = errors.New("it has no access baseline: their resources are called signicat_access_baseline and ignisign_access_baseline")

// Decode reads the baselines out of what terraform show -json prints of a plan or a state: as
// they are after the plan, or as the state has them if the plan only refreshes. They are in
// the order of their addresses.
func (v Vendors) Decode(r io.Reader) ([]*Record, error) {
	// A shell of Windows may have written it as UTF-16.
	document, err := io.ReadAll(transform.NewReader(r, unicode.BOMOverride(transform.Nop)))
	if err != nil {
		return nil, err
	}
	var kind struct {
		Format  string          `json:"format_version"`
		Planned json.RawMessage `json:"planned_values"`
		Changes json.RawMessage `json:"resource_changes"`
	}
	if err := json.Unmarshal(document, &kind); err != nil || kind.Format == "" {
		return nil, errors.New("this is no plan and no state as JSON: make it with terraform show -json > state.json, or of a saved plan with terraform show -json plan.bin > plan.json")
	}
	var objects []object
	if kind.Planned == nil && kind.Changes == nil {
		var state tfjson.State
		if err := json.Unmarshal(document, &state); err != nil {
			return nil, fmt.Errorf("this is no state as JSON: %w", err)
		}
		objects = objectsOfState(&state)
	} else {
		var plan tfjson.Plan
		if err := json.NewDecoder(bytes.NewReader(document)).Decode(&plan); err != nil {
			return nil, fmt.Errorf("this is no plan as JSON: %w", err)
		}
		objects = objectsOfPlan(&plan)
	}
	return v.records(objects)
}

func (v Vendors) records(objects []object) ([]*Record, error) {
	var all []*Record
	for _, o := range objects {
		vendor := v.OfType(o.kind)
		if vendor == nil {
			continue
		}
		record, err := vendor.Read(o.address, o.Object)
		if err != nil {
			return nil, err
		}
		all = append(all, record)
	}
	if len(all) == 0 {
		return nil, errNothing
	}
	slices.SortFunc(all, func(a, b *Record) int { return strings.Compare(a.Address, b.Address) })
	return all, nil
}

// An object is a resource instance.
type object struct {
	Object
	address, kind string
}

func objectsOfState(state *tfjson.State) (all []object) {
	if state.Values == nil {
		return nil
	}
	EachResource(state.Values.RootModule, func(r *tfjson.StateResource) {
		var marks any
		if len(r.SensitiveValues) > 0 && json.Unmarshal(r.SensitiveValues, &marks) != nil {
			marks = true
		}
		if r.Mode == tfjson.ManagedResourceMode && r.DeposedKey == "" {
			all = append(all, object{Object{Values: r.AttributeValues, Sensitive: marks}, r.Address, r.Type})
		}
	})
	return all
}

// objectsOfPlan are those after the plan. One that only refreshes has no changes.
func objectsOfPlan(plan *tfjson.Plan) (all []object) {
	for _, r := range plan.ResourceChanges {
		if r == nil || r.Change == nil || r.Mode != tfjson.ManagedResourceMode || r.DeposedKey != "" {
			continue
		}
		if values, isObject := r.Change.After.(map[string]any); isObject {
			all = append(all, object{Object{values, r.Change.AfterUnknown, r.Change.AfterSensitive, !r.Change.Actions.NoOp()}, r.Address, r.Type})
		}
	}
	if len(plan.ResourceChanges) == 0 && plan.PriorState != nil {
		return objectsOfState(plan.PriorState)
	}
	return all
}

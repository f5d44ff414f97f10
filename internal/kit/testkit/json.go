package testkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// This file tells plans and states as the CLI does with show -json, so that checks
// of plugin-testing can look at them.

// jsonValue is a value as JSON has it. What is unknown is left out of objects, and
// null elsewhere.
func jsonValue(value cty.Value) any {
	value = withoutUnknown(value)
	encoded, err := ctyjson.Marshal(value, value.Type())
	if err != nil {
		panic(err)
	}
	var decoded any
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	if err := decoder.Decode(&decoded); err != nil {
		panic(err)
	}
	return decoded
}

func withoutUnknown(value cty.Value) cty.Value {
	if value.IsWhollyKnown() || !value.IsKnown() {
		if !value.IsKnown() {
			return cty.NullVal(cty.DynamicPseudoType)
		}
		return value
	}
	ty := value.Type()
	if ty.IsObjectType() || ty.IsMapType() {
		known := map[string]cty.Value{}
		for name, element := range value.AsValueMap() {
			if element.IsKnown() {
				known[name] = withoutUnknown(element)
			}
		}
		return cty.ObjectVal(known)
	}
	var elements []cty.Value
	for _, element := range value.AsValueSlice() {
		elements = append(elements, withoutUnknown(element))
	}
	return cty.TupleVal(elements)
}

// unknownMarks has true where a value is unknown.
func unknownMarks(value cty.Value) any {
	switch {
	case !value.IsKnown():
		return true
	case value.IsWhollyKnown() && !value.IsNull() && (value.Type().IsObjectType() || value.Type().IsMapType()):
		return map[string]any{}
	case value.IsNull():
		return false
	case value.Type().IsObjectType(), value.Type().IsMapType():
		marks := map[string]any{}
		for name, element := range value.AsValueMap() {
			if !element.IsWhollyKnown() {
				marks[name] = unknownMarks(element)
			}
		}
		return marks
	case value.CanIterateElements():
		var marks []any
		for _, element := range value.AsValueSlice() {
			marks = append(marks, unknownMarks(element))
		}
		return marks
	}
	return false
}

func (s *schema) sensitiveMarks(value cty.Value) map[string]any {
	marks := map[string]any{}
	for name, a := range s.attributes {
		if a.sensitive && !value.IsNull() && value.IsKnown() && !value.GetAttr(name).IsNull() {
			marks[name] = true
		}
	}
	return marks
}

// withSensitive adds what the configuration marks. A set is marked as a whole, as the CLI does.
func withSensitive(marks map[string]any, paths []cty.PathValueMarks, value cty.Value) map[string]any {
	if value.IsNull() {
		return marks
	}
	for _, marked := range paths {
		if name, ok := marked.Path[0].(cty.GetAttrStep); ok {
			marks[name.Name] = true
		}
	}
	return marks
}

func jsonIndex(address instanceAddress) any {
	if address.key == "" {
		return nil
	}
	return jsonValue(address.keyValue())
}

func mode(address resourceAddress) tfjson.ResourceMode {
	if address.data {
		return tfjson.DataResourceMode
	}
	return tfjson.ManagedResourceMode
}

func (d *Driver) schemaOf(address resourceAddress) *schema {
	s, err := d.Providers.schemasOf(implied(address.kind))
	if err != nil {
		panic(err)
	}
	if address.data {
		return s.data[address.kind]
	}
	return s.resources[address.kind]
}

var jsonActions = map[Action]tfjson.Actions{
	NoOp: {tfjson.ActionNoop}, Create: {tfjson.ActionCreate}, Read: {tfjson.ActionRead}, Update: {tfjson.ActionUpdate}, Delete: {tfjson.ActionDelete},
	DeleteThenCreate: {tfjson.ActionDelete, tfjson.ActionCreate}, CreateThenDelete: {tfjson.ActionCreate, tfjson.ActionDelete}, Forget: {tfjson.ActionForget},
}

// JSON is the plan as show -json tells it, as far as checks look at it.
func (d *Driver) JSON(p *Plan) *tfjson.Plan {
	told := &tfjson.Plan{
		FormatVersion: "1.2", TerraformVersion: "1.15.0", OutputChanges: map[string]*tfjson.Change{},
		PlannedValues: &tfjson.StateValues{RootModule: &tfjson.StateModule{}}, PriorState: d.stateJSON(p.Prior),
	}
	for _, c := range p.Changes {
		s := d.schemaOf(c.address.resourceAddress)
		change := &tfjson.Change{
			Actions: jsonActions[c.Action], Before: jsonValue(c.Before), After: jsonValue(c.After), AfterUnknown: unknownMarks(c.After),
			BeforeSensitive: withSensitive(s.sensitiveMarks(c.Before), c.beforeSensitive, c.Before),
			AfterSensitive:  withSensitive(s.sensitiveMarks(c.After), c.afterSensitive, c.After),
			BeforeIdentity:  jsonIdentity(c.beforeIdentity), AfterIdentity: jsonIdentity(c.afterIdentity),
		}
		if c.Importing {
			change.Importing = &tfjson.Importing{}
		}
		for _, name := range c.replacePaths {
			change.ReplacePaths = append(change.ReplacePaths, []any{name})
		}
		told.ResourceChanges = append(told.ResourceChanges, &tfjson.ResourceChange{
			Address: c.Address(), Mode: mode(c.address.resourceAddress), Type: c.address.kind, Name: c.address.name, Index: jsonIndex(c.address),
			ProviderName: implied(c.address.kind), DeposedKey: c.Deposed, Change: change,
		})
		if !c.After.IsNull() {
			planned := &object{value: c.After, identity: c.afterIdentity, sensitive: c.afterSensitive}
			told.PlannedValues.RootModule.Resources = append(told.PlannedValues.RootModule.Resources, d.resourceJSON(c.address, planned))
		}
	}
	for name, value := range p.outputs {
		before, had := p.Prior.outputs[name]
		actions := tfjson.Actions{tfjson.ActionUpdate}
		switch {
		case !had:
			actions, before = tfjson.Actions{tfjson.ActionCreate}, cty.NullVal(cty.DynamicPseudoType)
		case before.RawEquals(value):
			actions = tfjson.Actions{tfjson.ActionNoop}
		}
		change := &tfjson.Change{Actions: actions, Before: jsonValue(before), AfterUnknown: true, BeforeSensitive: false, AfterSensitive: false}
		if value.IsWhollyKnown() {
			change.After, change.AfterUnknown = jsonValue(value), false
		}
		told.OutputChanges[name] = change
	}
	return told
}

func jsonIdentity(identity cty.Value) any {
	if identity == cty.NilVal || identity.IsNull() {
		return nil
	}
	return jsonValue(identity)
}

// StateJSON is the state as show -json tells it.
func (d *Driver) StateJSON() *tfjson.State { return d.stateJSON(d.State) }

func (d *Driver) stateJSON(s *State) *tfjson.State {
	told := &tfjson.State{FormatVersion: "1.0", TerraformVersion: "1.15.0"}
	if len(s.instances) == 0 && len(s.outputs) == 0 {
		return told
	}
	told.Values = &tfjson.StateValues{RootModule: &tfjson.StateModule{}, Outputs: map[string]*tfjson.StateOutput{}}
	for _, address := range s.addresses() {
		if o := s.instances[address].current; o != nil {
			told.Values.RootModule.Resources = append(told.Values.RootModule.Resources, d.resourceJSON(address, o))
		}
	}
	for name, value := range s.outputs {
		told.Values.Outputs[name] = &tfjson.StateOutput{Value: jsonValue(value), Type: value.Type()}
	}
	return told
}

func (d *Driver) resourceJSON(address instanceAddress, o *object) *tfjson.StateResource {
	values, _ := jsonValue(o.value).(map[string]any)
	identity, _ := jsonIdentity(o.identity).(map[string]any)
	sensitive, err := json.Marshal(withSensitive(d.schemaOf(address.resourceAddress).sensitiveMarks(o.value), o.sensitive, o.value))
	if err != nil {
		panic(err)
	}
	return &tfjson.StateResource{
		Address: address.String(), Mode: mode(address.resourceAddress), Type: address.kind, Name: address.name, Index: jsonIndex(address),
		ProviderName: implied(address.kind), AttributeValues: values, SensitiveValues: sensitive,
		Tainted: o.tainted, IdentityValues: identity, IdentitySchemaVersion: identityVersion(identity),
	}
}

// legacyState is the state in the form of the checks of the old SDK, which name
// attributes by flat keys such as "members.#".
func (s *State) legacyState() *terraform.State {
	module := &terraform.ModuleState{Path: []string{"root"}, Outputs: map[string]*terraform.OutputState{}, Resources: map[string]*terraform.ResourceState{}}
	legacy := &terraform.State{Modules: []*terraform.ModuleState{module}}
	for _, address := range s.addresses() {
		o := s.instances[address].current
		if o == nil {
			continue
		}
		flat := map[string]string{}
		flatten(flat, "", jsonValue(o.value))
		module.Resources[address.String()] = &terraform.ResourceState{
			Type: address.kind, Provider: implied(address.kind), Primary: &terraform.InstanceState{ID: flat["id"], Attributes: flat, Tainted: o.tainted},
		}
	}
	for name, value := range s.outputs {
		module.Outputs[name] = &terraform.OutputState{Type: value.Type().FriendlyName(), Value: jsonValue(value)}
	}
	return legacy
}

func flatten(into map[string]string, key string, value any) {
	under := func(name string) string {
		if key == "" {
			return name
		}
		return key + "." + name
	}
	switch value := value.(type) {
	case nil:
	case map[string]any:
		if key != "" {
			into[key+".%"] = strconv.Itoa(len(value))
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			flatten(into, under(name), value[name])
		}
	case []any:
		into[key+".#"] = strconv.Itoa(len(value))
		for i, element := range value {
			flatten(into, under(strconv.Itoa(i)), element)
		}
	default:
		into[key] = fmt.Sprint(value)
	}
}

// identityVersion says that an object has an identity, by which checks know it.
func identityVersion(identity map[string]any) *uint64 {
	if identity == nil {
		return nil
	}
	return new(uint64)
}

package testkit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// proposed is the new state that the core proposes to the provider: the
// configuration, and what the provider had computed where it says nothing.
func (s *schema) proposed(prior, config cty.Value) cty.Value {
	values := proposedAttributes(s.attributes, prior, config)
	for name, block := range s.blocks {
		configured := config.GetAttr(name)
		if configured.IsNull() || !configured.IsKnown() {
			values[name] = configured
			continue
		}
		values[name] = block.proposed(attributeOf(prior, name, block.ty), configured)
	}
	return cty.ObjectVal(values)
}

func proposedAttributes(attributes map[string]*attribute, prior, config cty.Value) map[string]cty.Value {
	values := map[string]cty.Value{}
	for name, a := range attributes {
		configured, had := config.GetAttr(name), attributeOf(prior, name, a.ty)
		switch {
		case a.computed && configured.IsNull():
			values[name] = had
		case a.nested != nil && !configured.IsNull() && configured.IsKnown():
			values[name] = a.proposedNested(had, configured)
		default:
			values[name] = configured
		}
	}
	return values
}

// proposedNested proposes the elements of a nested attribute. Those of a set have
// no keys by which to find what was there before.
func (a *attribute) proposedNested(prior, config cty.Value) cty.Value {
	object := func(prior, config cty.Value) cty.Value {
		if config.IsNull() || !config.IsKnown() {
			return config
		}
		return cty.ObjectVal(proposedAttributes(a.nested, prior, config))
	}
	if a.nesting == tfprotov6.SchemaObjectNestingModeSingle {
		return object(prior, config)
	}
	if config.LengthInt() == 0 || a.nesting == tfprotov6.SchemaObjectNestingModeSet {
		return config
	}
	var list []cty.Value
	keyed := map[string]cty.Value{}
	for it := config.ElementIterator(); it.Next(); {
		key, configured := it.Element()
		had := cty.NullVal(configured.Type())
		if !prior.IsNull() && prior.IsKnown() && prior.HasIndex(key).True() {
			had = prior.Index(key)
		}
		if a.nesting == tfprotov6.SchemaObjectNestingModeMap {
			keyed[key.AsString()] = object(had, configured)
		} else {
			list = append(list, object(had, configured))
		}
	}
	if a.nesting == tfprotov6.SchemaObjectNestingModeMap {
		return cty.MapVal(keyed)
	}
	return cty.ListVal(list)
}

// attributeOf is the attribute of an object, which may be null or unknown.
func attributeOf(object cty.Value, name string, ty cty.Type) cty.Value {
	switch {
	case object == cty.NilVal || object.IsNull():
		return cty.NullVal(ty)
	case !object.IsKnown():
		return cty.UnknownVal(ty)
	}
	return object.GetAttr(name)
}

// planFaults tells in what a planned state is none that a provider may plan: it
// may change what is computed and not configured, and keep what it had.
func (s *schema) planFaults(prior, config, planned cty.Value) []string {
	if planned.IsNull() != config.IsNull() {
		return []string{"the plan is for absence and the configuration is not, or the other way round"}
	}
	return attributeFaults(s.attributes, prior, config, planned, "")
}

func attributeFaults(attributes map[string]*attribute, prior, config, planned cty.Value, path string) []string {
	var faults []string
	for name, a := range attributes {
		had, configured, plans := attributeOf(prior, name, a.ty), attributeOf(config, name, a.ty), attributeOf(planned, name, a.ty)
		faults = append(faults, a.faults(had, configured, plans, path+"."+name)...)
	}
	slices.Sort(faults)
	return faults
}

func (a *attribute) faults(had, configured, plans cty.Value, at string) []string {
	isKept := sameValue(plans, had) && !had.IsNull() && !configured.IsNull()
	isWhole := func(v cty.Value) bool { return v.IsKnown() && !v.IsNull() }
	switch {
	case a.writeOnly && plans.IsNull():
		return nil
	case a.writeOnly:
		return []string{at + " is write-only and was planned with a value"}
	case sameValue(plans, configured), isKept, a.computed && (!a.optional || configured.IsNull()):
		return nil
	case a.nested != nil && a.nesting == tfprotov6.SchemaObjectNestingModeSingle && isWhole(configured) && isWhole(plans):
		return attributeFaults(a.nested, had, configured, plans, at)
	case a.sensitive:
		return []string{at + " was planned with another value than configured"}
	}
	return []string{fmt.Sprintf("%s was planned as %s, configured as %s", at, display(plans), display(configured))}
}

func sameValue(a, b cty.Value) bool { return unrefined(a).RawEquals(unrefined(b)) }

// unrefined is the value without what is known of unknown ones, in it too.
func unrefined(value cty.Value) cty.Value {
	plain, _ := cty.Transform(value, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if v.IsKnown() {
			return v, nil
		}
		return cty.UnknownVal(v.Type()), nil
	})
	return plain
}

// incompatible tells in what an actual object does not keep what was planned: all
// that was known stays as it was.
func (s *schema) incompatible(planned, actual cty.Value) []string {
	if planned.IsNull() != actual.IsNull() {
		return []string{"the object was to be there and is not, or the other way round"}
	}
	var faults []string
	if planned.IsNull() {
		return nil
	}
	for name, ty := range s.ty.AttributeTypes() {
		if !keeps(attributeOf(planned, name, ty), attributeOf(actual, name, ty)) {
			said := fmt.Sprintf(".%s was %s, is %s", name, display(planned.GetAttr(name)), display(actual.GetAttr(name)))
			if a := s.attributes[name]; a != nil && a.sensitive {
				said = "." + name + " is sensitive, and changed"
			}
			faults = append(faults, said)
		}
	}
	slices.Sort(faults)
	return faults
}

// keeps tells whether all that is known of the planned value is in the actual one.
func keeps(planned, actual cty.Value) bool {
	if !planned.IsKnown() {
		return planned.Type() == cty.DynamicPseudoType || !planned.Range().DefinitelyNotNull() || !actual.IsKnown() || !actual.IsNull()
	}
	if planned.IsWhollyKnown() || planned.IsNull() || actual.IsNull() || !actual.IsKnown() {
		return planned.RawEquals(actual)
	}
	if planned.Type().IsSetType() {
		return keepsSet(planned, actual)
	}
	if planned.Type().IsObjectType() {
		for name := range planned.Type().AttributeTypes() {
			if !actual.Type().HasAttribute(name) || !keeps(planned.GetAttr(name), actual.GetAttr(name)) {
				return false
			}
		}
		return true
	}
	return keepsElements(planned, actual)
}

// keepsElements is keeps for the elements of lists and maps.
func keepsElements(planned, actual cty.Value) bool {
	if planned.LengthInt() != actual.LengthInt() {
		return false
	}
	for it := planned.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if !actual.HasIndex(key).True() || !keeps(element, actual.Index(key)) {
			return false
		}
	}
	return true
}

// keepsSet looks for each planned element of a set, of which some are unknown, an
// actual one that keeps it, and for each actual one a planned one.
func keepsSet(planned, actual cty.Value) bool {
	some := func(in cty.Value, fits func(cty.Value) bool) bool {
		return slices.ContainsFunc(in.AsValueSlice(), fits)
	}
	for _, p := range planned.AsValueSlice() {
		if !some(actual, func(a cty.Value) bool { return keeps(p, a) }) {
			return false
		}
	}
	for _, a := range actual.AsValueSlice() {
		if !some(planned, func(p cty.Value) bool { return keeps(p, a) }) {
			return false
		}
	}
	return true
}

// display shows a value in a message.
func display(value cty.Value) string {
	switch {
	case !value.IsKnown():
		return "(known after apply)"
	case value.IsNull():
		return "null"
	case value.Type() == cty.String:
		return fmt.Sprintf("%q", value.AsString())
	}
	return strings.ReplaceAll(fmt.Sprintf("%#v", value), "cty.", "")
}

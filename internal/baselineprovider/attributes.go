package baselineprovider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// A source is a configuration, a plan or a state.
type source interface {
	GetAttribute(ctx context.Context, at path.Path, target any) diag.Diagnostics
}

// Attributes reads those of a resource. It notes what is not known, which is left out.
type Attributes struct {
	ctx     context.Context
	source  source
	diags   diag.Diagnostics
	unknown path.Paths
}

// Refuse reports what is wrong with an attribute.
func (a *Attributes) Refuse(at path.Path, summary, format string, args ...any) {
	a.diags.AddAttributeError(at, summary, fmt.Sprintf(format, args...))
}

func (a *Attributes) isUnknown(value attr.Value, at path.Path) bool {
	if value.IsUnknown() {
		a.unknown.Append(at)
	}
	return value.IsUnknown()
}

func isWithin(at path.Path, name string) bool {
	first, _ := at.Steps().NextStep()
	return first.Equal(path.PathStepAttributeName(name))
}

func (a *Attributes) get(name string, target any) {
	a.diags.Append(a.source.GetAttribute(a.ctx, path.Root(name), target)...)
}

// Text reads an attribute; null is empty.
func (a *Attributes) Text(name string) string {
	var value types.String
	a.get(name, &value)
	a.isUnknown(value, path.Root(name))
	return value.ValueString()
}

func (a *Attributes) integer(name string) int {
	var value types.Int64
	a.get(name, &value)
	a.isUnknown(value, path.Root(name))
	return int(value.ValueInt64())
}

// elements are those of a map. There is none if it is null or not known.
func (a *Attributes) elements(value attr.Value, at path.Path) map[string]attr.Value {
	table, ok := value.(types.Map)
	if !ok || a.isUnknown(value, at) {
		return nil
	}
	return table.Elements()
}

// Table reads a map of objects of text, by key and attribute; what is null is empty.
func (a *Attributes) Table(name string) map[string]map[string]string {
	var value types.Map
	a.get(name, &value)
	at := path.Root(name)
	table := map[string]map[string]string{}
	for key, element := range a.elements(value, at) {
		table[key] = map[string]string{}
		row, ok := element.(types.Object)
		if !ok || a.isUnknown(element, at.AtMapKey(key)) {
			continue
		}
		for attribute, cell := range row.Attributes() {
			if text, isText := cell.(types.String); isText && !a.isUnknown(cell, at.AtMapKey(key).AtName(attribute)) {
				table[key][attribute] = text.ValueString()
			}
		}
	}
	return table
}

// Sets reads a map of sets of text; what is null is empty.
func (a *Attributes) Sets(name string) map[string][]string {
	var value types.Map
	a.get(name, &value)
	return a.sets(value, path.Root(name))
}

func (a *Attributes) sets(value attr.Value, at path.Path) map[string][]string {
	sets := map[string][]string{}
	for key, element := range a.elements(value, at) {
		sets[key] = a.texts(element, at.AtMapKey(key))
	}
	return sets
}

// Groups reads a set of sets of text.
func (a *Attributes) Groups(name string) [][]string {
	var value types.Set
	a.get(name, &value)
	at := path.Root(name)
	if a.isUnknown(value, at) {
		return nil
	}
	var groups [][]string
	for _, element := range value.Elements() {
		groups = append(groups, a.texts(element, at.AtSetValue(element)))
	}
	return groups
}

// texts reads a set.
func (a *Attributes) texts(value attr.Value, at path.Path) []string {
	set, ok := value.(interface{ Elements() []attr.Value })
	if !ok || a.isUnknown(value, at) {
		return nil
	}
	texts := []string{}
	for _, element := range set.Elements() {
		if text, isText := element.(types.String); isText && !a.isUnknown(element, at) {
			texts = append(texts, text.ValueString())
		}
	}
	slices.Sort(texts)
	return texts
}

// grants reads what has the form of grants. It is nil for what is null.
func (a *Attributes) grants(at path.Path) baseline.Written {
	var value types.Map
	a.diags.Append(a.source.GetAttribute(a.ctx, at, &value)...)
	if value.IsNull() {
		return nil
	}
	written := baseline.Written{}
	for place, roles := range a.elements(value, at) {
		written[place] = a.sets(roles, at.AtMapKey(place))
	}
	return written
}

// grantsValue spells grants for the state; nil is null.
func grantsValue(written baseline.Written) types.Map {
	if written == nil {
		return types.MapNull(grantsType.ElemType)
	}
	places := map[string]attr.Value{}
	for place, roles := range written {
		held := map[string]attr.Value{}
		for role, texts := range roles {
			held[role] = principals{types.SetValueMust(types.StringType, textValues(texts))}
		}
		places[place] = types.MapValueMust(rolesType.ElemType, held)
	}
	return types.MapValueMust(grantsType.ElemType, places)
}

func textValues(texts []string) []attr.Value {
	values := make([]attr.Value, len(texts))
	for i, text := range texts {
		values[i] = types.StringValue(text)
	}
	return values
}

func textsValue(texts []string) types.List {
	return types.ListValueMust(types.StringType, textValues(texts))
}

// sortedKeys are those of a map, in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

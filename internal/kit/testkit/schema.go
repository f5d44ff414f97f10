package testkit

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	ctymsgpack "github.com/zclconf/go-cty/cty/msgpack"
)

// A schema is that of a resource, a data source or a provider, in the types of the
// configuration language.
type schema struct {
	ty         cty.Type
	attributes map[string]*attribute
	blocks     map[string]*schema // Single nested blocks alone.
	identity   cty.Type           // NilType if there is none.
}

type attribute struct {
	ty, configType                                     cty.Type
	required, optional, computed, sensitive, writeOnly bool
	// nested are the attributes of a nested attribute.
	nested  map[string]*attribute
	nesting tfprotov6.SchemaObjectNestingMode
}

func newSchema(from *tfprotov6.Schema) (*schema, error) {
	if from == nil {
		return &schema{ty: cty.EmptyObject}, nil
	}
	return newBlock(from.Block)
}

func newBlock(from *tfprotov6.SchemaBlock) (*schema, error) {
	s := &schema{blocks: map[string]*schema{}}
	var err error
	if s.attributes, err = newAttributes(from.Attributes); err != nil {
		return nil, err
	}
	if s.ty, err = ctyType(from.ValueType()); err != nil {
		return nil, err
	}
	for _, block := range from.BlockTypes {
		if block.Nesting != tfprotov6.SchemaNestedBlockNestingModeSingle {
			return nil, fmt.Errorf("the driver knows single nested blocks alone, and %q is none", block.TypeName)
		}
		if s.blocks[block.TypeName], err = newBlock(block.Block); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func newAttributes(from []*tfprotov6.SchemaAttribute) (map[string]*attribute, error) {
	attributes := map[string]*attribute{}
	for _, f := range from {
		a := &attribute{required: f.Required, optional: f.Optional, computed: f.Computed, sensitive: f.Sensitive, writeOnly: f.WriteOnly}
		var err error
		if a.ty, err = ctyType(f.ValueType()); err != nil {
			return nil, err
		}
		a.configType = a.ty
		if f.NestedType != nil {
			if a.nested, err = newAttributes(f.NestedType.Attributes); err != nil {
				return nil, err
			}
			for name, nested := range a.nested {
				if nested.sensitive {
					return nil, fmt.Errorf("the driver knows no sensitive attribute inside another, as %q is in %q", name, f.Name)
				}
			}
			a.nesting = f.NestedType.Nesting
			a.configType = a.nestedConfigType()
		}
		attributes[f.Name] = a
	}
	return attributes, nil
}

// nestedConfigType is the type of what a configuration may say: it may leave out
// what is optional.
func (a *attribute) nestedConfigType() cty.Type {
	types, optional := map[string]cty.Type{}, []string(nil)
	for name, nested := range a.nested {
		types[name] = nested.configType
		if !nested.required {
			optional = append(optional, name)
		}
	}
	object := cty.ObjectWithOptionalAttrs(types, optional)
	switch a.nesting {
	case tfprotov6.SchemaObjectNestingModeList:
		return cty.List(object)
	case tfprotov6.SchemaObjectNestingModeSet:
		return cty.Set(object)
	case tfprotov6.SchemaObjectNestingModeMap:
		return cty.Map(object)
	default:
		return object
	}
}

// spec tells how a block of the configuration is decoded.
func (s *schema) spec() hcldec.ObjectSpec {
	spec := hcldec.ObjectSpec{}
	for name, a := range s.attributes {
		if a.required || a.optional {
			spec[name] = &hcldec.AttrSpec{Name: name, Type: a.configType, Required: a.required}
		} else {
			spec[name] = &hcldec.LiteralSpec{Value: cty.NullVal(a.ty)}
		}
	}
	for name, block := range s.blocks {
		spec[name] = &hcldec.BlockSpec{TypeName: name, Nested: block.spec()}
	}
	return spec
}

func (s *schema) null() cty.Value { return cty.NullVal(s.ty) }

func ctyType(from tftypes.Type) (cty.Type, error) {
	encoded, err := json.Marshal(from)
	if err != nil {
		return cty.NilType, err
	}
	return ctyjson.UnmarshalType(encoded)
}

func pack(value cty.Value, ty cty.Type) *tfprotov6.DynamicValue {
	encoded, err := ctymsgpack.Marshal(value, ty)
	if err != nil {
		panic(fmt.Sprintf("%#v is no %s: %s", value, ty.FriendlyName(), err))
	}
	return &tfprotov6.DynamicValue{MsgPack: encoded}
}

// unpack reads what a provider returned; nothing is a null.
func unpack(value *tfprotov6.DynamicValue, ty cty.Type) (cty.Value, error) {
	switch {
	case value == nil:
		return cty.NullVal(ty), nil
	case value.JSON != nil:
		return ctyjson.Unmarshal(value.JSON, ty)
	}
	return ctymsgpack.Unmarshal(value.MsgPack, ty)
}

package testkit

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// A variable is an input variable.
type variable struct {
	ty cty.Type
	// value is NilVal as long as nobody gave one to a variable without a default.
	value     cty.Value
	sensitive bool
}

func newVariable(body *hclsyntax.Body) (*variable, error) {
	v := &variable{ty: cty.DynamicPseudoType}
	if len(body.Blocks) > 0 {
		return nil, fmt.Errorf("the driver does not know the block %q in a variable", body.Blocks[0].Type)
	}
	if a := body.Attributes["type"]; a != nil {
		ty, diags := typeexpr.TypeConstraint(a.Expr)
		if diags.HasErrors() {
			return nil, diags
		}
		v.ty = ty
	}
	for name, a := range body.Attributes {
		var err error
		switch name {
		case "type", "description":
		case "default":
			value, diags := a.Expr.Value(nil)
			if diags.HasErrors() {
				return nil, diags
			}
			v.value, err = convert.Convert(value, v.ty)
		case "sensitive":
			v.sensitive = isTrue(a)
		default:
			err = fmt.Errorf("the driver does not know %q in a variable", name)
		}
		if err != nil {
			return nil, err
		}
	}
	return v, nil
}

// take gives the variables values, as a command line does: as text.
func (c *configuration) take(given map[string]string) error {
	for name, text := range given {
		v := c.variables[name]
		if v == nil {
			return failure("", "Value for undeclared variable", "A variable named "+quoted(name)+" was assigned, and is not declared.")
		}
		if !v.ty.IsPrimitiveType() && v.ty != cty.DynamicPseudoType {
			return fmt.Errorf("the driver takes text for %q, and no %s", name, v.ty.FriendlyName())
		}
		var err error
		if v.value, err = convert.Convert(cty.StringVal(text), v.ty); err != nil {
			return failure("", "Invalid value for input variable", "The value of "+quoted(name)+" is none of its type: "+err.Error())
		}
	}
	for name, v := range c.variables {
		if v.value == cty.NilVal {
			return failure("", "No value for required variable", "The variable "+quoted(name)+" is not set, and has no default value.")
		}
	}
	return nil
}

// An output is an output value.
type output struct {
	value     *hclsyntax.Attribute
	sensitive bool
}

func newOutput(body *hclsyntax.Body) (*output, error) {
	o := &output{value: body.Attributes["value"]}
	if o.value == nil || len(body.Blocks) > 0 {
		return nil, fmt.Errorf("the driver knows no output without a value, or with a block")
	}
	for name, a := range body.Attributes {
		switch name {
		case "value", "description":
		case "sensitive":
			o.sensitive = isTrue(a)
		default:
			return nil, fmt.Errorf("the driver does not know %q in an output", name)
		}
	}
	return o, nil
}

// outputs are the values of all outputs.
func (e *evaluator) outputs() (map[string]cty.Value, Diagnostics) {
	values := map[string]cty.Value{}
	var all Diagnostics
	for name, o := range e.config.outputs {
		value, diags := e.value(o.value.Expr, each{})
		all = append(all, hclDiagnostics(diags, e.config.source, "")...)
		if value.ContainsMarked() && !o.sensitive {
			all = append(all, failure("", "Output refers to sensitive values", "The output "+quoted(name)+" is not sensitive, and refers to what is.")...)
		}
		values[name], _ = value.UnmarkDeep()
	}
	return values, all
}

// sensitive marks what must not be shown.
const sensitive = mark("sensitive")

type mark string

// marked is a value of the schema that shows what of it is sensitive.
func (s *schema) marked(value cty.Value) cty.Value {
	if value.IsNull() || !value.IsKnown() || !s.hasSensitive() {
		return value
	}
	values := value.AsValueMap()
	for name, a := range s.attributes {
		if a.sensitive {
			values[name] = values[name].Mark(sensitive)
		}
	}
	return cty.ObjectVal(values)
}

func (s *schema) hasSensitive() bool {
	for _, a := range s.attributes {
		if a.sensitive {
			return true
		}
	}
	return false
}

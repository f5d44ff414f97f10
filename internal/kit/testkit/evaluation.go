package testkit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// An evaluator knows the values of the resources of one walk so far.
type evaluator struct {
	config    *configuration
	functions map[string]function.Function
	// anything is true in the validation, where no resource has a value.
	anything bool

	mu     sync.Mutex
	values map[resourceAddress]map[string]cty.Value // By instance key.
}

func newEvaluator(config *configuration, functions map[string]function.Function) *evaluator {
	return &evaluator{config: config, functions: functions, values: map[resourceAddress]map[string]cty.Value{}}
}

func (e *evaluator) set(address instanceAddress, value cty.Value) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.values[address.resourceAddress] == nil {
		e.values[address.resourceAddress] = map[string]cty.Value{}
	}
	e.values[address.resourceAddress][address.key] = value
}

// begin says that the resource has these instances and no others.
func (e *evaluator) begin(address resourceAddress) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.values[address] = map[string]cty.Value{}
}

// An each is what each and count are for one instance.
type each struct{ key, value, index cty.Value }

func (e *evaluator) context(expressions []hcl.Expression, of each) (*hcl.EvalContext, hcl.Diagnostics) {
	variables := map[string]cty.Value{"path": cty.ObjectVal(map[string]cty.Value{
		"module": cty.StringVal("."), "root": cty.StringVal("."), "cwd": cty.StringVal("."),
	})}
	e.resourceVariables(variables, e.config.references(expressions))
	ctx := &hcl.EvalContext{Variables: variables, Functions: e.functions}
	if of.key != cty.NilVal {
		variables["each"] = cty.ObjectVal(map[string]cty.Value{"key": of.key, "value": of.value})
	}
	if of.index != cty.NilVal {
		variables["count"] = cty.ObjectVal(map[string]cty.Value{"index": of.index})
	}
	defaults := map[string]cty.Value{}
	for name, body := range e.config.variables {
		defaults[name] = cty.DynamicVal
		if a, ok := body.Attributes["default"]; ok {
			defaults[name], _ = a.Expr.Value(nil)
		}
	}
	variables["var"] = cty.ObjectVal(defaults)
	return ctx, e.addLocals(ctx, expressions)
}

func (e *evaluator) resourceVariables(variables map[string]cty.Value, needed map[resourceAddress]bool) {
	managed, data := map[string]map[string]cty.Value{}, map[string]map[string]cty.Value{}
	for address := range needed {
		to := managed
		if address.data {
			to = data
		}
		if to[address.kind] == nil {
			to[address.kind] = map[string]cty.Value{}
		}
		to[address.kind][address.name] = e.resourceValue(address)
	}
	for kind, names := range managed {
		variables[kind] = cty.ObjectVal(names)
	}
	if len(data) > 0 {
		kinds := map[string]cty.Value{}
		for kind, names := range data {
			kinds[kind] = cty.ObjectVal(names)
		}
		variables["data"] = cty.ObjectVal(kinds)
	}
}

// resourceValue is what a reference to the resource sees.
func (e *evaluator) resourceValue(address resourceAddress) cty.Value {
	e.mu.Lock()
	defer e.mu.Unlock()
	block, instances := e.config.block(address), e.values[address]
	switch {
	case e.anything || instances == nil:
		return cty.DynamicVal
	case block.count != nil:
		list := make([]cty.Value, len(instances))
		for i := range list {
			list[i] = instances[intKey(i)]
		}
		return cty.TupleVal(list)
	case block.forEach != nil:
		keyed := map[string]cty.Value{}
		for key, value := range instances {
			name := instanceAddress{key: key}.keyValue().AsString()
			keyed[name] = value
		}
		return cty.ObjectVal(keyed)
	}
	if value, ok := instances[""]; ok {
		return value
	}
	return cty.DynamicVal
}

// addLocals evaluates the locals that the expressions refer to, each after those
// that it refers to itself.
func (e *evaluator) addLocals(ctx *hcl.EvalContext, expressions []hcl.Expression) hcl.Diagnostics {
	done := map[string]cty.Value{}
	var diags hcl.Diagnostics
	var need func([]hcl.Expression)
	need = func(expressions []hcl.Expression) {
		for _, expression := range expressions {
			for _, t := range expression.Variables() {
				if t.RootName() != "local" || len(t) < 2 {
					continue
				}
				attr, _ := t[1].(hcl.TraverseAttr)
				local := e.config.locals[attr.Name]
				if _, ok := done[attr.Name]; ok || local == nil {
					continue
				}
				done[attr.Name] = cty.DynamicVal
				need([]hcl.Expression{local})
				ctx.Variables["local"] = cty.ObjectVal(done)
				value, more := local.Value(ctx)
				diags = append(diags, more...)
				done[attr.Name] = value
			}
		}
	}
	need(expressions)
	if len(done) > 0 {
		ctx.Variables["local"] = cty.ObjectVal(done)
	}
	return diags
}

func (e *evaluator) value(expression hcl.Expression, of each) (cty.Value, hcl.Diagnostics) {
	ctx, diags := e.context([]hcl.Expression{expression}, of)
	value, more := expression.Value(ctx)
	return value, append(diags, more...)
}

// object decodes a block by the schema.
func (e *evaluator) object(body *hclsyntax.Body, s *schema, of each) (cty.Value, hcl.Diagnostics) {
	ctx, diags := e.context(bodyExpressions(body), of)
	value, more := hcldec.Decode(body, s.spec(), ctx)
	if diags = append(diags, more...); diags.HasErrors() {
		return s.null(), diags
	}
	// What the configuration leaves out of a nested attribute is null.
	value, err := convert.Convert(value, s.ty)
	if err != nil {
		return s.null(), hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Unsuitable value", Detail: err.Error()}}
	}
	return value, diags
}

// instances are the keys of the block's instances, in order, each with what each
// and count are there.
func (e *evaluator) instances(r *resourceBlock) ([]string, map[string]each, hcl.Diagnostics) {
	switch {
	case r.count != nil:
		return e.counted(r)
	case r.forEach != nil:
		return e.keyed(r)
	}
	return []string{""}, map[string]each{"": {}}, nil
}

func (e *evaluator) counted(r *resourceBlock) ([]string, map[string]each, hcl.Diagnostics) {
	value, diags := e.value(r.count, each{})
	if diags.HasErrors() {
		return nil, nil, diags
	}
	number, err := convert.Convert(value, cty.Number)
	if err != nil || !number.IsKnown() || number.IsNull() {
		return nil, nil, unusable(r.count, "Invalid count argument", `The "count" value depends on resource attributes that cannot be determined until apply, or is no number.`)
	}
	n, _ := number.AsBigFloat().Int64()
	var keys []string
	all := map[string]each{}
	for i := range int(n) {
		keys = append(keys, intKey(i))
		all[intKey(i)] = each{index: cty.NumberIntVal(int64(i))}
	}
	return keys, all, diags
}

func (e *evaluator) keyed(r *resourceBlock) ([]string, map[string]each, hcl.Diagnostics) {
	value, diags := e.value(r.forEach, each{})
	if diags.HasErrors() {
		return nil, nil, diags
	}
	if !value.IsKnown() || value.IsNull() || value.Type().IsSetType() && !value.IsWhollyKnown() {
		return nil, nil, unusable(r.forEach, "Invalid for_each argument", `The "for_each" value depends on resource attributes that cannot be determined until apply, or is null.`)
	}
	elements := map[string]cty.Value{}
	switch {
	case value.Type().IsSetType():
		for _, element := range value.AsValueSlice() {
			elements[element.AsString()] = element
		}
	case value.Type().IsObjectType(), value.Type().IsMapType():
		elements = value.AsValueMap()
	default:
		return nil, nil, unusable(r.forEach, "Invalid for_each argument", "The given \"for_each\" argument value is unsuitable: a map, or set of strings, is needed.")
	}
	var keys []string
	all := map[string]each{}
	for _, name := range slices.Sorted(maps.Keys(elements)) {
		keys = append(keys, stringKey(name))
		all[stringKey(name)] = each{key: cty.StringVal(name), value: elements[name]}
	}
	return keys, all, diags
}

func unusable(at hcl.Expression, summary, detail string) hcl.Diagnostics {
	subject := at.Range()
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &subject}}
}

// languageFunctions are the functions of the configuration language that the driver
// knows.
var languageFunctions = map[string]function.Function{
	"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "chomp": stdlib.ChompFunc, "chunklist": stdlib.ChunklistFunc,
	"coalesce": stdlib.CoalesceFunc, "coalescelist": stdlib.CoalesceListFunc, "compact": stdlib.CompactFunc, "concat": stdlib.ConcatFunc,
	"contains": stdlib.ContainsFunc, "distinct": stdlib.DistinctFunc, "element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc,
	"floor": stdlib.FloorFunc, "format": stdlib.FormatFunc, "formatdate": stdlib.FormatDateFunc, "formatlist": stdlib.FormatListFunc,
	"join": stdlib.JoinFunc, "jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc, "keys": stdlib.KeysFunc,
	"length": stdlib.LengthFunc, "lookup": stdlib.LookupFunc, "lower": stdlib.LowerFunc, "max": stdlib.MaxFunc, "merge": stdlib.MergeFunc,
	"min": stdlib.MinFunc, "range": stdlib.RangeFunc, "regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc, "replace": stdlib.ReplaceFunc,
	"reverse": stdlib.ReverseListFunc, "setintersection": stdlib.SetIntersectionFunc, "setproduct": stdlib.SetProductFunc,
	"setsubtract": stdlib.SetSubtractFunc, "setunion": stdlib.SetUnionFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc,
	"split": stdlib.SplitFunc, "substr": stdlib.SubstrFunc, "timeadd": stdlib.TimeAddFunc, "title": stdlib.TitleFunc, "trim": stdlib.TrimFunc,
	"trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc, "trimsuffix": stdlib.TrimSuffixFunc, "upper": stdlib.UpperFunc,
	"values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,
	"can": tryfunc.CanFunc, "try": tryfunc.TryFunc,
	"tobool": stdlib.MakeToFunc(cty.Bool), "tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
	"tomap":    stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
	"tonumber": stdlib.MakeToFunc(cty.Number), "toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "tostring": stdlib.MakeToFunc(cty.String),
	"sensitive": identityFunc, "nonsensitive": identityFunc, "one": oneFunc,
	"alltrue": truthFunc(func(all []cty.Value) bool { return !slices.ContainsFunc(all, cty.Value.False) }),
	"anytrue": truthFunc(func(all []cty.Value) bool { return slices.ContainsFunc(all, cty.Value.True) }),
}

var identityFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowNull: true, AllowDynamicType: true}},
	Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], nil },
})

var oneFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type: func(args []cty.Value) (cty.Type, error) {
		if ty := args[0].Type(); ty.IsCollectionType() {
			return ty.ElementType(), nil
		}
		return cty.DynamicPseudoType, nil
	},
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		switch all := args[0].AsValueSlice(); len(all) {
		case 0:
			return cty.NullVal(ty), nil
		case 1:
			return all[0], nil
		}
		return cty.NilVal, fmt.Errorf("must be a list, set, or tuple value with either zero or one elements")
	},
})

func truthFunc(of func([]cty.Value) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(of(args[0].AsValueSlice())), nil
		},
	})
}

// implied is the provider of a type by its name.
func implied(kind string) string {
	name, _, _ := strings.Cut(kind, "_")
	return name
}

func quoted(s string) string { return strconv.Quote(s) }

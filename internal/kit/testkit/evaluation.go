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
	schemaOf  func(resourceAddress) *schema
	// anything is true in the validation, where no resource has a value.
	anything bool

	mu     sync.Mutex
	values map[resourceAddress]map[string]cty.Value // By instance key.
	// sensitive is where the configuration of an instance has something sensitive.
	sensitive map[instanceAddress][]cty.PathValueMarks
}

func newEvaluator(config *configuration, functions map[string]function.Function, schemaOf func(resourceAddress) *schema) *evaluator {
	return &evaluator{
		config: config, functions: functions, schemaOf: schemaOf,
		values: map[resourceAddress]map[string]cty.Value{}, sensitive: map[instanceAddress][]cty.PathValueMarks{},
	}
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
	given := map[string]cty.Value{}
	for name, v := range e.config.variables {
		given[name] = v.value
		if e.anything {
			given[name] = cty.UnknownVal(v.ty)
		}
		if v.sensitive {
			given[name] = given[name].Mark(sensitive)
		}
	}
	variables["var"] = cty.ObjectVal(given)
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
	block, instances := e.config.block(address), map[string]cty.Value{}
	if e.anything || e.values[address] == nil {
		return cty.DynamicVal
	}
	for key := range e.values[address] {
		instances[key] = e.shown(instanceAddress{address, key})
	}
	switch {
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

// shown is the value of an instance, with marks at what is sensitive.
func (e *evaluator) shown(address instanceAddress) cty.Value {
	value, ok := e.values[address.resourceAddress][address.key]
	if !ok {
		return cty.DynamicVal
	}
	return e.schemaOf(address.resourceAddress).marked(value).MarkWithPaths(e.sensitive[address])
}

// self is what a condition of an instance sees of it.
func (e *evaluator) self(address instanceAddress) cty.Value {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.shown(address)
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

// value is that of an expression, with marks at what is sensitive.
func (e *evaluator) value(expression hcl.Expression, of each) (cty.Value, hcl.Diagnostics) {
	ctx, diags := e.context([]hcl.Expression{expression}, of)
	value, more := expression.Value(ctx)
	return value, append(diags, more...)
}

// object decodes a block by the schema.
func (e *evaluator) object(body *hclsyntax.Body, s *schema, of each) (cty.Value, hcl.Diagnostics) {
	value, _, diags := e.decode(body, s, of)
	return value, diags
}

// configured decodes the block of an instance, and remembers what is sensitive in it.
func (e *evaluator) configured(r *resourceBlock, address instanceAddress, s *schema, of each) (cty.Value, hcl.Diagnostics) {
	value, marks, diags := e.decode(r.body, s, of)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sensitive[address] = marks
	return value, diags
}

// sensitiveIn is what was sensitive in the block of an instance when it was decoded last.
func (e *evaluator) sensitiveIn(address instanceAddress) []cty.PathValueMarks {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sensitive[address]
}

func (e *evaluator) decode(body *hclsyntax.Body, s *schema, of each) (cty.Value, []cty.PathValueMarks, hcl.Diagnostics) {
	ctx, diags := e.context(bodyExpressions(body), of)
	value, more := hcldec.Decode(body, s.spec(), ctx)
	if diags = append(diags, more...); diags.HasErrors() {
		return s.null(), nil, diags
	}
	value, marks := value.UnmarkDeepWithPaths()
	// What the configuration leaves out of a nested attribute is null.
	value, err := convert.Convert(value, s.ty)
	if err != nil {
		return s.null(), nil, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Unsuitable value", Detail: err.Error()}}
	}
	return value, marks, diags
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
	value, _ = value.Unmark()
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
	if value.IsMarked() || !value.IsKnown() || value.IsNull() || value.Type().IsSetType() && !value.IsWhollyKnown() {
		return nil, nil, unusable(r.forEach, "Invalid for_each argument", `The "for_each" value depends on resource attributes that cannot be determined until apply, is sensitive, or is null.`)
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
	"sensitive":    markFunc(func(value cty.Value) cty.Value { return value.Mark(sensitive) }),
	"nonsensitive": markFunc(func(value cty.Value) cty.Value { value, _ = value.Unmark(); return value }),
	"one":          oneFunc,
	"alltrue":      truthFunc(func(all []cty.Value) bool { return !slices.ContainsFunc(all, cty.Value.False) }),
	"anytrue":      truthFunc(func(all []cty.Value) bool { return slices.ContainsFunc(all, cty.Value.True) }),
}

func markFunc(of func(cty.Value) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{
			Name: "value", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowNull: true, AllowDynamicType: true, AllowMarked: true,
		}},
		Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return of(args[0]), nil },
	})
}

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

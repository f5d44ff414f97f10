package testkit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// A resourceAddress names a block of the configuration: "signing_user.this",
// "data.signing_users.all".
type resourceAddress struct {
	data       bool
	kind, name string
}

func (a resourceAddress) String() string {
	if a.data {
		return "data." + a.kind + "." + a.name
	}
	return a.kind + "." + a.name
}

// An instanceAddress names an instance of it. The key is "" for the only one,
// [0] for one of a count, ["key"] for one of a for_each.
type instanceAddress struct {
	resourceAddress
	key string
}

func (a instanceAddress) String() string { return a.resourceAddress.String() + a.key }

func intKey(i int) string       { return fmt.Sprintf("[%d]", i) }
func stringKey(s string) string { return "[" + strconv.Quote(s) + "]" }

// keyValue is the key as a value: null for the only instance.
func (a instanceAddress) keyValue() cty.Value {
	inner := strings.TrimSuffix(strings.TrimPrefix(a.key, "["), "]")
	if a.key == "" {
		return cty.NullVal(cty.String)
	}
	if i, err := strconv.Atoi(inner); err == nil {
		return cty.NumberIntVal(int64(i))
	}
	text, err := strconv.Unquote(inner)
	if err != nil {
		panic(err)
	}
	return cty.StringVal(text)
}

// parseAddress reads an address as a command or a test spells it.
func parseAddress(text string) (instanceAddress, error) {
	var a instanceAddress
	rest := text
	if after, ok := strings.CutPrefix(rest, "data."); ok {
		a.data, rest = true, after
	}
	kind, name, ok := strings.Cut(rest, ".")
	if cut := strings.Index(name, "["); cut >= 0 {
		name, a.key = name[:cut], name[cut:]
	}
	a.kind, a.name = kind, name
	if !ok || kind == "" || name == "" {
		return a, fmt.Errorf("%q is no address of a resource", text)
	}
	return a, nil
}

// traversalAddress is the address that a reference in the configuration names. It
// is false where it names no resource.
func traversalAddress(t hcl.Traversal) (instanceAddress, bool) {
	var a instanceAddress
	steps := t[1:]
	a.kind = t.RootName()
	if a.kind == "data" && len(steps) > 0 {
		a.data = true
		if attr, ok := steps[0].(hcl.TraverseAttr); ok {
			a.kind, steps = attr.Name, steps[1:]
		}
	}
	if len(steps) == 0 {
		return a, false
	}
	attr, ok := steps[0].(hcl.TraverseAttr)
	if !ok {
		return a, false
	}
	a.name = attr.Name
	if len(steps) > 1 {
		if index, ok := steps[1].(hcl.TraverseIndex); ok {
			a.key = valueKey(index.Key)
		}
	}
	return a, true
}

func valueKey(key cty.Value) string {
	if key.Type() == cty.Number {
		i, _ := key.AsBigFloat().Int64()
		return intKey(int(i))
	}
	return stringKey(key.AsString())
}

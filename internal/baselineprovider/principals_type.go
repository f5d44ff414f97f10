package baselineprovider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// principalsType is a set of text. That of the framework compares each element with each other
// one to find duplicates, which takes a minute for a few thousand of them.
type principalsType struct{ basetypes.SetType }

// principals is a value of the type.
type principals struct{ basetypes.SetValue }

var (
	_ basetypes.SetTypable  = principalsType{}
	_ basetypes.SetValuable = principals{}
)

// Equal implements [attr.Type].
func (t principalsType) Equal(o attr.Type) bool {
	other, ok := o.(principalsType)
	return ok && t.SetType.Equal(other.SetType)
}

// String implements [attr.Type].
func (t principalsType) String() string { return "principals" }

// ValueFromSet implements [basetypes.SetTypable].
func (t principalsType) ValueFromSet(_ context.Context, in basetypes.SetValue) (basetypes.SetValuable, diag.Diagnostics) {
	return principals{in}, nil
}

// ValueFromTerraform implements [attr.Type].
func (t principalsType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.SetType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	set, ok := value.(basetypes.SetValue)
	if !ok {
		return nil, fmt.Errorf("%T is no set", value)
	}
	return principals{set}, nil
}

// ValueType implements [attr.Type].
func (t principalsType) ValueType(context.Context) attr.Value { return principals{} }

// Validate implements what the framework asks of a type. A CLI hands no set with duplicates.
func (t principalsType) Validate(context.Context, tftypes.Value, path.Path) diag.Diagnostics {
	return nil
}

// Type implements [attr.Value].
func (v principals) Type(ctx context.Context) attr.Type {
	return principalsType{basetypes.SetType{ElemType: v.ElementType(ctx)}}
}

// Equal implements [attr.Value].
func (v principals) Equal(o attr.Value) bool {
	other, ok := o.(principals)
	return ok && v.SetValue.Equal(other.SetValue)
}

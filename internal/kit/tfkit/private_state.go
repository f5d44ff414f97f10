package tfkit

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Private state is what Terraform keeps beside the state of a resource instance and shows
// to nobody. Each value in it stands under a key of its own, as JSON.

// PrivateReader is what the framework's requests offer of private state.
type PrivateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// PrivateState is what its responses offer.
type PrivateState interface {
	PrivateReader
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// GetPrivate returns a value of private state, and the zero value where there is none.
func GetPrivate[T any](ctx context.Context, private PrivateReader, key string) (value T) {
	if private != nil {
		raw, _ := private.GetKey(ctx, key)
		_ = json.Unmarshal(raw, &value)
	}
	return value
}

// SetPrivate keeps a value in private state.
func SetPrivate(ctx context.Context, private PrivateState, key string, value any, diags *diag.Diagnostics) {
	raw, _ := json.Marshal(value) // It is made of texts and does not fail.
	diags.Append(private.SetKey(ctx, key, raw)...)
}

// PrivateMark has the mark of an instance.
const PrivateMark = "owner"

// InstanceMark returns the mark of the resource instance that is being planned, and gives it one if it has
// none. It is random: Terraform does not tell a provider the address of an instance, and plans it twice
// when it replaces it.
func InstanceMark(ctx context.Context, private PrivateState, diags *diag.Diagnostics) string {
	mark := GetPrivate[string](ctx, private, PrivateMark)
	if mark == "" {
		mark = uuid.NewString()
		SetPrivate(ctx, private, PrivateMark, mark, diags)
	}
	return mark
}

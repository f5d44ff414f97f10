package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Private state is what Terraform keeps beside the state of a resource instance and shows
// to nobody. Each value in it stands under a key of its own, as JSON.

// privateReader is what the framework's requests offer of private state.
type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// privateState is what its responses offer.
type privateState interface {
	privateReader
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// getPrivate returns a value of private state, and the zero value where there is none.
func getPrivate[T any](ctx context.Context, private privateReader, key string) (value T) {
	if private != nil {
		raw, _ := private.GetKey(ctx, key)
		_ = json.Unmarshal(raw, &value)
	}
	return value
}

// setPrivate keeps a value in private state.
func setPrivate(ctx context.Context, private privateState, key string, value any, diags *diag.Diagnostics) {
	raw, _ := json.Marshal(value) // It is made of texts and does not fail.
	diags.Append(private.SetKey(ctx, key, raw)...)
}

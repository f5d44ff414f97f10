package baselineprovider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// NewFunction returns the constructor of a function that asks nobody.
func NewFunction(
	name string, definition function.Definition, run func(context.Context, function.ArgumentsData) (any, *function.FuncError),
) func() function.Function {
	return func() function.Function { return &simpleFunction{name, definition, run} }
}

type simpleFunction struct {
	name       string
	definition function.Definition
	run        func(context.Context, function.ArgumentsData) (any, *function.FuncError)
}

// Metadata implements [function.Function].
func (f *simpleFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = f.name
}

// Definition implements [function.Function].
func (f *simpleFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = f.definition
}

// Run implements [function.Function].
func (f *simpleFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var result any
	if result, resp.Error = f.run(ctx, req.Arguments); resp.Error == nil {
		resp.Error = resp.Result.Set(ctx, result)
	}
}

package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
)

// parseMemberFunction takes a member reference apart. It asks SignPath nothing.
type parseMemberFunction struct{}

var _ function.Function = (*parseMemberFunction)(nil)

func newParseMemberFunction() function.Function { return &parseMemberFunction{} }

// parsedMember is the result of the function parse_member.
type parsedMember struct {
	Kind string `tfsdk:"kind"`
	Key  string `tfsdk:"key"`
	IsID bool   `tfsdk:"is_id"`
}

// Metadata implements [function.Function].
func (f *parseMemberFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_member"
}

// Definition implements [function.Function].
func (f *parseMemberFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Take a member reference apart",
		MarkdownDescription: "Returns the parts of a member reference, as it stands in a configuration or in an access list that a data source read:\n\n" +
			"* `kind` (String) " + kindNames("`", "or") + ". In access lists also `unknown`, for an entry that no directory of the organization holds.\n" +
			"* `key` (String) What stands after the first colon: an e-mail, a name or a UUID.\n" +
			"* `is_id` (Boolean) True if the key is a UUID.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "reference", MarkdownDescription: "The member reference, such as `user:dev.lead@example.com`."},
		},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"kind": types.StringType, "key": types.StringType, "is_id": types.BoolType,
		}},
	}
}

// Run implements [function.Function].
func (f *parseMemberFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	if resp.Error = req.Arguments.Get(ctx, &text); resp.Error != nil {
		return
	}
	reference, err := access.ParseEntry(text)
	if err != nil {
		message := err.Error()
		if !strings.Contains(message, access.ReferenceForms) {
			message = tfkit.Sentence(message) + " Valid are " + access.ReferenceForms
		}
		resp.Error = function.NewArgumentFuncError(0, message)
		return
	}
	resp.Error = resp.Result.Set(ctx, parsedMember{
		Kind: string(reference.Kind), Key: reference.Key, IsID: access.IsID(reference.Key),
	})
}

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// memberFunction makes a member reference of its parts. It asks SignPath
// nothing.
type memberFunction struct{}

var _ function.Function = (*memberFunction)(nil)

func newMemberFunction() function.Function { return &memberFunction{} }

// Metadata implements [function.Function].
func (f *memberFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "member"
}

// Definition implements [function.Function].
func (f *memberFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Make a member reference",
		MarkdownDescription: "Returns a member reference, such as `user:dev.lead@example.com`, of its kind and the e-mail, name or UUID. " +
			"A reference that cannot be right is an error; whether there is such a member, only a plan can tell.\n\n" +
			"For a user or CI user that this configuration creates, write its `member` attribute instead, such as `signpath_ci_user.build.member`: " +
			"that tells Terraform to create it first.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "kind", MarkdownDescription: "The kind of the member: " + kindNames("`", "or") + "."},
			function.StringParameter{
				Name: "key",
				MarkdownDescription: "The e-mail of an interactive user, with the kind `user`; the name of a CI user or group, with `ci_user` or `group`; or, with any kind, the UUID. " +
					"Without white space around it.",
			},
		},
		Return: function.StringReturn{},
	}
}

// Run implements [function.Function].
func (f *memberFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var kind, key string
	if resp.Error = req.Arguments.Get(ctx, &kind, &key); resp.Error != nil {
		return
	}
	if !slices.Contains(access.Kinds(), access.Kind(kind)) {
		resp.Error = function.NewArgumentFuncError(0, wrongKind(kind))
		return
	}
	reference, err := access.ParseReference(kind + ":" + key)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(1, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, reference.String())
}

// wrongKind says what is wrong with a kind, and what the function takes.
func wrongKind(text string) string {
	meant := ""
	if kind := access.Meant(text, access.Kinds()); kind != "" {
		meant = fmt.Sprintf(" (did you mean %q?)", kind)
	}
	if _, err := access.ParseReference(text); err == nil {
		meant = ", but a whole member reference, which needs no function"
	}
	return fmt.Sprintf(`%q is not a kind of member%s; valid are %s, as in member("user", "dev.lead@example.com")`, text, meant, kindNames(`"`, "and"))
}

// kindNames lists the kinds that a configuration can name: "a, b or c".
func kindNames(quote, conjunction string) string {
	var names []string
	for _, kind := range access.Kinds() {
		names = append(names, quote+string(kind)+quote)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + conjunction + " " + names[last]
}

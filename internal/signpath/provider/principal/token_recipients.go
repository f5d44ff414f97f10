package principal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// A githubKey is an element of github_recipients.
type githubKey struct {
	Key   types.String `tfsdk:"key"`
	KeyID types.String `tfsdk:"key_id"`
}

// A githubToken is an element of github_tokens.
type githubToken struct {
	Value types.String `tfsdk:"value"`
	KeyID types.String `tfsdk:"key_id"`
}

// githubTokenType is the type of a githubToken.
var githubTokenType = types.ObjectType{AttrTypes: map[string]attr.Type{"value": types.StringType, attrKeyID: types.StringType}}

const (
	attrKey   = "key"
	attrKeyID = "key_id"
)

// githubRecipientsAttribute is github_recipients.
func githubRecipientsAttribute() schema.Attribute {
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "Public keys of GitHub's, by names of your choice, to give the token to GitHub without a copy in the clear. If they are set, `token` is null, and " +
			"`github_tokens` has the token sealed for each of them. They can stand beside `encryption_recipients`, or alone. " +
			"A name that is added or taken away replaces the resource: the token that was generated is not there any more to be sealed again, and whoever could open it has known it. " +
			"**Another key under the same name changes nothing but for a warning**, which stays until the next rotation: GitHub may change a key at any time, and that rotates no token. " +
			"The next rotation seals the token for it. So give another repository another name. An empty map, a null element, a key that is not 32 bytes in base64, and one of low order are errors in the plan.",
		Validators: []validator.Map{mapvalidator.SizeAtLeast(1), run.NoNullsInMap()},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			attrKey: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The public key, 32 bytes in base64: the attribute `key` of the data source `github_actions_public_key`, `github_actions_environment_public_key`, " +
					"`github_actions_organization_public_key`, `github_dependabot_public_key` or `github_dependabot_organization_public_key`.",
				Validators: []validator.String{isSealedBoxKey{}},
			},
			attrKeyID: schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Its id at GitHub: the attribute `key_id` of the same data source.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
		}},
	}
}

// githubTokensAttribute is github_tokens.
func githubTokensAttribute() schema.Attribute {
	return schema.MapNestedAttribute{
		Computed: true, PlanModifiers: []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
		MarkdownDescription: "The API token for each of `github_recipients`, by the same names; null without them. It is not a secret, and not marked as sensitive: only GitHub can open it.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"value": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "A sealed box of libsodium in base64: `value_encrypted` of the resources of the provider `integrations/github`, " +
					"which is called `encrypted_value` before its version 6.12.",
			},
			attrKeyID: schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the key that it is sealed for, to be given to GitHub with it. It stays with the value when GitHub has another key.",
			},
		}},
	}
}

// githubKeys returns the elements of github_recipients, by name. What is not known of an
// element is unknown in it.
func githubKeys(recipients types.Map) map[string]githubKey {
	keys := map[string]githubKey{}
	for name, element := range recipients.Elements() {
		keys[name] = githubKey{Key: types.StringUnknown(), KeyID: types.StringUnknown()}
		if object, ok := element.(types.Object); ok && !object.IsUnknown() {
			key, _ := object.Attributes()[attrKey].(types.String)
			keyID, _ := object.Attributes()[attrKeyID].(types.String)
			keys[name] = githubKey{Key: key, KeyID: keyID}
		}
	}
	return keys
}

// githubTokens returns github_tokens, with a value for each of the recipients.
func (m *ciUserTokenModel) githubTokens(ctx context.Context, value func(githubKey) (types.String, error)) (types.Map, error) {
	if m.GitHubRecipients.IsNull() {
		return types.MapNull(githubTokenType), nil
	}
	tokens := map[string]githubToken{}
	for name, key := range githubKeys(m.GitHubRecipients) {
		sealed, err := value(key)
		if err != nil {
			return types.MapNull(githubTokenType), err
		}
		tokens[name] = githubToken{Value: sealed, KeyID: key.KeyID}
	}
	made, diags := types.MapValueFrom(ctx, githubTokenType, tokens)
	if diags.HasError() {
		return made, fmt.Errorf("%s: %s", diags[0].Summary(), diags[0].Detail())
	}
	return made, nil
}

// planForm says in the plan of a create in which forms the token will be kept.
func (m *ciUserTokenModel) planForm(ctx context.Context, diags *diag.Diagnostics) {
	if m.EncryptionRecipients.IsNull() {
		m.EncryptedToken = types.StringNull()
	}
	if !m.GitHubRecipients.IsUnknown() {
		planned, err := m.githubTokens(ctx, func(githubKey) (types.String, error) { return types.StringUnknown(), nil })
		if err != nil {
			diags.AddAttributeError(path.Root(attrGitHubTokens), "Planning failed", err.Error())
		}
		m.GitHubTokens = planned
	}
	for _, recipients := range []attr.Value{m.EncryptionRecipients, m.GitHubRecipients} {
		if !recipients.IsNull() && !recipients.IsUnknown() {
			m.Token = types.StringNull()
		}
	}
}

// hasOtherRecipients tells whether the token has to be generated anew for github_recipients:
// for a name that is new, or one that is not there any more.
func (m *ciUserTokenModel) hasOtherRecipients(state ciUserTokenModel) bool {
	if m.GitHubRecipients.IsNull() || state.GitHubRecipients.IsNull() {
		return m.GitHubRecipients.IsNull() != state.GitHubRecipients.IsNull()
	}
	return !m.GitHubRecipients.IsUnknown() && !slices.Equal(
		slices.Sorted(maps.Keys(m.GitHubRecipients.Elements())), slices.Sorted(maps.Keys(state.GitHubRecipients.Elements())))
}

// keepGitHubKeys plans that a token stays sealed for the keys that it was sealed for, and
// says where there is another one by now. Where all is only known after apply, it is
// looked at in the next plan.
func (r *ciUserTokenResource) keepGitHubKeys(plan *ciUserTokenModel, state ciUserTokenModel, resp *resource.ModifyPlanResponse) {
	ciUser := state.CIUser.ValueString()
	if plan.GitHubRecipients.IsUnknown() {
		resp.Diagnostics.AddAttributeWarning(path.Root(attrGitHubRecipients), "Known after apply: github_recipients of "+ciUser, fmt.Sprintf(
			"It is known only after apply which names github_recipients will have. This plan leaves the API token of %s as it is. "+
				"If there is another name by then, and something else of this resource changes, the apply ends with \"Provider produced inconsistent final plan\". "+
				"Then plan again: the plan shows the replacement.", ciUser))
	}
	was, changed := githubKeys(state.GitHubRecipients), []string{}
	for name, key := range githubKeys(plan.GitHubRecipients) {
		if isOther(key.Key, was[name].Key) || isOther(key.KeyID, was[name].KeyID) {
			changed = append(changed, fmt.Sprintf("%q", name))
		}
	}
	plan.GitHubRecipients = state.GitHubRecipients
	if len(changed) == 0 {
		return
	}
	slices.Sort(changed)
	resp.Diagnostics.AddAttributeWarning(path.Root(attrGitHubRecipients), "The API token is sealed for another key than the present one: "+ciUser, fmt.Sprintf(
		"There is another key by now under %s of github_recipients. GitHub may have replaced it, or the configuration says where to get another. "+
			"That rotates nothing, and a secret that GitHub has keeps its value. "+
			"But github_tokens still has the API token of %s as it was sealed for the key before, which GitHub may not take any more for a new secret, or one that is written again. "+
			"The next rotation seals the token for the other key, and who has that can open it: make sure that it is GitHub's. "+
			"This is said in each plan until then. To rotate now, change rotation_triggers.", strings.Join(changed, ", "), ciUser))
}

// isOther tells whether a value is known to be another one.
func isOther(value, known types.String) bool { return !value.IsUnknown() && !value.Equal(known) }

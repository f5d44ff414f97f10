package role

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// roleHoldersListResource finds the holders of each role.
type roleHoldersListResource struct{ run.Configured }

var _ list.ListResourceWithConfigure = (*roleHoldersListResource)(nil)

func newRoleHoldersListResource() list.ListResource { return &roleHoldersListResource{} }

// Metadata implements [list.ListResource].
func (r *roleHoldersListResource) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	newRoleHoldersResource().Metadata(ctx, req, resp)
}

// ListResourceConfigSchema implements [list.ListResource].
func (r *roleHoldersListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds who has each privileged global role, as a whole. For the roles of single users there is `signpath_role_assignment`; " +
			"import each role in one of the two forms.\n\n" + run.LimitNote,
		Attributes: map[string]schema.Attribute{
			run.AttrRole: schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only the holders of this role: one of `" + run.JoinRoles("`, `") + "`. Those of all roles if it is not set.",
				Validators:          []validator.String{run.IsRole()},
			},
			run.AttrIncludeEmpty: schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to find roles that nobody has, too. To manage one means that whoever is given it loses it. Defaults to `false`.",
			},
		},
	}
}

// List implements [list.ListResource].
func (r *roleHoldersListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	r.Stream(req, stream, func(l *run.Listing) {
		var diags diag.Diagnostics
		var empty types.Bool
		diags.Append(req.Config.GetAttribute(ctx, path.Root(run.AttrIncludeEmpty), &empty)...)
		only := roleIn(ctx, req.Config, &diags)
		if l.Report(diags); diags.HasError() {
			return
		}
		l.Client.LearnLists(ctx)
		all, err := allUsers(ctx, l.Session)
		if err != nil {
			l.Fail(run.Failure{Doing: "Listing the users", Needs: run.NeedsAnyRole}, err)
			return
		}
		for _, role := range vocabulary.PrivilegedRoles() {
			found := slices.DeleteFunc(holders(all, role), func(p access.Principal) bool { return !isTakeable(p) })
			if l.IsDone() || !only.IsNull() && only.ValueString() != string(role) || len(found) == 0 && !empty.ValueBool() {
				continue
			}
			foundHolders(ctx, l, role, found)
		}
	})
}

func foundHolders(ctx context.Context, l *run.Listing, role access.Role, found []access.Principal) {
	members := make([]string, len(found))
	for i, p := range found {
		members[i] = l.Client.Known().ReferenceTo(p.ID).String()
	}
	l.Found(ctx, run.ListedObject{
		Name: fmt.Sprintf("holders of %s", role), Identity: holdersIdentity(l.Session, role),
		Fill: func(to *tfsdk.Resource, diags *diag.Diagnostics) {
			diags.Append(to.SetAttribute(ctx, path.Root(run.AttrRole), string(role))...)
			diags.Append(to.SetAttribute(ctx, path.Root(run.AttrMembers), run.MemberSet(members))...)
		},
	})
}

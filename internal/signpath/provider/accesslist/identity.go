package accesslist

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// The identities of whole lists and of single entries. Slugs are unique in one
// organization only, and an identity has to be so in the whole configuration,
// which may have a provider for each of several organizations. So it names the
// organization, too; an import need not.

const (
	attrGroupID  = "group_id"
	attrMemberID = "member_id"
)

// listIdentitySchema describes [session.listIdentity].
func listIdentitySchema(list vocabulary.List, withMember bool) identityschema.Schema {
	attributes := map[string]identityschema.Attribute{}
	required := func(name, description string) {
		attributes[name] = identityschema.StringAttribute{RequiredForImport: true, Description: description}
	}
	switch list.Parent {
	case vocabulary.ParentUserGroup:
		required(attrGroupID, "Id of the user group at SignPath, a UUID.")
	case vocabulary.ParentSigningPolicy:
		required(run.AttrSigningPolicy, "Slug of the signing policy, as in its web address.")
		fallthrough
	default:
		required(run.AttrProject, "Slug of the project, as in its web address.")
		attributes[run.AttrOrganizationID] = identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "Id of the SignPath organization, a UUID. An import may leave it out: it is that of the provider.",
		}
	}
	if withMember {
		required(attrMemberID, fmt.Sprintf("Id of the %s at SignPath, a UUID: that of an interactive user, a CI user or a user group.", list.Singular))
	}
	return identityschema.Schema{Attributes: attributes}
}

// listIdentity is the identity of a whole list, or of the entry of the principal
// with the id.
func (l *managedList) listIdentity(t api.Target, memberID string) run.IdentityData {
	d := run.IdentityData{}
	switch t.List.Parent {
	case vocabulary.ParentUserGroup:
		d[attrGroupID] = t.Group
	case vocabulary.ParentSigningPolicy:
		d[run.AttrSigningPolicy] = t.Policy
		fallthrough
	default:
		d[run.AttrProject] = t.Project
		d[run.AttrOrganizationID] = l.Client.OrganizationID()
	}
	if memberID != "" {
		d[attrMemberID] = memberID
	}
	return d
}

// importParent finds out what is to be imported, by an id or an identity: the
// list's parent and, for an entry, the member.
func (l *managedList) importParent(
	ctx context.Context, withMember bool, req resource.ImportStateRequest, diags *diag.Diagnostics,
) (parent parentFields, member string, ok bool) {
	if req.ID != "" {
		parent, member, err := parseImportID(req.ID, l.list, withMember)
		if err != nil {
			diags.AddError("Invalid import id", tfkit.Sentence(err.Error()))
		}
		return parent, member, err == nil
	}
	parent = importedParent(ctx, l.list, req.Identity, diags)
	if withMember && !diags.HasError() {
		member = l.ImportedMember(ctx, req.Identity, attrMemberID, access.Kinds(), diags)
	}
	return parent, member, !diags.HasError()
}

// importedParent takes the list's parent out of an identity.
func importedParent(ctx context.Context, list vocabulary.List, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) (parent parentFields) {
	parent.each(list, func(name string, value *types.String) {
		if name == run.AttrGroup {
			id := run.ImportedID(ctx, identity, attrGroupID, diags)
			*value = types.StringValue(access.Reference{Kind: access.KindGroup, Key: id}.String())
			return
		}
		slug := run.IdentityAttribute(ctx, identity, name)
		if err := vocabulary.CheckSlug(slug); err != nil {
			diags.AddError("Invalid identity", tfkit.Sentence(name+" of the identity: "+err.Error()))
		}
		*value = types.StringValue(slug)
	})
	return parent
}

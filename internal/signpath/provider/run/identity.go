package run

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// The identity of a resource, which Terraform keeps beside the state since 1.12,
// is made of what never changes in the life of an object: ids, and the slugs by
// which SignPath itself addresses projects and signing policies. References to
// principals are none: e-mails and names change, and the object stays the same.

// IdentityData is the identity of one object: its attributes, all of them text.
// An empty one is null.
type IdentityData map[string]string

// PrincipalIdentity is the identity of what belongs to one principal and needs
// no more than its id.
func PrincipalIdentity(id string) IdentityData { return IdentityData{AttrID: id} }

// Set writes the identity. Terraform before 1.12 and OpenTofu do not ask for it,
// but the framework has a place for it all the same.
func (d IdentityData) Set(ctx context.Context, to *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	for name, value := range d {
		diags.Append(to.SetAttribute(ctx, path.Root(name), TextOrNull(value))...)
	}
}

// PrincipalIdentitySchema describes [PrincipalIdentity].
func PrincipalIdentitySchema(of string) identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		AttrID: identityschema.StringAttribute{RequiredForImport: true, Description: "Id of the " + of + " at SignPath, a UUID."},
	}}
}

// IdentityAttribute reads one attribute of an identity; it is empty where there
// is no identity.
func IdentityAttribute(ctx context.Context, identity *tfsdk.ResourceIdentity, name string) string {
	if identity == nil || identity.Raw.IsNull() {
		return ""
	}
	var value *string
	identity.GetAttribute(ctx, path.Root(name), &value)
	if value == nil {
		return ""
	}
	return *value
}

// RemoveFromState makes Terraform forget what is proven gone.
//
// The framework refuses the answer to a read that has no identity, also where it
// has no state either. So where Terraform knows none, because it is older than
// identities or the state is, any will do: it is dropped with the state.
func RemoveFromState(ctx context.Context, resp *resource.ReadResponse) {
	resp.State.RemoveResource(ctx)
	if !resp.Identity.Raw.IsFullyNull() {
		return
	}
	for name := range resp.Identity.Schema.GetAttributes() {
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root(name), "gone")...)
	}
}

// ImportForm says what an import id is like, as form does, or what to do about an identity.
func ImportForm(id, form string) string {
	if id == "" {
		return "An identity is made of ids and slugs: correct it, or import by an id. " + form
	}
	return form
}

// ImportedID takes an id out of an identity.
func ImportedID(ctx context.Context, identity *tfsdk.ResourceIdentity, name string, diags *diag.Diagnostics) string {
	id := IdentityAttribute(ctx, identity, name)
	if !access.IsID(id) {
		diags.AddError("Invalid identity", fmt.Sprintf("%s of the identity is %q, which is not a UUID, or the empty one.", name, id))
	}
	return id
}

// ImportedMember finds the principal whose id an identity names, which may be of
// any of the kinds, and returns its reference.
func (s *Session) ImportedMember(ctx context.Context, identity *tfsdk.ResourceIdentity, name string, kinds []access.Kind, diags *diag.Diagnostics) string {
	id := ImportedID(ctx, identity, name, diags)
	if diags.HasError() {
		return ""
	}
	directory, err := s.Client.Directory(ctx, kinds...)
	if err != nil {
		AddFailure(diags, Failure{Doing: "Looking up " + id, Needs: NeedsAnyRole}, err)
		return ""
	}
	if _, known := directory.Get(id); !known {
		diags.AddError("Unknown member", fmt.Sprintf("The organization has nobody with the id %s who could be imported here.", id))
		return ""
	}
	return directory.ReferenceTo(id).String()
}

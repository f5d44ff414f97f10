package testkit

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// refresh reads an object. It is nil if it is gone.
func (w *walk) refresh(provider *connection, r *resourceBlock, address instanceAddress, prior *object) (*object, Diagnostics) {
	s := provider.schemas.resources[address.kind]
	request := &tfprotov6.ReadResourceRequest{
		TypeName: address.kind, CurrentState: pack(prior.value, s.ty), Private: prior.private, CurrentIdentity: packIdentity(prior.identity, s),
	}
	var answer *tfprotov6.ReadResourceResponse
	err := w.call("ReadResource", address.String(), false, func(ctx context.Context) (err error) {
		answer, err = provider.server.ReadResource(ctx, request)
		return err
	})
	if err != nil {
		return prior, gone(address.String(), err)
	}
	diags := w.config.providerDiagnostics(answer.Diagnostics, address.String(), bodyOf(r))
	if diags.hasErrors() {
		return prior, diags
	}
	value, err := unpack(answer.NewState, s.ty)
	if err != nil || !value.IsWhollyKnown() {
		return prior, append(diags, failure(address.String(), "Provider produced invalid object",
			fmt.Sprintf("A refresh returned an object that is not wholly known, or none: %v", err))...)
	}
	identity, more := identityOf(answer.NewIdentity, s, address, true)
	if diags = append(diags, more...); more.hasErrors() {
		return prior, diags
	}
	if value.IsNull() {
		return nil, diags
	}
	read := *prior
	read.value, read.private, read.identity = value, answer.Private, identity
	return &read, diags
}

func packIdentity(identity cty.Value, s *schema) *tfprotov6.ResourceIdentityData {
	if identity == cty.NilVal || identity.IsNull() {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: pack(identity, s.identity)}
}

// identityOf is the identity that a provider returned. It is whole where nothing of
// it can be unknown.
func identityOf(data *tfprotov6.ResourceIdentityData, s *schema, address instanceAddress, whole bool) (cty.Value, Diagnostics) {
	if data == nil || data.IdentityData == nil || s.identity == cty.NilType {
		return cty.NilVal, nil
	}
	identity, err := unpack(data.IdentityData, s.identity)
	switch {
	case err != nil:
		return cty.NilVal, failure(address.String(), "Provider produced an identity that doesn't match the schema", err.Error())
	case identity.IsNull():
		return cty.NilVal, nil
	case whole && !identity.IsWhollyKnown():
		return cty.NilVal, failure(address.String(), "Provider produced invalid identity", "The identity has unknown values.")
	}
	return identity, nil
}

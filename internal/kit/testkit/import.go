package testkit

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// importObject imports by an id, or by an identity, and reads what was imported.
func (w *walk) importObject(provider *connection, address instanceAddress, target cty.Value) (*object, Diagnostics) {
	s, known := provider.schemas.resources[address.kind]
	if !known {
		return nil, unsupported(address.resourceAddress)
	}
	request, err := importRequest(address, target, s)
	if err != nil {
		return nil, failure(address.String(), "Invalid import argument", err.Error())
	}
	imported, diags := w.importState(provider, address, request, s)
	if diags.hasErrors() {
		return nil, diags
	}
	read, more := w.refresh(provider, nil, address, imported)
	if diags = append(diags, more...); more.hasErrors() {
		return nil, diags
	}
	if read == nil {
		return nil, append(diags, failure(address.String(), "Cannot import non-existent remote object", fmt.Sprintf(
			"While attempting to import an existing object to %q, the provider detected that no object exists with the given id.", address))...)
	}
	if request.Identity != nil && read.identity == cty.NilVal {
		return nil, append(diags, failure(address.String(), "Provider produced no identity", "An import by identity returned none.")...)
	}
	return read, diags
}

func importRequest(address instanceAddress, target cty.Value, s *schema) (*tfprotov6.ImportResourceStateRequest, error) {
	request := &tfprotov6.ImportResourceStateRequest{TypeName: address.kind}
	if !target.IsWhollyKnown() || target.IsNull() {
		return nil, errors.New("the import id or identity is not known or null")
	}
	if !target.Type().IsObjectType() {
		request.ID = target.AsString()
		return request, nil
	}
	identity, err := identityTarget(target, s)
	if err == nil {
		request.Identity = packIdentity(identity, s)
	}
	return request, err
}

// importState asks the provider for the one object.
func (w *walk) importState(provider *connection, address instanceAddress, request *tfprotov6.ImportResourceStateRequest, s *schema) (*object, Diagnostics) {
	var answer *tfprotov6.ImportResourceStateResponse
	err := w.call("ImportResourceState", address.String(), false, func(ctx context.Context) (err error) {
		answer, err = provider.server.ImportResourceState(ctx, request)
		return err
	})
	if err != nil {
		return nil, gone(address.String(), err)
	}
	diags := w.config.providerDiagnostics(answer.Diagnostics, address.String(), nil)
	if diags.hasErrors() {
		return nil, diags
	}
	if len(answer.ImportedResources) != 1 || answer.ImportedResources[0].TypeName != address.kind {
		return nil, append(diags, failure(address.String(), "Import returned no resources",
			fmt.Sprintf("The import returned %d objects.", len(answer.ImportedResources)))...)
	}
	if w.name == "import" && w.state.current(address) != nil {
		return nil, append(diags, failure(address.String(), "Resource already managed by Terraform",
			"Terraform is already managing a remote object for "+address.String()+".")...)
	}
	imported := answer.ImportedResources[0]
	value, err := unpack(imported.State, s.ty)
	if err != nil || value.IsNull() {
		return nil, append(diags, failure(address.String(), "Import returned null resource", "The import returned an instance with no state.")...)
	}
	identity, more := identityOf(imported.Identity, s, address, false)
	return &object{value: value, private: imported.Private, identity: identity}, append(diags, more...)
}

// identityTarget is an identity of a configuration, with what it leaves out as null.
func identityTarget(target cty.Value, s *schema) (cty.Value, error) {
	if s.identity == cty.NilType {
		return cty.NilVal, fmt.Errorf("the resource has no identity")
	}
	values := map[string]cty.Value{}
	for name := range target.Type().AttributeTypes() {
		if !s.identity.HasAttribute(name) {
			return cty.NilVal, fmt.Errorf("unsupported attribute %q", name)
		}
	}
	for name, ty := range s.identity.AttributeTypes() {
		values[name] = cty.NullVal(ty)
		if target.Type().HasAttribute(name) {
			value, err := convert.Convert(target.GetAttr(name), ty)
			if err != nil {
				return cty.NilVal, err
			}
			values[name] = value
		}
	}
	return cty.ObjectVal(values), nil
}

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// What becomes of a create for something that exists already.

const attrAdoptExisting = "adopt_existing"

func adoptExistingAttribute(what string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: fmt.Sprintf("Whether the create takes over %s, instead of failing. The plan and the apply say so in a warning. Defaults to `false`. It has no effect after the create.", what),
	}
}

// checkExisting reports a principal to be created that exists: Terraform must
// not take over what it did not make without being told. One that this run
// replaces by itself, as after a create that failed half-way, is taken up again.
func (s *session) checkExisting(existing access.Principal, adopt bool, at path.Path, diags *diag.Diagnostics) {
	switch {
	case refuseUnmanageable(existing, at, diags):
	case s.replaced.has(existing.ID):
	case adopt:
		diags.AddAttributeWarning(path.Root(attrAdoptExisting), "Existing object will be taken over", fmt.Sprintf(
			"%s exists already%s. It will not be created, but given the settings of this resource.", existing, inactiveNote(existing)))
	default:
		diags.AddAttributeError(at, "Already exists", fmt.Sprintf(
			"The organization has %s already%s. To manage it with Terraform, import it, with the name of this resource in the place of NAME:\n\n"+
				"import {\n  to = signpath_%s.NAME\n  id = %q\n}\n\n"+
				"Or set adopt_existing = true, to take it over with the settings of this resource.",
			existing, inactiveNote(existing), resourceOf(existing.Kind), existing.Reference().Key))
	}
}

// resourceOf names the resource for a kind of principals.
func resourceOf(kind access.Kind) string {
	if kind == access.KindGroup {
		return "user_group"
	}
	return string(kind)
}

// warnOfAdoption says in the apply that something was taken over.
func warnOfAdoption(existing access.Principal, diags *diag.Diagnostics) {
	diags.AddAttributeWarning(path.Root(attrAdoptExisting), "Existing object was taken over", fmt.Sprintf(
		"%s existed already%s. It was not created, but given the settings of this resource.", existing, inactiveNote(existing)))
}

func inactiveNote(p access.Principal) string {
	if p.Active {
		return ""
	}
	return ", deactivated"
}

// refuseUnmanageable reports a principal that cannot be managed, and tells
// whether it did.
func refuseUnmanageable(p access.Principal, at path.Path, diags *diag.Diagnostics) bool {
	switch {
	case p.Synchronized:
		diags.AddAttributeError(at, "Synchronized from a directory", fmt.Sprintf(
			"%s is synchronized from your organization's directory, and SignPath refuses to edit it. Change it in the directory. To grant it rights, name it on an access list as %q, without this resource.",
			p, p.Reference()))
	case p.Support:
		diags.AddAttributeError(at, "Support user", fmt.Sprintf(
			"%s is the account of SignPath's support staff. It is authorized and withdrawn on the organization page of SignPath's web application, and not managed with Terraform.", p))
	default:
		return false
	}
	return true
}

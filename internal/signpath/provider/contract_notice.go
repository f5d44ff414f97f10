package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// noticeContract warns, once in a run and after its first write, that there was
// no document to settle the names that SignPath does not publish.
func (s *session) noticeContract(diags *diag.Diagnostics) {
	if s == nil {
		return
	}
	if notice := s.client.ContractNotice(); notice != "" {
		diags.AddWarning("SignPath's API was assumed, not looked up", notice+
			"\n\nSet `"+attrAPIContract+" = \"assumed\"` in the provider block to go without the document and without this warning.")
	}
}

// settled reports, while a change is planned, that it could not be carried out. The
// create of something that exists gets a warning where the server could not be told:
// a destroy that stopped half-way plans such creates when it is repeated, and must
// not end there.
func settled(diags *diag.Diagnostics, f failure, exists bool, errs ...error) {
	for _, err := range errs {
		if err == nil {
			continue
		}
		var found diag.Diagnostics
		addFailure(&found, f, err)
		if exists && api.IsUnsettled(err) {
			for _, d := range found {
				addWarning(diags, f.at, d.Summary()+": "+f.doing, d.Detail())
			}
			return
		}
		diags.Append(found...)
		return
	}
}

package provider

import "github.com/hashicorp/terraform-plugin-framework/diag"

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

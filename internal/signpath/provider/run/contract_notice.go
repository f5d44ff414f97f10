package run

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// All that messages say of `api_contract = "assumed"` is said here. It takes away the
// checks of every write of the provider block. So no refusal of a write advises it: its
// check has just found what the write would lose, and that an answer has a name proves
// nothing of the request.
const (
	withoutDocumentAdvice = "Set `" + AttrAPIContract + " = \"assumed\"` in the provider block to go without the document and without this warning."

	documentTooLargeAdvice = "Nothing was changed. " +
		"SignPath's own document is far smaller, so look at what answers there, and report it to this provider's project. " +
		"`" + AttrAPIContract + " = \"assumed\"` in the provider block goes without the document. Then nothing tells which settings an edit takes that no answer shows, " +
		"and it may reset them unseen."
)

// contractAdvice says what to do about a write that was not sent because of the API's
// contract; it is empty for another error.
func contractAdvice(err error) string {
	var refused *contract.Error
	switch {
	case errors.Is(err, contract.ErrDocumentTooLarge):
		return documentTooLargeAdvice
	case !errors.As(err, &refused):
		return ""
	}
	if refused.OfMapping {
		return "Nothing was changed. It is the mapping file (`api_mapping`) that keeps this request from being sent; the guide \"The mapping file\" says how to change it. " +
			"If it cannot wait, make this change in SignPath's web application."
	}
	const report = "Nothing was changed. If it cannot wait, make this change in SignPath's web application. " +
		"Please report this message to this provider's project: it names what was looked for, and what the server has. "
	if refused.WithoutDocument {
		return report + "No OpenAPI document of the installation was at hand. If it has one, the provider goes by it where `" + AttrAPIContract + "` is not set."
	}
	return report + "`signpathctl contract` shows in what else the document of this installation differs; please add that."
}

// NoticeContract warns, once in a run and after its first write, that there was
// no document to settle the names that SignPath does not publish.
func (s *Session) NoticeContract(diags *diag.Diagnostics) {
	if s == nil {
		return
	}
	notice, hasDocument := s.Client.ContractNotice()
	if notice == "" {
		return
	}
	if !hasDocument { // Then there is no check that this would take away.
		notice += "\n\n" + withoutDocumentAdvice
	}
	diags.AddWarning("SignPath's API was assumed, not looked up", notice)
}

// Settled reports, while a change is planned, that it could not be carried out, and else, once in
// a run, that the mapping was made for another document of the server. The
// create of something that exists gets a warning where the server could not be told:
// a destroy that stopped half-way plans such creates when it is repeated, and must
// not end there.
func (s *Session) Settled(diags *diag.Diagnostics, f Failure, exists bool, errs ...error) {
	for _, err := range errs {
		if err == nil {
			continue
		}
		var found diag.Diagnostics
		AddFailure(&found, f, err)
		if exists && api.IsUnsettled(err) {
			for _, d := range found {
				AddWarning(diags, f.At, d.Summary()+": "+f.Doing, d.Detail())
			}
			return
		}
		diags.Append(found...)
		return
	}
	if notice := s.Client.MappingNotice(); notice != "" {
		diags.AddWarning("SignPath's API has changed since the mapping was made", notice)
	}
}

// AttrAPIContract says how the names in requests are settled.
const AttrAPIContract = "api_contract"

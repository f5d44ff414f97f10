package review

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// The ids of the rules.
const (
	RuleUnknownAccount      = "unknown-account"
	RuleOtherOrganisation   = "account-of-another-organisation"
	RuleTypeDiffers         = "type-differs"
	RuleDeletedAccount      = "deleted-account"
	RuleDisabledAccount     = "account-disabled"
	RuleAccountWithoutEntry = "account-without-entry"
	RuleEvents              = "events-since-attestation"
)

// Rules are those of a review, in the order of reports.
func Rules() baseline.Catalogue {
	const (
		accountAPI = "account API, list of accounts"
		hierarchy  = `page "Managing roles and permissions", scenario 1`
	)
	return baseline.Catalogue{
		{Rule: review.Rule{
			ID: RuleUnknownAccount, Severity: review.Deny,
			Summary: "The baseline has the id of an account that Signicat does not show.",
			Advice:  "Compare the id with the Dashboard. Nothing says that the account is gone: the API client may not be shown it.",
			Source:  accountAPI, Evidence: access.Documented,
		}},
		{Rule: review.Rule{
			ID: RuleOtherOrganisation, Severity: review.Deny,
			Summary: "An account of the baseline belongs to another organisation.",
			Advice:  "Correct the id. No role on the organisation holds in that account.",
			Source:  accountAPI + "; " + hierarchy, Evidence: access.Documented,
		}},
		{Rule: review.Rule{
			ID: RuleTypeDiffers, Severity: review.Deny,
			Summary: "An account is for production where the baseline says sandbox, or the other way round.",
			Advice:  "The type of an account cannot be changed, so the id or the type in the baseline is wrong, or the account was replaced.",
			Source:  accountAPI + `; page "Accounts"`, Evidence: access.Documented,
		}},
		{Rule: review.Rule{
			ID: RuleDeletedAccount, Severity: review.Warn,
			Summary: "An account of the baseline is soft-deleted.",
			Advice:  "Take it out of the baseline, or find out who deleted it.",
			Source:  accountAPI, Evidence: access.Documented,
		}},
		{Note: true, Rule: review.Rule{
			ID: RuleDisabledAccount, Severity: review.Warn,
			Summary: "An account of the baseline is not enabled, as the API says. No page says what that means for access.",
			Advice:  "Look at the account in the Dashboard.",
			Source:  accountAPI, Evidence: access.Documented,
		}},
		{Rule: review.Rule{
			ID: RuleAccountWithoutEntry, Severity: review.Warn,
			Summary: "The organisation has an account that the baseline does not mention. The roles on the organisation hold in it.",
			Advice:  "Add the account to the baseline, and look at who has access to it: what was granted on the account itself, nobody has attested.",
			Source:  accountAPI + "; " + hierarchy, Evidence: access.Documented,
		}},
		{Rule: review.Rule{
			ID: RuleEvents, Severity: review.Warn,
			Summary: "A filter finds audit events since the day of the attestation.",
			Advice:  "Look at the events and, if they changed access, at who has access now; then attest what you see.",
			Source:  "audit API, by a filter that was chosen here: which events tell of access is not published", Evidence: access.Inferred,
		}},
	}
}

package review

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// The ids of the rules.
const (
	RuleNotActive           = "application-not-active"
	RuleKeyOutside          = "key-outside-baseline"
	RuleKeyMissing          = "key-missing"
	RuleUnrestrictedKey     = "unrestricted-key"
	RuleSingleSignOnOutside = "sso-outside-baseline"
	RuleSingleSignOnMissing = "sso-missing"
	RuleWebhookOutside      = "webhook-outside-baseline"
	RuleWebhookMissing      = "webhook-missing"
	RuleInvitedOutside      = "invited-outside-baseline"
	RuleChanged             = "changed-since-attestation"
)

// Rules are those of a review, in the order of reports.
func Rules() baseline.Catalogue {
	const (
		models = "application context, published data models"
		hooks  = "webhook events (pages and data models)"
	)
	rule := func(severity review.Severity, id, summary, advice, source string) baseline.Rule {
		return baseline.Rule{Rule: review.Rule{ID: id, Severity: severity, Summary: summary, Advice: advice, Source: source, Evidence: access.Observed}}
	}
	note := func(r baseline.Rule) baseline.Rule {
		r.Note = true
		return r
	}
	return baseline.Catalogue{
		rule(review.Deny, RuleKeyOutside, "An environment has an active API key that should not be there. Whoever holds it may do everything in that environment.",
			"Find out who made the key and who holds it. Revoke it in the Console, or add it to api_keys.", models),
		rule(review.Deny, RuleSingleSignOnOutside, "An environment has an active way to sign in by an identity provider that should not be there.",
			"Find out who set it up, and who signs in by it. Archive it in the Console, or add it to single_sign_on.", models),
		rule(review.Warn, RuleInvitedOutside, "Somebody is invited, or has accepted an invitation, whom the baseline has no role for there.",
			"Cancel the invitation while it is pending, or remove the member in the Console; or add the person to the baseline.", "invitation API (reference of version 3)"),
		rule(review.Warn, RuleChanged, "The members of the application changed since somebody attested who they are.",
			"Look at the members in the Console, and attest what you see.", hooks),
		rule(review.Warn, RuleWebhookOutside, "An environment has a webhook that should not be there: what happens is sent to it.",
			"Find out who made it. Delete it in the Console, or add it to webhooks.", models),
		rule(review.Warn, RuleNotActive, "The application is not active.", "Find out who blocked or archived it.", models),
		rule(review.Warn, RuleKeyMissing, "An API key that should be there is not, or is not active.", "Correct api_keys, or find out who revoked it.", models),
		rule(review.Warn, RuleSingleSignOnMissing, "A way to sign in that should be there is not, or is not active.",
			"Correct single_sign_on, or find out who archived it.", models),
		rule(review.Warn, RuleWebhookMissing, "A webhook that should be there is not.", "Correct webhooks, or find out who deleted it.", models),
		note(rule(review.Warn, RuleUnrestrictedKey, "An API key may do everything in its application and environment. "+
			"The vendor's data models say that keys are not restricted yet.",
			"Treat whoever holds it as an administrator of the environment.", models)),
	}
}

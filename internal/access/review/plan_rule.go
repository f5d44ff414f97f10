package review

import "github.com/signpath-community/terraform-provider-signpath/internal/access"

// The rules about plans.
const (
	UnreadableChange = "unreadable-change"
	NoLongerManaged  = "no-longer-managed"
)

// PlanRules are those that only a plan can break, and no organization. They belong into every
// catalogue, so that one rulebook is for all reviews; whoever reviews plans finds for them.
var PlanRules = Catalogue{
	{
		ID: UnreadableChange, Severity: Deny,
		Summary:  "A plan changes who has access, or may do so, and does not tell who that is.",
		Advice:   "Apply first what it depends on, and plan again. Where the form is not known, use the companion command of the provider's own version.",
		Source:   "what cannot be read cannot be reviewed",
		Evidence: access.Inferred,
	},
	{
		ID: NoLongerManaged, Severity: Warn,
		Summary:  "A plan gives up a list, an entry, a role or a group that stays as it is, so no later plan tells what changes there.",
		Advice:   "Keep it in the configuration, or destroy it; or watch it in a review of the whole organization.",
		Source:   "what Terraform does not manage, no plan compares",
		Evidence: access.Inferred,
	},
}

package review

import "github.com/signpath-community/terraform-provider-signpath/internal/access"

// The rules about attestations of access.
const (
	NotAttested           = "not-attested"
	AttestedByBeneficiary = "attested-by-beneficiary"
	WayChangedSince       = "way-changed-since"
)

// AttestationDays is the parameter of [NotAttested].
const AttestationDays = "days"

// AttestationRules are those that an organization can only break beside a file of attestations,
// without which they are off. They belong into every catalogue, so that one rulebook is for all
// reviews; whoever has the file finds for them.
var AttestationRules = Catalogue{
	{
		ID: NotAttested, Severity: Ignore,
		Summary:  "Nobody has attested that a principal is to have a role, or it is too long ago.",
		Advice:   "Ask whoever is responsible whether it is still needed, and attest it or take it away.",
		Source:   `managing users page of the older documentation: privileges "only temporarily", audit logs reviewed "regularly"`,
		Evidence: access.Inferred,
		Parameters: []Parameter{{
			Name: AttestationDays, Meaning: "days for which an attestation counts that has no end", Default: 365, MoreIsLaxer: true,
		}},
	},
	{
		ID: AttestedByBeneficiary, Severity: Ignore,
		Summary:  "Whoever attests that a principal is to have a role has that role, also by a group.",
		Advice:   "Let somebody else attest it.",
		Source:   "separation of duties",
		Evidence: access.Inferred,
	},
	{
		ID: WayChangedSince, Severity: Ignore,
		Summary:  "A principal has a role by another way than was attested, such as through a group.",
		Advice:   "Look who put the principal there, and attest the new way or take it away.",
		Source:   "who attests one way has not seen another one",
		Evidence: access.Inferred,
	},
}

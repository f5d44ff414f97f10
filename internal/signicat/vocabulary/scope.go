package vocabulary

import "github.com/signpath-community/terraform-provider-signpath/internal/access"

// PlaceAccount is the kind of places within an organisation.
const PlaceAccount = "account"

// organisation is the word of the pages; the APIs write "organization".
const organisation = "organisation"

// An AccountType says what an account is for. It cannot be changed. Documented (accounts page).
type AccountType string

// The types of accounts.
const (
	// Sandbox accounts are for tests, with made-up data.
	Sandbox AccountType = "sandbox"
	// Production accounts have real data. Whoever has access to one must set up multi-factor
	// authentication.
	Production AccountType = "production"
)

// AccountTypes returns the types of accounts.
func AccountTypes() []AccountType { return []AccountType{Sandbox, Production} }

// An Account is what there is to know of an account: the settings of that place.
type Account struct {
	ID   string
	Type AccountType
}

// An InheritanceRule says where a role that was granted holds.
type InheritanceRule struct {
	// Granted is on what, and Asked is where.
	Granted, Asked string
	access.Statement
}

// InheritanceRules returns where a role holds.
func InheritanceRules() []InheritanceRule {
	yes, no := access.AnswerYes, access.AnswerNo
	return []InheritanceRule{
		{"the organisation", "the organisation", access.Statement{Answer: yes, Evidence: access.Documented, Source: scenarioOne}},
		{"the organisation", "an account of it", access.Statement{Answer: yes, Evidence: access.Documented, Source: scenarioOne}},
		{"the organisation", "another organisation, or an account of that", access.Statement{Answer: no, Evidence: access.Documented, Source: scenarioOne}},
		{"an account", "the same account", access.Statement{Answer: yes, Evidence: access.Documented, Source: scenarioTwo}},
		{"an account", "its organisation", access.Statement{Answer: no, Evidence: access.Documented, Source: scenarioTwo}},
		{"an account", "another account of the organisation", access.Statement{Answer: no, Evidence: access.Documented, Source: scenarioTwo}},
		{
			"the organisation, and not wanted for one account", "that account",
			access.Statement{Answer: yes, Evidence: access.Inferred, Source: scenarioOne + `; there is no form for denying`},
		},
		{
			"a parent organisation", "a child organisation, or an account of that",
			access.Statement{Answer: access.AnswerUnknown, Source: hierarchySection + ` is silent on parent organisations`},
		},
	}
}

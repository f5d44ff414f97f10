package baseline_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// office is a vendor that nobody has: a company has houses, and these have rooms. Bosses give
// and take everywhere, janitors in their house, and cleaners nothing.
var office = access.Define(access.Vocabulary{
	Organization: "company",
	Places: []access.PlaceKind{
		{Key: "house", Noun: "house", Plural: "houses"},
		{Key: "room", Noun: "room", Plural: "rooms", Within: "house", Slugs: []string{"attic", "cellar"}},
	},
	Principals: []access.Kind{access.KindUser, access.KindAPIClient, access.KindDomain},
	Roles: []access.RoleDescription{
		{Role: "BOSS", By: access.ByEntry, Title: "Boss"},
		{Role: "JANITOR", By: access.ByEntry, Title: "Janitor", At: "house"},
		{Role: "CLEANER", By: access.ByEntry, Title: "Cleaner", AtNotStated: true},
		{Role: "GUEST", By: access.ByParticipation, Title: "Guest"},
		{Role: "OWNER", By: access.ByVendor, Title: "Owner of all houses"},
	},
	Open: false,
})

var model = &baseline.Model{
	Vendor:     "Office",
	Vocabulary: office,
	IsKnown:    func(role access.Role) bool { return office.Description(role) != nil },
	PowerOf: func(role access.Role) baseline.Power {
		return map[access.Role]baseline.Power{"BOSS": baseline.PowerOverAll, "JANITOR": baseline.PowerAtPlace}[role]
	},
	Procedure: baseline.Procedure{
		Site: "the office",
		May: func(held access.RoleAt, _ baseline.StepKind, _ access.Place, _ bool) access.Statement {
			if held.Role == "BOSS" {
				return access.Statement{Answer: access.AnswerYes}
			}
			return access.Statement{Answer: access.AnswerNo}
		},
	},
	Rules: baseline.AttestationRules,
}

var houses = []baseline.DeclaredPlace{
	{Place: access.PlaceOf("north"), ID: "h-1", Type: "villa"},
	{Place: access.PlaceOf("north", "attic")},
	{Place: access.PlaceOf("north", "cellar")},
	{Place: access.PlaceOf("south"), ID: "h-2", Type: "shed"},
}

func parse(t testing.TB, written baseline.Written) baseline.Baseline {
	t.Helper()
	b, problems := model.Parse("c-1", houses, written)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return b
}

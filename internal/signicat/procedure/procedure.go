package procedure

import (
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

const (
	rolesPage = `page "Managing roles and permissions"`
	usersPage = `page "Managing users"`
	loginPage = `page "Multi-factor authentication"`
)

// Model returns what a baseline has to know of Signicat, if somebody has declared the roles of
// the catalogue.
func Model(catalogue *vocabulary.Catalogue) *baseline.Model {
	return &baseline.Model{
		Vendor:     "Signicat",
		Vocabulary: catalogue.Vocabulary,
		IsKnown:    catalogue.Knows,
		PowerOf:    func(role access.Role) baseline.Power { return powerOf(catalogue, role) },
		Procedure:  procedure(catalogue),
		Rules:      rules(catalogue),
	}
}

// powerOf counts a Partner Organisation Admin, who manages and invites users, as the page on
// users says, among the administrators of the organisation. What an Admin role of a product
// may do, the pages say in two ways, so it comes and goes with them.
func powerOf(catalogue *vocabulary.Catalogue, role access.Role) baseline.Power {
	switch role {
	case vocabulary.RoleOrganisationAdmin, vocabulary.RolePartnerOrganisationAdmin:
		return baseline.PowerOverAll
	}
	if basicType, _ := catalogue.TypeOf(role); basicType == vocabulary.TypeAdmin {
		return baseline.PowerAtPlace
	}
	return baseline.NoPower
}

// Places returns the accounts of an organisation as a baseline has them, by their keys.
func Places(accounts map[string]vocabulary.Account) []baseline.DeclaredPlace {
	var places []baseline.DeclaredPlace
	for _, key := range slices.Sorted(maps.Keys(accounts)) {
		account := accounts[key]
		place := baseline.DeclaredPlace{Place: access.PlaceOf(key), ID: account.ID, Type: string(account.Type)}
		switch account.Type {
		case vocabulary.Production:
			place.Stage = baseline.StageProduction
		case vocabulary.Sandbox:
			place.Stage = baseline.StageTest
		}
		places = append(places, place)
	}
	return places
}

func procedure(catalogue *vocabulary.Catalogue) baseline.Procedure {
	return baseline.Procedure{
		Site:        "the Signicat Dashboard",
		RemovesRows: true,
		Production:  "Who has access to a production account has to set up multi-factor authentication (" + loginPage + ").",
		May: func(held access.RoleAt, kind baseline.StepKind, at access.Place, inherited bool) access.Statement {
			return catalogue.May([]access.RoleAt{held}, actionOf(kind, inherited), at)
		},
		Actions: []baseline.Action{
			{
				Kind: baseline.KindLookUp, Menu: "IAM → Roles", Do: "search for each of them",
				Evidence: access.Documented, Source: rolesPage,
			},
			{
				Kind: baseline.KindInvite, Menu: "IAM → Users",
				Do:       "invite each by e-mail address; if the form asks for a scope and roles, choose what the steps below give, and nothing else",
				Next:     "the invited user gets a mail and has to accept.",
				Evidence: access.Documented, Source: usersPage,
			},
			{
				Kind: baseline.KindGive, Of: []access.Kind{access.KindUser}, Menu: "IAM → Permissions → Grant access",
				Do:       "choose the scope, the principals and the role, and Save; who is not offered there has to accept the invitation first",
				Next:     "the user gets a mail and has to accept; the role works once the user has logged in again.",
				Evidence: access.Documented, Source: rolesPage + ", " + usersPage,
			},
			{
				Kind: baseline.KindGive, Of: []access.Kind{access.KindAPIClient}, Menu: "IAM → Permissions → Grant access",
				Do:       "choose the scope, the principals and the role, and Save; who is not offered there has to be made first, in Settings → API clients",
				Evidence: access.Documented, Source: rolesPage,
			},
			{
				Kind: baseline.KindGive, Menu: "IAM → Permissions → Grant access",
				Do:       "choose the scope, the principals and the role, and Save",
				Unworded: "who it is that a domain stands for",
				Evidence: access.Documented, Source: rolesPage,
			},
			{
				Kind:     baseline.KindWait,
				Evidence: access.Documented, Source: usersPage + ": must accept; " + rolesPage + ": must log in again",
			},
			{
				Kind: baseline.KindTake, Menu: "IAM → Permissions",
				Do:       "hover over the row of the principal and this scope, Edit, deselect the role alone, and Save; not Remove access, which takes all roles",
				Unworded: "that a role can be deselected in Edit, which is only shown on the way to Remove access",
				LastHere: "A grant has at least one role, so the form may refuse that: then stop, because Remove access may take what is kept elsewhere.",
				Next:     "see that the other roles are still there.",
				Evidence: access.Inferred, Source: rolesPage,
			},
			{
				Kind: baseline.KindRemove, Menu: "IAM → Permissions",
				Do:       "hover over the row of the principal and this scope, Edit, Remove access, and confirm",
				Evidence: access.Documented, Source: rolesPage,
			},
			{
				Kind: baseline.KindLook, Menu: "IAM → Permissions",
				Evidence: access.Documented, Source: rolesPage + "; no page mentions an export",
			},
		},
	}
}

// actionOf says what a step is in the terms of who may do it. To remove access may take all
// that the principal has, so it is like removing a user.
func actionOf(kind baseline.StepKind, inherited bool) vocabulary.Action {
	switch {
	case kind == baseline.KindInvite:
		return vocabulary.Invite
	case kind == baseline.KindRemove && inherited:
		return vocabulary.RemoveInherited
	case kind == baseline.KindRemove:
		return vocabulary.Remove
	}
	return vocabulary.Grant
}

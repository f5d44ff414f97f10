package procedure

import (
	"maps"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

const (
	rightsPage = `page "Users, Roles, and Rights"`
	clientCode = "a comment in the vendor's client code: the Console has a page for the users of an application"

	// production is the environment with real signatures.
	production = "PRODUCTION"

	usersMenu = "organization settings → Users & Members"
)

// Model is what a baseline has to know of IgniSign.
var Model = &baseline.Model{
	Vendor:     "IgniSign",
	Vocabulary: vocabulary.IgniSign,
	IsKnown:    func(role access.Role) bool { return vocabulary.IgniSign.Description(role) != nil },
	Elsewhere:  vocabulary.NotOfIAM,
	PowerOf:    powerOf,
	Procedure:  procedure,
	Rules:      rules(),
}

// powerOf goes by the permissions to manage members.
func powerOf(role access.Role) baseline.Power {
	description := vocabulary.IgniSign.Description(role)
	switch {
	case description == nil:
		return baseline.NoPower
	case description.Rights[vocabulary.OrgMemberManagement.Of()].Granted:
		return baseline.PowerOverAll
	case description.Rights[vocabulary.AppMemberManagement.Of()].Granted:
		return baseline.PowerAtPlace
	}
	return baseline.NoPower
}

// Places returns the applications of an organization, and the three environments that each of
// them has, as a baseline has them. The ids of the applications stand by their keys.
func Places(applications map[string]string) []baseline.DeclaredPlace {
	var places []baseline.DeclaredPlace
	for _, key := range slices.Sorted(maps.Keys(applications)) {
		places = append(places, baseline.DeclaredPlace{Place: access.PlaceOf(key), ID: applications[key]})
		for _, environment := range vocabulary.Environments() {
			stage := baseline.StageTest
			if environment == production {
				stage = baseline.StageProduction
			}
			places = append(places, baseline.DeclaredPlace{Place: access.PlaceOf(key, environment), Stage: stage})
		}
	}
	return places
}

// may goes by the permissions to manage members, of which the page words who has them.
func may(held access.RoleAt, _ baseline.StepKind, at access.Place, _ bool) access.Statement {
	v := vocabulary.IgniSign
	description := v.Description(held.Role)
	if description == nil || !held.Place.Contains(at) || v.MayBeHeldAt(held.Role, held.Place) != access.AnswerYes {
		return access.Statement{Answer: access.AnswerNo, Evidence: access.Inferred, Source: "a role holds at its place and within"}
	}
	cell := description.Rights[vocabulary.ManagementOf(at).Of()]
	answer := access.AnswerNo
	if cell.Granted {
		answer = access.AnswerYes
	}
	return access.Statement{Answer: answer, Evidence: cell.Evidence, Source: cell.Source}
}

var (
	ofOrganization = []string{""}
	ofApplication  = []string{vocabulary.PlaceApplication, vocabulary.PlaceEnvironment}
)

// procedure has what the page says in four lines: log in to the Console, go to the organization
// settings, select Users & Members; there one can view users, invite them, assign roles, and
// remove users from the organization.
var procedure = baseline.Procedure{
	Site: "the IgniSign Console (console.ignisign.io)",
	May:  may,
	Actions: []baseline.Action{
		{
			Kind: baseline.KindInvite, At: ofOrganization, Menu: usersMenu, Do: "invite each",
			Next:     "the invited user has to accept.",
			Evidence: access.Documented, Source: rightsPage,
		},
		{
			Kind: baseline.KindInvite, At: ofApplication,
			Do:       "invite each on the page for the users of this application, without a role in the organization that no step below gives",
			Unworded: "where that page is, nor whether a user of an application stands in the organization as well",
			Next:     "the invited user has to accept.",
			Evidence: access.Observed, Source: clientCode,
		},
		{
			Kind: baseline.KindGive, At: ofOrganization, Menu: usersMenu, Do: "assign the role to each; who is not listed there has to accept the invitation first",
			Evidence: access.Documented, Source: rightsPage,
		},
		{
			Kind: baseline.KindGive, At: ofApplication,
			Do:       "assign the role to each on the page for the users of this application; who is not listed there has to accept the invitation first",
			Unworded: "where that page is",
			Evidence: access.Observed, Source: clientCode,
		},
		{
			Kind:     baseline.KindWait,
			Evidence: access.Inferred, Source: "no page says from when on a role holds",
		},
		{
			Kind: baseline.KindTake, At: ofOrganization, Menu: usersMenu, Do: "assign to the user the roles that stay, without this one",
			Unworded: "how a role is taken from somebody who keeps others",
			Next:     "see that the other roles are still there.",
			Evidence: access.Inferred, Source: rightsPage + `: "Assign roles to users"`,
		},
		{
			Kind: baseline.KindTake, At: ofApplication,
			Do:       "take the role on the page for the users of this application",
			Unworded: "where that page is, nor how a role is taken there",
			Next:     "see that the other roles are still there.",
			Evidence: access.Observed, Source: clientCode,
		},
		{
			Kind: baseline.KindRemove, Menu: usersMenu, Do: "remove the user from the organization",
			Evidence: access.Documented, Source: rightsPage,
		},
		{
			Kind: baseline.KindLook, Menu: usersMenu, Do: "then at the page for the users of each application",
			Unworded: "where the latter is",
			Evidence: access.Documented, Source: rightsPage + "; " + clientCode,
		},
	},
}

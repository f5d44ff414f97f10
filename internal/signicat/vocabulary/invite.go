package vocabulary

import "github.com/signpath-community/terraform-provider-signpath/internal/access"

// An Action is what somebody does to the users of a place.
type Action string

const (
	// Invite is to invite somebody to the organisation or an account.
	Invite Action = "invite"
	// Remove is to remove a user of just that place.
	Remove Action = "remove"
	// RemoveInherited is to remove from an account a user whom it has from the organisation.
	RemoveInherited Action = "remove-inherited"
	// Grant is to give and take roles at the place.
	Grant Action = "grant"
)

// Actions returns all actions.
func Actions() []Action { return []Action{Invite, Remove, RemoveInherited, Grant} }

// May tells whether whoever holds these roles may do something to the users of a place. It is
// unknown where the pages are silent, or say it in two ways. Machine clients are not invited,
// whoever does it.
func (c *Catalogue) May(held []access.RoleAt, action Action, at access.Place) access.Statement {
	result := access.Statement{
		Answer: access.AnswerNo, Evidence: access.Documented, Source: rolesPage + `: permissions are made available by granting roles`,
	}
	for i, one := range held {
		statement := c.may(one, action, at)
		if i == 0 || rank(statement.Answer) > rank(result.Answer) {
			result = statement
		}
	}
	return result
}

// rank orders answers by how much they allow.
func rank(answer access.Answer) int {
	return map[access.Answer]int{access.AnswerNo: 0, access.AnswerUnknown: 1, access.AnswerYes: 2}[answer]
}

func yes(source string) access.Statement {
	return access.Statement{Answer: access.AnswerYes, Evidence: access.Documented, Source: source}
}

func no(source string) access.Statement {
	return access.Statement{Answer: access.AnswerNo, Evidence: access.Documented, Source: source}
}

func unknown(source string) access.Statement {
	return access.Statement{Answer: access.AnswerUnknown, Source: source}
}

func inferred(s access.Statement) access.Statement {
	s.Evidence = access.Inferred
	return s
}

func (c *Catalogue) may(held access.RoleAt, action Action, at access.Place) access.Statement {
	switch {
	case !held.Place.Contains(at):
		return no(scenarioTwo)
	case held.Role == RoleOrganisationAdmin:
		return ofOrganisationAdmin(held)
	case held.Role == RoleAccountAdmin:
		return ofAccountAdmin(held, action, at)
	case held.Role == RolePartnerOrganisationAdmin:
		return ofPartnerOrganisationAdmin(held, action, at)
	}
	return c.ofType(held.Role, action, at)
}

// elsewhere is for a role that is granted at another level than the pages name for it.
func elsewhere(held access.RoleAt) access.Statement {
	return unknown(rolesPage + ` and ` + usersPage + ` do not say what "` + string(held.Role) + `" allows where it is granted at another level than its own`)
}

func ofOrganisationAdmin(held access.RoleAt) access.Statement {
	if (held.Place != access.Place{}) {
		return elsewhere(held)
	}
	return yes(assignSection + `: invites, edits and deletes users of the organisation and its accounts; ` + adminSection)
}

func ofAccountAdmin(held access.RoleAt, action Action, at access.Place) access.Statement {
	switch {
	case at == access.Place{}:
		return no(usersPage + `: at the account only; ` + adminSection)
	case held.Place == access.Place{}:
		return elsewhere(held)
	case action == RemoveInherited:
		return no(usersPage + `; ` + assignSection + `: removes users that are not inherited from the organisation`)
	case action == Grant:
		return inferred(yes(adminSection + `: all the permissions for the account`))
	}
	return yes(usersPage + `; ` + assignSection)
}

func ofPartnerOrganisationAdmin(held access.RoleAt, action Action, at access.Place) access.Statement {
	switch {
	case held.Place != access.Place{}:
		return elsewhere(held)
	case action == Invite && at == access.Place{}:
		return yes(usersPage)
	}
	return unknown(usersPage + ` says that it manages and invites users within its organisations, and no more`)
}

// ofType goes by the basic type. Only Admin is said to invite; whether an Admin role of a
// product does, the pages say in two ways.
func (c *Catalogue) ofType(role access.Role, action Action, at access.Place) access.Statement {
	switch c.settled(role) {
	case TypeAdmin:
		return unknown(namingSection + ` gives it to every Admin role; ` + usersPage + ` names none but those of organisations and accounts`)
	case TypeEditor, TypeViewer:
		return inferred(no(namingSection + `: what an Admin role has beyond an Editor role is to invite, remove and grant access to users`))
	case TypeWriter:
		if (action == Invite && at == access.Place{}) {
			return no(usersPage + `: to invite to an organisation takes Organisation Admin or Partner Organisation Admin`)
		}
		return unknown(namingSection + ` does not say whether write-only actions are among those on users`)
	}
	return unknown(rolesPage + ` does not say what the role allows`)
}

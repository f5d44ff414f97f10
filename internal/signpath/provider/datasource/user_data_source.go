package datasource

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

var interactiveUsers = describe(describedPrincipals{
	kind: access.KindUser, typeName: "user",
	one: "Looks up one interactive user by e-mail address or id. A user that does not exist is an error that names the nearest.",
	key: run.AttrEmail, describeKey: "E-mail address of the account, compared without case.", checkKey: run.IsEmail(),
	all:         "Lists the interactive users of the organization, all or those that match every filter.",
	describeAll: "The users that match, ordered by e-mail address.",
	filters:     filterAttributes("name or e-mail address"),
	told: map[string]toldAttribute{
		run.AttrName:  toldText("Display name.", func(p access.Principal) string { return p.Name }),
		run.AttrEmail: toldText("E-mail address of the account.", func(p access.Principal) string { return p.Email }),
		"status": toldText("`invited`, `active` or `inactive`, as far as the server tells: a user without an identity counts as invited (inferred).",
			func(p access.Principal) string { return string(p.Status()) }),
		"support": toldFlag("Whether this is the account of SignPath's support staff, which has administrative privileges. False where the server does not tell.",
			func(p access.Principal) bool { return p.Support }),
		run.AttrDirectorySynchronized: toldFlag("Whether the user is synchronized from the organization's directory and cannot be edited by hand.",
			func(p access.Principal) bool { return p.Synchronized }),
	},
})

func newUserDataSource() datasource.DataSource {
	return &principalDataSource{describedPrincipals: interactiveUsers}
}

func newUsersDataSource() datasource.DataSource {
	return &principalsDataSource{describedPrincipals: interactiveUsers}
}

var ciUsers = describe(describedPrincipals{
	kind: access.KindCIUser, typeName: "ci_user",
	one: "Looks up one CI user by name or id. " +
		"One that does not exist is an error that names the nearest; a name that fits several is an error that lists their ids.",
	key: run.AttrName, describeKey: "Name.", checkKey: run.IsName(),
	all:         "Lists the CI users of the organization, all or those that match every filter.",
	describeAll: "The CI users that match, ordered by name.",
	filters:     filterAttributes("name"),
	told:        map[string]toldAttribute{},
})

func newCIUserDataSource() datasource.DataSource {
	return &principalDataSource{describedPrincipals: ciUsers}
}

func newCIUsersDataSource() datasource.DataSource {
	return &principalsDataSource{describedPrincipals: ciUsers}
}

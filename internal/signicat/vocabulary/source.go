package vocabulary

// Where Signicat says so. All are documented.
const (
	rolesPage      = `page "Managing roles and permissions"`
	newerRolesPage = `page "Managing roles and permissions", newer text`
	usersPage      = `page "Managing users"`

	adminSection     = rolesPage + `, "Organisation and Account Admin"`
	assignSection    = rolesPage + `, "Which roles to assign"`
	namingSection    = rolesPage + `, "Naming conventions"`
	hierarchySection = rolesPage + `, "Roles hierarchy"`
	scenarioOne      = hierarchySection + `, scenario 1`
	scenarioTwo      = hierarchySection + `, scenario 2`
)

package vocabulary

// Where IgniSign says so.
const (
	// rightsPage is the newest text of the page. Documented.
	rightsPage = `page "Users, Roles, and Rights"`
	// oldRightsPage is an earlier text of it. Documented.
	oldRightsPage = `an earlier text of the page "Users, Roles, and Rights"`
	// webhookPages describe webhooks and their topics. Documented.
	webhookPages = `webhook pages`
	// models are the types that the vendor publishes for TypeScript. Observed.
	models = `published data models (@ignisign/public 4.1.14)`

	policies       = models + `, policy of the role`
	rowCounts      = rightsPage + `, number of roles in each row of "Detailed Permissions Matrix"`
	readingImplied = models + `: no policy lists the read-only permission of a function beside another one that has READ; confirmed by ` + rowCounts
	scopes         = models + `, scopes of roles and functions; ` + oldRightsPage + `: administrators control each element of the organization`
)

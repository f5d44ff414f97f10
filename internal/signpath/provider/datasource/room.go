// Package datasource has the data sources.
package datasource

import "github.com/hashicorp/terraform-plugin-framework/datasource"

// All are the constructors of the data sources.
func All() []func() datasource.DataSource {
	return []func() datasource.DataSource{
		newUserDataSource, newUsersDataSource,
		newCIUserDataSource, newCIUsersDataSource,
		newUserGroupDataSource, newUserGroupsDataSource,
		newProjectDataSource, newProjectsDataSource, newSigningPolicyDataSource,
		newOrganizationDataSource, newCurrentUserDataSource, newRolesDataSource, newAccessReviewDataSource, newAuditEventsDataSource,
	}
}

// Package principal has the resources that manage users, CI users, user groups and the API tokens
// of CI users.
package principal

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// Resources are the constructors of the resources.
func Resources() []func() run.PlannedResource {
	return []func() run.PlannedResource{newUserResource, newCIUserResource, newUserGroupResource, newCIUserTokenResource}
}

// ListResources are those of the list resources. API tokens have none: they cannot be imported.
func ListResources() []func() list.ListResource {
	return []func() list.ListResource{newUserListResource, newCIUserListResource, newUserGroupListResource}
}

// Actions are those of the actions.
func Actions() []func() action.Action { return []func() action.Action{newReinviteUserAction} }

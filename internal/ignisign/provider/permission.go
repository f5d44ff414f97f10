package provider

import (
	"fmt"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/vocabulary"
)

// permissionNamed finds a permission, and tells what comes near to a name that is none.
func permissionNamed(name string) (access.Permission, error) {
	permission, err := vocabulary.IgniSign.ParsePermission(name)
	if err == nil {
		return permission, nil
	}
	if near := access.Nearest(name, vocabulary.IgniSign.PermissionNames()); near != "" && len(name) <= 256 {
		return permission, fmt.Errorf("there is no permission %q; did you mean %q?", name, near)
	}
	return permission, fmt.Errorf("there is no permission %.256q; the data source ignisign_permissions has them all", name)
}

# By the role.
# organization_id may name the organization, too; it is that of the provider.
import {
  to = signpath_role_holders.administrators
  identity = {
    role = "GlobalAdministrator"
  }
}

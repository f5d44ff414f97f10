# ROLE: the global role.
terraform import signpath_role_holders.administrators GlobalAdministrator

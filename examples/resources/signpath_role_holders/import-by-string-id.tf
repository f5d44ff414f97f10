# By the role. The plan names who has it and is not in members.
import {
  to = signpath_role_holders.administrators
  id = "GlobalAdministrator"
}

# By name, or by the group's UUID.
import {
  to = signpath_user_group.release_approvers
  id = "Release Approvers"
}

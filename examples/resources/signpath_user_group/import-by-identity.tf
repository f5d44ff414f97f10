# By the group's id.
import {
  to = signpath_user_group.release_approvers
  identity = {
    id = "3f0c1a52-6f0e-4b55-9d55-0d3f3a1f7c11"
  }
}

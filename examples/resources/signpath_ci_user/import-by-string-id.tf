# By name, or by the CI user's UUID.
import {
  to = signpath_ci_user.project_b_release
  id = "PrjB-release"
}

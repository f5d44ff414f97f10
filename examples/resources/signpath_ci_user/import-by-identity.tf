# By the CI user's id.
import {
  to = signpath_ci_user.project_b_release
  identity = {
    id = "7d1f1f0a-51f2-4e0b-8a70-6a0f0f6f4c22"
  }
}

# By the slugs of the project and the signing policy.
import {
  to = signpath_signing_policy_approvers.project_a_release
  id = "project-a/release-signing"
}

# By the slugs of the project and the signing policy.
# organization_id may name the organization, too; it is that of the provider.
import {
  to = signpath_signing_policy_approvers.project_a_release
  identity = {
    project        = "project-a"
    signing_policy = "release-signing"
  }
}

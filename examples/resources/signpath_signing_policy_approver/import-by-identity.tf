# By the slugs of the project and the signing policy, and the id of the member.
# organization_id may name the organization, too; it is that of the provider.
import {
  to = signpath_signing_policy_approver.security_officer["project-a"]
  identity = {
    project        = "project-a"
    signing_policy = "release-signing"
    member_id      = "7d1f1f0a-51f2-4e0b-8a70-6a0f0f6f4c22"
  }
}

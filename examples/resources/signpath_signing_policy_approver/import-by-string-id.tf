# By the slugs of the project and the signing policy, and the member reference.
import {
  to = signpath_signing_policy_approver.security_officer["project-a"]
  id = "project-a/release-signing/user:security.officer@example.com"
}

# By the slugs of the project and the signing policy, and the member reference.
import {
  to = signpath_signing_policy_submitter.dev_lead
  id = "project-b/test-signing/user:dev.lead@example.com"
}

# Exactly these may approve a release. The policy asks for two approvals; with
# three approvers, one can be on leave.
resource "signpath_signing_policy_approvers" "project_a_release" {
  project        = "project-a"
  signing_policy = "release-signing"
  members = [
    "user:qa.lead@example.com",
    "user:release.manager@example.com",
    "user:security.officer@example.com",
  ]
}

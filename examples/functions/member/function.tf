# A list of people that is kept as e-mail addresses. A malformed one fails the
# plan, and the error names it.
locals {
  release_managers = ["release.manager@example.com", "security.officer@example.com"]
}

resource "signpath_signing_policy_approvers" "release" {
  project        = "project-a"
  signing_policy = "release-signing"
  members        = [for email in local.release_managers : provider::signpath::member("user", email)]
}

# For the release builds of project B and nothing else: a test build that leaks
# its token can then not sign a release.
resource "signpath_ci_user" "project_b_release" {
  name = "PrjB-release"

  # Hears of the requests that this CI user submits.
  notification_email = "build-team@example.com"
}

# A new CI user has no rights. This grants the only one that it needs.
resource "signpath_signing_policy_submitter" "project_b_release" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = signpath_ci_user.project_b_release.member
}

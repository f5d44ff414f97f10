resource "signpath_ci_user" "project_a" {
  name = "PrjA"
}

# Only the build system may submit, and no person: project A verifies the origin
# of what is signed, so everything has to come out of its build.
resource "signpath_signing_policy_submitters" "project_a_release" {
  project        = "project-a"
  signing_policy = "release-signing"
  members        = [signpath_ci_user.project_a.member]
}

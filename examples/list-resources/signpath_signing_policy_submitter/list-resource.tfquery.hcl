# Where a build system may submit.
list "signpath_signing_policy_submitter" "build" {
  provider = signpath
  limit    = 1000

  config {
    member = "ci_user:build"
  }
}

# Who may approve releases, of all projects.
list "signpath_signing_policy_approvers" "releases" {
  provider = signpath
  limit    = 1000

  config {
    signing_policy = "release-signing"
  }
}

data "signpath_ci_user" "terraform" {
  name = "terraform"
}

data "signpath_signing_policy" "release" {
  project = "project-a"
  slug    = "release-signing"
}

# Who decides about rights must not sign: warns in every plan if the CI user of
# this pipeline was put among the submitters.
check "terraform_cannot_sign" {
  assert {
    condition     = !contains(data.signpath_signing_policy.release.submitters, data.signpath_ci_user.terraform.member)
    error_message = "The CI user that manages access may also submit releases of project A."
  }
}

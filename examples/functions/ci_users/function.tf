locals {
  # project-a: one CI user, "project-a".
  # project-b: one per signing policy, "project-b-test" and "project-b-release".
  ci_users = provider::signpath::ci_users({
    "project-a" = { origin_verification = true, signing_policies = ["test-signing", "release-signing"] }
    "project-b" = { origin_verification = false, signing_policies = ["test-signing", "release-signing"] }
  })

  # All signing policies in one map, by PROJECT/SIGNING_POLICY, each with its CI user.
  submissions = merge(values(local.ci_users)[*].submits_to...)
}

resource "signpath_ci_user" "build" {
  for_each = local.ci_users

  name = each.key
}

# The whole list of each signing policy: its CI user may submit, and nobody else.
resource "signpath_signing_policy_submitters" "build" {
  for_each = local.submissions

  project        = each.value.project
  signing_policy = each.value.signing_policy
  members        = [signpath_ci_user.build[each.value.ci_user].member]
}

# The set-up that SignPath's documentation recommends, for a team with two
# projects that each have a test-signing and a release-signing policy:
#
#   Project A verifies the origin of what is signed: one CI user for the project.
#   Project B does not: one CI user per signing policy, so that the token of a
#   test build cannot sign a release.

locals {
  projects = {
    "project-a" = { origin_verification = true, signing_policies = ["test-signing", "release-signing"] }
    "project-b" = { origin_verification = false, signing_policies = ["test-signing", "release-signing"] }
  }

  # The CI users by name, each with the signing policies that it submits to.
  ci_users = provider::signpath::ci_users(local.projects)
}

# People who are in the organization already.
data "signpath_user" "release_manager" {
  email = "release.manager@example.com"
}

data "signpath_user" "security_officer" {
  email = "security.officer@example.com"
}

# A person who is new: SignPath sends an invitation.
resource "signpath_user" "auditor" {
  name  = "Release Auditor"
  email = "auditor@example.com"
}

# Every privileged global role is a resource of its own, so it stands out in a
# review.
resource "signpath_role_assignment" "auditor" {
  member = signpath_user.auditor.member
  role   = "GlobalReader"
}

resource "signpath_ci_user" "build" {
  for_each = local.ci_users

  name = each.key
}

# Who may submit: one build system per policy, and nobody else. The map has all
# signing policies, each with its CI user.
resource "signpath_signing_policy_submitters" "build" {
  for_each = merge(values(local.ci_users)[*].submits_to...)

  project        = each.value.project
  signing_policy = each.value.signing_policy
  members        = [signpath_ci_user.build[each.value.ci_user].member]
}

# Who may approve a release: these two, and nobody else.
resource "signpath_signing_policy_approvers" "release" {
  for_each = local.projects

  project        = each.key
  signing_policy = "release-signing"
  members = [
    data.signpath_user.release_manager.member,
    data.signpath_user.security_officer.member,
  ]
}

# Who may read: one entry each, beside those that are managed elsewhere.
resource "signpath_project_reader" "auditor" {
  for_each = local.projects

  project = each.key
  member  = signpath_user.auditor.member
}

# Who may configure project A, and nobody else.
resource "signpath_project_configurators" "project_a" {
  project = "project-a"
  members = ["user:dev.lead@example.com", "group:Directory Engineers"]
}

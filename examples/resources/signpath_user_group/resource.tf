# The people who may approve releases, under one name: access lists refer to the
# group, and who is in it changes in one place.
resource "signpath_user_group" "release_approvers" {
  name        = "Release Approvers"
  description = "May approve releases of both projects"
}

resource "signpath_user_group_members" "release_approvers" {
  group = signpath_user_group.release_approvers.member
  members = [
    "user:qa.lead@example.com",
    "user:security.officer@example.com",
  ]
}

resource "signpath_signing_policy_approver" "release_approvers" {
  for_each = toset(["project-a", "project-b"])

  project        = each.key
  signing_policy = "release-signing"
  member         = signpath_user_group.release_approvers.member
}

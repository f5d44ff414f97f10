# The security officer may approve the releases of both projects. The projects
# name their own approvers elsewhere, and those stay.
resource "signpath_signing_policy_approver" "security_officer" {
  for_each = toset(["project-a", "project-b"])

  project        = each.key
  signing_policy = "release-signing"
  member         = "user:security.officer@example.com"
}

# A group can approve, too: whoever is in it when a request waits.
resource "signpath_signing_policy_approver" "release_managers" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = "group:Release Managers"
}

# Somebody who stands in until the end of a day, UTC. The entry leaves the list with
# the first apply after it; the resource stays, until you take it out.
resource "signpath_signing_policy_approver" "stand_in" {
  project        = "project-a"
  signing_policy = "release-signing"
  member         = "user:qa.lead@example.com"
  valid_until    = "2099-12-31"
}

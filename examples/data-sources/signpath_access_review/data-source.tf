# Warns in every plan, and again at the end of an apply, when somebody can both
# submit releases and approve them, directly or through groups.
check "separation_of_duties" {
  data "signpath_access_review" "release" {
    project        = "project-b"
    signing_policy = "release-signing"
  }

  assert {
    condition = alltrue([
      for finding in data.signpath_access_review.release.findings : finding.rule != "submit-and-approve"
    ])
    error_message = "One person can release alone: ${join(" ", [
      for finding in data.signpath_access_review.release.findings : finding.sentence if finding.rule == "submit-and-approve"
    ])}"
  }
}

resource "signpath_signing_policy_approvers" "release" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = ["user:security.officer@example.com", "group:Release Managers"]
}

# Fails an apply after which fewer than two people can approve, now and in the end:
# a group counts by who is in it, and who has not accepted the invitation does not.
data "signpath_access_review" "approvals" {
  project        = "project-b"
  signing_policy = "release-signing"
  permission     = "approve"
  depends_on     = [signpath_signing_policy_approvers.release]

  lifecycle {
    postcondition {
      condition     = length([for entry in self.entries : entry if entry.in_force]) >= 2
      error_message = "Fewer than two people can approve releases of project B."
    }
    # What the token cannot see, no rule can find.
    postcondition {
      condition     = length(self.gaps) == 0
      error_message = join("\n", concat(["The review is incomplete:"], self.gaps))
    }
  }
}

# Who can approve releases, and why.
output "release_approvers" {
  value = { for entry in data.signpath_access_review.approvals.entries : entry.member => entry.reasons[*].sentence }
}

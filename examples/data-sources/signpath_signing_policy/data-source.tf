# Stops the plan unless a release needs two approvals. SignPath's settings are
# not managed here, but who may approve is only worth as much as they are.
data "signpath_signing_policy" "release" {
  project = "project-a"
  slug    = "release-signing"

  lifecycle {
    postcondition {
      condition     = self.uses_approval_process == true && coalesce(self.required_approvals, 0) >= 2
      error_message = "The release policy of project A must require at least two approvals."
    }
  }
}

# As the list has it: people and groups.
output "release_approvers" {
  value = data.signpath_signing_policy.release.approvers
}

# Who that is in the end, and through which groups; "" is directly.
output "who_approves_releases" {
  value = {
    for entry in data.signpath_signing_policy.release.expanded_approvers :
    entry.member => entry.via...
  }
}

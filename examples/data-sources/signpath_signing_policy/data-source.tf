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

output "release_approvers" {
  value = data.signpath_signing_policy.release.approvers
}

# Stops the plan if this person's account was deactivated.
data "signpath_user" "release_manager" {
  email = "release.manager@example.com"

  lifecycle {
    postcondition {
      condition     = self.active
      error_message = "${self.name} left. Name another approver."
    }
  }
}

resource "signpath_signing_policy_approver" "release_manager" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = data.signpath_user.release_manager.member
}

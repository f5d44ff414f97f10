# The apply sends an invitation to this address.
resource "signpath_user" "auditor" {
  name  = "Release Auditor"
  email = "auditor@example.com"

  # The team hears about signing requests, also while this person is away.
  notification_email = "audit-team@example.com"
}

# A new user has no rights. To refer to `member`, instead of spelling the
# address again, makes Terraform create the user before it grants the right.
resource "signpath_project_reader" "auditor" {
  project = "project-a"
  member  = signpath_user.auditor.member
}

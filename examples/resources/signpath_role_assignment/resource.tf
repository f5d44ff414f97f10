# An auditor may read everything and change nothing.
resource "signpath_role_assignment" "auditor" {
  member = "user:qa.lead@example.com"
  role   = "GlobalReader"
}

# A CI user can have a role, too. Whoever holds its token has the role, so give
# it the smallest one that does: this one only writes a nightly report.
resource "signpath_ci_user" "report" {
  name = "access-report"
}

resource "signpath_role_assignment" "report" {
  member = signpath_ci_user.report.member
  role   = "GlobalReader"
}

# Administrative rights for as long as something is set up: after the day, the next
# apply makes a Regular User of them. Choose a near one.
resource "signpath_role_assignment" "setup" {
  member      = "user:dev.lead@example.com"
  role        = "ProjectAdministrator"
  valid_until = "2099-12-31"
}

# Sends the invitation again, each time it is run:
#
#   terraform apply -invoke=action.signpath_reinvite_user.auditor
action "signpath_reinvite_user" "auditor" {
  config {
    user = signpath_user.auditor.member
  }
}

resource "signpath_user" "auditor" {
  name  = "Release Auditor"
  email = "auditor@example.com"
}

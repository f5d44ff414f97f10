# Who changed the release policy of project A this year.
data "signpath_audit_events" "release" {
  since  = "2026-01-01T00:00:00Z"
  event  = "SigningPolicy.Edited"
  object = "project-a/release-signing"
}

# Null is what the audit log does not tell.
output "changes_of_the_release_policy" {
  value = [
    for event in data.signpath_audit_events.release.events : {
      time       = event.time
      who        = coalesce(try(event.actor.member, null), try(event.actor.name, null), "unknown")
      properties = event.changes[*].property
    }
  ]
}

# Warns in every plan as long as somebody other than Terraform is among those
# who made the latest changes.
data "signpath_audit_events" "latest" {
  limit = 20
}

data "signpath_current_user" "terraform" {}

check "only_terraform" {
  assert {
    condition = alltrue([
      for event in data.signpath_audit_events.latest.events :
      try(event.actor.member, null) == data.signpath_current_user.terraform.member
    ])
    error_message = "SignPath was changed outside Terraform; data.signpath_audit_events.latest says by whom."
  }
}

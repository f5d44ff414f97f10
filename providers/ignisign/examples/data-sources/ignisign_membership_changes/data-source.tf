# IgniSign tells webhooks of production that the membership of somebody changed: not
# how, and not by whom.
data "ignisign_webhooks" "production" {
  environment = "PRODUCTION"
}

data "ignisign_membership_changes" "since_the_attestation" {
  for_each = toset(data.ignisign_webhooks.production.webhooks[*].id)

  webhook_id = each.key
  since      = "2026-11-20"
}

# The ids are those of users at IgniSign. No API tells whose they are.
output "changed" {
  value = distinct(flatten([for m in data.ignisign_membership_changes.since_the_attestation : m.changes[*].user_id]))
}

# Whoever was invited by the invitation API, and what became of it. It is no list of
# members: no API has one.
data "ignisign_application_invitations" "all" {}

output "pending" {
  value = [for i in data.ignisign_application_invitations.all.invitations : i.email if i.status == "PENDING"]
}

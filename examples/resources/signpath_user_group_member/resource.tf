# The team that owns this configuration puts its own QA lead into a group
# that others fill, too. Their members stay.
resource "signpath_user_group_member" "qa_lead" {
  group  = "group:Release Managers"
  member = "user:qa.lead@example.com"
}

# By the name or the UUID of the group, and the member reference.
import {
  to = signpath_user_group_member.qa_lead
  id = "Release Managers/user:qa.lead@example.com"
}

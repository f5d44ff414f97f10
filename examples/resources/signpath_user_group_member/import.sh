# GROUP/MEMBER: the name or the UUID of the group, and the member reference.
# Quote a name that contains spaces.
terraform import signpath_user_group_member.qa_lead "Release Managers/user:qa.lead@example.com"

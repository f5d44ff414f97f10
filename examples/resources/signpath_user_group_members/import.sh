# The name or the UUID of the group. Quote a name that contains spaces.
terraform import signpath_user_group_members.engineering Engineering

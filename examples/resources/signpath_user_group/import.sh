# By name. Quote a name that contains spaces.
terraform import signpath_user_group.release_approvers "Release Approvers"

# By the group's UUID, for example where two have the same name.
terraform import signpath_user_group.release_approvers 8e0b6d1c-42f7-4a95-b3c8-0d9e5f7a1263

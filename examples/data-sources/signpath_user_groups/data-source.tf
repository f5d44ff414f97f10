data "signpath_user_groups" "all" {}

locals {
  # Groups whose members are managed in SignPath, and not in the directory.
  manual = [for group in data.signpath_user_groups.all.user_groups : group if !group.directory_synchronized]
}

# A group that nobody describes is one that nobody reviews.
check "groups_are_described" {
  assert {
    condition     = alltrue([for group in local.manual : group.description != null])
    error_message = "User groups without a description: ${join(", ", [for group in local.manual : group.name if group.description == null])}."
  }
}

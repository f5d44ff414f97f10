data "signpath_user_group" "release_managers" {
  name = "Release Managers"
}

# Everyone in the group, also through groups in it, with the way in.
output "release_managers" {
  value = {
    for entry in data.signpath_user_group.release_managers.expanded_members :
    entry.member => entry.via...
  }
}

# Build systems submit, people approve: warns in every plan if a CI user came
# into the group, be it through another group.
check "only_people_manage_releases" {
  assert {
    condition = alltrue([
      for entry in data.signpath_user_group.release_managers.expanded_members : !startswith(entry.member, "ci_user:")
    ])
    error_message = "A CI user is among the release managers."
  }
}

# The members of one group, each by itself.
list "signpath_user_group_member" "release_managers" {
  provider = signpath

  config {
    group = "group:Release Managers"
  }
}

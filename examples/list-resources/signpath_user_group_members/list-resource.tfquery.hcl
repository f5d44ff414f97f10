# The members of every group, as whole lists.
list "signpath_user_group_members" "all" {
  provider = signpath
  limit    = 1000
}

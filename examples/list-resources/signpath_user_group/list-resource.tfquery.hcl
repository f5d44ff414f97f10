# All user groups, but for their members.
list "signpath_user_group" "all" {
  provider = signpath
  limit    = 1000
}

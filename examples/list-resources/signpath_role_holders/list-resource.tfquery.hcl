# Who has each of the privileged roles, also of those that nobody has.
list "signpath_role_holders" "all" {
  provider = signpath

  config {
    include_empty = true
  }
}

# Everyone who controls the whole organization.
list "signpath_role_assignment" "administrators" {
  provider = signpath
  limit    = 1000

  config {
    active = true
    role   = "GlobalAdministrator"
  }
}

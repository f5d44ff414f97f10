output "of_operators" {
  value = provider::ignisign::role_permissions("APP_OPERATOR")
}

# true: reading goes with managing.
output "may_operators_read_signers" {
  value = provider::ignisign::role_allows("APP_OPERATOR", "SIGNERS_READ")
}

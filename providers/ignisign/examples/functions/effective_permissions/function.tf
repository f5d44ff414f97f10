output "together" {
  value = provider::ignisign::effective_permissions(["APP_READER", "ORG_BILLING"])
}

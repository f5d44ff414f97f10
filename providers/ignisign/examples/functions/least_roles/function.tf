# [{ place = "environment:contracts/PRODUCTION", role = "APP_OPERATOR" }]
output "to_send_documents" {
  value = provider::ignisign::least_roles(["SIGNATURE_REQUEST_MANAGEMENT"], "environment:contracts/PRODUCTION")
}

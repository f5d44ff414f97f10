# The rows that somebody saw, in the form of grants.
output "observed" {
  value = provider::ignisign::observed(<<-CSV
    place,role,principal,seen_on
    organization,ORG_OWNER,user:owner@example.com,2026-11-20
    environment:contracts/PRODUCTION,APP_OPERATOR,user:operations@example.com,2026-11-20
    environment:contracts/PRODUCTION,APP_OPERATOR,user:former@example.com,no
  CSV
  )
}

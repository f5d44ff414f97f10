# The rows that somebody saw, in the form of grants.
output "observed" {
  value = provider::signicat::observed(<<-CSV
    place,role,principal,seen_on
    organisation,Organisation Admin,user:owner@example.com,2026-11-20
    account:shop,Account Admin,user:tech.lead@example.com,2026-11-20
    account:shop,Account Admin,user:former@example.com,no
  CSV
  )
}

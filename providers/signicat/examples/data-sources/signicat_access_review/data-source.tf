# The review and the baseline are given the same local values. A review that
# refers to the baseline would be read in the apply only, as long as that is
# outstanding.
locals {
  organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"
  accounts = {
    shop    = { id = "a-ppge-AAAAAAAAAAAAAAAAAAAA", type = "production" }
    shop_ci = { id = "a-spge-CCCCCCCCCCCCCCCCCCCC", type = "sandbox" }
  }
  grants = {
    "organisation" = {
      "Organisation Admin" = ["user:owner@example.com", "user:deputy@example.com"]
    }
    "account:shop_ci" = {
      "Account Admin" = ["user:dev.lead@example.com"]
    }
  }
  attestation = {
    by       = "user:security.officer@example.com"
    on       = "2026-11-20"
    observed = local.grants # As a rule: what somebody wrote down, by provider::signicat::observed.
  }
}

resource "signicat_access_baseline" "acme" {
  organisation_id = local.organisation_id
  accounts        = local.accounts
  grants          = local.grants
  attestation     = local.attestation
}

data "signicat_access_review" "acme" {
  organisation_id = local.organisation_id
  accounts        = local.accounts
  grants          = local.grants
  attestation     = local.attestation

  # Which events tell of access, Signicat does not publish: these names are made up.
  audit = [{
    name   = "access was changed"
    filter = [{ field = "serviceName", operator = "eq", value = "mock-dashboard" }]
  }]
}

# A note is what is only told. For a check block:
#   condition = alltrue([for f in data.signicat_access_review.acme.findings : f.severity == "note"])
output "findings" {
  value = [for f in data.signicat_access_review.acme.findings : "${f.severity} ${f.rule}: ${f.sentence}"]
}

output "gaps" {
  value = data.signicat_access_review.acme.gaps
}

# It sees no users, roles or grants: say so wherever its result is shown.
output "not_reviewed" {
  value = data.signicat_access_review.acme.cannot_see
}

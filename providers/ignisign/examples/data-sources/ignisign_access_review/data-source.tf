# The review and the baseline are given the same local values. A review that
# refers to the baseline would be read in the apply only, as long as that is
# outstanding.
locals {
  applications = {
    contracts = { id = "appId_11111111-2222-3333-4444-555555555555" }
  }
  grants = {
    "organization" = {
      ORG_OWNER = ["user:owner@example.com", "user:deputy@example.com"]
    }
    "application:contracts" = {
      APP_ADMIN = ["user:app.admin@example.com"]
    }
    "environment:contracts/PRODUCTION" = {
      APP_OPERATOR = ["user:release.manager@example.com"]
    }
  }
  attestation = {
    by       = "user:security.officer@example.com"
    on       = "2026-11-20"
    observed = local.grants # As a rule: what somebody wrote down, by provider::ignisign::observed.
  }
}

resource "ignisign_access_baseline" "acme" {
  applications = local.applications
  grants       = local.grants
  attestation  = local.attestation
}

data "ignisign_access_review" "contracts" {
  applications = local.applications
  grants       = local.grants
  attestation  = local.attestation

  # By id, or by name; webhooks by id, or by URL. What is not here should not be there.
  api_keys = {
    PRODUCTION  = ["backend"]
    STAGING     = ["staging backend"]
    DEVELOPMENT = ["terraform"]
  }
  single_sign_on = {
    PRODUCTION = ["company login"]
  }
  webhooks = {
    PRODUCTION = ["https://hooks.example.com/ignisign"]
  }
}

# A note is what is only told: that IgniSign does not restrict keys, for instance.
# For a check block: condition = length(local.findings) == 0
locals {
  findings = [for f in data.ignisign_access_review.contracts.findings : f if f.severity != "note"]
}

output "findings" {
  value = [for f in local.findings : "${f.severity} ${f.rule}: ${f.sentence}"]
}

output "gaps" {
  value = data.ignisign_access_review.contracts.gaps
}

# It sees no members and no roles: say so wherever its result is shown.
output "not_reviewed" {
  value = data.ignisign_access_review.contracts.cannot_see
}

# What access to the Dashboard of Signicat should be. This changes nothing there:
# it tells what a person has to do, until somebody attests that access is so.
resource "signicat_access_baseline" "acme" {
  organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"

  accounts = {
    shop    = { id = "a-ppge-AAAAAAAAAAAAAAAAAAAA", type = "production" }
    shop_ci = { id = "a-spge-CCCCCCCCCCCCCCCCCCCC", type = "sandbox" }
  }

  # Seen in IAM > Roles: Signicat publishes no list of roles.
  roles = {
    "DEM Writer" = { basic_type = "Writer", product = "Digital Evidence Management" }
  }

  grants = {
    "organisation" = {
      "Organisation Admin" = ["user:owner@example.com", "user:deputy@example.com"]
      "Usage Viewer"       = ["user:finance@example.com"]
    }
    "account:shop" = {
      "Account Admin" = ["user:tech.lead@example.com"]
    }
    "account:shop_ci" = {
      "Account Admin" = ["user:dev.lead@example.com"]
      "DEM Writer"    = ["api_client:sandbox-round-apple-123"]
    }
  }

  # Written by the person who looked, when everything was done:
  #
  #   attestation = {
  #     by       = "user:security.officer@example.com"
  #     on       = "2026-11-20"
  #     observed = provider::signicat::observed(file("${path.module}/observed.csv"))
  #   }
}

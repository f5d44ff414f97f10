# What access to the Console of IgniSign should be. This changes nothing there:
# it tells what a person has to do, until somebody attests that access is so.
resource "ignisign_access_baseline" "acme" {
  applications = {
    contracts = { id = "appId_11111111-2222-3333-4444-555555555555" }
  }

  grants = {
    "organization" = {
      ORG_OWNER = ["user:owner@example.com"]
      ORG_ADMIN = ["user:deputy@example.com"]
    }
    "application:contracts" = {
      APP_ADMIN = ["user:tech.lead@example.com"]
    }
    "environment:contracts/PRODUCTION" = {
      APP_OPERATOR = ["user:operations@example.com"]
    }
    "environment:contracts/DEVELOPMENT" = {
      APP_MANAGER = ["user:dev.lead@example.com"]
    }
  }

  # The plan says where a smaller role would do.
  needs = {
    "user:operations@example.com" = ["SIGNATURE_REQUEST_MANAGEMENT", "SIGNERS_MANAGEMENT"]
  }

  # Written by the person who looked, when everything was done:
  #
  #   attestation = {
  #     by       = "user:security.officer@example.com"
  #     on       = "2026-11-20"
  #     observed = provider::ignisign::observed(file("${path.module}/observed.csv"))
  #   }
}

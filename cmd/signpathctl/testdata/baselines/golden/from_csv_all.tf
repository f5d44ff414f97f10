# Written by `signpathctl baseline from-csv` from 1 row that somebody saw.
# It changes nothing at IgniSign: it records that access should be as it was seen. Take out of grants what should
# not be, and look for "Fill in": that is what the table does not tell.
resource "ignisign_access_baseline" "all" {
  organization_id = "o-1"

  applications = {
    "contracts" = {
      # Fill in: id = "appId_…" (its id, if you like)
    }
  }

  grants = {
    "environment:contracts/PRODUCTION" = {
      "APP_OPERATOR" = [
        "user:b@example.com",
      ]
    }
  }

  attestation = {
    by = "user:a@example.com"
    # Fill in: on = "2026-11-20" (the day on which that person looked)
    observed = {
      "environment:contracts/PRODUCTION" = {
        "APP_OPERATOR" = [
          "user:b@example.com",
        ]
      }
    }
  }
}

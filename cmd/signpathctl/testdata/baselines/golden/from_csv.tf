# Written by `signpathctl baseline from-csv` from 3 rows that somebody saw on 2026-11-28.
# It changes nothing at Signicat: it records that access should be as it was seen. Take out of grants what should
# not be, and look for "Fill in": that is what the table does not tell.
resource "signicat_access_baseline" "main" {
  # Fill in: organisation_id = "…" (required: the id of the organisation)

  accounts = {
    "shop" = {
      # Fill in: id = "a-…" (its id, if you like)
      # Fill in: type = "sandbox" (or production: without it, rules about production say nothing of it)
    }
  }

  # Roles that Signicat's pages do not name. Look each up in IAM → Roles.
  roles = {
    "Document Signing Editor" = {
      # Fill in: basic_type = "Editor" (or Viewer, Writer, Admin, if you like)
    }
  }

  grants = {
    "account:shop" = {
      "Document Signing Editor" = [
        "user:dev.lead@example.com",
      ]
    }
    "organisation" = {
      "Organisation Admin" = [
        "user:org.admin@example.com",
        "user:second.admin@example.com",
      ]
    }
  }

  attestation = {
    # Fill in: by = "user:…" (who looked)
    on       = "2026-11-28"
    observed = provider::signicat::observed(file("${path.module}/testdata/baselines/observed.csv"))
  }
}

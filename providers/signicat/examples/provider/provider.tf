terraform {
  required_providers {
    signicat = {
      source = "signpath-community/signicat"
    }
  }
}

# Nothing has to be set: a baseline asks nobody. The data sources that ask Signicat
# need an API client that may read accounts and audit events. Set its secret in
# the environment: SIGNICAT_CLIENT_SECRET.
provider "signicat" {
  client_id       = "org-round-apple-123"
  organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"
}

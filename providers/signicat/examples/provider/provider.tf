terraform {
  required_providers {
    signicat = {
      source = "signpath-community/signicat"
    }
  }
}

# Nothing has to be set: a baseline asks nobody. The data sources that ask Signicat
# need an API client that may read accounts and audit events. Set it in the
# environment: SIGNICAT_CLIENT_ID and SIGNICAT_CLIENT_SECRET. With an id and without
# its secret, the provider refuses to start.
provider "signicat" {
  organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"
}

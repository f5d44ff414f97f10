terraform {
  required_providers {
    signicat = {
      source = "signpath-community/signicat"
    }
  }
}

# Nothing has to be set: a baseline asks nobody. The data sources that ask Signicat
# need an API client that may read accounts and audit events. Set it in the
# environment: SIGNICAT_CLIENT_ID and SIGNICAT_CLIENT_SECRET. Without them, whatever
# asks nobody works, and the rest says what is missing.
provider "signicat" {
  organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"
}

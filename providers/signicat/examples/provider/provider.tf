terraform {
  required_providers {
    signicat = {
      source = "signpath-community/signicat"
    }
  }
}

# It asks nobody and changes nothing, so it needs no key.
provider "signicat" {}

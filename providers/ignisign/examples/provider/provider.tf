terraform {
  required_providers {
    ignisign = {
      source = "signpath-community/ignisign"
    }
  }
}

# It asks nobody and changes nothing, so it needs no key.
provider "ignisign" {}

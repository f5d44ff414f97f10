terraform {
  required_providers {
    signpath = {
      source = "signpath-community/signpath"
    }
  }
}

# The organization and the token come from SIGNPATH_ORGANIZATION_ID and
# SIGNPATH_API_TOKEN, so that neither is in the configuration.
provider "signpath" {}

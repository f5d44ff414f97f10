terraform {
  required_providers {
    ignisign = {
      source = "signpath-community/ignisign"
    }
  }
}

# Nothing has to be set: a baseline asks nobody. What asks IgniSign needs an API key.
# Set it in the environment: IGNISIGN_API_KEY. It says itself for which application
# and environment it is; what is set here has to agree.
provider "ignisign" {
  app_id  = "appId_11111111-2222-3333-4444-555555555555"
  app_env = "DEVELOPMENT"
}

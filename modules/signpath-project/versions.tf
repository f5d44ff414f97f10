terraform {
  # The oldest that the provider is tested with: Terraform 1.11, and OpenTofu 1.12.
  required_version = ">= 1.11"

  required_providers {
    signpath = {
      source = "signpath-community/signpath"
    }
  }
}

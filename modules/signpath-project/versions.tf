terraform {
  # Since 1.9 a validation may name what the variable is checked against; provider functions came before.
  required_version = ">= 1.9"

  required_providers {
    signpath = {
      source = "signpath-community/signpath"
    }
  }
}

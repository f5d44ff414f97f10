terraform {
  required_providers {
    signpath = {
      source = "signpath-community/signpath"
    }
  }
}

# The organization and the token come from the environment variables
# SIGNPATH_ORGANIZATION_ID and SIGNPATH_API_TOKEN, so that neither is in the
# configuration.
provider "signpath" {}

# Says as whom Terraform acts: a first thing to try, because it only reads.
data "signpath_current_user" "terraform" {}

output "acting_as" {
  value = "${data.signpath_current_user.terraform.member}, ${data.signpath_current_user.terraform.role}"
}

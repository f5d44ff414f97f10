# Stops the plan if the environment names another organization, such as the one
# for trials.
data "signpath_organization" "current" {
  lifecycle {
    postcondition {
      condition     = self.name == "Example Organization"
      error_message = "SIGNPATH_ORGANIZATION_ID is the id of another organization."
    }
  }
}

output "signatures_per_year" {
  value = data.signpath_organization.current.yearly_max_number_of_individual_signatures
}

# Stops the plan if the pipeline runs with somebody's personal token: what
# changed would be in the audit log under the name of that person.
data "signpath_current_user" "terraform" {
  lifecycle {
    postcondition {
      condition     = self.member == "ci_user:terraform"
      error_message = "This runs as ${self.member}. Use the token of the CI user \"terraform\"."
    }
  }
}

data "signpath_ci_users" "active" {
  active = true
}

locals {
  # All CI users with a global role, but for the one that Terraform runs as.
  privileged = [
    for user in data.signpath_ci_users.active.ci_users : "${user.name} (${user.role})"
    if user.role != "RegularUser" && user.name != "terraform"
  ]
}

# A build system needs no global role: being a submitter is enough to sign.
check "build_systems_have_no_role" {
  assert {
    condition     = length(local.privileged) == 0
    error_message = "CI users with a global role: ${join(", ", local.privileged)}."
  }
}

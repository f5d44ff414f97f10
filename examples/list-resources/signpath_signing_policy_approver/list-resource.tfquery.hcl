# What the security officer may approve by name, not through a group.
list "signpath_signing_policy_approver" "security_officer" {
  provider = signpath
  limit    = 1000

  config {
    member = "user:security.officer@example.com"
  }
}

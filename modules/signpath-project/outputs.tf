output "ci_users" {
  description = <<-EOT
    The CI users that builds use, by the name that the projects have for it. Each is an object of `name`, which of a pair is that of the one in use,
    `member`, its reference, and `signing_policies`, to which it submits, as PROJECT/SIGNING_POLICY.
  EOT
  value = { for needed, name in local.in_use : needed => {
    name             = name
    member           = signpath_ci_user.this[name].member
    signing_policies = keys(local.needed[needed].submits_to)
  } }
}

output "names" {
  description = "The name of the CI user that builds use, by signing policy, as PROJECT/SIGNING_POLICY."
  value       = { for path, policy in local.submissions : path => local.in_use[policy.ci_user] }
}

output "members" {
  description = "The references of all CI users by their names, of pairs both."
  value       = { for name, user in signpath_ci_user.this : name => user.member }
}

output "tokens" {
  description = "The token of each CI user that builds use, by the same names as ci_users: only of those with `tokens`, and null with github_recipients or encryption_recipients."
  value       = { for needed, name in local.in_use : needed => signpath_ci_user_token.this[name].token if local.ci_users[name].tokens != null }
  sensitive   = true
}

output "github_tokens" {
  description = "The same tokens sealed for the github_recipients, by their names: `value` and `key_id`; null without these."
  value       = { for needed, name in local.in_use : needed => signpath_ci_user_token.this[name].github_tokens if local.ci_users[name].tokens != null }
}

output "encrypted_tokens" {
  description = "The same tokens as age files for the encryption_recipients; null without these."
  value       = { for needed, name in local.in_use : needed => signpath_ci_user_token.this[name].encrypted_token if local.ci_users[name].tokens != null }
}

output "build_systems" {
  description = "Member reference of the CI user of each build system."
  value       = { for name, ci_user in signpath_ci_user.build : name => ci_user.member }
}

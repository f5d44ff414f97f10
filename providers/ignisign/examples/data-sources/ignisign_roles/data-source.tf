data "ignisign_roles" "published" {}

# The roles that can stand in a baseline, and what each allows.
output "permissions" {
  value = { for r in data.ignisign_roles.published.roles : r.role => r.permissions if r.recordable }
}

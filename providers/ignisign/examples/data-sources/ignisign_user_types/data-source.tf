data "ignisign_user_types" "published" {}

# Whoever only signs has no access to the platform.
output "users_of_the_platform" {
  value = [for u in data.ignisign_user_types.published.user_types : u.title if u.platform]
}

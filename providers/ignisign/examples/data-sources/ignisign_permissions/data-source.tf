data "ignisign_permissions" "published" {}

# Who may manage the members of an application, by the vendor's data models.
output "who_manages_members" {
  value = one([for p in data.ignisign_permissions.published.permissions : p.listed_by if p.permission == "APP_MEMBER_MANAGEMENT"])
}

data "signicat_roles" "published" {}

# What Signicat recommends, as its page has it.
output "recommended" {
  value = { for r in data.signicat_roles.published.roles : r.role => r.recommended_for }
}

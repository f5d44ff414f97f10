data "signicat_user_types" "published" {}

output "role_of_financial_owners" {
  value = one([for u in data.signicat_user_types.published.user_types : u.role if u.user_type == "Financial owner"])
}

locals {
  accounts = ["shop", "shop_ci"]
  grants = {
    "organisation" = { "Usage Viewer" = ["user:finance@example.com"] }
    "account:shop" = { "Account Admin" = ["user:finance@example.com"] }
  }
}

# Account Admin by a grant there, and Usage Viewer by inheritance.
output "of_finance_in_the_shop" {
  value = provider::signicat::effective_roles(local.grants, local.accounts, "user:finance@example.com", "account:shop")
}

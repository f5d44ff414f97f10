# The accounts that Signicat shows to the API client.
data "signicat_accounts" "all" {}

# Those that were soft-deleted.
data "signicat_accounts" "deleted" {
  deleted = true
}

# A start for "accounts" of a baseline. Give each account a key that fits into
# names of places, and check what it is for.
output "accounts" {
  value = { for a in data.signicat_accounts.all.accounts : a.id => { name = a.name, type = a.type } }
}

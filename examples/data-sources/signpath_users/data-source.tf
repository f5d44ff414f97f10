# Everyone who controls the whole organization.
data "signpath_users" "administrators" {
  role   = "GlobalAdministrator"
  active = true
}

# Warns in every plan as long as there are too many of them: each can give
# themselves every right.
check "global_administrators" {
  assert {
    condition     = length(data.signpath_users.administrators.users) <= 3
    error_message = "More than three Global Administrators: ${join(", ", data.signpath_users.administrators.users[*].email)}."
  }
}

output "global_administrators" {
  value = data.signpath_users.administrators.users[*].email
}

# Exactly these may change who signs, and who may change that. Somebody whom
# another administrator makes one of them loses the role by the next apply.
resource "signpath_role_holders" "administrators" {
  role = "GlobalAdministrator"
  members = [
    "user:org.admin@example.com",
    "user:security.officer@example.com",
    "ci_user:terraform", # the user whose token Terraform uses
  ]
}

# Nobody has this role, and nobody else gets it unseen.
resource "signpath_role_holders" "user_administrators" {
  role    = "UserAdministrator"
  members = []
}

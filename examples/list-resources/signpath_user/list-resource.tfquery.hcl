# All active users, to bring them under Terraform:
#
#   terraform query -generate-config-out=users.tf
#
# Without limit, it would be the first 100.
list "signpath_user" "active" {
  provider = signpath
  limit    = 1000

  config {
    active = true
  }
}

data "signpath_roles" "all" {}

data "signpath_users" "active" {
  active = true
}

# Who has each privileged role, under the name that SignPath's web application
# shows. An empty list is worth knowing, too.
output "privileged_users" {
  value = {
    for role in data.signpath_roles.all.roles :
    role.title => [for user in data.signpath_users.active.users : user.email if user.role == role.role]
    if role.privileged
  }
}

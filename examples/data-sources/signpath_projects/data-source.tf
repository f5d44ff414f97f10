data "signpath_projects" "all" {}

data "signpath_project" "all" {
  for_each = toset(data.signpath_projects.all.projects[*].slug)

  slug = each.key
}

# Who may change what, for the next review.
output "configurators" {
  value = { for slug, project in data.signpath_project.all : slug => project.configurators }
}

data "signpath_project" "a" {
  slug = "project-a"
}

# Who may configure project A, by kind, such as
#
#   { group = ["Release Managers"], user = ["dev.lead@example.com"] }
output "project_a_configurators" {
  value = {
    for member in [for text in data.signpath_project.a.configurators : provider::signpath::parse_member(text)] :
    member.kind => member.key...
  }
}

data "signpath_project" "a" {
  slug = "project-a"
}

# People configure a project. A build system that could would choose itself how
# its artifacts are signed.
check "only_people_configure_project_a" {
  assert {
    condition = alltrue([
      for entry in data.signpath_project.a.expanded_configurators : !startswith(entry.member, "ci_user:")
    ])
    error_message = "A CI user may configure project A, directly or through a group: ${join(", ", data.signpath_project.a.configurators)}."
  }
}

output "project_a_policies" {
  value = data.signpath_project.a.signing_policies
}

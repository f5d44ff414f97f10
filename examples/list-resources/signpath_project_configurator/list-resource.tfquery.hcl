# The configurators of one project, each by itself.
list "signpath_project_configurator" "project_a" {
  provider = signpath

  config {
    project = "project-a"
  }
}

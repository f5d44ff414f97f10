# Who may submit to the signing policies of one project.
list "signpath_signing_policy_submitters" "project_a" {
  provider = signpath

  config {
    project = "project-a"
  }
}

# Exactly these may change the project. Configurators decide how a release is
# signed, so keep the list short and its changes in code review.
resource "signpath_project_configurators" "project_a" {
  project = "project-a"
  members = [
    "user:dev.lead@example.com",
    "user:security.officer@example.com",
  ]
}

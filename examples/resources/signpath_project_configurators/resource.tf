# Exactly these may change the artifact configurations and webhooks. Configurators
# decide what of a release is signed, so keep the list short.
resource "signpath_project_configurators" "project_a" {
  project = "project-a"
  members = [
    "user:dev.lead@example.com",
    "user:security.officer@example.com",
  ]
}

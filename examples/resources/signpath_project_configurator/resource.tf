# The development lead of team 1 may change project B. Who else may is left to
# others, so this must not own the whole list.
resource "signpath_project_configurator" "dev_lead" {
  project = "project-b"
  member  = "user:dev.lead@example.com"
}

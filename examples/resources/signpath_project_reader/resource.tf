# QA may read both projects. Other readers are managed elsewhere, and stay.
resource "signpath_project_reader" "qa" {
  for_each = toset(["project-a", "project-b"])

  project = each.key
  member  = "user:qa.lead@example.com"
}

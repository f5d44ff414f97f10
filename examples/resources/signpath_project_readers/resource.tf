# Exactly these may read the project with its signing requests and artifacts.
# Somebody whom another administrator adds is removed again by the next apply.
resource "signpath_project_readers" "project_a" {
  project = "project-a"
  members = [
    "user:qa.lead@example.com",
    "group:Directory Engineers", # who is in it is decided in the directory
  ]
}

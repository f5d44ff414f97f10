# Where the QA lead is a reader by name, not through a group.
list "signpath_project_reader" "qa_lead" {
  provider = signpath
  limit    = 1000

  config {
    member = "user:qa.lead@example.com"
  }
}

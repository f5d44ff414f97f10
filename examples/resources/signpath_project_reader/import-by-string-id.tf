# By the slug of the project and the member reference.
import {
  to = signpath_project_reader.qa["project-a"]
  id = "project-a/user:qa.lead@example.com"
}

# By the slug of the project and the member reference.
import {
  to = signpath_project_configurator.dev_lead
  id = "project-b/user:dev.lead@example.com"
}

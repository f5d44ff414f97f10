# By the slug of the project.
# organization_id may name the organization, too; it is that of the provider.
import {
  to = signpath_project_configurators.project_a
  identity = {
    project = "project-a"
  }
}

# By the slug of the project.
import {
  to = signpath_project_configurators.project_a
  id = "project-a"
}

# By the slug of the project.
import {
  to = signpath_project_readers.project_a
  id = "project-a"
}

# PROJECT: the slug of the project.
terraform import signpath_project_readers.project_a project-a

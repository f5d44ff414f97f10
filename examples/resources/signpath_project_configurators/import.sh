# PROJECT: the slug of the project.
terraform import signpath_project_configurators.project_a project-a

# PROJECT/MEMBER: the slug of the project and the member reference.
terraform import signpath_project_configurator.dev_lead project-b/user:dev.lead@example.com

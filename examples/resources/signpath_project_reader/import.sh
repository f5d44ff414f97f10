# PROJECT/MEMBER: the slug of the project and the member reference.
terraform import 'signpath_project_reader.qa["project-a"]' project-a/user:qa.lead@example.com

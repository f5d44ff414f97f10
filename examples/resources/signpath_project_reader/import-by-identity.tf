# By the slug of the project and the id of the member.
# organization_id may name the organization, too; it is that of the provider.
import {
  to = signpath_project_reader.qa["project-a"]
  identity = {
    project   = "project-a"
    member_id = "7d1f1f0a-51f2-4e0b-8a70-6a0f0f6f4c22"
  }
}

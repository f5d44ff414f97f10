resource "signpath_user_group" "engineering" {
  name = "Engineering"
}

# Exactly these are in the group. A group can hold other groups, also one that is
# synchronized from the organization's directory.
resource "signpath_user_group_members" "engineering" {
  group = signpath_user_group.engineering.member
  members = [
    "group:Directory Engineers",
    "user:dev.lead@example.com",
  ]
}

# Whoever is in the group may read project A.
resource "signpath_project_reader" "engineering" {
  project = "project-a"
  member  = signpath_user_group.engineering.member
}

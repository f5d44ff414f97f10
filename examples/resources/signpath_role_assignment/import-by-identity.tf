# By the id of the user who has the role.
import {
  to = signpath_role_assignment.auditor
  identity = {
    id = "7d1f1f0a-51f2-4e0b-8a70-6a0f0f6f4c22"
  }
}

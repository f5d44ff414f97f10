# By member reference.
import {
  to = signpath_role_assignment.auditor
  id = "user:qa.lead@example.com"
}

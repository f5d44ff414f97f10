# By member reference.
terraform import signpath_role_assignment.auditor user:qa.lead@example.com
terraform import signpath_role_assignment.report ci_user:access-report

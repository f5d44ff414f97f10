# By the e-mail address of the account.
terraform import signpath_user.auditor auditor@example.com

# By the user's UUID.
terraform import signpath_user.auditor 3d1f9a52-7c46-4b0e-9a8d-51e2c7f06b34

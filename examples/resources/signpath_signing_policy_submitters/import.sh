# PROJECT/SIGNING_POLICY: the slugs of the project and the signing policy.
terraform import signpath_signing_policy_submitters.project_a_release project-a/release-signing

# PROJECT/SIGNING_POLICY/MEMBER: the slugs of the project and the signing
# policy, and the member reference.
terraform import signpath_signing_policy_submitter.dev_lead project-b/test-signing/user:dev.lead@example.com

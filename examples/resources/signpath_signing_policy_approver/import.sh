# PROJECT/SIGNING_POLICY/MEMBER: the slugs of the project and the signing
# policy, and the member reference. Quote a name that contains spaces.
terraform import 'signpath_signing_policy_approver.security_officer["project-a"]' project-a/release-signing/user:security.officer@example.com
terraform import signpath_signing_policy_approver.release_managers "project-b/release-signing/group:Release Managers"

# A developer may sign tests by hand, beside the build systems that are managed
# elsewhere. This works only where the policy does not verify trusted build
# systems; elsewhere SignPath takes no person as a submitter.
resource "signpath_signing_policy_submitter" "dev_lead" {
  project        = "project-b"
  signing_policy = "test-signing"
  member         = "user:dev.lead@example.com"
}

# IgniSign mails the invitation. The provider takes the key from IGNISIGN_API_KEY.
resource "ignisign_application_invitation" "dev_lead" {
  email = "new.dev.lead@example.com"
  roles = {
    DEVELOPMENT = ["ADMIN"]
    STAGING     = ["USER"]
  }
}

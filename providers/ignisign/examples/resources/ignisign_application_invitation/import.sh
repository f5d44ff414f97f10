# By the e-mail address, or by the id of the invitation.
terraform import ignisign_application_invitation.dev_lead new.dev.lead@example.com

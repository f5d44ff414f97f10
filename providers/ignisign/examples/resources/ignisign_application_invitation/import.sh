# By the e-mail address. An invitation that was accepted can be imported, too.
terraform import ignisign_application_invitation.dev_lead new.dev.lead@example.com

# By the id of the invitation.
terraform import ignisign_application_invitation.dev_lead 65a0c0ffee0000000000abcd

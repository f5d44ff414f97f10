# By the e-mail address of the account, or by the user's UUID.
import {
  to = signpath_user.auditor
  id = "auditor@example.com"
}

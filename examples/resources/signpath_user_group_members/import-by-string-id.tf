# By the name or the UUID of the group.
import {
  to = signpath_user_group_members.engineering
  id = "Engineering"
}

# By the ids of the group and the member.
import {
  to = signpath_user_group_member.qa_lead
  identity = {
    group_id  = "3f0c1a52-6f0e-4b55-9d55-0d3f3a1f7c11"
    member_id = "7d1f1f0a-51f2-4e0b-8a70-6a0f0f6f4c22"
  }
}

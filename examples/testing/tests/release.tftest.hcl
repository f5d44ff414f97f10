mock_provider "signpath" {
  source = "./tests/mocks"
}

variables {
  project   = "project-b"
  approvers = ["security.officer@example.com"]
}

run "only_the_ci_user_submits" {
  command = apply

  assert {
    condition     = output.submitters == toset([signpath_ci_user.release.member])
    error_message = "Nobody but the CI user of the project may submit releases."
  }
}

run "two_approvers" {
  command = apply

  variables {
    approvers = ["security.officer@example.com", "release.manager@example.com"]
  }

  # Without this, both would be one person.
  override_data {
    target = data.signpath_user.approver["release.manager@example.com"]
    values = {
      id     = "66666666-6666-4666-8666-666666666666"
      member = "user:release.manager@example.com"
    }
  }

  assert {
    condition     = length(signpath_user_group_members.approvers.members) == 2
    error_message = "Both approvers have to be in the group."
  }
}

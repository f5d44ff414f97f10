# The same for OpenTofu, which takes this file in place of release.tftest.hcl. It
# reads no mock files, so the blocks of mocks/signpath.tfmock.hcl stand here.

mock_provider "signpath" {
  mock_resource "signpath_user" {
    defaults = {
      id     = "11111111-1111-4111-8111-111111111111"
      member = "user:mocked.person@example.com"
      status = "active"
    }
  }

  mock_resource "signpath_ci_user" {
    defaults = {
      id     = "22222222-2222-4222-8222-222222222222"
      member = "ci_user:mocked-build"
    }
  }

  mock_resource "signpath_user_group" {
    defaults = {
      id     = "33333333-3333-4333-8333-333333333333"
      member = "group:Mocked Group"
    }
  }

  mock_data "signpath_user" {
    defaults = {
      id     = "11111111-1111-4111-8111-111111111111"
      member = "user:mocked.person@example.com"
      active = true
      status = "active"
    }
  }

  mock_data "signpath_ci_user" {
    defaults = {
      id     = "22222222-2222-4222-8222-222222222222"
      member = "ci_user:mocked-build"
      active = true
    }
  }

  mock_data "signpath_user_group" {
    defaults = {
      id     = "33333333-3333-4333-8333-333333333333"
      member = "group:Mocked Group"
    }
  }

  mock_data "signpath_current_user" {
    defaults = {
      id     = "44444444-4444-4444-8444-444444444444"
      member = "ci_user:terraform"
      role   = "GlobalAdministrator"
    }
  }

  mock_data "signpath_organization" {
    defaults = {
      id   = "55555555-5555-4555-8555-555555555555"
      name = "Example Organization"
    }
  }

  mock_data "signpath_signing_policy" {
    defaults = {
      active                = true
      uses_approval_process = true
      required_approvals    = 2
    }
  }
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

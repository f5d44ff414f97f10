# A module as teams write them: CI users that submit, people who approve, and
# what they see. Its tests run without an organization; see tests/.

terraform {
  required_providers {
    signpath = {
      source = "signpath-community/signpath"
    }
  }
}

variable "project" {
  description = "Slug of the project."
  type        = string
  default     = "project-b"
}

variable "approvers" {
  description = "E-mail addresses of the people who approve releases."
  type        = set(string)
  default     = ["security.officer@example.com"]
}

data "signpath_user" "approver" {
  for_each = var.approvers

  email = each.key
}

resource "signpath_ci_user" "release" {
  name = "${var.project}-release"
}

resource "signpath_ci_user_token" "release" {
  ci_user = signpath_ci_user.release.member
}

resource "signpath_user_group" "approvers" {
  name = "Approvers of ${var.project}"
}

resource "signpath_user_group_members" "approvers" {
  group   = signpath_user_group.approvers.member
  members = [for approver in data.signpath_user.approver : approver.member]
}

resource "signpath_signing_policy_submitters" "release" {
  project        = var.project
  signing_policy = "release-signing"
  members        = [signpath_ci_user.release.member]
}

resource "signpath_signing_policy_approvers" "release" {
  project        = var.project
  signing_policy = "release-signing"
  members        = [signpath_user_group.approvers.member]
}

output "submitters" {
  value = signpath_signing_policy_submitters.release.members
}

terraform {
  required_providers {
    signpath = {
      source = "signpath-community/signpath"
    }
  }
}

provider "signpath" {}

variable "users" {
  type        = number
  description = "How many users to create."
}

variable "entries" {
  type        = number
  description = "How many people to make approvers."
}

variable "entries_per_policy" {
  type = number
}

variable "policies_per_project" {
  type = number
}

# Terraform evaluates for_each again for every instance, which takes it far longer
# with a set, or with an expression in place of a local value.
locals {
  # range makes 1,024 numbers at most.
  users = {
    for i in flatten([for block in range(0, var.users, 1000) : range(block, min(block + 1000, var.users))]) :
    format("%05d", i) => i
  }
  # Which policy each person approves for.
  approvers = {
    for i in flatten([for block in range(0, var.entries, 1000) : range(block, min(block + 1000, var.entries))]) :
    format("%05d", i) => floor(i / var.entries_per_policy)
  }
}

resource "signpath_user" "new" {
  for_each = local.users

  name  = "New user ${each.key}"
  email = "new.${each.key}@example.com"
}

resource "signpath_signing_policy_approver" "entry" {
  for_each = local.approvers

  project        = format("project-%03d", floor(each.value / var.policies_per_project))
  signing_policy = format("policy-%04d", each.value)
  member         = "user:approver.${each.key}@example.com"
}

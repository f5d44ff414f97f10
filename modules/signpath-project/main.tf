locals {
  # All attributes that there are.
  attributes = {
    project        = ["readers", "configurators", "ci_users", "signing_policies"]
    ci_users       = ["origin_verification", "per", "team", "name", "pair", "tokens"]
    tokens         = ["rotation", "rotate_after", "rotate_early", "github_recipients", "encryption_recipients"]
    recipient      = ["key", "key_id"]
    signing_policy = ["submitters", "approvers", "ci_users"]
  }

  signing_policies = merge([for slug, project in var.projects : {
    for policy, given in lookup(project, "signing_policies", {}) : "${slug}/${policy}" => merge(given, { project = slug, signing_policy = policy })
  }]...)
}

resource "signpath_project_readers" "this" {
  for_each = { for slug, project in var.projects : slug => project.readers if contains(keys(project), "readers") }

  project = each.key
  members = each.value
}

resource "signpath_project_configurators" "this" {
  for_each = { for slug, project in var.projects : slug => project.configurators if contains(keys(project), "configurators") }

  project = each.key
  members = each.value
}

# The CI users of the project and whom the list names, which may be a set. It is managed where there is either.
resource "signpath_signing_policy_submitters" "this" {
  for_each = { for path, policy in local.signing_policies : path => policy if contains(keys(policy), "submitters") || contains(keys(local.submissions), path) }

  project        = each.value.project
  signing_policy = each.value.signing_policy
  members = concat(
    [for name, user in local.ci_users : signpath_ci_user.this[name].member if user.needed == try(local.submissions[each.key].ci_user, null)],
    [for member in lookup(each.value, "submitters", []) : member],
  )
}

resource "signpath_signing_policy_approvers" "this" {
  for_each = { for path, policy in local.signing_policies : path => policy if contains(keys(policy), "approvers") }

  project        = each.value.project
  signing_policy = each.value.signing_policy
  members        = each.value.approvers
}

locals {
  # The attribute ci_users of each project that has it, with what is not given.
  settings = { for slug, project in var.projects : slug => {
    planned  = { for name, value in project.ci_users : name => value if !contains(["pair", "tokens"], name) }
    is_pair  = lookup(project.ci_users, "pair", false)
    tokens   = lookup(project.ci_users, "tokens", null)
    rotation = lookup(lookup(project.ci_users, "tokens", {}), "rotation", 0)
  } if contains(keys(project), "ci_users") }

  # The CI users that the projects need, by name, and what each submits to.
  needed = provider::signpath::ci_users({ for slug, settings in local.settings : slug => merge(settings.planned, {
    signing_policies = [for policy, given in lookup(var.projects[slug], "signing_policies", {}) : policy if lookup(given, "ci_users", true)]
  }) })

  # Their projects: several, where a team shares one.
  projects = { for needed, user in local.needed : needed => distinct([for policy in user.submits_to : policy.project]) }

  # The CI users that there are, of pairs both, by name. Where there are two of one name, a precondition tells.
  named = { for user in flatten([for needed, projects in local.projects : [
    for settings in [local.settings[projects[0]]] : [for i in range(settings.is_pair ? 2 : 1) : {
      name    = i == 0 ? needed : "${needed}-2"
      needed  = needed
      is_pair = settings.is_pair
      tokens  = settings.tokens
      is_used = !settings.is_pair || settings.rotation % 2 == i
      # The last rotation that was about this one: of a pair, every other one is.
      rotation = settings.is_pair ? max(0, settings.rotation - (settings.rotation + i) % 2) : settings.rotation
    }]
  ]]) : user.name => user... }

  ci_users = { for name, users in local.named : name => users[0] }

  in_use = { for user in flatten(values(local.named)) : user.needed => user.name if user.is_used }

  # The signing policies to which CI users submit, by PROJECT/SIGNING_POLICY.
  submissions = merge(values(local.needed)[*].submits_to...)
}

resource "signpath_ci_user" "this" {
  for_each = local.ci_users

  name = each.key

  lifecycle {
    precondition {
      condition = length(local.named[each.key]) == 1
      error_message = "Two CI users would have the name ${each.key}: ${
        join(" and ", [for user in local.named[each.key] : "one for ${join(", ", local.projects[user.needed])}"])
      }. Of a pair, the second one has -2 at its end. Give them other names with the attribute name."
    }

    precondition {
      condition = alltrue([for project in local.projects[each.value.needed] :
        local.settings[project].is_pair == each.value.is_pair && local.settings[project].tokens == each.value.tokens
      ])
      error_message = "The projects ${join(", ", local.projects[each.value.needed])} share the CI user ${each.key}, so they have the same pair and tokens."
    }
  }
}

resource "signpath_ci_user_token" "this" {
  for_each = { for name, user in local.ci_users : name => user if user.tokens != null }

  ci_user               = signpath_ci_user.this[each.key].member
  rotation_triggers     = { rotation = each.value.rotation }
  rotate_after          = lookup(each.value.tokens, "rotate_after", null)
  rotate_early          = lookup(each.value.tokens, "rotate_early", null)
  github_recipients     = lookup(each.value.tokens, "github_recipients", null)
  encryption_recipients = lookup(each.value.tokens, "encryption_recipients", null)
}

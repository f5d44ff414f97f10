variable "projects" {
  description = <<-EOT
    The projects, by slug: `yamldecode(file("projects.yaml"))`, or an object. Each is an object of

    * `readers`, `configurators` (List of String) The members of these lists, as member references such as `user:EMAIL`, `ci_user:NAME` and `group:NAME`.
    * `ci_users` (Object) The CI users that submit to the signing policies. Without it, the module makes none. It has
      * `origin_verification` (Boolean) Whether SignPath verifies the origin under every one of the signing policies. Required, but with `per = "policy"`.
      * `per` (String) What gets a CI user of its own: `policy`, `project` or `team`.
      * `team` (String) The team whose projects share CI users.
      * `name` (String) A pattern for the names, such as `build-{project}-{policy}`.
      * `pair` (Boolean) Whether each has a second one beside it, NAME-2, so that tokens rotate without a gap: both may submit, and one is in use. Defaults to false.
      * `tokens` (Object) Lets Terraform generate the tokens; `{}` at least. It has
        * `rotation` (Number) A whole number; count it up by one to rotate. Of a pair, that rotates the one that is not in use, and puts it into use. Defaults to 0.
        * `rotate_after`, `rotate_early` (String) How old a token may become, and the last part of that, in which it falls due.
        * `github_recipients` (Map of Object) Public keys of GitHub, each with `key` and `key_id`, so that the state has the tokens only sealed for these.
        * `encryption_recipients` (List of String) Public keys for age, so that the state has the tokens only encrypted.
    * `signing_policies` (Map of Object) The signing policies, by slug. Each is an object of
      * `submitters`, `approvers` (List of String) The members of these lists. The CI users of the project submit without being named.
      * `ci_users` (Boolean) Whether the CI users of the project submit to this one. Defaults to true.

    A list that is not given is not managed, but for the submitters of a signing policy to which CI users submit: those are the CI users and nobody else.
    An empty list is managed, and kept empty. A list or an object that is null is an error, and so is an unknown attribute.
  EOT
  # An object type would drop an attribute that it does not know, a misspelled one too, and say nothing.
  type     = any
  nullable = false

  # Each error names all that it is about. A local value cannot have that, because the variable would depend on it and
  # it on the variable: so it stands in the condition and in the message. What is asked whether it can be, is as small
  # as possible, because whatever is known only after apply leaves that open. What the first one refuses, the others
  # leave out: all are evaluated, and where one fails, it shows its source.

  validation {
    condition = length(flatten([
      can(keys(var.projects)) ? [] : ["projects"],
      [for projects in [var.projects] : [for slug, given in projects : can(keys(given)) ? [] : ["project ${slug}"]] if can(keys(projects))],
      [for projects in [var.projects] : [for slug, given in projects : [for project in [merge({ ci_users = {}, signing_policies = {} }, given)] : [
        can(keys(project.ci_users)) ? [] : ["ci_users of project ${slug}"],
        [for users in [project.ci_users] : can(keys(merge({ tokens = {} }, users).tokens)) ? [] : ["tokens of project ${slug}"] if can(keys(users))],
        can(keys(project.signing_policies)) ? [] : ["signing_policies of project ${slug}"],
        [for policies in [project.signing_policies] : [for policy, lists in policies : "signing policy ${slug}/${policy}" if !can(keys(lists))] if can(keys(policies))],
      ]] if can(keys(given))] if can(keys(projects))],
    ])) == 0
    error_message = "These are null, or no objects: ${join(", ", flatten([
      can(keys(var.projects)) ? [] : ["projects"],
      [for projects in [var.projects] : [for slug, given in projects : can(keys(given)) ? [] : ["project ${slug}"]] if can(keys(projects))],
      [for projects in [var.projects] : [for slug, given in projects : [for project in [merge({ ci_users = {}, signing_policies = {} }, given)] : [
        can(keys(project.ci_users)) ? [] : ["ci_users of project ${slug}"],
        [for users in [project.ci_users] : can(keys(merge({ tokens = {} }, users).tokens)) ? [] : ["tokens of project ${slug}"] if can(keys(users))],
        can(keys(project.signing_policies)) ? [] : ["signing_policies of project ${slug}"],
        [for policies in [project.signing_policies] : [for policy, lists in policies : "signing policy ${slug}/${policy}" if !can(keys(lists))] if can(keys(policies))],
      ]] if can(keys(given))] if can(keys(projects))],
    ]))}. Where there is nothing to say, write {}."
  }

  validation {
    condition = length(flatten([for projects in [var.projects] : [for slug, given in projects : [for project in [merge({ ci_users = {}, signing_policies = {} }, given)] : [
      [for name in setsubtract(keys(project), local.attributes.project) : "${name} in project ${slug}"],
      [for users in [project.ci_users] : [
        [for name in setsubtract(keys(users), local.attributes.ci_users) : "${name} in ci_users of project ${slug}"],
        [for tokens in [merge({ tokens = {} }, users).tokens] : [
          for name in setsubtract(keys(tokens), local.attributes.tokens) : "${name} in tokens of project ${slug}"
        ] if can(keys(tokens))],
      ] if can(keys(users))],
      [for policies in [project.signing_policies] : [for policy, lists in policies : [
        for name in setsubtract(keys(lists), local.attributes.signing_policy) : "${name} in signing policy ${slug}/${policy}"
      ] if can(keys(lists))] if can(keys(policies))],
    ]] if can(keys(given))] if can(keys(projects))])) == 0
    error_message = "There are no such attributes: ${join(", ", flatten([for projects in [var.projects] : [for slug, given in projects : [for project in [merge({ ci_users = {}, signing_policies = {} }, given)] : [
      [for name in setsubtract(keys(project), local.attributes.project) : "${name} in project ${slug}"],
      [for users in [project.ci_users] : [
        [for name in setsubtract(keys(users), local.attributes.ci_users) : "${name} in ci_users of project ${slug}"],
        [for tokens in [merge({ tokens = {} }, users).tokens] : [
          for name in setsubtract(keys(tokens), local.attributes.tokens) : "${name} in tokens of project ${slug}"
        ] if can(keys(tokens))],
      ] if can(keys(users))],
      [for policies in [project.signing_policies] : [for policy, lists in policies : [
        for name in setsubtract(keys(lists), local.attributes.signing_policy) : "${name} in signing policy ${slug}/${policy}"
      ] if can(keys(lists))] if can(keys(policies))],
      ]] if can(keys(given))] if can(keys(projects))]))}. ${join("; ", [
      "A project has ${join(", ", local.attributes.project)}", "its ci_users have ${join(", ", local.attributes.ci_users)}",
      "tokens have ${join(", ", local.attributes.tokens)}", "a signing policy has ${join(", ", local.attributes.signing_policy)}",
    ])}."
  }

  validation {
    condition = length(flatten([for projects in [var.projects] : [for slug, given in projects : [for project in [merge({ ci_users = {}, signing_policies = {} }, given)] : [
      can(project.readers) && !(try(alltrue([for member in project.readers : tostring(member) != null]), false) && !can(keys(project.readers))) ? ["readers of project ${slug}"] : [],
      can(project.configurators) && !(try(alltrue([for member in project.configurators : tostring(member) != null]), false) && !can(keys(project.configurators))) ? ["configurators of project ${slug}"] : [],
      [for policies in [project.signing_policies] : [for policy, lists in policies : [
        can(lists.submitters) && !(try(alltrue([for member in lists.submitters : tostring(member) != null]), false) && !can(keys(lists.submitters))) ? ["submitters of signing policy ${slug}/${policy}"] : [],
        can(lists.approvers) && !(try(alltrue([for member in lists.approvers : tostring(member) != null]), false) && !can(keys(lists.approvers))) ? ["approvers of signing policy ${slug}/${policy}"] : [],
      ]] if can(keys(policies))],
    ]] if can(keys(given))] if can(keys(projects))])) == 0
    error_message = "These are null, or no lists of member references such as \"user:a@example.com\": ${join(", ", flatten([for projects in [var.projects] : [for slug, given in projects : [for project in [merge({ ci_users = {}, signing_policies = {} }, given)] : [
      can(project.readers) && !(try(alltrue([for member in project.readers : tostring(member) != null]), false) && !can(keys(project.readers))) ? ["readers of project ${slug}"] : [],
      can(project.configurators) && !(try(alltrue([for member in project.configurators : tostring(member) != null]), false) && !can(keys(project.configurators))) ? ["configurators of project ${slug}"] : [],
      [for policies in [project.signing_policies] : [for policy, lists in policies : [
        can(lists.submitters) && !(try(alltrue([for member in lists.submitters : tostring(member) != null]), false) && !can(keys(lists.submitters))) ? ["submitters of signing policy ${slug}/${policy}"] : [],
        can(lists.approvers) && !(try(alltrue([for member in lists.approvers : tostring(member) != null]), false) && !can(keys(lists.approvers))) ? ["approvers of signing policy ${slug}/${policy}"] : [],
      ]] if can(keys(policies))],
    ]] if can(keys(given))] if can(keys(projects))]))}. Write [] for nobody, and leave out a list that is not to be managed."
  }

  validation {
    condition = length(flatten([for projects in [var.projects] : [for slug, given in projects : [for project in [merge({ ci_users = {}, signing_policies = {} }, given)] : [
      try(tobool(project.ci_users.pair) != null, !can(project.ci_users.pair)) ? [] : ["pair of project ${slug} is true or false"],
      try(floor(project.ci_users.tokens.rotation) == max(0, project.ci_users.tokens.rotation), !can(project.ci_users.tokens.rotation)) ? [] : ["rotation of project ${slug} is a whole number"],
      [for policies in [project.signing_policies] : [
        for policy, lists in policies : "ci_users of signing policy ${slug}/${policy} is true or false" if !try(tobool(lists.ci_users) != null, !can(lists.ci_users))
      ] if can(keys(policies))],
    ]] if can(keys(given))] if can(keys(projects))])) == 0
    error_message = "${join(", ", flatten([for projects in [var.projects] : [for slug, given in projects : [for project in [merge({ ci_users = {}, signing_policies = {} }, given)] : [
      try(tobool(project.ci_users.pair) != null, !can(project.ci_users.pair)) ? [] : ["pair of project ${slug} is true or false"],
      try(floor(project.ci_users.tokens.rotation) == max(0, project.ci_users.tokens.rotation), !can(project.ci_users.tokens.rotation)) ? [] : ["rotation of project ${slug} is a whole number"],
      [for policies in [project.signing_policies] : [
        for policy, lists in policies : "ci_users of signing policy ${slug}/${policy} is true or false" if !try(tobool(lists.ci_users) != null, !can(lists.ci_users))
      ] if can(keys(policies))],
    ]] if can(keys(given))] if can(keys(projects))]))}."
  }

  # Apart from the others, because it may be known only after apply who the recipients are.
  validation {
    condition = length(flatten([for projects in [var.projects] : [for slug, project in projects : [for tokens in [merge({ github_recipients = {}, encryption_recipients = [] }, project.ci_users.tokens)] : [
      can(keys(tokens.github_recipients)) ? [] : ["github_recipients of project ${slug} is null, or no object, so that the state would have the tokens in the clear"],
      can(length(tolist(tokens.encryption_recipients))) ? [] : ["encryption_recipients of project ${slug} is null, or no list, so that the state would have the tokens in the clear"],
      try([for name, recipient in tokens.github_recipients : [
        for attribute in setsubtract(keys(recipient), local.attributes.recipient) : "there is no attribute ${attribute} in github_recipients.${name} of project ${slug}"
      ]], []),
    ]] if can(keys(project.ci_users.tokens))] if can(keys(projects))])) == 0
    error_message = "${join(", ", flatten([for projects in [var.projects] : [for slug, project in projects : [for tokens in [merge({ github_recipients = {}, encryption_recipients = [] }, project.ci_users.tokens)] : [
      can(keys(tokens.github_recipients)) ? [] : ["github_recipients of project ${slug} is null, or no object, so that the state would have the tokens in the clear"],
      can(length(tolist(tokens.encryption_recipients))) ? [] : ["encryption_recipients of project ${slug} is null, or no list, so that the state would have the tokens in the clear"],
      try([for name, recipient in tokens.github_recipients : [
        for attribute in setsubtract(keys(recipient), local.attributes.recipient) : "there is no attribute ${attribute} in github_recipients.${name} of project ${slug}"
      ]], []),
    ]] if can(keys(project.ci_users.tokens))] if can(keys(projects))]))}."
  }
}

# The active CI users of build systems. Their API tokens cannot be found, because
# a token cannot be imported.
list "signpath_ci_user" "build" {
  provider = signpath
  limit    = 1000

  config {
    active        = true
    name_contains = "build"
  }
}

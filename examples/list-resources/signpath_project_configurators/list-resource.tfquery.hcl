# The configurators of every project, also where there are none: to import an
# empty list means to keep it empty.
list "signpath_project_configurators" "all" {
  provider = signpath
  limit    = 1000

  config {
    include_empty = true
  }
}

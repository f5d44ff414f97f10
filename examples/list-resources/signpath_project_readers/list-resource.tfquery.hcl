# The readers of every project that has any, as whole lists.
list "signpath_project_readers" "all" {
  provider = signpath
  limit    = 1000
}
